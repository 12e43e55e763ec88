-- What our trials expect within $1 days of the publication, the next first, at most $2: ends and primary ends of open
-- trials, lapses to unknown, and results that fall due, where this file says when. Read by: warehouse/publish/page, what is
-- coming up, and publish/calendar.py.
WITH due AS (
    UNPIVOT (
        SELECT
            trial_id,
            COLUMNS(lambda named: named IN (
                'completion_date_latest', 'primary_completion_date_latest', 'lapses_on', 'results_due_on'
            ))
        FROM trials
        WHERE is_relevant AND fate IS NULL
    )
    ON COLUMNS(lambda named: named <> 'trial_id')
    INTO NAME what VALUE due_on
)
SELECT
    due.due_on,
    due.what,
    trials.trial_id,
    trials.title,
    trials.url,
    trials.overall_status,
    trials.lead_sponsor,
    CASE due.what
        WHEN 'completion_date_latest' THEN trials.completion_date
        WHEN 'primary_completion_date_latest' THEN trials.primary_completion_date
    END AS written,
    trial_versions.observed_at,
    count(*) OVER () AS all_of_them
FROM due
JOIN trials USING (trial_id)
JOIN trial_versions USING (trial_id, version_number)
CROSS JOIN (SELECT published_at::DATE AS today FROM freshness) AS fresh
WHERE
    due.due_on BETWEEN fresh.today AND fresh.today + $1::INTEGER
    AND CASE due.what
        WHEN 'completion_date_latest' THEN
            trials.status_group IN ('planned', 'recruiting', 'active') AND trials.completion_date_type IS DISTINCT FROM 'ACTUAL'
        WHEN 'primary_completion_date_latest' THEN
            trials.status_group IN ('planned', 'recruiting', 'active') AND trials.primary_completion_date_type IS DISTINCT FROM 'ACTUAL'
        WHEN 'results_due_on' THEN
            NOT coalesce(trials.has_results, false)
            AND trials.results_first_submitted_on IS NULL
            AND NOT coalesce(trials.results_waived, false)
            AND NOT coalesce(trials.results_delay_requested_on <= trials.results_due_on, false)
        ELSE true
    END
ORDER BY due.due_on, trials.trial_id, due.what
LIMIT $2
