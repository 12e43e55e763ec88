-- What the cards of the trials shown say of their parts: one row a trial. Lists are cut to what a card can show, with
-- their whole lengths beside them. Read by: warehouse/publish/page, each trial's card.
WITH
shown AS (SELECT unnest($1::JSON::VARCHAR[]) AS trial_id),
given AS (
    SELECT trial_id, list({'type': intervention_type, 'name': name} ORDER BY position)[:12] AS interventions
    FROM trial_interventions SEMI JOIN shown USING (trial_id) GROUP BY trial_id
),
arm AS (
    SELECT trial_id, list({'type': arm_type, 'label': label} ORDER BY position)[:12] AS arms
    FROM trial_arms SEMI JOIN shown USING (trial_id) GROUP BY trial_id
),
outcome AS (
    SELECT
        trial_id,
        list({'measure': left(measure, 300), 'time_frame': left(time_frame, 120)} ORDER BY position)[:3] AS outcomes,
        count(*) AS outcome_count
    FROM trial_outcomes SEMI JOIN shown USING (trial_id) WHERE outcome_type = 'primary' GROUP BY trial_id
),
site AS (
    SELECT trial_id, list(DISTINCT city ORDER BY city)[:6] AS cities, count(DISTINCT city) AS city_count, count(*) AS site_count
    FROM trial_sites SEMI JOIN shown USING (trial_id) GROUP BY trial_id
),
collaborator AS (
    SELECT trial_id, list(name ORDER BY position)[:6] AS collaborators
    FROM trial_sponsors SEMI JOIN shown USING (trial_id) WHERE role = 'collaborator' GROUP BY trial_id
),
condition AS (
    SELECT trial_id, list(condition ORDER BY position)[:8] AS conditions
    FROM trial_conditions SEMI JOIN shown USING (trial_id) GROUP BY trial_id
),
number AS (
    SELECT trial_id, list(identifier ORDER BY position)[:8] AS identifiers
    FROM trial_identifiers SEMI JOIN shown USING (trial_id) GROUP BY trial_id
),
publication AS (
    SELECT
        trial_id,
        list({'pmid': pmid, 'citation': left(citation, 300)} ORDER BY publication_type = 'RESULT' DESC, position)[:5] AS publications,
        count(*) AS publication_count
    FROM trial_publications SEMI JOIN shown USING (trial_id) WHERE publication_type IS DISTINCT FROM 'BACKGROUND' GROUP BY trial_id
)
SELECT *
FROM shown
LEFT JOIN given USING (trial_id)
LEFT JOIN arm USING (trial_id)
LEFT JOIN outcome USING (trial_id)
LEFT JOIN site USING (trial_id)
LEFT JOIN collaborator USING (trial_id)
LEFT JOIN condition USING (trial_id)
LEFT JOIN number USING (trial_id)
LEFT JOIN publication USING (trial_id)
