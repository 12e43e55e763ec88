-- From version 5 of the store to 6: since when a status that follows from a record's dates is what it is, and which places
-- are countries. The next night fills both, from the records that are held. Read by: file.py.
ALTER TABLE trial_site ADD COLUMN is_country BOOLEAN;
CREATE TABLE status_turn (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    turned_on DATE NOT NULL,
    overall_status VARCHAR
);
