"""The store: one private DuckDB file, one writer at a time, made from the tables of ``models``."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import duckdb
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel, create_engine

from warehouse import models  # noqa: F401 - importing them is what defines the tables
from warehouse.errors import StoreHeldError, StoreSchemaError

SCHEMA_VERSION = 1


@contextmanager
def held(folder: Path, purpose: str) -> Iterator[None]:
    """Hold the store for this process, or raise ``StoreHeldError`` that says who holds it.

    The lock is the kernel's and dies with its process, so a crash leaves nothing to clean up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreHeldError(f"the store in {folder} is held by {_holder(lock)}") from error
        lock.truncate(0)
        lock.write(f"{purpose}, process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        lock.flush()
        yield


@contextmanager
def held_within(folder: Path, purpose: str, patience_s: float) -> Iterator[None]:
    """Like ``held``, but wait up to ``patience_s`` seconds for whoever holds the store."""
    give_up_at = time.monotonic() + patience_s
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(folder, purpose))
                break
            except StoreHeldError:
                if time.monotonic() >= give_up_at:
                    raise
                time.sleep(min(1.0, patience_s))
        yield


def _holder(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read().strip() or "another process"


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store, made when it is not there yet. The caller holds it (``held``)."""
    path = folder / "store.duckdb"
    if not path.exists():
        _make(path)
    con = duckdb.connect(str(path))
    try:
        con.execute("SET TimeZone = 'UTC'")
        _check_schema(con, path)
        yield con
    finally:
        con.close()


def _make(path: Path) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    with duckdb.connect() as con:
        # Without this the file keeps the oldest format, which silently stores ZSTD columns uncompressed.
        con.execute(f"ATTACH '{_quoted(aside)}' AS made (STORAGE_VERSION 'v1.2.0')")
    engine = create_engine(f"duckdb:///{aside}", poolclass=NullPool)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    with duckdb.connect(str(aside)) as con:
        now = datetime.now(UTC).replace(tzinfo=None)
        con.execute("INSERT INTO store_schema VALUES (?, ?)", [SCHEMA_VERSION, now])
    aside.replace(path)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _check_schema(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    (version,) = con.execute("SELECT max(version) FROM store_schema").fetchone() or (None,)
    if version != SCHEMA_VERSION:
        raise StoreSchemaError(
            f"{path} holds tables of version {version}, this trialwatch knows version {SCHEMA_VERSION}: "
            "use the trialwatch that wrote it"
        )


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
