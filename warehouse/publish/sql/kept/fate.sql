-- When trials were found removed or merged, and until when. Read by: trials_as_of.
SELECT *
FROM (
    SELECT
        trial_id,
        kind,
        CASE WHEN kind = 'merged' THEN new_value END AS merged_into,
        said_on AS from_on,
        observed_at AS from_at,
        lead(said_on) OVER by_trial AS until_on,
        lead(observed_at) OVER by_trial AS until_at
    FROM (
        SELECT
            *,
            -- What was seen later came later, whatever the data version of that night.
            max(coalesce(registry_date, observed_at::DATE)) OVER (
                PARTITION BY trial_id ORDER BY observed_at
            ) AS said_on
        FROM change
        WHERE kind IN ('removed', 'merged', 'restored')
    )
    WINDOW by_trial AS (PARTITION BY trial_id ORDER BY observed_at)
)
WHERE kind <> 'restored'
ORDER BY trial_id, from_at
