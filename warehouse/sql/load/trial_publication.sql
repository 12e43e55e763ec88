-- Publications that the record names. Read by: trial_publications.
SELECT
    trial_id,
    position,
    item.pmid AS pmid,
    item.citation AS citation,
    item.type AS publication_type,
    coalesce(item.pmid, item.citation, '') AS natural_key,
    concat_ws('|', item.citation, item.type) AS tie_breaker
FROM stage, unnest(study.protocolSection.referencesModule."references") WITH ORDINALITY AS entry(item, position)
