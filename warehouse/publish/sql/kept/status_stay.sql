-- Stays in one status, from the versions' dates. Read by: status_history, registry_lag.
SELECT
    trial_id,
    overall_status,
    valid_from_on AS from_date,
    lead(valid_from_on) OVER (PARTITION BY trial_id ORDER BY place) AS to_date,
    place > 1 AND valid_from_basis IS DISTINCT FROM 'inferred' AS is_start_known,
    valid_from_basis AS from_basis
FROM (
    SELECT
        trial_id,
        overall_status,
        valid_from_on,
        valid_from_basis,
        place,
        place = 1 OR overall_status IS DISTINCT FROM lag(overall_status) OVER (
            PARTITION BY trial_id ORDER BY place
        ) AS begins
    FROM published.kept.trial_version
)
WHERE begins
ORDER BY trial_id, place
