-- Sites of trials. Countries concerned, which are kept among them where a registry tells them by themselves, stand in
-- trial_countries.
-- Read by: analysts.
SELECT *
FROM kept.trial_site
WHERE
    facility IS NOT NULL
    OR city IS NOT NULL
    OR state IS NOT NULL
    OR trial_id NOT IN (SELECT trial_id FROM kept.trial_now WHERE registry_name IN ('ctis', 'ictrp', 'isrctn'))
