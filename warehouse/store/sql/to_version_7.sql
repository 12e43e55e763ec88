-- From version 6 of the store to 7: what came to the tables of a version after stores of it had been made. Those that were
-- made later have it already. Read by: file.py.
ALTER TABLE trial ADD COLUMN IF NOT EXISTS fingerprint VARCHAR;
ALTER TABLE trial ADD COLUMN IF NOT EXISTS reads_otherwise_from DATE;
CREATE TABLE IF NOT EXISTS study_ruling (
    trial_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    ruled_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    is_one_study BOOLEAN NOT NULL,
    reason VARCHAR NOT NULL,
    ruled_by VARCHAR NOT NULL,
    withdrawn_at TIMESTAMP WITHOUT TIME ZONE
);
CREATE TABLE IF NOT EXISTS doubt_told (
    trial_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    told_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (trial_id, other_id)
);
ALTER TABLE trial_site ADD COLUMN IF NOT EXISTS is_country BOOLEAN;
UPDATE trial_site SET is_country = true
WHERE facility IS NULL AND city IS NULL AND state IS NULL AND country IS NOT NULL
    AND trial_id IN (SELECT trial_id FROM trial WHERE registry_name IN ('ctis', 'ictrp'))
    AND NOT EXISTS (SELECT 1 FROM trial_site AS marked WHERE marked.is_country);
