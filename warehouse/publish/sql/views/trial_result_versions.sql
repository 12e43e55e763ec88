-- A state of a trial's posted results: when it was first read, and when another was. The other tables of results hold
-- the latest. Read by: analysts.
SELECT
    trial_id,
    results_version_number,
    observed_at,
    superseded_at,
    content_hash,
    run_id
FROM kept.trial_result_version
