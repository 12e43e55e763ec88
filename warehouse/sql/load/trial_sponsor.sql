-- The lead sponsor, then the collaborators. Read by: trial_sponsors.
SELECT
    trial_id,
    row_number() OVER (PARTITION BY trial_id ORDER BY role DESC, position) AS position,
    item.name AS name,
    item.class AS sponsor_class,
    role,
    concat_ws('|', role, item.name) AS natural_key,
    concat_ws('|', item.class) AS tie_breaker
FROM (
    SELECT trial_id, 'lead' AS role, study.protocolSection.sponsorCollaboratorsModule.leadSponsor AS item, 1 AS position
    FROM stage
    WHERE study.protocolSection.sponsorCollaboratorsModule.leadSponsor IS NOT NULL
    UNION ALL
    SELECT trial_id, 'collaborator', entry.*
    FROM stage, unnest(study.protocolSection.sponsorCollaboratorsModule.collaborators) WITH ORDINALITY AS entry(item, position)
)
