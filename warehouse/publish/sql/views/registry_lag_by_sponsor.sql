-- How late each sponsor's completions reach the registry. Read by: analysts.
SELECT
    lead_sponsor,
    any_value(lead_sponsor_class) AS lead_sponsor_class,
    count(*) AS completed_trials,
    count(lag_days) AS exactly_known,
    median(lag_days) AS median_lag_days,
    max(lag_days) AS longest_lag_days,
    max(lag_days_at_most) AS longest_at_most_days
FROM registry_lag
GROUP BY lead_sponsor
