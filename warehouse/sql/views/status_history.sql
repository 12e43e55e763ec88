-- A stay of a trial in one status; from the registry's dates of the versions we hold. Read by: analysts.
WITH marked AS (
    SELECT
        *,
        overall_status IS DISTINCT FROM lag(overall_status) OVER by_trial AS begins
    FROM kept.trial_version
    WINDOW by_trial AS (PARTITION BY trial_id ORDER BY registry_date, observed_at, version_number)
),
stays AS (
    SELECT
        trial_id,
        overall_status,
        min(registry_date) AS from_date,
        min(observed_at) AS seen_at,
        stay
    FROM (
        SELECT
            *,
            sum(begins::INT) OVER (
                PARTITION BY trial_id ORDER BY registry_date, observed_at, version_number
            ) AS stay
        FROM marked
    )
    GROUP BY trial_id, overall_status, stay
)
SELECT
    trial_id,
    overall_status,
    from_date,
    lead(from_date) OVER next_stay AS to_date,
    date_diff('day', from_date, lead(from_date) OVER next_stay) AS days
FROM stays
WINDOW next_stay AS (PARTITION BY trial_id ORDER BY stay)
