-- What became of the studies of Jones et al. 2018, and how sure it is that they are the review's. Read by: analysts.
WITH latest AS (
    SELECT
        trial_id,
        (list(kind ORDER BY observed_at DESC, materiality, kind))[1] AS last_change,
        max(observed_at) AS last_changed_at
    FROM kept.change
    WHERE trial_id IN (SELECT trial_id FROM kept.review_2018) AND materiality <> 'low'
    GROUP BY trial_id
)
SELECT
    review.part,
    review.place,
    review.study,
    review.substance,
    review.participants,
    review.trial_id,
    review.certainty,
    review.why_certainty,
    review.alternative_trial_id,
    review.source,
    trials.trial_id IS NOT NULL AS is_held,
    trials.title,
    trials.overall_status,
    trials.status_group,
    trials.why_stopped,
    trials.completion_date,
    trials.completion_date_type,
    trials.enrollment,
    trials.enrollment_type,
    trials.has_results,
    trials.results_first_posted_on,
    trials.last_update_posted_on,
    latest.last_change,
    latest.last_changed_at
FROM kept.review_2018 AS review
LEFT JOIN trials USING (trial_id)
LEFT JOIN latest USING (trial_id)
