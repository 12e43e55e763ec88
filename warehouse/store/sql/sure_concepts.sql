-- What is read out of some trials' words, as far as it is sure enough to be said without the words: of a table of
-- concepts, the store's or the published file's. Read by: concepts.py.
SELECT
    trial_id,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'route')), []) AS routes,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'dose')), []) AS doses,
    coalesce(
        list_sort(list(DISTINCT try_cast(value AS INTEGER)) FILTER (concept = 'doses_given'))::VARCHAR[], []
    ) AS doses_given,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'comparator')), []) AS comparators,
    coalesce(list_sort(list(DISTINCT value) FILTER (concept = 'psychotherapy')), []) AS psychotherapies
FROM query_table($1)
WHERE confidence <> 'low' AND trial_id IN (SELECT unnest($2::VARCHAR[]))
GROUP BY trial_id
