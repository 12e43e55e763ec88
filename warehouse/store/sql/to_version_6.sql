-- From version 5 of the store to 6: which places are countries, and since when a status that follows from a record's dates
-- is what it is. That is filled by the next night, from the records that are held. Read by: file.py.
ALTER TABLE trial_site ADD COLUMN is_country BOOLEAN;
UPDATE trial_site SET is_country = true
WHERE facility IS NULL AND city IS NULL AND state IS NULL AND country IS NOT NULL
    AND trial_id IN (SELECT trial_id FROM trial WHERE registry_name IN ('ctis', 'ictrp'));
CREATE TABLE status_turn (
    trial_id VARCHAR NOT NULL,
    version_number BIGINT NOT NULL,
    turned_on DATE NOT NULL,
    overall_status VARCHAR
);
