-- The registry's MeSH terms and their ancestors, of conditions and of interventions. Read by: trial_mesh_terms.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY side, is_ancestor, position) AS position,
    side,
    item.id AS mesh_id,
    item.term AS term,
    is_ancestor,
    concat_ws('|', side, is_ancestor, item.id, item.term) AS natural_key,
    '' AS tie_breaker
FROM (
    SELECT trial_id, 'condition' AS side, false AS is_ancestor, entry.*
    FROM stage, unnest(study.derivedSection.conditionBrowseModule.meshes) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 'condition', true, entry.*
    FROM stage, unnest(study.derivedSection.conditionBrowseModule.ancestors) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 'intervention', false, entry.*
    FROM stage, unnest(study.derivedSection.interventionBrowseModule.meshes) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 'intervention', true, entry.*
    FROM stage, unnest(study.derivedSection.interventionBrowseModule.ancestors) WITH ORDINALITY AS entry(item, position)
)
