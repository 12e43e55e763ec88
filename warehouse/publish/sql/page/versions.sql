-- Versions of the trials shown, in the registry's order. Read by: warehouse/publish/page, each trial's history.
SELECT
    trial_id,
    version_number,
    registry_date,
    registry_date_basis,
    valid_from_on,
    valid_from_basis,
    observed_at,
    overall_status,
    source
FROM trial_versions
WHERE trial_id IN (SELECT unnest($1::JSON::VARCHAR[]))
ORDER BY trial_id, registry_date, observed_at, version_number
