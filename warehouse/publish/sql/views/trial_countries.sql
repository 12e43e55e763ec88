-- Countries concerned by a trial, where a registry tells them by themselves: CTIS, with a status of each,
-- ISRCTN (countries of recruitment) and ICTRP. Read by: analysts.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY position) AS position,
    country,
    site_status AS country_status
FROM kept.trial_site
WHERE is_country
