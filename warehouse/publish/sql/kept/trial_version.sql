-- The versions, with what follows from each, the day from which it holds, and the instants between which it was the
-- latest we had seen; and, without a number and of source inferred, what we did not see and know all the same: what a
-- trial first seen as UNKNOWN had last said, and what a record had told by its dates when we did not look. Read by:
-- trial_states, trial_versions, trials_as_of, the making of status_stay and trial_now.
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
        ) = 1 AS is_first_seen,
        lag(version.observed_at) OVER (
            PARTITION BY version.trial_id, version.source = 'nightly'
            ORDER BY version.observed_at, version.version_number
        ) AS seen_before_at,
        lead(version.observed_at) OVER (
            PARTITION BY version.trial_id, version.source = 'nightly'
            ORDER BY version.observed_at, version.version_number
        ) AS seen_after_at
    FROM trial_version AS version
    JOIN registered_trial USING (trial_id)
    LEFT JOIN published.kept.status_group AS known ON known.status = version.overall_status
),
-- A status that follows from dates holds since its day, and not since the edit that wrote them nor since we looked.
-- Of a record that was not edited we have told already what it was when we saw it last. One that turned after that,
-- and was edited before we looked again, was never seen so.
turn AS (
    SELECT
        status_turn.*,
        judged.registry_date_basis = 'posted' AND status_turn.turned_on = judged.registry_date AS is_edit,
        if(status_turn.turned_on > judged.observed_at::DATE, judged.seen_after_at, judged.observed_at) AS told_at,
        status_turn.turned_on <= judged.observed_at::DATE AND row_number() OVER (
            PARTITION BY trial_id, version_number, status_turn.turned_on > judged.observed_at::DATE
            ORDER BY status_turn.turned_on DESC
        ) = 1 AS is_seen
    FROM status_turn
    JOIN judged USING (trial_id, version_number)
    WHERE judged.registry_date_basis = 'posted'
        OR judged.seen_before_at IS NULL
        OR status_turn.turned_on > judged.seen_before_at::DATE
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
        lapsed.* EXCLUDE (lapse_on, is_first_seen, seen_before_at, seen_after_at),
        if(lapsed.overall_status = 'UNKNOWN', NULL, lapse_on) AS lapses_on,
        CASE
            WHEN turn.turned_on IS NOT NULL AND NOT coalesce(turn.is_edit, false) THEN 'calendar'
            WHEN lapsed_on > dated_on THEN 'inferred'
            ELSE registry_date_basis
        END AS valid_from_basis,
        -- A later state can bear an earlier date than the one before it (a lapse bears the day of its data
        -- version, the update that ends it the day of its posting). What we saw later still came later.
        max(coalesce(turn.turned_on, lapsed_on, dated_on)) OVER (
            PARTITION BY lapsed.trial_id, source = 'nightly'
            ORDER BY
                if(source = 'nightly', observed_at, NULL),
                if(source = 'nightly', NULL, dated_on),
                lapsed.version_number
        ) AS valid_from_on
    FROM lapsed
    LEFT JOIN turn
        ON turn.trial_id = lapsed.trial_id AND turn.version_number = lapsed.version_number AND turn.is_seen
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
),
unseen_turn AS (
    SELECT
        dated.* REPLACE (
            NULL::BIGINT AS version_number,
            'inferred' AS source,
            turn.overall_status AS overall_status,
            NULL::VARCHAR AS last_known_status,
            CASE
                WHEN turn.overall_status IS NOT NULL THEN coalesce(known.status_group, 'unrecognised')
            END AS status_group,
            if(turn.is_edit, registry_date_basis, 'calendar') AS valid_from_basis,
            turn.turned_on AS valid_from_on,
            turn.told_at AS observed_at,
            NULL::TIMESTAMP AS known_from_at,
            NULL::TIMESTAMP AS known_until_at
        )
    FROM dated
    JOIN turn
        ON turn.trial_id = dated.trial_id AND turn.version_number = dated.version_number AND NOT turn.is_seen
    LEFT JOIN published.kept.status_group AS known ON known.status = turn.overall_status
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
FROM (FROM dated UNION ALL FROM before_its_lapse UNION ALL FROM unseen_turn)
ORDER BY trial_id, version_number
