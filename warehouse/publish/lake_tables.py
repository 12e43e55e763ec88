"""One table of a DuckLake, brought to what a Parquet file holds by the rows that differ, and its comments.

Rows have no key that every view shares: a row is known by the digest of all its columns; equal rows are counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.publish.lake_access import NAME
from warehouse.publish.views import VIEWS, purpose
from warehouse.store.literal import literal
from warehouse.store.tables import sql

MOST_FILES = 60
"""Of one table. It is written whole then, so that no question opens more; old snapshots keep the old files."""


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A view's table in the lake, and the file that holds what it shall hold."""

    name: str
    path: Path

    @property
    def here(self) -> str:
        return f"read_parquet({literal(self.path)}, file_row_number => true)"

    @property
    def there(self) -> str:
        return f"{NAME}.{self.name}"


def write(con: duckdb.DuckDBPyConnection, table: LakeTable, known: Mapping[str, str]) -> tuple[int, int]:
    """Bring the table to its file; returns how many rows were removed and how many added.

    ``known`` are the columns that it has, with their types.
    """
    columns = _columns_of_file(con, table)
    if any(known.get(name, kind) != kind for name, kind in columns.items()):  # of another type now: made anew
        con.execute(f"DROP TABLE {table.there}")
        known = {}
    if not known:
        con.execute(f"CREATE TABLE {table.there} AS SELECT {_list(columns)} FROM {table.here}")
        return 0, _count(con, f"FROM {table.here}")
    for name, kind in columns.items():
        if name not in known:
            con.execute(f'ALTER TABLE {table.there} ADD COLUMN "{name}" {kind}')
    return _bring(con, table, columns)


def _bring(con: duckdb.DuckDBPyConnection, table: LakeTable, columns: dict[str, str]) -> tuple[int, int]:
    _number(con, "here", table.here, "file_row_number", columns)
    _number(con, "there", table.there, "rowid", columns)
    gone = _count(con, "FROM there ANTI JOIN here USING (digest, nth)")
    added = _count(con, "FROM here ANTI JOIN there USING (digest, nth)")
    if not gone and not added:
        return 0, 0
    if 2 * gone > _count(con, "FROM there") or _files(con, table) > MOST_FILES:
        con.execute(f"DELETE FROM {table.there}")
        con.execute(f"INSERT INTO {table.there} ({_list(columns)}) SELECT {_list(columns)} FROM {table.here}")
        return gone, added
    if gone:
        con.execute(
            f"DELETE FROM {table.there} WHERE rowid IN "
            "(SELECT place FROM there ANTI JOIN here USING (digest, nth))"
        )
    if added:
        con.execute(
            f"INSERT INTO {table.there} ({_list(columns)}) SELECT {_list(columns)} FROM {table.here} "
            "WHERE file_row_number IN (SELECT place FROM here ANTI JOIN there USING (digest, nth))"
        )
    return gone, added


def _number(con: duckdb.DuckDBPyConnection, name: str, rows: str, place: str, columns: dict[str, str]) -> None:
    """Note where each row stands, what it is known by, and which of its equals it is."""
    whole = ", ".join(f'{literal(column)}: "{column}"' for column in columns)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS "
        "SELECT place, digest, row_number() OVER (PARTITION BY digest ORDER BY place) AS nth "
        f"FROM (SELECT {place} AS place, md5_number(to_json({{{whole}}})::VARCHAR) AS digest FROM {rows})"
    )


def _columns_of_file(con: duckdb.DuckDBPyConnection, table: LakeTable) -> dict[str, str]:
    found = con.execute(f"DESCRIBE FROM read_parquet({literal(table.path)})").fetchall()
    return {name: kind for name, kind, *_ in found}


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Every table of the lake with its columns and their types; asked once, because each question looks at all."""
    found: dict[str, dict[str, str]] = {}
    for table, name, kind in con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        f"WHERE database_name = '{NAME}' AND schema_name = 'main' ORDER BY table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[name] = kind
    return found


def _files(con: duckdb.DuckDBPyConnection, table: LakeTable) -> int:
    found = con.execute(
        f"SELECT file_count + delete_file_count FROM ducklake_table_info('{NAME}') WHERE table_name = ?",
        [table.name],
    ).fetchone()
    return int(found[0]) if found else 0


def comments(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[str]:
    """What each table and column is, in statements; none for one of which the lake says so already."""
    said = dict(
        con.execute(
            "SELECT table_name, comment FROM duckdb_tables() "
            f"WHERE database_name = '{NAME}' AND schema_name = 'main'"
        ).fetchall()
    )
    for view in VIEWS:
        if said.get(view) != (told := purpose(sql(f"publish/views/{view}"))):
            yield f"COMMENT ON TABLE {NAME}.{view} IS {literal(told)}"
    found = con.execute(
        "SELECT d.view_name, d.column_name, d.description "
        f"FROM read_parquet({literal(folder / 'data_dictionary.parquet')}) AS d JOIN duckdb_columns() AS c "
        f"ON c.database_name = '{NAME}' AND c.schema_name = 'main' AND c.table_name = d.view_name "
        "AND c.column_name = d.column_name WHERE d.description IS DISTINCT FROM c.comment"
    ).fetchall()
    for view, column, description in found:
        yield f'COMMENT ON COLUMN {NAME}.{view}."{column}" IS {literal(description)}'


def _list(columns: dict[str, str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    ((count,),) = con.execute(f"SELECT count(*) {rows}").fetchall()
    return int(count)
