-- Publications that the record names. Read by: trial_publications.
SELECT
    trial_id,
    position,
    item.pmid AS pmid,
    item.citation AS citation,
    item.type AS publication_type,
    coalesce(item.pmid, item.citation, '') AS natural_key
FROM stage, unnest(study.protocolSection.referencesModule."references") WITH ORDINALITY AS entry(item, position)
