-- The record of each version we hold, as the registry sent it, without the people that it names: what has no column
-- stands here (record->>'$.…'). Of a store of more than 20,000 trials
-- only those of relevant trials. Read by: analysts.
SELECT
    version.trial_id,
    version.version_number,
    version.superseded_at IS NULL AS is_latest,
    held.record
FROM kept.trial_record AS held
JOIN kept.trial_version AS version USING (trial_id, version_number)
