-- Changes that the feed tells, the latest first, with their trials' own facts. Read by: warehouse/feed.py.
SELECT changes.*, trials.title, trials.url, trials.substances
FROM changes
JOIN trials USING (trial_id)
WHERE trials.is_relevant AND changes.materiality IN ('high', 'medium')
ORDER BY changes.observed_at DESC, changes.trial_id, changes.kind, changes.change_id
LIMIT $1
