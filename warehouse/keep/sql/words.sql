-- What is said of every member in its latest stay: whether it counts as ours, and why. Read by: labels.py, which
-- keeps it as ``word_before``, and compares.
SELECT
    watch,
    trial_id,
    arg_max(is_relevant, stay) AS is_relevant,
    coalesce(arg_max(why_relevant, stay), '') AS why
FROM watch_member
GROUP BY watch, trial_id
