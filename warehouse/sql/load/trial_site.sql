-- Sites, without the people who answer there. Read by: trial_sites, and the countries of trials.
SELECT
    trial_id,
    position,
    item.facility AS facility,
    item.city AS city,
    item.state AS state,
    item.country AS country,
    item.status AS site_status,
    concat_ws('|', item.facility, item.city, item.state, item.country) AS natural_key,
    concat_ws('|', item.status) AS tie_breaker
FROM stage, unnest(study.protocolSection.contactsLocationsModule.locations) WITH ORDINALITY AS entry(item, position)
