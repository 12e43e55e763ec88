"""The store: one private DuckDB file, one writer at a time, made from the tables of ``models``.

It knows which version of the tables it holds. A newer program brings an older store up to date, in one
transaction and after a copy of it; an older program refuses a newer store.
"""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import duckdb

from connectors.files import flush, make_folder, making
from warehouse.errors import StoreHeldError, StoreSchemaError
from warehouse.store.connection import connect
from warehouse.store.literal import literal
from warehouse.store.tables import every_column, sql

log = logging.getLogger("trialwatch")

SCHEMA_VERSION = 7
FILE = "store.duckdb"
SMALL = 64 << 20
"""Bytes that one thread has worked through before others were of use: waking them cost a night a quarter more."""
MOST_MEMORY = "1GB"
"""Of DuckDB's in one process. A night holds as much again in Python, and more is not of use to it."""
VIEWS = ("store/delivery_ledger",)


@contextmanager
def locked(folder: Path, purpose: str) -> Iterator[None]:
    """Hold the store for this process, or raise ``StoreHeldError`` that says who holds it.

    The lock is the kernel's and dies with its process, so a crash leaves nothing to clean up.
    """
    make_folder(folder, mode=0o700)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(lock)
            said = holder or "another process"
            raise StoreHeldError(
                f"the store in {folder} is held by {said}: wait until that ends, or stop it", holder
            ) from error
        lock.truncate(0)
        lock.write(f"{purpose}, process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)  # or whoever looks before the next holder has written would take us for it


@contextmanager
def locked_within(
    folder: Path, purpose: str, longest_wait_s: float, *, only_for: tuple[str, ...] = ()
) -> Iterator[None]:
    """Like ``locked``, but wait up to ``longest_wait_s`` seconds for whoever holds the store.

    ``only_for`` names the purposes that are waited for, where not all are: any other holder refuses us at once.
    """
    give_up_at = time.monotonic() + longest_wait_s
    before: str | None = None
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(folder, purpose))
                break
            except StoreHeldError as error:
                is_waited_for = not only_for or error.holder.startswith(only_for)
                # One look is not enough: a holder that died has left its text to one who has not written yet.
                if time.monotonic() >= give_up_at or (not is_waited_for and error.holder == before):
                    raise
                before = error.holder
            time.sleep(min(1.0 if is_waited_for else 0.1, longest_wait_s))
        yield


def _holder(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read().strip()


@contextmanager
def opened(folder: Path, *, read_only: bool = False, awaited: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store, made when it is not there yet and brought up to date. The caller holds it (``locked``).

    ``awaited`` are the bytes that are about to come into it, where they may be many.

    Raises ``StoreSchemaError`` for one that a newer trialwatch wrote.
    """
    path = folder / FILE
    if not path.exists():
        _make(path)
    con = connected(path, read_only=read_only, awaited=awaited)
    try:
        version = version_of(con)
        if version != SCHEMA_VERSION:
            con.close()
            _bring_up_to_date(path, version)
            con = connected(path, read_only=read_only, awaited=awaited)
        yield con
    finally:
        con.close()


def connected(path: Path, *, read_only: bool, awaited: int = 0) -> duckdb.DuckDBPyConnection:
    """A store's file, whatever the version of its tables. ``awaited`` are bytes that are about to come."""
    con = connect(path, read_only=read_only)
    con.execute("SET TimeZone = 'UTC'")
    spare_memory(con)
    spare_effort(con, path.stat().st_size + awaited)
    return con


def spare_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Have DuckDB hold no more than is of use to it. The rest it spills into a folder beside the file."""
    con.execute(f"SET memory_limit = '{MOST_MEMORY}'")


def spare_effort(con: duckdb.DuckDBPyConnection, size: int) -> None:
    """Have little data worked through by one thread, and much by as many as there are.

    Nor are little data's texts tried with FSST, which took most of a checkpoint and made no block fewer.
    """
    is_little = size < SMALL
    con.execute("SET threads = 1" if is_little else "RESET threads")
    con.execute(f"SET disabled_compression_methods = '{'fsst' if is_little else ''}'")


def _make(path: Path) -> None:
    aside = path.with_name(f".{path.name}.new")
    for leftover in (aside, aside.with_name(f"{aside.name}.wal")):
        leftover.unlink(missing_ok=True)
    with connect() as con:
        # Without this the file keeps the oldest format, which silently stores ZSTD columns uncompressed.
        con.execute(f"ATTACH {literal(aside)} AS made (STORAGE_VERSION 'v1.2.0')")
        con.execute("USE made")
        with transaction(con):
            con.execute(sql("store/tables"))
            _make_views(con)
            _comment(con)
            _note_version(con)
        con.execute("CHECKPOINT made")  # into the file itself: a log beside it would stay behind
    aside.replace(path)


def _make_views(con: duckdb.DuckDBPyConnection) -> None:
    for view in VIEWS:
        con.execute(sql(view))


def _note_version(con: duckdb.DuckDBPyConnection) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    con.execute("INSERT INTO store_schema VALUES (?, ?)", [SCHEMA_VERSION, now])


def version_of(con: duckdb.DuckDBPyConnection) -> int | None:
    """Which version of the tables a file holds; None when it is no store."""
    try:
        found = con.execute("SELECT max(version) FROM store_schema").fetchone()
    except duckdb.CatalogException:
        return None
    return int(found[0]) if found and found[0] is not None else None


def _bring_up_to_date(path: Path, version: int | None) -> None:
    if version is None or version > SCHEMA_VERSION:
        raise StoreSchemaError(
            f"{path} holds tables of version {version}, this trialwatch knows versions up to {SCHEMA_VERSION}: "
            "use the trialwatch that wrote it, or a newer one"
        )
    kept = path.with_name(f"{path.name}.version-{version}")
    copy_whole(path, kept)
    log.warning("the store is brought from version %s to %s; a copy stays in %s", version, SCHEMA_VERSION, kept)
    with connected(path, read_only=False) as con, transaction(con):
        for step in range(version + 1, SCHEMA_VERSION + 1):
            con.execute(sql(f"store/to_version_{step}"))
        _make_views(con)
        _comment(con)
        _note_version(con)


def _comment(con: duckdb.DuckDBPyConnection) -> None:
    """Say of every column what it is, all at once."""
    said = (
        f'COMMENT ON COLUMN "{table}"."{column.name}" IS {literal(column.comment)}'
        for table, columns in every_column().items()
        for column in columns
    )
    con.execute(";\n".join(said))


def copy_whole(path: Path, to: Path) -> None:
    """Copy a store's file, which nobody has open, with all that its write-ahead log holds. Whole or not at all."""
    has_log = path.with_name(f"{path.name}.wal").exists()
    with connected(path, read_only=not has_log) as con:  # a backup may lie where nothing can be written
        if has_log:
            con.execute("CHECKPOINT")
    aside = to.with_name(f".{to.name}.part")
    try:
        with making(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, aside)
        aside.chmod(0o600)
        flush(aside)
        aside.replace(to)
        flush(to.parent)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of it or none of it."""
    con.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
