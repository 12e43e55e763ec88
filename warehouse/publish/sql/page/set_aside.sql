-- Trials that a search found and the rules did not count as ours, with the rules' reason. Read by: warehouse/publish/page.
SELECT
    trials.trial_id,
    trials.title,
    trials.url,
    trials.overall_status,
    any_value(watch_members.why_relevant ORDER BY watch_members.watch, watch_members.entered_at DESC) AS why
FROM trials
JOIN watch_members USING (trial_id)
WHERE NOT trials.is_relevant AND watch_members.left_at IS NULL
GROUP BY ALL
ORDER BY trials.trial_id
LIMIT $1
