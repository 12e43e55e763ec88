-- Channels with something that was not taken, waits for its time, or was given up. Read by: mail_status.py.
SELECT
    recipient AS channel,
    count(DISTINCT coalesce(message_id, concat_ws(chr(10), subscription, topic, period)))
        FILTER (state <> 'given_up' AND (message_id IS NOT NULL OR due_at <= $now)) AS waiting,
    count(DISTINCT message_id) FILTER (state = 'given_up') AS given_up,
    min(next_attempt_at) FILTER (state <> 'given_up') AS next_attempt_at,
    arg_max(last_error, coalesce(settled_at, next_attempt_at)) AS last_error
FROM delivery_ledger
WHERE starts_with(recipient, 'notify:') AND state IN ('due', 'leased', 'failed', 'given_up')
GROUP BY recipient
HAVING waiting > 0 OR given_up > 0
ORDER BY recipient
