-- What was registered since the window of Jones et al. 2018 (to January 2018), by substance and year; relevant
-- trials only, each in every substance it is about. Read by: analysts.
SELECT
    substance,
    year(first_posted_on)::BIGINT AS year,
    count(*) AS trials,
    count(*) FILTER (status_group IN ('planned', 'recruiting', 'active')) AS under_way,
    count(*) FILTER (status_group = 'completed') AS completed,
    count(*) FILTER (status_group = 'stopped') AS stopped,
    count(*) FILTER (status_group = 'unknown') AS unknown,
    count(*) FILTER (has_results) AS with_results,
    list(trial_id ORDER BY first_posted_on, trial_id) AS trial_ids
FROM (SELECT *, unnest(substances) AS substance FROM trials)
WHERE is_relevant
    AND first_posted_on > DATE '2018-01-31'
    -- A number merged into another is that other study.
    AND fate IS DISTINCT FROM 'merged'
GROUP BY substance, year(first_posted_on)
