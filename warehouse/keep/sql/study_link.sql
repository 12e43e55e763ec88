-- What ties trials to numbers: a trial's own number, a number that its record gives, one it was merged into.
-- $written is a pattern of every registry's numbers as they are written (connectors/numbers.py). A person's word is
-- heard (study_ruling) whether or not a record names the numbers. Read by: twins.py, and publish/kept.py.
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
-- One spelling of a number, for comparison only. What is no registry's number ties nothing: sponsors number alike.
spelt AS (
    SELECT
        trial_id,
        registry_name,
        tie,
        is_live,
        regexp_extract(regexp_replace(upper(written), '[[:space:]]', '', 'g'), $written, 1) AS number
    FROM named
)
SELECT trial_id, registry_name, tie, number, is_live
FROM spelt
WHERE number <> '' AND (
    number IN (SELECT number FROM spelt GROUP BY number HAVING count(DISTINCT trial_id) > 1)
    OR number IN (SELECT unnest([trial_id, other_id]) FROM study_ruling WHERE withdrawn_at IS NULL)
)
ORDER BY trial_id, number, tie
