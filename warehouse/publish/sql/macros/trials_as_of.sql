-- trials, as of a moment. One argument: the trials as we had last seen them then. Two: what the registry said of
-- that day, as far as we knew then. A day given as a moment is its first instant; instants are UTC. What is gathered
-- from other tables (countries, substances, drug_role, is_relevant) is as of this file; design, eligibility and
-- descriptions, and what is read out of a trial's words, are kept of the present version only, and are not here
-- (trial_records has each version's record). What a trial first seen as
-- UNKNOWN had last said, and what a record told by its dates when we did not look, is inferred and has no version_number.
-- In a file that is attached under another name, USE it first. Read by: analysts.
(known_at) AS TABLE (
    SELECT
        state.* EXCLUDE (known_from_at, known_until_at, late_after_on, place)
        REPLACE (
            fate.kind IS NULL AND coalesce(state.late_after_on < moment.day, false) AS is_overdue,
            CASE
                WHEN fate.kind IS NULL AND state.late_after_on < moment.day
                    THEN date_diff('day', state.late_after_on, moment.day)
            END AS days_overdue,
            fate.kind AS fate,
            fate.merged_into AS merged_into
        )
    FROM (
        SELECT instant, instant::DATE AS day
        FROM (
            SELECT
                CASE
                    WHEN typeof(known_at) = 'TIMESTAMP WITH TIME ZONE'
                        THEN make_timestamp(epoch_us(known_at::TIMESTAMPTZ))
                    ELSE known_at::TIMESTAMP
                END AS instant
        )
    ) AS moment
    JOIN kept.state_of_trial AS state
        ON state.known_from_at <= moment.instant
        AND (state.known_until_at IS NULL OR moment.instant < state.known_until_at)
    LEFT JOIN kept.fate AS fate
        ON fate.trial_id = state.trial_id
        AND fate.from_at <= moment.instant
        AND (fate.until_at IS NULL OR moment.instant < fate.until_at)
),
(valid_on, known_at) AS TABLE (
    SELECT
        state.* EXCLUDE (known_from_at, known_until_at, late_after_on, place)
        REPLACE (
            fate.kind IS NULL AND coalesce(state.late_after_on < said.day, false) AS is_overdue,
            CASE
                WHEN fate.kind IS NULL AND state.late_after_on < said.day
                    THEN date_diff('day', state.late_after_on, said.day)
            END AS days_overdue,
            fate.kind AS fate,
            fate.merged_into AS merged_into
        )
    FROM (
        SELECT version.trial_id, max(version.place) AS place, moment.day, moment.instant
        FROM kept.trial_version AS version
        JOIN (
            SELECT
                CASE
                    WHEN typeof(known_at) = 'TIMESTAMP WITH TIME ZONE'
                        THEN make_timestamp(epoch_us(known_at::TIMESTAMPTZ))
                    ELSE known_at::TIMESTAMP
                END AS instant,
                valid_on::DATE AS day
        ) AS moment
            ON version.observed_at <= moment.instant
            AND version.valid_from_on <= moment.day
        GROUP BY version.trial_id, moment.day, moment.instant
    ) AS said
    JOIN kept.state_of_trial AS state USING (trial_id, place)
    LEFT JOIN kept.fate AS fate
        ON fate.trial_id = state.trial_id
        AND fate.from_at <= said.instant
        AND fate.from_on <= said.day
        -- That it is back is only known from the night on which it was seen.
        AND (fate.until_at IS NULL OR said.instant < fate.until_at OR said.day < fate.until_on)
)
