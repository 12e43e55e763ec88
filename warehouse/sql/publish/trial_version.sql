-- The versions, with what follows from each, the day from which it holds, and the instants between which it was the
-- latest we had seen. Read by: trial_states, trial_versions, trials_as_of, the making of status_stay and trial_now.
SELECT
    *,
    -- Which of its trial's versions it is, by what the registry said when. Of one day, what the registry's own
    -- history tells came before what a night saw.
    row_number() OVER (
        PARTITION BY trial_id ORDER BY valid_from_on, source = 'nightly', observed_at, version_number
    ) AS place
FROM (
    SELECT
        version.*,
        CASE
            WHEN version.overall_status IS NOT NULL THEN coalesce(known.status_group, 'unrecognised')
        END AS status_group,
        -- The day until which nobody calls it late: the end of its completion date, else of the primary one.
        CASE
            WHEN known.status_group IN ('planned', 'recruiting', 'active')
                AND if(
                    version.completion_date_latest IS NULL,
                    version.primary_completion_date_type,
                    version.completion_date_type
                ) IS DISTINCT FROM 'ACTUAL'
                THEN coalesce(version.completion_date_latest, version.primary_completion_date_latest)
        END AS expected_end_on,
        -- The registry turns an open trial to UNKNOWN in the month in which its verification is 25 months old and
        -- its completion month is over (920 of 920 records of 2026 agree). Only ClinicalTrials.gov does so.
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
                            'month',
                            coalesce(version.completion_date_latest, version.primary_completion_date_latest)
                        ) + INTERVAL 1 MONTH
                    ),
                    -- Some write a completion in 9999; a day after that is no date to most readers.
                    DATE '9999-12-31'
                )::DATE
        END AS lapses_on,
        -- A later state can bear an earlier date than the one before it (a lapse bears the day of its data
        -- version, the update that ends it the day of its posting). What we saw later still came later.
        max(coalesce(version.registry_date, version.observed_at::DATE)) OVER (
            PARTITION BY version.trial_id, version.source = 'nightly'
            ORDER BY
                if(version.source = 'nightly', version.observed_at, NULL),
                if(
                    version.source = 'nightly',
                    NULL,
                    coalesce(version.registry_date, version.observed_at::DATE)
                ),
                version.version_number
        ) AS valid_from_on,
        CASE WHEN version.source = 'nightly' THEN version.observed_at END AS known_from_at,
        CASE
            WHEN version.source = 'nightly' THEN lead(version.observed_at) OVER (
                PARTITION BY version.trial_id, version.source = 'nightly'
                ORDER BY version.observed_at, version.version_number
            )
        END AS known_until_at
    FROM trial_version AS version
    JOIN trial USING (trial_id)
    LEFT JOIN published.kept.status_group AS known ON known.status = version.overall_status
)
ORDER BY trial_id, version_number
