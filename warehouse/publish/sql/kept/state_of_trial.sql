-- Each state of each trial in the columns of trials_as_of: what depends on the moment is left empty, and what tells
-- which state holds at a moment stands at the end. Read by: trials_as_of.
SELECT
    trial.trial_id,
    trial.registry_name,
    state.* EXCLUDE (
        trial_id, version_number, source, known_from_at, known_until_at, valid_from_on, registry_date, observed_at,
        lapses_on, registry_date_basis, valid_from_basis, superseded_at, content_hash, late_after_on, place
    ),
    trial.countries,
    trial.substances,
    trial.drug_role,
    trial.is_relevant,
    NULL::BOOLEAN AS is_overdue,
    NULL::BIGINT AS days_overdue,
    state.lapses_on,
    trial.url,
    NULL::VARCHAR AS fate,
    NULL::VARCHAR AS merged_into,
    trial.first_seen_at,
    state.version_number,
    state.registry_date,
    state.observed_at,
    state.known_from_at,
    state.known_until_at,
    state.late_after_on,
    state.place
FROM kept.trial_version AS state
JOIN kept.trial_now AS trial USING (trial_id)
