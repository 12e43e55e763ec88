-- Which records there are, each by its version and by how often it was replaced by other bytes of the same state.
-- Read by: records.py, which clears them of people.
SELECT
    trial_payload.trial_id,
    trial_payload.version_number,
    coalesce(trial_payload.revision, 0) AS revision,
    registered_trial.registry_name
FROM trial_payload
JOIN registered_trial USING (trial_id)
-- Of a whole registry half a million would be the greatest part of the file; there only ours are shown.
WHERE (SELECT count(*) FROM trial) <= 20000
    OR trial_payload.trial_id IN (SELECT trial_id FROM watch_member WHERE is_relevant)
