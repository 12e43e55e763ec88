-- How old all of this is, and where it comes from. Read by: freshness, the Parquet files' metadata.
-- A watch that is no longer watched holds nothing back. Its registry is named all the same: its trials are here.
WITH standing AS (
    SELECT
        registry_name,
        data_version_after AS data_version,
        started_at AS read_at,
        coalesce(list_contains($watched::VARCHAR[][], [watch, registry_name]), true) AS is_watched
    FROM run
    WHERE outcome IN ('complete', 'heartbeat') AND run_id NOT LIKE '%-backfill'
    QUALIFY row_number() OVER (PARTITION BY watch, registry_name ORDER BY rowid DESC) = 1
),
registry AS (
    SELECT registry_name, min(data_version) AS data_version, min(read_at) AS read_at
    FROM (FROM standing QUALIFY is_watched OR NOT bool_or(is_watched) OVER (PARTITION BY registry_name))
    GROUP BY registry_name
),
counted AS (
    FROM standing QUALIFY is_watched OR NOT bool_or(is_watched) OVER ()
)
SELECT
    (SELECT min(try_cast(data_version AS TIMESTAMP)) FROM counted) AS data_as_of,
    $published_at::TIMESTAMP AS published_at,
    $run_id::VARCHAR AS run_id,
    $is_complete::BOOLEAN AS is_complete,
    (SELECT coalesce(list(registry_name ORDER BY registry_name), []) FROM registry) AS registry_names,
    (SELECT coalesce(list(data_version ORDER BY registry_name), []) FROM registry) AS data_versions,
    (SELECT coalesce(list(read_at ORDER BY registry_name), []) FROM registry) AS read_times,
    $notice::VARCHAR AS notice
