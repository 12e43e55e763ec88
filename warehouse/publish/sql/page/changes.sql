-- Changes of the trials shown, the latest first. Read by: warehouse/page, what changed lately and each trial's history.
SELECT *
FROM changes
WHERE trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY observed_at DESC, trial_id, kind, field, change_id
