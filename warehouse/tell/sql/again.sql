-- Mails that were given up become due again, as if they had never been offered. Read by: ledger.py.
-- One that is named by its id, whole or as a receiver was given it, also while it only pauses; its attempts count on.
UPDATE message
SET
    state = 'due',
    attempts = if(state = 'failed', attempts, 0),
    next_attempt_at = NULL,
    settled_at = NULL,
    last_error = NULL
WHERE
    (state = 'given_up' AND ($what = 'all' OR $what IN (subscription, recipient)))
    OR (state IN ('given_up', 'failed') AND $what IN (message_id, split_part(message_id, '@', 1)))
RETURNING message_id
