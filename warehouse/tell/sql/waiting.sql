-- Mail, or what goes to one channel, whose time has come and that is still due; given up is not.
-- Read by: ledger.py, for `status` and exit code 5.
SELECT
    count(DISTINCT coalesce(message_id, concat_ws(chr(10), subscription, recipient, topic, period))) AS mails,
    CASE WHEN bool_and(coalesce(next_attempt_at > $now, false)) THEN min(next_attempt_at) END AS next_attempt_at,
    arg_max(last_error, last_error IS NOT NULL) AS last_error
FROM delivery_ledger
WHERE if($channel::VARCHAR IS NULL, NOT starts_with(recipient, 'notify:'), recipient = $channel)
    AND state IN ('due', 'leased', 'failed')
    AND (message_id IS NOT NULL OR due_at <= $now OR due_at > $now::TIMESTAMP + INTERVAL 8 DAY)
