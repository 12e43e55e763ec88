-- How a watch fared on a registry since its last complete night. Read by: certificate.py, before a night is kept.
WITH runs AS (
    SELECT rowid AS place, * FROM run
    WHERE watch = $watch AND registry_name = $registry_name AND run_id NOT LIKE '%-backfill'
),
complete AS (
    SELECT max(place) AS place, arg_max(finished_at, place) AS finished_at
    FROM runs
    WHERE outcome IN ('complete', 'heartbeat')
),
since AS (
    SELECT * FROM runs WHERE place > coalesce((SELECT place FROM complete), -1)
)
SELECT
    (SELECT count(*) FROM since) AS unsuccessful,
    (SELECT finished_at FROM complete) AS last_complete_at,
    (
        SELECT max(noticed_at)
        FROM trouble
        WHERE watch = $watch AND registry_name = $registry_name AND run_id IN (SELECT run_id FROM since)
    ) AS told_at
