-- How many of our trials stand where, by what they are about and by year first posted; a trial may count for several
-- substances. Read by: warehouse/publish/page, two of the figures. `about` is `about.sql`.
SELECT by_what, named, coalesce(status_group, 'unrecognised') AS status_group, count(*) AS trials
FROM (
    SELECT 'subject' AS by_what, about.named, trials.status_group
    FROM about
    JOIN trials USING (trial_id)
    UNION ALL
    SELECT
        'year' AS by_what,
        -- No registry is older than that, and none posts ahead: a drawing of ten thousand years shows nothing.
        CASE
            WHEN year(first_posted_on) BETWEEN 1990 AND (SELECT year(published_at) + 1 FROM freshness)
                THEN year(first_posted_on)::VARCHAR
            WHEN first_posted_on IS NOT NULL THEN 'impossible'
            ELSE 'unknown'
        END AS named,
        status_group
    FROM trials
    WHERE is_relevant AND fate IS DISTINCT FROM 'merged'
)
GROUP BY ALL
ORDER BY by_what, named, status_group
