-- How many of one group reached a milestone of a trial, or left it and why, in its posted results. Read by: analysts.
SELECT
    trial_id,
    position,
    period_position,
    period,
    step_type,
    step,
    group_id,
    group_title,
    group_description,
    participants,
    participants_as_written,
    units,
    units_analyzed,
    comment
FROM kept.trial_participant_flow
