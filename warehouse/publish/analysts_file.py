"""What is published: the analysts' file, built aside from what may be public, checked, and renamed into place;
then what is made from it for other readers: Parquet, and ``COMPANIONS``.

Readers of the file that was there before go on reading it; nobody ever opens half a night. Recipients,
mail and payloads as sent are not copied; of a payload only the record without people is in it (``records``).
"""

import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from connectors.files import flush, keep_also_as, make_folder, take_after, write_whole
from warehouse.errors import WarehouseError, named
from warehouse.publish import calendar, feed, last_night, page, parquet
from warehouse.publish.kept import KeptTable, kept_tables
from warehouse.publish.last_night import LastNight
from warehouse.publish.marks import Marks, edition
from warehouse.publish.records import Clear, Records
from warehouse.publish.views import VIEWS as VIEWS  # those who ask what is published ask here
from warehouse.publish.views import make_views
from warehouse.store.connection import connect
from warehouse.store.file import spare_effort, spare_memory, transaction
from warehouse.store.literal import literal
from warehouse.store.tables import sql
from warehouse.words.phrases import NOT_ADVICE

log = logging.getLogger("trialwatch")

STORAGE_VERSION = "v1.0.0"
"""The oldest format there is. The macros of two arities ask for DuckDB 1.1 all the same."""
FEW = 500
"""Trials whose file is as large packed as not (7.1 and 7.6 MB for 250), while trying how to pack takes a third of
the time."""
GENERATIONS_KEPT = 7
GENERATION = re.compile(r"trialwatch-\d{8}T\d{12}\.duckdb")
"""What we call an earlier file. One that a person keeps beside them is never cleared away."""
FILE = "trialwatch.duckdb"
Companion = Callable[[duckdb.DuckDBPyConnection], bytes]
COMPANIONS: Mapping[str, Companion] = {
    "index.html": page.render,
    "changes.atom": feed.render,
    "coming-up.ics": calendar.render,
}
"""What else stands beside the file, by name: each is made from the file itself, as any reader sees it."""


def companions_for(page_url: str | None) -> Mapping[str, Companion]:
    """They, where the page is served at this address."""
    return {**COMPANIONS, "changes.atom": partial(feed.render, page_url=page_url)}


NOBODYS: Mapping[str, Clear] = {}


class NotPublishedError(WarehouseError):
    """What was built did not pass its check and was not put in place: a developer must act."""


def publish(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    now: datetime,
    run_id: str,
    is_complete: bool,
    watched: Sequence[tuple[str, str]] | None = None,
    companions: Mapping[str, Companion] = COMPANIONS,
    clear: Mapping[str, Clear] = NOBODYS,
) -> Path:
    """Build, check and put in place; returns the published file. ``now`` is naive UTC.

    ``watched`` are the watches with each of their registries; without it, all that ever were.
    ``clear`` takes people out of the records of each registry; of one that is not in it no record is shown.

    Raises ``NotPublishedError`` when the file does not pass its check (then nothing is replaced), or when a
    companion could not be made (then that one stays as it was, and all the rest is in place).
    """
    make_folder(folder)
    aside = folder / f".{FILE}.new"
    published = folder / FILE
    earlier = folder / "earlier"
    make_folder(earlier)
    columns = _unused(earlier / f"{parquet.LINK}-{now:%Y%m%dT%H%M%S%f}", folder / parquet.LINK)
    facts = {
        "published_at": now,
        "run_id": run_id,
        "is_complete": is_complete,
        "watched": None if watched is None else [list(pair) for pair in watched],
        "notice": NOT_ADVICE,
    }
    records = Records(clear, aside.with_name(f".{FILE}.records"))
    tables = list(kept_tables(facts, records))
    marks = _marked(con, tables)
    last = last_night.noted(earlier)
    with _cleared(aside, columns, records.lines):
        unchanged = _begun(aside, published, last, marks)
        with _attached(con, aside):
            if not unchanged:
                _take_over_records(con, records, published, last)
            _build(con, [table for table in tables if table.name not in unchanged], with_views=not unchanged)
        # A log beside it would hold part of what it says: alone, as readers copy it, it would say less.
        if _log_of(aside).exists():
            raise NotPublishedError(f"{aside} was not closed cleanly; yesterday's file stays in place")
        with connect(aside, read_only=True) as built:
            spare_memory(built)
            spare_effort(built, aside.stat().st_size)
            _check(con, built)
            # From the new file, before it is in place: page, feed and file must not tell different nights.
            made = dict(_made(built, companions))
            told = parquet.metadata(built)
            written = parquet.write_parquet(built, marks.views, columns, folder / parquet.LINK, last, told)
            held = last_night.tables_of(built, marks.kept)
        nights = last.nights + 1 if last.digest else 0
        tonight = LastNight(last_night.digest_of(aside), held, told, written, nights, edition())
        _keep_generation(published, earlier, now)
        take_after(aside, published)
        flush(aside)
        # Left by someone who opened yesterday's file for writing and died: readers would read it into tonight's.
        _log_of(published).unlink(missing_ok=True)
        aside.replace(published)
    parquet.put_in_place(columns, folder / parquet.LINK)
    for name, content in made.items():
        write_whole(folder / name, content)
    flush(folder)
    last_night.note(earlier, tonight)
    # Noted last: a night that died before this is published again, which harms nobody.
    con.execute("INSERT OR REPLACE INTO publication VALUES (?, ?)", [run_id, now])
    if missing := ", ".join(companions.keys() - made.keys()):
        raise NotPublishedError(f"{missing} could not be made and stays as it was; all else is published")
    return published


def _marked(con: duckdb.DuckDBPyConnection, tables: list[KeptTable | Records]) -> Marks:
    marks = Marks(con)
    for table in tables:
        marks.add_table(table.name, table.text, table.values)
    for view in VIEWS:
        marks.add_view(view, sql(f"publish/views/{view}"))
    return marks


def _begun(aside: Path, published: Path, last: LastNight, marks: Marks) -> frozenset[str]:
    """Let tonight's file begin as last night's, where that is worth it; returns the tables that are tonight's too.

    Where there are none it begins empty.
    """
    unchanged = last.unchanged_tables(marks.kept)
    if unchanged and last_night.copied(published, aside, last.digest):
        return unchanged
    aside.unlink(missing_ok=True)
    return frozenset()


def _take_over_records(con: duckdb.DuckDBPyConnection, records: Records, published: Path, last: LastNight) -> None:
    """Where all else is made anew, records need not be cleared of people anew: that takes longer than the rest."""
    if _log_of(published).exists() or not last_night.is_of(published, last, edition()):
        return
    try:
        records.take_over(con, published)
    except duckdb.Error as error:  # somebody has it open, or there is no room: then they are made, or that is told
        log.info("last night's records are not taken over: %s", error)


def _build(con: duckdb.DuckDBPyConnection, tables: list[KeptTable | Records], *, with_views: bool) -> None:
    with transaction(con):
        for table in tables:
            table.make(con)
        if with_views:
            make_views(con)


def _made(built: duckdb.DuckDBPyConnection, companions: Mapping[str, Companion]) -> Iterator[tuple[str, bytes]]:
    for name, make in companions.items():
        try:
            yield name, make(built)
        except Exception:
            log.exception("%s could not be made", name)


def _unused(columns: Path, in_place: Path) -> Path:
    """A folder for tonight's Parquet. Named by its instant; the one that is in place is never written into."""
    return columns.with_name(f"{columns.name}-again") if columns.resolve() == in_place.resolve() else columns


@contextmanager
def _cleared(aside: Path, columns: Path, lines: Path) -> Iterator[None]:
    """Nothing of an earlier attempt is there before, and nothing of a failed one after: the disk may be full."""

    def clear() -> None:
        parquet.clear(columns)
        for path in (aside, _log_of(aside), lines):
            path.unlink(missing_ok=True)
        shutil.rmtree(_spilled_by(aside), ignore_errors=True)

    clear()
    try:
        yield
    except BaseException:
        clear()
        raise


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _spilled_by(path: Path) -> Path:
    """Where DuckDB lays what does not fit into memory. It stays behind where a night was killed."""
    return path.with_name(f"{path.name}.tmp")


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    (store,) = con.execute("SELECT current_database()").fetchone() or ("",)
    con.execute(
        f"ATTACH {literal(path)} AS published (STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE no_wal_writes)"
    )
    try:
        con.execute("CREATE SCHEMA IF NOT EXISTS published.kept")
        if _is_little(con):
            con.execute("SET force_compression = 'uncompressed'")
        yield
        con.execute(f'USE "{store}"')
        con.execute("CHECKPOINT published")
    finally:
        con.execute("RESET force_compression")
        con.execute(f'USE "{store}"')
        con.execute("DETACH published")


def _is_little(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether so few trials are published that packing them saves no room: a column takes a block all the same."""
    (trials,) = con.execute("SELECT count(*) FROM trial").fetchone() or (0,)
    return bool(trials < FEW)


def _check(con: duckdb.DuckDBPyConnection, built: duckdb.DuckDBPyConnection) -> None:
    """See that what was built, opened as an analyst would, is all there."""
    for view, table in {"trials": "trial", "changes": "change", "runs": "run"}.items():
        (there,) = built.execute(f"SELECT count(*) FROM {view}").fetchone() or (None,)
        (here,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (None,)
        if there != here:
            raise NotPublishedError(
                f"the file built for publication shows {there} {view}, the store holds {here}; "
                "yesterday's file stays in place"
            )
    for view in VIEWS:
        built.execute(f"SELECT * FROM {view} LIMIT 0").fetchall()


def _keep_generation(published: Path, earlier: Path, now: datetime) -> None:
    if not published.exists():
        return
    if any(each.samefile(published) for each in earlier.glob("trialwatch-*.duckdb")):
        return  # kept by a night that died before it could replace it
    kept = earlier / f"trialwatch-{now:%Y%m%dT%H%M%S%f}.duckdb"
    kept.unlink(missing_ok=True)
    try:
        keep_also_as(published, kept)
    except PermissionError as error:  # yesterday's file must not keep today's from its readers
        log.warning("yesterday's file is not kept among the earlier ones: %s", named(error))
    ours = [each for each in earlier.iterdir() if GENERATION.fullmatch(each.name)]
    for old in sorted(ours)[:-GENERATIONS_KEPT]:
        old.unlink()
