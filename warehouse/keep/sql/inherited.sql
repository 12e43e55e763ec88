-- The versions of a trial as those of the one that it was merged into and that we did not hold: its past, learnt
-- tonight. Read by: former.py, before the survivor's own first state is loaded as the next version.
INSERT INTO trial_version BY NAME
SELECT
    * REPLACE (
        $heir AS trial_id,
        if(source = 'nightly', 'inferred', source) AS source,
        coalesce(registry_date, observed_at::DATE) AS registry_date,
        $observed_at::TIMESTAMP AS observed_at,
        CASE WHEN superseded_at IS NOT NULL THEN $observed_at::TIMESTAMP END AS superseded_at,
        $run_id AS run_id
    )
FROM trial_version
WHERE trial_id = $forerunner
