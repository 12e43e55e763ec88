-- Conditions as registered. Read by: trial_conditions.
SELECT trial_id, position, item AS condition, item AS natural_key, '' AS tie_breaker
FROM stage, unnest(study.protocolSection.conditionsModule.conditions) WITH ORDINALITY AS entry(item, position)
