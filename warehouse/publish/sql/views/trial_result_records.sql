-- The posted results of a relevant trial, as last read, in the registry's own shape, without the people that they name:
-- what the tables of results have no column for stands here (results->>'$.…'). Read by: analysts.
SELECT
    held.trial_id,
    version.results_version_number,
    held.results::JSON AS results
FROM kept.trial_result_record AS held
JOIN kept.trial_result_version AS version ON version.trial_id = held.trial_id AND version.superseded_at IS NULL
