-- A trial as last seen, of any watch. Read by: analysts, `trialwatch show`.
SELECT
    trial.*,
    detail.* EXCLUDE (trial_id),
    due.results_due_on,
    due.results_overdue_from,
    due.results_due_basis,
    coalesce(concept.routes, []) AS routes,
    coalesce(concept.doses, []) AS doses,
    coalesce(concept.doses_mg_per_kg, []) AS doses_mg_per_kg,
    coalesce(concept.doses_given, []) AS doses_given,
    coalesce(concept.comparators, []) AS comparators,
    coalesce(concept.psychotherapies, []) AS psychotherapies,
    coalesce(concept.outcome_instruments, []) AS outcome_instruments
-- The long texts stand first: they pass by, and what they are joined with is held in memory.
FROM kept.trial_detail AS detail
RIGHT JOIN kept.trial_now AS trial USING (trial_id) -- noqa: CV08
LEFT JOIN kept.results_due AS due USING (trial_id)
LEFT JOIN kept.concept_list AS concept USING (trial_id)
