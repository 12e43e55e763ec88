-- A mail is written: from now on it is these bytes. Read by: ledger.py.
INSERT INTO message BY NAME
SELECT
    $message_id AS message_id,
    $subscription AS subscription,
    $recipient AS recipient,
    $topic AS topic,
    $sender AS sender,
    $written_at AS written_at,
    $mail AS mail,
    'due' AS state,
    0 AS attempts
