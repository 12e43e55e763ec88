-- Each trial in its present version, with what is gathered of it from its other tables. Read by: trials,
-- state_of_trial, registry_lag.
SELECT
    trial.trial_id,
    trial.registry_name,
    state.* EXCLUDE (
        trial_id, version_number, source, known_from_at, known_until_at, valid_from_on, registry_date, observed_at,
        lapses_on, registry_date_basis, valid_from_basis, superseded_at, content_hash, late_after_on, place
    ),
    coalesce(site.countries, []) AS countries,
    coalesce(label.substances, []) AS substances,
    judgement.drug_role,
    coalesce(member.is_relevant, false) AS is_relevant,
    trial.fate IS NULL AND coalesce(state.late_after_on < today.day, false) AS is_overdue,
    CASE
        WHEN trial.fate IS NULL AND state.late_after_on < today.day
            THEN date_diff('day', state.late_after_on, today.day)
    END AS days_overdue,
    CASE WHEN trial.fate IS NULL THEN state.lapses_on END AS lapses_on,
    trial.url,
    trial.fate,
    trial.merged_into,
    trial.first_seen_at,
    trial.last_seen_at,
    trial.version_number
FROM trial
JOIN published.kept.trial_version AS state USING (trial_id, version_number)
LEFT JOIN (
    SELECT trial_id, list_sort(list(DISTINCT country)) AS countries
    FROM trial_site
    WHERE country IS NOT NULL
    GROUP BY trial_id
) AS site USING (trial_id)
LEFT JOIN (
    SELECT trial_id, list_sort(list(DISTINCT substance)) AS substances FROM trial_substance GROUP BY trial_id
) AS label USING (trial_id)
LEFT JOIN trial_judgement AS judgement USING (trial_id)
LEFT JOIN (
    SELECT trial_id, bool_or(is_relevant) AS is_relevant FROM watch_member GROUP BY trial_id
) AS member USING (trial_id)
CROSS JOIN (SELECT published_at::DATE AS day FROM published.kept.freshness) AS today
ORDER BY trial.trial_id
