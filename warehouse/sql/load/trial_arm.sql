-- Arms. Read by: trial_arms.
SELECT
    trial_id,
    position,
    item.label AS label,
    item.type AS arm_type,
    item.interventionNames AS intervention_names,
    item.description AS description,
    concat_ws('|', item.label) AS natural_key,
    concat_ws('|', item.type, item.description, list_sort(item.interventionNames)::VARCHAR) AS tie_breaker
FROM stage, unnest(study.protocolSection.armsInterventionsModule.armGroups) WITH ORDINALITY AS entry(item, position)
