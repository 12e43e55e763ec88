-- How long after they had completed the registry said so of our trials, in steps; exact where we saw it happen, else at
-- least so long. Read by: warehouse/publish/page, the registry's lag.
SELECT
    CASE
        WHEN lag_days_at_least <= 30 THEN 0
        WHEN lag_days_at_least <= 90 THEN 1
        WHEN lag_days_at_least <= 180 THEN 2
        WHEN lag_days_at_least <= 365 THEN 3
        WHEN lag_days_at_least <= 730 THEN 4
        ELSE 5
    END AS step,
    is_exact,
    count(*) AS trials
FROM registry_lag
-- First seen completed, and posted before that: the record may have said so at once, so it tells nothing.
WHERE is_relevant AND (is_exact OR lag_days_at_least > 0)
    AND trial_id NOT IN (SELECT trial_id FROM trials WHERE fate = 'merged')
GROUP BY ALL
ORDER BY step, is_exact
