"""What is published: the analysts' file, built aside from what may be public, checked, and renamed into place;
then what is made from it for other readers: Parquet, and ``COMPANIONS``.

Readers of the file that was there before go on reading it; nobody ever opens half a night. Payloads,
recipients and mail are not copied, so no trace of them can be in it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse import feed, page, parquet
from warehouse.errors import WarehouseError
from warehouse.files import flush, write_whole
from warehouse.store import transaction
from warehouse.views import VIEWS as VIEWS  # those who ask what is published ask here
from warehouse.views import copy_tables, make_views

STORAGE_VERSION = "v1.0.0"
"""The oldest format there is. The macros of two arities ask for DuckDB 1.1 all the same."""
GENERATIONS_KEPT = 7
FILE = "trialwatch.duckdb"
NOTICE = "What sponsors wrote in registries, as trialwatch read it. This is not medical advice."
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
    facts = {"published_at": now, "run_id": run_id, "is_complete": is_complete, "notice": NOTICE}
    with _attached(con, aside), transaction(con):
        copy_tables(con, facts)
        make_views(con)
    _check(con, aside)
    # Named by its instant: the folder that is in place is never the one that is written.
    columns = folder / f".{parquet.LINK}-{now:%Y%m%dT%H%M%S%f}"
    if columns == (folder / parquet.LINK).resolve():
        columns = columns.with_name(f"{columns.name}-again")
    with duckdb.connect(str(aside), read_only=True) as built:
        companions = {name: make(built) for name, make in COMPANIONS.items()}
        parquet.write_parquet(built, VIEWS, columns)
    published = folder / FILE
    _keep_generation(published, now)
    flush(aside)
    aside.replace(published)
    parquet.put_in_place(columns)
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
