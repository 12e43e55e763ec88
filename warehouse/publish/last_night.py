"""What was published last, by which bytes it is known, and what they hold: tonight takes over what it can.

The note is written last of all, and nothing in it is believed of other bytes: a file that a crash, a disk or a
hand has changed, or that another program has put there, is not the one that is noted, and all is made anew.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb
import msgspec

from connectors.files import write_whole

NOTE = "made-from.json"
NIGHTS_IN_A_ROW = 7
"""After so many that took over what was there, one makes all anew: no fault of ours or DuckDB's stays for ever."""
A_PIECE = 1 << 20


class TableMark(msgspec.Struct, frozen=True):
    """A table of the published file: its mark, and how many values it holds."""

    mark: str
    values: int


class Written(msgspec.Struct, frozen=True):
    """A view's Parquet file: the mark of the view, and the digest of the file."""

    mark: str
    digest: str


class LastNight(msgspec.Struct, frozen=True):
    """What stands published, and by which program (``marks.edition``). ``told`` is what its Parquet files say."""

    digest: str = ""
    tables: dict[str, TableMark] = {}
    told: dict[str, str] = {}
    parquet: dict[str, Written] = {}
    nights: int = 0
    edition: str = ""

    def unchanged_tables(self, marks: Mapping[str, str]) -> frozenset[str]:
        """The tables that are tonight's too; none where they are less than half of the file.

        What is replaced leaves its room in the file to later nights: it must not be most of it.
        """
        unchanged = frozenset(name for name, table in self.tables.items() if marks.get(name) == table.mark)
        kept = sum(self.tables[name].values for name in unchanged)
        return unchanged if 2 * kept >= sum(table.values for table in self.tables.values()) else frozenset()


NOTHING = LastNight()


def noted(folder: Path) -> LastNight:
    """The note in ``folder``, or that nothing can be taken over."""
    return noted_in(folder / NOTE)


def noted_in(path: Path) -> LastNight:
    """The same, of a note that was kept under another name."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=LastNight)
    except (OSError, msgspec.MsgspecError):
        return NOTHING
    return found if found.nights < NIGHTS_IN_A_ROW else NOTHING


def note(folder: Path, tonight: LastNight) -> None:
    """Leave word for the next night."""
    write_whole(folder / NOTE, msgspec.json.format(msgspec.json.encode(tonight)) + b"\n")


def tables_of(built: duckdb.DuckDBPyConnection, marks: Mapping[str, str]) -> dict[str, TableMark]:
    """What the file that ``built`` has open holds, to be noted."""
    sizes = built.execute(
        "SELECT table_name, estimated_size * column_count FROM duckdb_tables() "
        "WHERE database_name = current_database() AND schema_name = 'kept'"
    ).fetchall()
    return {name: TableMark(marks[name], values) for name, values in sizes}


def is_of(path: Path, last: LastNight, edition: str) -> bool:
    """Whether a file is the one that is noted, byte for byte, and this very program made it."""
    try:
        return last.edition == edition and digest_of(path) == last.digest
    except OSError:
        return False


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copied(path: Path, to: Path, digest: str) -> bool:
    """Copy a file, and see from the very bytes that were copied whether it is the one of that digest.

    A file that cannot be read, or has no room twice, is not: then all is made anew, which says what is wrong.
    """
    seen = hashlib.sha256()
    try:
        with path.open("rb") as file, to.open("wb") as copy:
            while piece := file.read(A_PIECE):
                seen.update(piece)
                copy.write(piece)
    except OSError:
        return False
    return seen.hexdigest() == digest
