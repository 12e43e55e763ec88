-- A group in which a trial counted adverse events, with its totals and deaths. Read by: analysts.
SELECT
    trial_id,
    position,
    group_id,
    group_title,
    group_description,
    deaths,
    deaths_at_risk,
    serious_affected,
    serious_at_risk,
    other_affected,
    other_at_risk,
    time_frame,
    frequency_threshold,
    description
FROM kept.trial_adverse_event_group
