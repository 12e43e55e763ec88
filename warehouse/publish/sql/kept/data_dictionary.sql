-- What the comments in the file say of its columns, kept as rows: they are then there under any name that the
-- file is attached by. Read by: data_dictionary.
SELECT
    table_name AS view_name,
    column_name,
    data_type AS column_type,
    comment AS description
FROM duckdb_columns()
WHERE database_name = 'published' AND schema_name = 'main' AND NOT internal
ORDER BY table_name, column_index
