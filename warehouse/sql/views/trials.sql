-- A trial as last seen, of any watch. Read by: analysts, `trialwatch show`.
SELECT
    trial.trial_id,
    trial.registry_name,
    version.title,
    version.official_title,
    version.acronym,
    version.overall_status,
    version.last_known_status,
    CASE
        WHEN version.overall_status IS NOT NULL THEN coalesce(known.status_group, 'unrecognised')
    END AS status_group,
    version.why_stopped,
    version.study_type,
    version.phases,
    version.enrollment,
    version.enrollment_type,
    version.start_date,
    version.start_date_type,
    version.start_date_earliest,
    version.start_date_latest,
    version.primary_completion_date,
    version.primary_completion_date_type,
    version.primary_completion_date_earliest,
    version.primary_completion_date_latest,
    version.completion_date,
    version.completion_date_type,
    version.completion_date_earliest,
    version.completion_date_latest,
    version.status_verified_date,
    version.status_verified_date_earliest,
    version.status_verified_date_latest,
    version.first_posted_on,
    version.last_update_posted_on,
    version.results_first_posted_on,
    version.has_results,
    version.lead_sponsor,
    version.lead_sponsor_class,
    coalesce(site.countries, []) AS countries,
    coalesce(label.substances, []) AS substances,
    judgement.drug_role,
    coalesce(member.is_relevant, false) AS is_relevant,
    trial.overdue_since IS NOT NULL AS is_overdue,
    CASE
        WHEN trial.overdue_since IS NOT NULL THEN date_diff(
            'day',
            coalesce(version.completion_date_latest, version.primary_completion_date_latest),
            (SELECT published_at FROM kept.freshness)::DATE
        )
    END AS days_overdue,
    -- The registry turns an open trial to UNKNOWN in the month in which its verification is 25 months old and
    -- its completion month is over (920 of 920 records of 2026 agree).
    CASE
        WHEN trial.registry_name = 'clinicaltrials.gov'
            AND version.status_verified_date_earliest IS NOT NULL
            AND version.overall_status IN (
                'RECRUITING', 'NOT_YET_RECRUITING', 'ACTIVE_NOT_RECRUITING', 'ENROLLING_BY_INVITATION'
            )
            THEN least(
                greatest(
                    date_trunc('month', version.status_verified_date_earliest) + INTERVAL 25 MONTH,
                    date_trunc(
                        'month', coalesce(version.completion_date_latest, version.primary_completion_date_latest)
                    ) + INTERVAL 1 MONTH
                ),
                -- Some write a completion in 9999; a day after that is no date to most readers.
                DATE '9999-12-31'
            )::DATE
    END AS lapses_on,
    trial.url,
    trial.fate,
    trial.merged_into,
    trial.first_seen_at,
    trial.last_seen_at,
    trial.version_number
FROM kept.trial AS trial
JOIN kept.trial_version AS version USING (trial_id, version_number)
LEFT JOIN kept.status_group AS known ON known.status = version.overall_status
LEFT JOIN (
    SELECT trial_id, list_sort(list(DISTINCT country)) AS countries
    FROM kept.trial_site
    WHERE country IS NOT NULL
    GROUP BY trial_id
) AS site USING (trial_id)
LEFT JOIN (
    SELECT trial_id, list_sort(list(DISTINCT substance)) AS substances FROM kept.trial_substance GROUP BY trial_id
) AS label USING (trial_id)
LEFT JOIN kept.trial_judgement AS judgement USING (trial_id)
LEFT JOIN (
    SELECT trial_id, bool_or(is_relevant) AS is_relevant FROM kept.watch_member GROUP BY trial_id
) AS member USING (trial_id)
