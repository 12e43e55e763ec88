-- What is read out of each trial's words, as lists: a trial of which nothing is read has no row. Read by: trials.
SELECT
    trial_id,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'route')), []) AS routes,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'dose')), []) AS doses,
    coalesce(list_sort(list(DISTINCT mg_per_kg) FILTER (mg_per_kg IS NOT NULL)), []) AS doses_mg_per_kg,
    coalesce(
        list_sort(list(DISTINCT try_cast(value AS INTEGER)) FILTER (concept = 'doses_given'))::VARCHAR[], []
    ) AS doses_given,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'comparator')), []) AS comparators,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'psychotherapy')), []) AS psychotherapies,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'outcome_instrument')), []) AS outcome_instruments
FROM trial_concept
GROUP BY trial_id
ORDER BY trial_id
