"""The store: can this version read it, and all of it. It is opened for reading only, and held meanwhile."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import duckdb

from flows import holders
from flows.doctor.case import Case
from flows.doctor.finding import GIVE_RIGHTS, Diagnosis, failure, of_error, warning, well
from flows.steps import gone
from warehouse.errors import StoreHeldError, StoreSchemaError
from warehouse.store.file import FILE, SCHEMA_VERSION, connected, locked, version_of

READ_WHOLE = 512 << 20
"""Bytes. Up to there every block is read: some seconds."""
ANOTHER_COPY = "put the newest backup in its place: trialwatch restore FILE"


def store(case: Case) -> Iterator[Diagnosis]:
    """Whether the store is one that this version knows, and whole."""
    folder = case.settings.store
    try:
        if said := gone(case.settings):
            yield failure("store", said, ANOTHER_COPY)
            return
        if not (folder / FILE).exists():
            yield well("store", "there is none yet; the first night makes it")
            return
        with looked_into(folder) as con:
            yield _looked_through(folder / FILE, con)
    except StoreHeldError as error:
        said = f"it is held by {error.holder or 'another process'}, and was not looked at"
        yield warning("store", said, "wait until that ends, or stop it, and ask again")
    except StoreSchemaError as error:
        yield of_error("store", error, "install the trialwatch that wrote it, or a newer one")
    except OSError as error:
        yield of_error("store", error, GIVE_RIGHTS)
    except (duckdb.Error, MemoryError) as error:
        finding = of_error("store", error, ANOTHER_COPY)
        said = f"{folder / FILE} cannot be read through: {type(error).__name__}"
        yield (
            finding
            if finding.sentence[:1] == "/" or "damaged" in finding.sentence
            else failure("store", said, ANOTHER_COPY)
        )


@contextmanager
def looked_into(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store that is there, of whatever version, held for as long as the block lasts.

    Where no night has left the lock's file, as in a copy, nobody holds it; and the doctor makes nothing.
    """
    hold = locked(folder, holders.DOCTOR) if (folder / "lock").exists() else nullcontext()
    with hold, closing(connected(folder / FILE, read_only=True)) as con:
        yield con


def _looked_through(path: Path, con: duckdb.DuckDBPyConnection) -> Diagnosis:
    version = version_of(con)
    if version is None or version > SCHEMA_VERSION:
        raise StoreSchemaError(
            f"{path} holds tables of version {version}; this trialwatch knows versions up to {SCHEMA_VERSION}"
        )
    if path.stat().st_size <= READ_WHOLE:
        _read_every_block(con)
    newer = f"; the next night brings it to version {SCHEMA_VERSION}" if version < SCHEMA_VERSION else ""
    return well("store", f"its tables are of version {version}, and can be read{newer}")


def _read_every_block(con: duckdb.DuckDBPyConnection) -> None:
    """DuckDB looks at a block's checksum when it reads it."""
    tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    for (table,) in tables:
        con.execute(f'SELECT max(hash(t)) FROM "{table}" AS t').fetchall()
