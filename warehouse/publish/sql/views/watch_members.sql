-- A stay of a trial in a watch. Read by: analysts, `trialwatch show`.
SELECT
    watch,
    trial_id,
    stay,
    is_relevant,
    why_relevant,
    entered_at,
    left_at,
    why_entered,
    why_left
FROM kept.watch_member
