-- A night's certificate: one run, watch and registry. Read by: analysts, operators.
SELECT
    run_id,
    watch,
    registry_name,
    started_at,
    finished_at,
    outcome,
    sentence,
    declared_total,
    fetched,
    distinct_trials,
    new_versions,
    quarantined,
    data_version_before,
    data_version_after,
    requests,
    asked_parts,
    checks
FROM kept.run
