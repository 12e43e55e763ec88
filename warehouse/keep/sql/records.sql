-- Every record that is held of the trials in the temporary table `listed`, a version each. Read by: rebuild.py.
SELECT
    record.trial_id,
    record.version_number,
    encode(record.payload),
    version.observed_at,
    version.superseded_at,
    trial.version_number = record.version_number AS is_present,
    trial.fingerprint,
    trial.loaded_as,
    trial.overdue_since
FROM trial_payload AS record
JOIN trial_version AS version USING (trial_id, version_number)
JOIN trial USING (trial_id)
WHERE record.trial_id IN (FROM listed)
ORDER BY record.trial_id, record.version_number
