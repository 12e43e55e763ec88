-- Countries concerned by a trial, where a registry tells them by themselves: the places of CTIS, which keeps a status of
-- each, of ISRCTN (countries of recruitment) and of ICTRP that are a country and nothing smaller. Read by: analysts.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY position) AS position,
    country,
    site_status AS country_status
FROM kept.trial_site
SEMI JOIN (SELECT trial_id FROM kept.trial_now WHERE registry_name IN ('ctis', 'ictrp', 'isrctn')) AS trial USING (trial_id)
WHERE facility IS NULL AND city IS NULL AND state IS NULL AND country IS NOT NULL
