-- The trials of a registry whose posted results are to be asked for tonight, the most pressing first: never read, then
-- with another version than when they were read, then (where $corrections) read longest ago, because results may be
-- corrected without a new date. Of each the one asked for longest ago comes first, so that none keeps others waiting.
-- Who was asked for in vain last time takes turns with the last kind, and so comes behind all who were not asked since.
-- Read by: keep/results.py.
SELECT trial.trial_id
FROM trial
JOIN trial_version USING (trial_id, version_number)
LEFT JOIN trial_result_reading AS reading USING (trial_id)
WHERE trial.registry_name = $registry_name
    AND trial.fate IS NULL
    AND trial_version.has_results
    AND trial.trial_id IN (SELECT trial_id FROM watch_member WHERE is_relevant)
    AND (
        reading.read_at IS NULL
        OR reading.version_number <> trial.version_number
        -- Where a clock was set back, what was read in the future was read who knows when.
        OR ($corrections AND (reading.read_at < $read_before OR reading.read_at > $now))
    )
ORDER BY
    CASE
        WHEN reading.failures > 0 THEN 3
        WHEN reading.read_at IS NULL THEN 1
        WHEN reading.version_number <> trial.version_number THEN 2
        ELSE 3
    END,
    reading.asked_at NULLS FIRST,
    trial.trial_id
LIMIT $most
