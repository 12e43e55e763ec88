-- Studies whose registries, as they show them now, disagree on how the study stands, and the day from which on they
-- do: by the registries' dates of what we hold. Read by: analysts.
WITH twin AS (
    SELECT study.study_id, study.trial_ids, trials.trial_id, trials.registry_name, trials.overall_status, trials.status_group
    FROM (SELECT study_id, trial_ids, unnest(trial_ids) AS trial_id FROM kept.study) AS study
    JOIN trials USING (trial_id)
    WHERE trials.fate IS NULL
),
differing AS (
    SELECT study_id FROM twin GROUP BY study_id HAVING count(DISTINCT status_group) > 1
),
-- On each day on which one of them came into a status, the group in which each of them stood that told any.
standing AS (
    SELECT turn.study_id, turn.on_day, twin.trial_id, status_group.status_group
    FROM (
        SELECT DISTINCT twin.study_id, stay.from_date AS on_day
        FROM twin
        JOIN kept.status_stay AS stay USING (trial_id)
        WHERE stay.from_date IS NOT NULL
    ) AS turn
    JOIN differing USING (study_id)
    JOIN twin USING (study_id)
    JOIN kept.status_stay AS stay
        ON stay.trial_id = twin.trial_id
        AND stay.from_date <= turn.on_day
        AND (stay.to_date IS NULL OR stay.to_date > turn.on_day)
        AND stay.overall_status IS NOT NULL
    LEFT JOIN kept.status_group AS status_group ON status_group.status = stay.overall_status
),
agreement AS (
    SELECT study_id, on_day, count(DISTINCT coalesce(status_group, 'unrecognised')) > 1 AS differ
    FROM standing
    GROUP BY study_id, on_day
),
-- The first day after the last one on which they agreed.
since AS (
    SELECT study_id, min(on_day) FILTER (differ AND on_day > coalesce(agreed_last_on, DATE '0001-01-01')) AS since
    FROM (
        SELECT *, max(on_day) FILTER (NOT differ) OVER (PARTITION BY study_id) AS agreed_last_on FROM agreement
    )
    GROUP BY study_id
)
SELECT
    twin.study_id,
    list(twin.trial_id ORDER BY twin.trial_id) AS trial_ids,
    list(twin.overall_status ORDER BY twin.trial_id) AS statuses,
    any_value(since.since) AS since
FROM twin
JOIN differing USING (study_id)
LEFT JOIN since USING (study_id)
GROUP BY twin.study_id
