-- From version 2 of the store to 3: a version's end is decided once and stored, and its codes, dates and titles bear
-- no blanks; a trial is known by the bytes it was last seen in. Read by: store.py.
ALTER TABLE trial ADD COLUMN fingerprint VARCHAR;
ALTER TABLE trial ADD COLUMN reads_otherwise_from DATE;
ALTER TABLE trial_version ADD COLUMN expected_end_date VARCHAR;
ALTER TABLE trial_version ADD COLUMN expected_end_date_type VARCHAR;
ALTER TABLE trial_version ADD COLUMN expected_end_on DATE;
CREATE TEMP MACRO folded(words) AS
    nullif(trim(regexp_replace(regexp_replace(words, '\p{Cf}', '', 'g'), '[\s\p{Z}]+', ' ', 'g')), '');
UPDATE trial_version SET
    overall_status = folded(overall_status),
    last_known_status = folded(last_known_status),
    study_type = folded(study_type),
    enrollment_type = folded(enrollment_type),
    start_date = folded(start_date),
    start_date_type = folded(start_date_type),
    primary_completion_date = folded(primary_completion_date),
    primary_completion_date_type = folded(primary_completion_date_type),
    completion_date = folded(completion_date),
    completion_date_type = folded(completion_date_type),
    status_verified_date = folded(status_verified_date),
    title = folded(title),
    official_title = folded(official_title),
    acronym = folded(acronym),
    lead_sponsor = folded(lead_sponsor),
    lead_sponsor_class = folded(lead_sponsor_class);
DROP MACRO folded;
UPDATE trial_version SET
    expected_end_date = if(is_of_completion, completion_date, primary_completion_date),
    expected_end_date_type = if(is_of_completion, completion_date_type, primary_completion_date_type),
    expected_end_on = coalesce(completion_date_latest, primary_completion_date_latest)
FROM (
    SELECT
        trial_id,
        version_number,
        completion_date_latest IS NOT NULL
            OR (primary_completion_date_latest IS NULL AND completion_date IS NOT NULL) AS is_of_completion
    FROM trial_version
) AS which
WHERE which.trial_id = trial_version.trial_id AND which.version_number = trial_version.version_number;
