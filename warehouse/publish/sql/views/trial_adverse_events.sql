-- How many of one group had an adverse event, in the posted results of a trial; totals and deaths stand in
-- trial_adverse_event_groups. Read by: analysts.
SELECT
    trial_id,
    position,
    event_type,
    term,
    organ_system,
    vocabulary,
    assessment,
    notes,
    group_id,
    group_title,
    affected,
    at_risk,
    events
FROM kept.trial_adverse_event
