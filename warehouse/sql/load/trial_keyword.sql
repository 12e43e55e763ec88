-- Keywords as registered. Read by: trial_keywords.
SELECT trial_id, position, item AS keyword, item AS natural_key, '' AS tie_breaker
FROM stage, unnest(study.protocolSection.conditionsModule.keywords) WITH ORDINALITY AS entry(item, position)
