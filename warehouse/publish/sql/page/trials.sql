-- Trials that count as ours, what moved last first, at most so many. A column that this file does not have yet is
-- left out, and so is its fact on the card. Read by: warehouse/publish/page, `index.html`.
SELECT
    trials.trial_id,
    COLUMNS(lambda named: named IN (
        'registry_name', 'title', 'official_title', 'acronym', 'overall_status', 'last_known_status', 'status_group',
        'why_stopped', 'study_type', 'phases', 'enrollment', 'enrollment_type',
        'start_date', 'start_date_type', 'start_date_earliest',
        'primary_completion_date', 'primary_completion_date_type',
        'completion_date', 'completion_date_type', 'completion_date_latest', 'status_verified_date', 'first_posted_on',
        'last_update_posted_on', 'results_first_posted_on', 'results_first_submitted_on', 'has_results', 'results_due_on',
        'lead_sponsor', 'countries', 'substances', 'drug_role', 'is_overdue', 'days_overdue', 'lapses_on', 'url',
        'allocation', 'intervention_model', 'masking', 'who_masked', 'primary_purpose', 'observational_model',
        'routes', 'doses', 'doses_given', 'comparators', 'psychotherapies'
    )),
    trials.expected_end_date AS end_date,
    trials.expected_end_date_type AS end_date_type,
    trials.expected_end_on AS end_date_latest,
    false AS is_former,
    moved.last_changed_at
FROM trials
LEFT JOIN (
    -- What we read otherwise, and what is learned of the past, is no move of the trial: after a rebuild or a back-fill
    -- they would all stand first.
    SELECT trial_id AS moved_id, max(observed_at) AS last_changed_at
    FROM changes
    WHERE source <> 'history' AND cause <> 'normaliser'
    GROUP BY trial_id
) AS moved ON moved.moved_id = trials.trial_id
WHERE trials.is_relevant AND trials.fate IS DISTINCT FROM 'merged'
ORDER BY
    moved.last_changed_at DESC NULLS LAST,
    trials.last_update_posted_on DESC NULLS LAST,
    trials.trial_id
LIMIT $1
