-- What is known of some trials, for their card. Read by: brief.py.
WITH study_trial AS (
    SELECT study.study_id, trials.trial_id, trials.registry_name
    FROM (SELECT study_id, unnest(trial_ids) AS trial_id FROM studies) AS study
    JOIN trials USING (trial_id)
    WHERE trials.fate IS NULL
)
SELECT
    -- Without the long texts: of two thousand trials they would be most of what is read.
    trials.* EXCLUDE (
        substances, has_results, eligibility_criteria, brief_summary, detailed_description, ipd_sharing_description,
        routes, doses, doses_given, comparators, psychotherapies
    ),
    list_sort(substances) AS substances,
    (
        -- What nights have seen came after what a back-fill told, which bears higher numbers.
        SELECT arg_max(earlier.enrollment, (earlier.source = 'nightly', earlier.version_number))
        FROM trial_states AS earlier
        WHERE earlier.trial_id = trials.trial_id AND earlier.enrollment_type = 'ESTIMATED'
    ) AS planned,
    (
        SELECT coalesce(list(entry.condition ORDER BY entry.position), [])
        FROM trial_conditions AS entry
        WHERE entry.trial_id = trials.trial_id
    ) AS conditions,
    (
        SELECT coalesce(list((entry.measure, entry.time_frame) ORDER BY entry.position), [])
        FROM trial_outcomes AS entry
        WHERE entry.trial_id = trials.trial_id AND entry.outcome_type = 'primary'
    ) AS primary_outcomes,
    (SELECT count(*) FROM trial_sites AS site WHERE site.trial_id = trials.trial_id) AS sites,
    (
        SELECT coalesce(list_sort(list(DISTINCT site.city)), [])
        FROM trial_sites AS site
        WHERE site.trial_id = trials.trial_id AND site.city IS NOT NULL
    ) AS cities,
    (SELECT count(*) FROM trial_publications AS entry WHERE entry.trial_id = trials.trial_id) AS publications,
    (
        SELECT coalesce(list(other.trial_id ORDER BY other.trial_id), [])
        FROM study_trial AS own
        JOIN study_trial AS other ON other.study_id = own.study_id AND other.registry_name <> own.registry_name
        WHERE own.trial_id = trials.trial_id
    ) AS twins,
    (
        SELECT first(member.why_relevant ORDER BY member.is_relevant DESC, member.watch)
        FROM watch_members AS member
        WHERE member.trial_id = trials.trial_id AND member.left_at IS NULL
    ) AS why_here,
    (
        SELECT
            coalesce(list((entry.intervention_type, entry.name, entry.other_names) ORDER BY entry.position), [])
        FROM trial_interventions AS entry
        WHERE entry.trial_id = trials.trial_id
    ) AS interventions
FROM trials
WHERE trials.trial_id IN (SELECT unnest(?::VARCHAR[]))
