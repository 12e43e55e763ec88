-- One change of one trial. Read by: analysts, `trialwatch changes`, `trialwatch show`.
SELECT
    change_id,
    trial_id,
    watch,
    kind,
    field,
    old_value,
    new_value,
    cause,
    materiality,
    reason,
    from_version,
    to_version,
    registry_date,
    registry_date_basis,
    observed_at,
    run_id,
    source
FROM kept.change
