-- Every column of every view, explained. Read by: analysts.
SELECT
    table_name AS view_name,
    column_name,
    data_type AS column_type,
    comment AS description
FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
ORDER BY table_name, column_index
