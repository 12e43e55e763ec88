-- Whose earlier versions are to be asked for, of a watch's trials of a registry: of whom a night has seen a state since
-- they were asked for last, or of whom a version could not be read then. Relevant ones first. Read by: past.py.
WITH asked AS (
    SELECT max(started_at) AS asked_at
    FROM run
    WHERE watch = $watch AND registry_name = $registry_name AND outcome = 'complete' AND run_id LIKE '%-backfill'
),
held AS (
    SELECT
        trial_id,
        max(observed_at) FILTER (source = 'nightly') AS seen_at,
        max(observed_at) FILTER (source = 'history') AS filled_at
    FROM trial_version
    GROUP BY trial_id
),
member AS (
    SELECT trial_id, bool_or(is_relevant) AS is_relevant, bool_or(left_at IS NULL) AS is_in
    FROM watch_member
    WHERE watch = $watch
    GROUP BY trial_id
)
SELECT trial_id
FROM member
JOIN trial USING (trial_id)
JOIN held USING (trial_id)
CROSS JOIN asked
WHERE registry_name = $registry_name
    AND fate IS NULL
    AND (
        coalesce(greatest(filled_at, asked_at) < seen_at, true)
        OR trial_id IN (SELECT trial_id FROM quarantine WHERE run_id LIKE '%-backfill')
    )
ORDER BY is_relevant DESC, is_in DESC, trial_id
