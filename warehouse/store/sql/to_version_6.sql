-- From version 5 of the store to 6: since when a status that follows from a record's dates is what it is. The next night
-- fills it, from the records that are held. Read by: file.py.
CREATE TABLE status_turn (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    turned_on DATE NOT NULL,
    overall_status VARCHAR
);
