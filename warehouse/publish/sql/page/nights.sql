-- The last night of each watch on each registry, and its last complete one. Read by: warehouse/publish/page, the night's verdict.
SELECT
    watch,
    registry_name,
    finished_at,
    outcome,
    sentence,
    distinct_trials,
    quarantined,
    data_version_after,
    max(finished_at) FILTER (outcome IN ('complete', 'heartbeat')) OVER by_pair AS last_complete_at
FROM runs
WHERE run_id NOT LIKE '%-backfill'
WINDOW by_pair AS (PARTITION BY watch, registry_name)
QUALIFY row_number() OVER (PARTITION BY watch, registry_name ORDER BY started_at DESC, run_id DESC) = 1
ORDER BY watch, registry_name
