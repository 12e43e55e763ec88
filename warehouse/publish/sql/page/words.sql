-- The words that a trial shown can be found by, without accents and capitals, each with the places of the trials that
-- hold it in the list given, from 0: at most $2 words a trial, what names it before where it runs and what its parts
-- are described by. Read by: warehouse/publish/page, the search over the table.
WITH
shown AS (
    SELECT unnest($1::JSON::VARCHAR[]) AS trial_id, generate_subscripts($1::JSON::VARCHAR[], 1) - 1 AS place
),
said AS (
    SELECT trial_id, 0 AS rank, concat_ws(' ', trial_id, registry_name, title, official_title, acronym, lead_sponsor, why_stopped, array_to_string(substances, ' ')) AS told
    FROM trials SEMI JOIN shown USING (trial_id)
    UNION ALL
    SELECT trial_id, 0, concat_ws(' ', status_group, array_to_string(list_concat(routes, doses, comparators, psychotherapies, outcome_instruments, countries), ' '))
    FROM trials SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 0, concat_ws(' ', name, array_to_string(other_names, ' ')) FROM trial_interventions SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 0, condition FROM trial_conditions SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 0, keyword FROM trial_keywords SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 0, term FROM trial_mesh_terms SEMI JOIN shown USING (trial_id) WHERE NOT is_ancestor
    UNION ALL SELECT trial_id, 0, name FROM trial_sponsors SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 0, identifier FROM trial_identifiers SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 1, concat_ws(' ', city, state, country) FROM trial_sites SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 2, facility FROM trial_sites SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 3, label FROM trial_arms SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 3, measure FROM trial_outcomes SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 4, description FROM trial_interventions SEMI JOIN shown USING (trial_id)
    UNION ALL SELECT trial_id, 4, description FROM trial_arms SEMI JOIN shown USING (trial_id)
),
gathered AS (
    -- Gathered before it is looked through: else each part of the union makes the regular expression anew, and that
    -- takes most of the time that a small page takes.
    SELECT shown.place, said.rank, string_agg(left(said.told, 20_000), ' ') AS told
    FROM said
    JOIN shown USING (trial_id)
    GROUP BY shown.place, said.rank
),
found AS (
    SELECT
        place,
        rank,
        unnest(list_distinct(regexp_extract_all(
            strip_accents(lower(told)), '[\p{L}\p{N}]+(?:[-./+''’][\p{L}\p{N}]+)*'
        ))) AS word
    FROM gathered
),
ranked AS (
    SELECT place, word, row_number() OVER (PARTITION BY place ORDER BY min(rank), word) AS nth
    FROM found
    WHERE length(word) <= 60
    GROUP BY place, word
)
SELECT word, list(place ORDER BY place) AS places
FROM ranked
WHERE nth <= $2
GROUP BY word
ORDER BY word
