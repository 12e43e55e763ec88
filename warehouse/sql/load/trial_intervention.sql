-- Interventions. Read by: trial_interventions.
SELECT
    trial_id,
    position,
    item.type AS intervention_type,
    item.name AS name,
    item.otherNames AS other_names,
    item.description AS description,
    concat_ws('|', item.type, item.name) AS natural_key,
    concat_ws('|', item.description, list_sort(item.otherNames)::VARCHAR) AS tie_breaker
FROM stage, unnest(study.protocolSection.armsInterventionsModule.interventions) WITH ORDINALITY AS entry(item, position)
