-- A trial as one version of its record had it. Read by: analysts.
SELECT * EXCLUDE (registry_date_basis, valid_from_basis, superseded_at, content_hash, late_after_on, place)
FROM kept.trial_version
WHERE version_number IS NOT NULL
