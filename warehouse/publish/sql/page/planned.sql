-- Of our trials the end that was first expected, as far back as we hold versions, beside the end that is now expected
-- or has come: those that moved, or that have come, the farthest moved first. Read by: warehouse/publish/page, planned against
-- actual end.
SELECT
    trials.trial_id,
    trials.title,
    first.planned_on,
    first.planned_date,
    trials.completion_date_latest AS now_on,
    trials.completion_date AS now_date,
    trials.completion_date_type = 'ACTUAL' AS is_actual,
    date_diff('day', first.planned_on, trials.completion_date_latest) AS days_later
FROM trials
JOIN (
    SELECT
        trial_id,
        arg_min(completion_date_latest, (coalesce(registry_date, observed_at::DATE), version_number)) AS planned_on,
        arg_min(completion_date, (coalesce(registry_date, observed_at::DATE), version_number)) AS planned_date
    FROM trial_states
    WHERE completion_date_type = 'ESTIMATED' AND completion_date_latest IS NOT NULL
    GROUP BY trial_id
) AS first USING (trial_id)
WHERE
    trials.is_relevant AND trials.fate IS DISTINCT FROM 'merged'
    AND trials.completion_date_latest IS NOT NULL
    AND (trials.completion_date_type = 'ACTUAL' OR trials.completion_date_latest <> first.planned_on)
    AND year(trials.completion_date_latest) BETWEEN 1990 AND 2100
    AND year(first.planned_on) BETWEEN 1990 AND 2100
ORDER BY abs(days_later) DESC, trials.trial_id
LIMIT $1
