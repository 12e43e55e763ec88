-- Of every trial whether it is ours: relevant in a watch in which it still is. Read by: twins.py.
SELECT trial.trial_id, coalesce(bool_or(member.is_relevant AND member.left_at IS NULL), false) AS is_ours
FROM trial
LEFT JOIN watch_member AS member USING (trial_id)
GROUP BY trial.trial_id
