-- From version 1 of the store to 2: the ledger knows leases, pauses and what the operator is told. Read by: store.py.
CREATE TABLE trouble (
    trouble_id VARCHAR PRIMARY KEY,
    run_id VARCHAR NOT NULL,
    watch VARCHAR,
    registry_name VARCHAR,
    noticed_at TIMESTAMP NOT NULL,
    subject VARCHAR NOT NULL,
    sentences VARCHAR[]
);
COMMENT ON TABLE trouble IS 'Something that the operator has been, or is to be, told once. Private.';

ALTER TABLE delivery ADD COLUMN topic VARCHAR;
ALTER TABLE delivery ADD COLUMN trouble_id VARCHAR;
UPDATE delivery SET topic = if(change_id IS NULL, 'welcome', 'change');

ALTER TABLE message ADD COLUMN topic VARCHAR;
ALTER TABLE message ADD COLUMN leased_at TIMESTAMP;
ALTER TABLE message ADD COLUMN next_attempt_at TIMESTAMP;
UPDATE message SET topic = coalesce(
    (SELECT min(delivery.topic) FROM delivery WHERE delivery.message_id = message.message_id), 'change'
);
UPDATE message SET state = 'failed' WHERE state = 'due' AND attempts > 0;
