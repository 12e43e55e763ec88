-- What a former operator was to be told and did not get stands in no mail yet, and is the present one's.
-- Read by: ledger.py.
UPDATE delivery
SET recipient = $operator, message_id = NULL
WHERE topic = 'trouble'
    AND recipient <> $operator
    AND due_at > $now::TIMESTAMP - INTERVAL 8 DAY
    AND (message_id IS NULL OR message_id IN (SELECT message_id FROM message WHERE state <> 'sent'))
