-- A row for each subscription, recipient and thing to be told, with how far that is. Read by: operators, ledger.py.
CREATE OR REPLACE VIEW delivery_ledger AS
SELECT
    delivery.* EXCLUDE (message_id),
    delivery.message_id,
    coalesce(message.state, 'due') AS state,
    coalesce(message.attempts, 0) AS attempts,
    message.next_attempt_at,
    message.settled_at,
    message.last_error
FROM delivery
LEFT JOIN message USING (message_id)
