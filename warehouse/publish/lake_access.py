"""How a DuckLake is opened: with extensions that were installed beside us, and in words of ours when it cannot be.

DuckDB fetches nothing by itself here. What it says when it cannot open a catalog holds the catalog's address, or
pieces of the password in it: it is never quoted.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from connectors.causes import masked
from connectors.errors import PlaceError
from connectors.places.address import S3, Lake
from warehouse.store.connection import connect
from warehouse.store.file import spare_memory
from warehouse.store.literal import literal

log = logging.getLogger("trialwatch")

NAME = "lake"
EXTENSIONS = {"sqlite": "sqlite_scanner", "postgres": "postgres_scanner"}
PATIENCE_MS = 30_000
"""How long a catalog in SQLite is waited for while somebody else reads or writes it."""
PATIENCE_S = 30
"""How long a PostgreSQL may take to answer at all."""
_SAID = {
    "password authentication failed|no password supplied": (
        "its password is refused: see PGPASSWORD, or the address"
    ),
    'role "[^"]*" does not exist': "there is no such user in the database",
    'database "[^"]*" does not exist': "there is no such database: make it, it may be empty",
    "Connection refused|could not translate host name|timeout expired|No route to host|is unreachable": (
        "its database cannot be reached: see that it runs, and that this machine's network lets us there"
    ),
    "permission denied|must be owner": "its database's user may not do that: give it the right to create tables",
    "HTTP 403|403 Forbidden|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch": (
        "the bucket of its data refuses us: see that its keys are right and may write there"
    ),
    "HTTP 404|NoSuchBucket|404 Not Found": "there is no such bucket for its data: make it, or correct data_path",
    "Could not (connect|establish connection)|Could not resolve": (
        "the bucket of its data cannot be reached: see that it runs, and that this machine's network lets us there"
    ),
    "does not match existing data path": "its data lies elsewhere: this catalog was made with another data_path",
    "database is locked": "its catalog is held by another program for too long: close it there",
    "unable to open database file|readonly database|Permission denied": (
        "its catalog or data folder cannot be written: see that the folder is there and this user may write in it"
    ),
    "No space left|disk is full": "the disk of its catalog or data is full: make room",
    "DuckLake.*version|catalog version": "its catalog is of another version of DuckLake than this DuckDB's",
}


def lacking(lake: Lake) -> list[str]:
    """The extensions that the lake needs and that are not installed."""
    return [name for name in _needed(lake) if not _file_of(name)]


@contextmanager
def attached(lake: Lake, s3: S3 | None, spilled: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the lake is attached as ``lake``. Raises ``PlaceError`` for what fails in it.

    What has no room in memory goes into the folder ``spilled``, and is gone afterwards.
    """
    is_open = False
    try:
        with connect(
            autoinstall_known_extensions=False, autoload_known_extensions=False, temp_directory=str(spilled)
        ) as con:
            spare_memory(con)
            for name in _needed(lake):
                con.execute(f"LOAD {literal(_file_of(name))}")
            if s3:
                con.execute(_secret(s3))
            con.execute(_attach(lake))
            is_open = True
            yield con
    except duckdb.Error as error:
        raise PlaceError(in_words(error, lake, s3, is_open=is_open)) from None


def _needed(lake: Lake) -> list[str]:
    return ["ducklake", EXTENSIONS[lake.kind], *(["httpfs"] if lake.data_path.startswith("s3://") else [])]


def _file_of(extension: str) -> Path | None:
    with suppress(ImportError):
        spec = find_spec(f"duckdb_extension_{extension}")
        if spec and spec.origin:
            found = Path(spec.origin).parent / f"extensions/v{duckdb.__version__}/{extension}.duckdb_extension"
            return found if found.is_file() else None
    return None


def _attach(lake: Lake) -> str:
    options = [f"DATA_PATH {literal(f'{lake.data_path}/')}"]
    catalog = lake.catalog
    if lake.kind == "sqlite":
        options.append(f"META_BUSY_TIMEOUT {PATIENCE_MS}")
    elif "connect_timeout=" not in catalog:
        catalog += f"?connect_timeout={PATIENCE_S}"
    return f"ATTACH {literal(f'ducklake:{lake.kind}:{catalog}')} AS {NAME} ({', '.join(options)})"


def _secret(s3: S3) -> str:
    said = {"KEY_ID": s3.key, "SECRET": s3.secret, "SESSION_TOKEN": s3.token, "REGION": s3.region}
    if s3.endpoint_url:
        parts = urlsplit(s3.endpoint_url)
        said |= {"ENDPOINT": f"{parts.netloc}{parts.path.rstrip('/')}", "URL_STYLE": "path"}
        said |= {"USE_SSL": "false" if parts.scheme == "http" else "true"}
    options = ", ".join(f"{name} {literal(value)}" for name, value in said.items() if value)
    return f"CREATE SECRET (TYPE s3, {options})" if options else "CREATE SECRET (TYPE s3)"


def in_words(error: duckdb.Error, lake: Lake, s3: S3 | None = None, *, is_open: bool = True) -> str:
    """What is wrong with a lake. What has no words of ours is logged, without what is secret in it."""
    kind, said = type(error).__name__, str(error)
    for pattern, words in _SAID.items():
        if re.search(pattern, said, re.IGNORECASE):
            return words
    may_be_told = is_open or lake.kind != "postgres"
    hidden = (lake.catalog, *((s3.secret, s3.token) if s3 else ()))
    log.warning("%s: %s", lake.shown, masked(said, *hidden) if may_be_told else f"{kind} at its catalog")
    return f"DuckDB failed at it ({kind}; the log of the run has the details)"
