-- The versions, with what follows from each, the day from which it holds, and the instants between which it was the
-- latest we had seen; and before a trial's first, where that says UNKNOWN, what it had last said (without a number,
-- source inferred). Read by: trial_states, trial_versions, trials_as_of, the making of status_stay and trial_now.
WITH judged AS (
    SELECT
        version.*,
        CASE
            WHEN version.overall_status IS NOT NULL THEN coalesce(known.status_group, 'unrecognised')
        END AS status_group,
        -- The registry turns an open trial to UNKNOWN in the month in which its verification is 25 months old and
        -- its end's month is over (920 of 920 records of 2026 agree). Only ClinicalTrials.gov does so.
        CASE
            WHEN registered_trial.registry_name = 'clinicaltrials.gov'
                AND version.status_verified_date_earliest IS NOT NULL
                AND if(version.overall_status = 'UNKNOWN', version.last_known_status, version.overall_status) IN (
                    'RECRUITING', 'NOT_YET_RECRUITING', 'ACTIVE_NOT_RECRUITING', 'ENROLLING_BY_INVITATION'
                )
                THEN least(
                    greatest(
                        date_trunc('month', version.status_verified_date_earliest) + INTERVAL 25 MONTH,
                        date_trunc('month', version.expected_end_on) + INTERVAL 1 MONTH
                    ),
                    -- Some write a completion in 9999; a day after that is no date to most readers.
                    DATE '9999-12-31'
                )::DATE
        END AS lapse_on,
        coalesce(version.registry_date, version.observed_at::DATE) AS dated_on,
        CASE WHEN version.source = 'nightly' THEN version.observed_at END AS known_from_at,
        CASE
            WHEN version.source = 'nightly' THEN lead(version.observed_at) OVER (
                PARTITION BY version.trial_id, version.source = 'nightly'
                ORDER BY version.observed_at, version.version_number
            )
        END AS known_until_at,
        version.source = 'nightly' AND row_number() OVER (
            PARTITION BY version.trial_id, version.source = 'nightly'
            ORDER BY version.observed_at, version.version_number
        ) = 1 AS is_first_seen
    FROM trial_version AS version
    JOIN registered_trial USING (trial_id)
    LEFT JOIN published.kept.status_group AS known ON known.status = version.overall_status
),
-- Nobody posts UNKNOWN: a trial first seen so had lapsed at the first refresh (Monday to Friday) of its month, not
-- before its last posting and not after we saw it.
lapsed AS (
    SELECT
        *,
        CASE
            WHEN is_first_seen AND overall_status = 'UNKNOWN' AND lapse_on IS NOT NULL
                THEN greatest(
                    dated_on,
                    least(
                        lapse_on + (CASE isodow(lapse_on) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END)::INTEGER,
                        observed_at::DATE
                    )
                )
        END AS lapsed_on
    FROM judged
),
dated AS (
    SELECT
        * EXCLUDE (lapse_on, is_first_seen),
        if(overall_status = 'UNKNOWN', NULL, lapse_on) AS lapses_on,
        if(lapsed_on > dated_on, 'inferred', registry_date_basis) AS valid_from_basis,
        -- A later state can bear an earlier date than the one before it (a lapse bears the day of its data
        -- version, the update that ends it the day of its posting). What we saw later still came later.
        max(coalesce(lapsed_on, dated_on)) OVER (
            PARTITION BY trial_id, source = 'nightly'
            ORDER BY
                if(source = 'nightly', observed_at, NULL),
                if(source = 'nightly', NULL, dated_on),
                version_number
        ) AS valid_from_on
    FROM lapsed
),
before_its_lapse AS (
    SELECT
        dated.* REPLACE (
            NULL::BIGINT AS version_number,
            'inferred' AS source,
            last_known_status AS overall_status,
            NULL::VARCHAR AS last_known_status,
            known.status_group AS status_group,
            registry_date_basis AS valid_from_basis,
            dated_on AS valid_from_on,
            NULL::TIMESTAMP AS known_from_at,
            NULL::TIMESTAMP AS known_until_at
        )
    FROM dated
    JOIN published.kept.status_group AS known ON known.status = dated.last_known_status
    WHERE lapsed_on > dated_on
)
SELECT
    trial_id,
    version_number,
    source,
    known_from_at,
    known_until_at,
    valid_from_on,
    registry_date,
    observed_at,
    -- What it says of its trial: the columns, in the order, of trials, trial_states and trials_as_of.
    title,
    official_title,
    acronym,
    overall_status,
    last_known_status,
    status_group,
    why_stopped,
    study_type,
    phases,
    enrollment,
    enrollment_type,
    start_date,
    start_date_type,
    start_date_earliest,
    start_date_latest,
    primary_completion_date,
    primary_completion_date_type,
    primary_completion_date_earliest,
    primary_completion_date_latest,
    completion_date,
    completion_date_type,
    completion_date_earliest,
    completion_date_latest,
    expected_end_date,
    expected_end_date_type,
    expected_end_on,
    status_verified_date,
    status_verified_date_earliest,
    status_verified_date_latest,
    first_posted_on,
    last_update_posted_on,
    results_first_posted_on,
    has_results,
    lead_sponsor,
    lead_sponsor_class,
    lapses_on,
    registry_date_basis,
    valid_from_basis,
    superseded_at,
    content_hash,
    -- The day until which nobody calls it late: its end, while it is still to come.
    CASE
        WHEN status_group IN ('planned', 'recruiting', 'active') AND expected_end_date_type IS DISTINCT FROM 'ACTUAL'
            THEN expected_end_on
    END AS late_after_on,
    -- Which of its trial's states it is, by what the registry said when. Of one day, what the registry's own
    -- history tells came before what a night saw.
    row_number() OVER (
        PARTITION BY trial_id ORDER BY valid_from_on, source = 'nightly', observed_at, version_number
    ) AS place
FROM (FROM dated UNION ALL FROM before_its_lapse)
ORDER BY trial_id, version_number
