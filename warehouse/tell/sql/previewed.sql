-- Frozen mails of a span, or without its beginning those still to go out. Read by: ledger.py, for `preview`.
SELECT message_id, subscription, topic, sender, recipient, mail, attempts, state, written_at
FROM message
WHERE if($since::TIMESTAMP IS NULL, state IN ('due', 'leased', 'failed'), written_at >= $since)
    AND ($until::TIMESTAMP IS NULL OR written_at <= $until)
ORDER BY written_at, rowid
