-- What each of our trials is about ($by): the substances it names where the watch is about substances, else its
-- conditions, by their MeSH headings where it has some, the $most most frequent of them; a trial that has none of these
-- is `other`. Read by: warehouse/publish/page, as the table `about` of subjects, figures and survival.
SELECT trial_id, unnest(CASE WHEN len(substances) = 0 THEN ['none named'] ELSE substances END) AS named
FROM trials
WHERE is_relevant AND fate IS DISTINCT FROM 'merged' AND $by = 'substance'
UNION ALL
(
    WITH
    heading AS (
        SELECT DISTINCT trial_id, term AS named FROM trial_mesh_terms WHERE side = 'condition' AND NOT is_ancestor
    ),
    condition AS (
        FROM heading
        UNION ALL
        SELECT DISTINCT trial_id, condition FROM trial_conditions ANTI JOIN heading USING (trial_id) WHERE condition IS NOT NULL
    ),
    ours AS (SELECT condition.* FROM condition JOIN trials USING (trial_id) WHERE trials.is_relevant AND trials.fate IS DISTINCT FROM 'merged'),
    frequent AS (SELECT named FROM ours GROUP BY named ORDER BY count(*) DESC, named LIMIT $most)
    SELECT trial_id, coalesce(found.named, 'other') AS named
    FROM trials
    LEFT JOIN (FROM ours SEMI JOIN frequent USING (named)) AS found USING (trial_id)
    WHERE trials.is_relevant AND trials.fate IS DISTINCT FROM 'merged' AND $by = 'condition'
)
