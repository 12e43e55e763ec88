-- Mails that were given up become due again, as if they had never been offered. Read by: ledger.py.
UPDATE message
SET state = 'due', attempts = 0, next_attempt_at = NULL, settled_at = NULL, last_error = NULL
WHERE state = 'given_up' AND ($what = 'all' OR $what IN (message_id, subscription, recipient))
RETURNING message_id
