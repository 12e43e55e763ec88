-- Changes of the trials shown, the latest first, each with the registry's data version in which it was seen. Read by:
-- warehouse/publish/page, what changed lately and each trial's history.
SELECT changes.*, seen_in.data_version
FROM changes
LEFT JOIN (
    SELECT runs.run_id, trials.trial_id AS seen_id, max(runs.data_version_after) AS data_version
    FROM trials
    JOIN runs USING (registry_name)
    WHERE trials.trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
    GROUP BY ALL
) AS seen_in ON seen_in.run_id = changes.run_id AND seen_in.seen_id = changes.trial_id
WHERE changes.trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY changes.observed_at DESC, changes.trial_id, changes.kind, changes.field, changes.change_id
