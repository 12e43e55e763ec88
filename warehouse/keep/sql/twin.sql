-- Some trials as their registries show them now, and their latest change of each kind that ends something or
-- goes back. Read by: twins.py.
SELECT
    trial.trial_id,
    version.overall_status,
    coalesce(version.has_results, false) AS has_results,
    (
        SELECT coalesce(list(DISTINCT member.watch), [])
        FROM watch_member AS member
        WHERE member.trial_id = trial.trial_id AND member.is_relevant
    ) AS watches,
    (
        SELECT coalesce(list(DISTINCT label.substance), [])
        FROM trial_substance AS label
        WHERE label.trial_id = trial.trial_id
    ) AS substances,
    (
        SELECT coalesce(list((news.kind, news.materiality, news.observed_at)), [])
        FROM (
            SELECT kind, arg_max(materiality, (observed_at, to_version)) AS materiality, max(observed_at) AS observed_at
            FROM change
            WHERE change.trial_id = trial.trial_id
                AND source <> 'history'
                AND kind IN ('completed', 'stopped', 'results_posted', 'resumed')
            GROUP BY kind
        ) AS news
    ) AS latest
FROM trial
JOIN trial_version AS version USING (trial_id, version_number)
WHERE trial.fate IS NULL AND trial.trial_id IN (SELECT unnest($1::VARCHAR[]))
ORDER BY trial.trial_id
