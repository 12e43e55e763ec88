-- Every state of posted results that is held of the trials in the temporary table `listed`. Read by: results_again.py.
SELECT
    record.trial_id,
    record.results_version_number,
    record.payload,
    version.content_hash,
    version.superseded_at IS NULL AS is_latest,
    trial.version_number,
    reading.edition
FROM trial_result_payload AS record
JOIN trial_result_version AS version USING (trial_id, results_version_number)
JOIN trial USING (trial_id)
LEFT JOIN trial_result_reading AS reading USING (trial_id)
WHERE record.trial_id IN (FROM listed)
ORDER BY record.trial_id, record.results_version_number
