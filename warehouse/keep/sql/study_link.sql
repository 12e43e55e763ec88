-- What ties trials to numbers: a trial's own number, a number that its record gives, one it was merged into.
-- $numbers is a pattern of every registry's numbers (connectors/numbers.csv). Read by: twins.py, and publish/kept.py.
WITH named AS (
    SELECT trial_id, registry_name, trial_id AS written, 'own' AS tie, fate IS NULL AS is_live FROM registered_trial
    UNION ALL
    SELECT trial_id, registry_name, merged_into, 'merged', fate IS NULL
    FROM registered_trial
    WHERE merged_into IS NOT NULL
    UNION ALL
    SELECT trial_id, registry_name, identifier, if(is_alias, 'alias', 'named'), fate IS NULL
    FROM trial_identifier
    JOIN registered_trial USING (trial_id)
),
-- One spelling of a number, for comparison only: EU numbers without country or version, a registry's prefix
-- only where it is part of the number. What is no registry's number ties nothing: sponsors number alike.
spelt AS (
    SELECT
        trial_id,
        registry_name,
        tie,
        is_live,
        regexp_extract(
            regexp_replace(upper(written), '[[:space:]]', '', 'g'),
            '^(?:EUDRACT(?:NO\.?|NUMBER)?|EUCTR|EUCT|CTIS|UTN|WHO|REC)?[:#-]?'
            || '(' || $numbers || ')'
            || '(?:-[A-Z]{2}|-[0-9]{2}|P)?$',
            1
        ) AS number
    FROM named
)
SELECT trial_id, registry_name, tie, number, is_live
FROM spelt
WHERE number <> '' AND number IN (SELECT number FROM spelt GROUP BY number HAVING count(DISTINCT trial_id) > 1)
ORDER BY trial_id, number, tie
