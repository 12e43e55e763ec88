-- What is known of some trials, for the card of a mail. Read by: facts.py.
SELECT
    trial.trial_id,
    trial.registry_name,
    version.title,
    version.study_type,
    coalesce(version.phases, []) AS phases,
    detail.allocation,
    detail.intervention_model,
    detail.masking,
    detail.primary_purpose,
    detail.observational_model,
    detail.time_perspective,
    version.enrollment,
    version.enrollment_type,
    (
        -- What nights have seen came after what a back-fill told, which bears higher numbers.
        SELECT last(earlier.enrollment ORDER BY earlier.source = 'nightly', earlier.version_number)
        FROM trial_version AS earlier
        WHERE earlier.trial_id = trial.trial_id AND earlier.enrollment_type = 'ESTIMATED'
    ) AS planned,
    (
        SELECT coalesce(list(entry.condition ORDER BY entry.position), [])
        FROM trial_condition AS entry
        WHERE entry.trial_id = trial.trial_id
    ) AS conditions,
    (
        SELECT coalesce(list_sort(list(DISTINCT label.substance)), [])
        FROM trial_substance AS label
        WHERE label.trial_id = trial.trial_id
    ) AS substances,
    (
        SELECT coalesce(list((entry.measure, entry.time_frame) ORDER BY entry.position), [])
        FROM trial_outcome AS entry
        WHERE entry.trial_id = trial.trial_id AND entry.outcome_type = 'primary'
    ) AS primary_outcomes,
    (
        SELECT count(*)
        FROM trial_site AS site
        WHERE site.trial_id = trial.trial_id AND site.is_country IS NOT TRUE
    ) AS sites,
    (
        SELECT coalesce(list_sort(list(DISTINCT site.city)), [])
        FROM trial_site AS site
        WHERE site.trial_id = trial.trial_id AND site.city IS NOT NULL
    ) AS cities,
    (
        SELECT coalesce(list_sort(list(DISTINCT site.country)), [])
        FROM trial_site AS site
        WHERE site.trial_id = trial.trial_id AND site.country IS NOT NULL
    ) AS countries,
    version.lead_sponsor,
    version.start_date,
    version.start_date_type,
    version.primary_completion_date,
    version.primary_completion_date_type,
    version.completion_date,
    version.completion_date_type,
    version.results_first_posted_on,
    detail.results_first_submitted_on,
    (SELECT count(*) FROM trial_publication AS entry WHERE entry.trial_id = trial.trial_id) AS publications,
    (
        SELECT first(member.why_relevant ORDER BY member.is_relevant DESC, member.watch)
        FROM watch_member AS member
        WHERE member.trial_id = trial.trial_id AND member.left_at IS NULL
    ) AS why_here,
    judgement.drug_role,
    -- As the page has it: what counts as ours, or did, under the number that it bears now.
    trial.fate IS DISTINCT FROM 'merged' AND EXISTS (
        FROM watch_member AS member WHERE member.trial_id = trial.trial_id AND member.is_relevant
    ) AS is_on_the_page,
    version.official_title,
    version.overall_status,
    trial.url,
    (
        SELECT coalesce(list((entry.intervention_type, entry.name, entry.other_names) ORDER BY entry.position), [])
        FROM trial_intervention AS entry
        WHERE entry.trial_id = trial.trial_id
    ) AS interventions
FROM trial
JOIN trial_version AS version USING (trial_id, version_number)
LEFT JOIN trial_detail AS detail USING (trial_id)
LEFT JOIN trial_judgement AS judgement USING (trial_id)
WHERE trial.trial_id IN (SELECT unnest(?::VARCHAR[]))
