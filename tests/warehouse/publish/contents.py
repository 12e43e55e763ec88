"""All that is published, to be held against a publication that was made anew of the same store."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.house import House
from tests.readings import READER
from warehouse.publish.analysts_file import FILE, publish
from warehouse.publish.views import VIEWS
from warehouse.store.file import opened

Contents = dict[str, Any]
WORDS = "list_sort(regexp_extract_all({}, '[[:word:]]+'))"
"""Of a definition: DuckDB tells what it leaves out of a ``*`` in another order each time."""
ABOUT = {
    "columns": "SELECT schema_name, table_name, column_name, column_index, data_type, comment "
    "FROM duckdb_columns() WHERE database_name = current_database()",
    "views": f"SELECT view_name, comment, {WORDS.format('sql')} FROM duckdb_views() WHERE NOT internal",
    "macros": f"SELECT function_name, parameters, comment, {WORDS.format('macro_definition')} "
    "FROM duckdb_functions() WHERE database_name = current_database() AND NOT internal",
}


CLEAR = {"clinicaltrials.gov": READER.impersonal}


def contents(published: Path) -> Contents:
    """Every row of every table and view, in the file and in Parquet, and all that is said of them."""
    with duckdb.connect(str(published / FILE), read_only=True) as con:
        named = [f"kept.{name}" for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        found: Contents = {name: _rows(con, f"FROM {name}") for name in [*named, *VIEWS]}
        found |= {f"about {name}": _rows(con, question) for name, question in ABOUT.items()}
        paths = [str(published / "parquet" / f"{view}.parquet") for view in VIEWS]
        for view, path in zip(VIEWS, paths, strict=True):
            found[f"{view}.parquet"] = _rows(con, "FROM read_parquet(?)", path)
        for about in ("parquet_kv_metadata", "parquet_schema"):
            whole = f"SELECT * REPLACE (parse_filename(file_name) AS file_name) FROM {about}(?)"
            found[about] = _rows(con, whole, paths)
    return found


def _rows(con: duckdb.DuckDBPyConnection, question: str, *values: Any) -> list[tuple[Any, ...]]:
    return con.execute(f"FROM ({question}) ORDER BY ALL", list(values)).fetchall()


def made_anew(house: House, folder: Path) -> Contents:
    """What is published when the house's store is published where nothing was, as of its last night."""
    (fresh,) = house.ask("SELECT published_at, run_id, is_complete FROM freshness")
    with opened(house.settings.store) as con:
        publish(
            con,
            folder,
            now=datetime.fromisoformat(str(fresh["published_at"]).removesuffix("Z")),
            run_id=fresh["run_id"],
            is_complete=fresh["is_complete"],
            companions={},
            clear=CLEAR,
        )
    return contents(folder)


def places(published: Path) -> dict[str, frozenset[Any]]:
    """Where on the disk the values of each kept table stand in the file: elsewhere, once it is made anew."""
    with duckdb.connect(str(published / FILE), read_only=True) as con:
        named = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: frozenset(
                con.execute(
                    "SELECT column_path, block_id, block_offset FROM pragma_storage_info(?) WHERE block_id >= 0",
                    [f"kept.{name}"],
                ).fetchall()
            )
            for name in named
        }
