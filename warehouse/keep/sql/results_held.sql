-- What is held of each trial in the temporary table `listed`: its present version, its latest results, and how it was
-- with the last reading of them. Read by: keep/results.py.
SELECT
    listed.trial_id,
    trial.version_number,
    trial_version.last_update_posted_on,
    latest.results_version_number,
    latest.content_hash,
    reading.read_at,
    reading.version_number AS read_version_number,
    reading.posted_on,
    reading.edition,
    coalesce(reading.failures, 0)
FROM listed
JOIN trial USING (trial_id)
JOIN trial_version
    ON trial_version.trial_id = trial.trial_id
    AND trial_version.version_number = trial.version_number
LEFT JOIN trial_result_reading AS reading ON reading.trial_id = trial.trial_id
LEFT JOIN trial_result_version AS latest ON latest.trial_id = trial.trial_id AND latest.superseded_at IS NULL
