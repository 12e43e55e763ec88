-- How long after a trial had completed the registry said so. Read by: analysts.
WITH said AS (
    SELECT trial_id, from_date AS said_on, is_start_known
    FROM kept.status_stay
    -- The stay that stands: a completion that was taken back has told nobody when the trial ended.
    WHERE overall_status = 'COMPLETED' AND to_date IS NULL
)
SELECT
    trial_id,
    trials.title,
    trials.lead_sponsor,
    trials.lead_sponsor_class,
    trials.substances,
    trials.is_relevant,
    trials.completion_date,
    trials.completion_date_latest AS completed_on,
    said.said_on,
    -- First seen already completed: the record may have said so since any of its earlier postings.
    said.is_start_known AS is_exact,
    CASE WHEN said.is_start_known THEN date_diff('day', trials.completion_date_latest, said.said_on) END AS lag_days,
    CASE
        WHEN said.is_start_known THEN date_diff('day', trials.completion_date_latest, said.said_on)
        ELSE greatest(date_diff('day', trials.completion_date_latest, trials.first_posted_on), 0)
    END AS lag_days_at_least,
    date_diff('day', trials.completion_date_earliest, said.said_on) AS lag_days_at_most
FROM said
JOIN trials USING (trial_id)
-- ACTUAL, or unsaid as in records from before the registry asked; an ESTIMATED end of a completed trial is none.
WHERE trials.completion_date_latest IS NOT NULL AND trials.completion_date_type IS DISTINCT FROM 'ESTIMATED'
