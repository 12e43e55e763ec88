"""A published file's views as tables of an empty database, for what no night in a test could bring about."""

from pathlib import Path

import duckdb

from warehouse.publish.analysts_file import FILE


def as_tables(published: Path, con: duckdb.DuckDBPyConnection) -> None:
    """Put into an empty database what the views of a published folder show, and nothing else."""
    con.execute(f"ATTACH '{published / FILE}' AS published (READ_ONLY)")
    views = con.execute(
        "SELECT view_name FROM duckdb_views() "
        "WHERE database_name = 'published' AND schema_name = 'main' AND NOT internal"
    ).fetchall()
    for (view,) in views:
        con.execute(f"CREATE TABLE {view} AS FROM published.{view}")
    con.execute("DETACH published")
