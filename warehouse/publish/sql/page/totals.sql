-- The figures at the head of the page: one row. A trial that was merged is counted under the number it bears now.
-- Read by: warehouse/publish/page, `index.html`.
SELECT
    count(*) AS found,
    count(*) FILTER (is_relevant) AS relevant,
    count(*) FILTER (is_relevant AND status_group = 'recruiting') AS recruiting,
    count(*) FILTER (is_relevant AND status_group = 'active') AS active,
    count(*) FILTER (is_relevant AND status_group = 'planned') AS planned,
    count(*) FILTER (is_relevant AND status_group = 'completed') AS completed,
    count(*) FILTER (is_relevant AND status_group = 'stopped') AS stopped,
    count(*) FILTER (is_relevant AND status_group = 'unknown') AS lapsed,
    count(*) FILTER (is_relevant AND has_results) AS with_results,
    count(*) FILTER (is_relevant AND is_overdue) AS overdue,
    count(*) FILTER (is_relevant AND len(substances) > 0) AS with_substances
FROM trials
WHERE fate IS DISTINCT FROM 'merged'
