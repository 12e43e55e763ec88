-- What participants were like at the start, in the posted results of a trial: a value in one group, row and category.
-- Read by: analysts.
SELECT
    trial_id,
    position,
    measure,
    class_title,
    category_title,
    group_id,
    group_title,
    group_description,
    param_type,
    value,
    value_as_written,
    unit,
    dispersion_type,
    spread,
    spread_as_written,
    lower_limit,
    lower_limit_as_written,
    upper_limit,
    upper_limit_as_written,
    denominator,
    denominator_unit,
    description,
    population,
    comment
FROM kept.trial_baseline_measurement
