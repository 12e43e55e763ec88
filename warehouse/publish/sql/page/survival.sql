-- How many months our trials had run when they completed, or when we stop knowing of them (stopped, gone unknown, or
-- still under way), by what they are about. Read by: warehouse/publish/page, the curves of completion. `about` is `about.sql`.
SELECT about.named, date_diff('month', started_on, known_until) AS months, has_completed, count(*) AS trials
FROM (
    SELECT
        trial_id,
        start_date_latest AS started_on,
        status_group = 'completed' AND completion_date_type IS DISTINCT FROM 'ESTIMATED' AND completion_date_latest IS NOT NULL AS has_completed,
        CASE
            WHEN status_group = 'completed' THEN completion_date_latest
            WHEN status_group IN ('planned', 'recruiting', 'active') THEN (SELECT published_at::DATE FROM freshness)
            -- A trial that stopped cannot complete any more from the day on which it ended.
            WHEN status_group = 'stopped' AND completion_date_type IS DISTINCT FROM 'ESTIMATED'
                THEN least(completion_date_latest, last_update_posted_on)
            -- Of one that nobody speaks of, or that pauses, the record's last update is the last we know.
            ELSE last_update_posted_on
        END AS known_until
    FROM trials
    -- Who took nobody in never ran.
    WHERE is_relevant AND start_date_latest IS NOT NULL
        AND overall_status IS DISTINCT FROM 'WITHDRAWN' AND status_group IS DISTINCT FROM 'planned'
) AS course
JOIN about USING (trial_id)
WHERE known_until >= started_on
GROUP BY ALL
ORDER BY about.named, months, has_completed
