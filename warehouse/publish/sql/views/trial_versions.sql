-- A version we hold of a trial; what it said stands in trial_states. Read by: analysts, `trialwatch show`.
SELECT
    trial_id,
    version_number,
    registry_date,
    registry_date_basis,
    valid_from_on,
    valid_from_basis,
    observed_at,
    superseded_at,
    source,
    overall_status,
    content_hash
FROM kept.trial_version
WHERE version_number IS NOT NULL
