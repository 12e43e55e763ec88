-- Stays in a watch of the trials shown, with their reasons. Read by: warehouse/publish/page, why a trial is here.
SELECT watch, trial_id, is_relevant, why_relevant, entered_at, left_at, why_entered, why_left
FROM watch_members
WHERE trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY trial_id, watch, entered_at
