-- Trials that count as ours, what moved last first, at most so many. Read by: warehouse/page, `index.html`.
SELECT
    trials.trial_id,
    trials.registry_name,
    trials.title,
    trials.overall_status,
    trials.last_known_status,
    trials.status_group,
    trials.why_stopped,
    trials.phases,
    trials.enrollment,
    trials.enrollment_type,
    trials.start_date,
    trials.start_date_type,
    trials.start_date_earliest,
    trials.primary_completion_date,
    trials.primary_completion_date_type,
    trials.completion_date,
    trials.completion_date_type,
    trials.expected_end_date AS end_date,
    trials.expected_end_date_type AS end_date_type,
    trials.expected_end_on AS end_date_latest,
    trials.status_verified_date,
    trials.first_posted_on,
    trials.last_update_posted_on,
    trials.results_first_posted_on,
    trials.has_results,
    trials.lead_sponsor,
    trials.countries,
    trials.substances,
    trials.drug_role,
    trials.is_overdue,
    trials.days_overdue,
    trials.lapses_on,
    trials.url,
    false AS is_former,
    moved.last_changed_at
FROM trials
LEFT JOIN (
    SELECT trial_id, max(observed_at) AS last_changed_at FROM changes GROUP BY trial_id
) AS moved USING (trial_id)
WHERE trials.is_relevant
ORDER BY
    moved.last_changed_at DESC NULLS LAST,
    trials.last_update_posted_on DESC NULLS LAST,
    trials.trial_id
LIMIT $1
