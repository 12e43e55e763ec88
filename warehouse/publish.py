"""What is published: the analysts' file, built aside from what may be public, checked, and renamed into place;
then what is made from it for other readers (``COMPANIONS``).

Readers of the file that was there before go on reading it; nobody ever opens half a night. Payloads,
recipients and mail are not copied, so no trace of them can be in it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse import feed, models, page
from warehouse.errors import WarehouseError
from warehouse.files import flush, write_whole
from warehouse.tables import name_of, sql
from warehouse.vocabulary import read_rows, rows

STORAGE_VERSION = "v1.0.0"
"""The oldest format that serves: every DuckDB since 1.0 opens the file."""
GENERATIONS_KEPT = 7
FILE = "trialwatch.duckdb"
COMPANIONS: dict[str, Callable[[duckdb.DuckDBPyConnection], bytes]] = {
    "index.html": page.render,
    "changes.atom": feed.render,
}
"""What else stands beside the file, by name: each is made from the file itself, as any reader sees it."""


class NotPublishedError(WarehouseError):
    """What was built did not pass its check and was not put in place: a developer must act."""


def publish(
    con: duckdb.DuckDBPyConnection, folder: Path, *, now: datetime, run_id: str, is_complete: bool
) -> Path:
    """Build, check and put in place; returns the published file. ``now`` is naive UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{FILE}.new"
    for leftover in (aside, aside.with_name(f"{aside.name}.wal")):
        leftover.unlink(missing_ok=True)
    with _attached(con, aside):
        _copy_tables(con)
        _put_freshness(con, now, run_id, is_complete)
        _make_views(con)
    _check(con, aside)
    with duckdb.connect(str(aside), read_only=True) as built:
        companions = {name: make(built) for name, make in COMPANIONS.items()}
    published = folder / FILE
    _keep_generation(published, now)
    flush(aside)
    aside.replace(published)
    for name, content in companions.items():
        write_whole(folder / name, content)
    flush(folder)
    con.execute("INSERT OR REPLACE INTO publication VALUES (?, ?)", [run_id, now])
    return published


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    (store,) = con.execute("SELECT current_database()").fetchone() or ("",)
    quoted = str(path).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS published (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        con.execute("CREATE SCHEMA published.kept")
        yield
        con.execute(f'USE "{store}"')
        con.execute("CHECKPOINT published")
    finally:
        con.execute(f'USE "{store}"')
        con.execute("DETACH published")


def _copy_tables(con: duckdb.DuckDBPyConnection) -> None:
    for table in map(name_of, models.PUBLIC_TABLES):
        private = [column for owner, column in models.PRIVATE_COLUMNS if owner == table]
        exclude = f"EXCLUDE ({', '.join(private)})" if private else ""
        con.execute(f"CREATE TABLE published.kept.{table} AS SELECT * {exclude} FROM {table}")
    con.execute("CREATE TABLE published.kept.status_group (status VARCHAR, status_group VARCHAR)")
    con.executemany(
        "INSERT INTO published.kept.status_group VALUES (?, ?)",
        [[row["status"], row["status_group"]] for row in rows("statuses.csv")],
    )


def _put_freshness(con: duckdb.DuckDBPyConnection, now: datetime, run_id: str, is_complete: bool) -> None:
    con.execute(
        """
        CREATE TABLE published.kept.freshness AS
        SELECT
            (
                SELECT min(try_cast(data_version_after AS TIMESTAMP))
                FROM (
                    SELECT data_version_after
                    FROM run
                    WHERE outcome IN ('complete', 'heartbeat')
                    QUALIFY row_number() OVER (PARTITION BY watch, registry_name ORDER BY rowid DESC) = 1
                )
            ) AS data_as_of,
            ?::TIMESTAMP AS published_at,
            ?::VARCHAR AS run_id,
            ?::BOOLEAN AS is_complete
        """,
        [now, run_id, is_complete],
    )


def _make_views(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("USE published")
    described = _descriptions()
    for view in VIEWS:
        text = sql(f"views/{view}")
        con.execute(f"CREATE VIEW {view} AS {text}")
        purpose = text.splitlines()[0].removeprefix("-- ").split(" Read by:")[0]
        con.execute(f"COMMENT ON VIEW {view} IS '{_quoted(purpose)}'")
        for (column,) in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'published' AND table_name = ? "
            "AND schema_name = 'main'",
            [view],
        ).fetchall():
            description = described.get((view, column)) or described.get(("*", column))
            if description:
                con.execute(f"COMMENT ON COLUMN {view}.{column} IS '{_quoted(description)}'")


def _descriptions() -> dict[tuple[str, str], str]:
    """What each column means: the stored columns' own comments, then the views' own words."""
    found = {}
    for table in reversed(models.PUBLIC_TABLES):
        for column in models.columns(table):
            for view in (name_of(table), f"{name_of(table)}s"):
                found[view, column.name] = column.comment or ""
            found["*", column.name] = column.comment or ""
    for row in read_rows(files("warehouse") / "sql" / "views" / "columns.csv"):
        found[row["view"], row["column"]] = row["description"]
    return found


def _check(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Open what was built as an analyst would, and see that it is all there."""
    if path.with_name(f"{path.name}.wal").exists():
        raise NotPublishedError(f"{path} was not closed cleanly; yesterday's file stays in place")
    with duckdb.connect(str(path), read_only=True) as built:
        for view, table in {"trials": "trial", "changes": "change", "runs": "run"}.items():
            (there,) = built.execute(f"SELECT count(*) FROM {view}").fetchone() or (None,)
            (here,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (None,)
            if there != here:
                raise NotPublishedError(
                    f"the file built for publication shows {there} {view}, the store holds {here}; "
                    "yesterday's file stays in place"
                )
        for view in VIEWS:
            built.execute(f"SELECT * FROM {view} LIMIT 1").fetchall()


def _keep_generation(published: Path, now: datetime) -> None:
    if not published.exists():
        return
    earlier = published.parent / "earlier"
    earlier.mkdir(exist_ok=True)
    kept = earlier / f"trialwatch-{now:%Y%m%dT%H%M%S%f}.duckdb"
    kept.unlink(missing_ok=True)
    os.link(published, kept)
    for old in sorted(earlier.glob("trialwatch-*.duckdb"))[:-GENERATIONS_KEPT]:
        old.unlink()


def _quoted(text: str) -> str:
    return text.replace("'", "''")


VIEWS = (
    "freshness",
    "trials",
    "trial_conditions",
    "trial_keywords",
    "trial_mesh_terms",
    "trial_interventions",
    "trial_arms",
    "trial_outcomes",
    "trial_sites",
    "trial_sponsors",
    "trial_identifiers",
    "trial_publications",
    "trial_substances",
    "trial_judgements",
    "trial_flags",
    "trial_versions",
    "status_history",
    "changes",
    "watch_members",
    "runs",
    "quarantine",
    "data_dictionary",
)
