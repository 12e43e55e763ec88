-- The sponsor's own number, the secondary ones, then the registry's former numbers. Read by: trial_identifiers.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY place, position) AS position,
    identifier,
    identifier_type,
    place = 3 AS is_alias,
    concat_ws('|', place, identifier_type, identifier) AS natural_key,
    '' AS tie_breaker
FROM (
    SELECT trial_id, 1 AS place, 1 AS position, org.id AS identifier, coalesce(org.type, 'ORG') AS identifier_type
    FROM (SELECT trial_id, study.protocolSection.identificationModule.orgStudyIdInfo AS org FROM stage)
    WHERE org.id IS NOT NULL
    UNION ALL
    SELECT trial_id, 2, position, item.id, item.type
    FROM stage, unnest(study.protocolSection.identificationModule.secondaryIdInfos) WITH ORDINALITY AS entry(item, position)
    UNION ALL
    SELECT trial_id, 3, position, item, 'NCT'
    FROM stage, unnest(study.protocolSection.identificationModule.nctIdAliases) WITH ORDINALITY AS entry(item, position)
)
