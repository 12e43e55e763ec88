-- Sites of trials. Countries concerned, which are kept among them where a registry tells them by themselves, stand in
-- trial_countries.
-- Read by: analysts.
SELECT * EXCLUDE (is_country)
FROM kept.trial_site
WHERE is_country IS NOT TRUE
