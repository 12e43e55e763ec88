-- An outcome in the posted results of a trial, its values in trial_results. Read by: analysts.
SELECT
    trial_id,
    position,
    outcome_type,
    outcome,
    description,
    time_frame,
    population,
    reporting_status,
    expected_posting_date,
    param_type,
    dispersion_type,
    unit,
    units_analyzed
FROM kept.trial_result_outcome
