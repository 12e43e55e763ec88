-- What is to be told and stands in no mail yet, a row for each mail to be written. Read by: mail_contents.py.
SELECT
    subscription,
    watch,
    recipient,
    topic,
    period,
    max(due_at) AS due_at,
    list(delivery_id) AS deliveries,
    coalesce(list(change_id) FILTER (change_id IS NOT NULL AND NOT is_arrival), []) AS changes,
    coalesce(list(change_id) FILTER (change_id IS NOT NULL AND is_arrival), []) AS arrivals,
    coalesce(list(trouble_id) FILTER (trouble_id IS NOT NULL), []) AS troubles
FROM delivery
WHERE message_id IS NULL
    -- No digest waits longer than a week: what lies farther ahead was put there by a clock that ran ahead.
    AND ($until::TIMESTAMP IS NULL OR due_at <= $until OR due_at > $until::TIMESTAMP + INTERVAL 8 DAY)
GROUP BY ALL
ORDER BY due_at, subscription, recipient, topic, period
