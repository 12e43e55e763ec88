-- Arms. Read by: trial_arms.
SELECT
    trial_id,
    position,
    item.label AS label,
    item.type AS arm_type,
    item.interventionNames AS intervention_names,
    item.description AS description,
    concat_ws('|', item.label) AS natural_key
FROM stage, unnest(study.protocolSection.armsInterventionsModule.armGroups) WITH ORDINALITY AS entry(item, position)
