-- Stays in one status of the trials shown, as time went. Read by: warehouse/publish/page, the timeline.
SELECT trial_id, overall_status, from_date, to_date
FROM status_history
WHERE trial_id IN (SELECT unnest($1::JSON::VARCHAR[])) AND from_date IS NOT NULL
ORDER BY trial_id, from_date, to_date NULLS LAST
