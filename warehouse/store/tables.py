"""Rows of Python into tables, many at once.

Rows are written as NDJSON and read back with the table's own column types; one by one they would take many
times as long (docs/performance.md). ``load`` makes rows of whole trials the same way.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

import duckdb
import msgspec

from connectors.files import making
from connectors.lists import read_rows

ROOM_FOR_A_LINE = 16 * 1024 * 1024
"""DuckDB's own default for the longest line it reads."""

COLUMNS = "columns.csv"
PUBLIC_TABLES = (
    *("trial", "trial_version", "trial_detail"),
    *("trial_condition", "trial_keyword", "trial_mesh_term", "trial_intervention", "trial_arm"),
    *("trial_arm_intervention", "trial_outcome"),
    *("trial_site", "trial_sponsor", "trial_identifier", "trial_publication", "trial_document"),
    *("trial_substance", "trial_concept", "trial_judgement", "trial_flag"),
    *("trial_result_version", "trial_result_record"),
    *("trial_result_outcome", "trial_result", "trial_result_analysis"),
    *("trial_adverse_event", "trial_adverse_event_group", "trial_participant_flow", "trial_baseline_measurement"),
    *("change", "watch_member", "study_ruling", "run", "quarantine"),
)
"""What is published. Payloads and mail stay in the store: they name people."""
PRIVATE_COLUMNS = frozenset(
    {("quarantine", "payload")}
    | {("trial", name) for name in ("fingerprint", "reads_otherwise_from", "loaded_as")}
)
"""Columns of public tables that are not published."""

_encoder = msgspec.json.Encoder()


def sql(name: str) -> str:
    """The text of one of the fixed statements: its room and its name there, e.g. ``tell/waiting``."""
    room, _, statement = name.partition("/")
    return (files("warehouse") / room / "sql" / f"{statement}.sql").read_text("utf-8")


class Column(NamedTuple):
    """A column of a stored table."""

    name: str
    type: str
    comment: str


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a stored table, in order, as the models define them."""
    return every_column()[table]


@cache
def every_column() -> dict[str, tuple[Column, ...]]:
    """The columns of every stored table (``definition`` writes them out)."""
    found: dict[str, tuple[Column, ...]] = {}
    for row in read_rows(files("warehouse") / "store" / "sql" / COLUMNS):
        column = Column(row["column"], row["type"], row["comment"])
        found[row["table"]] = (*found.get(row["table"], ()), column)
    return found


class Lines:
    """Rows on their way into DuckDB: a file of JSON lines that is gone when the ``with`` block ends.

    It is there from the first row on: where there is none, there is no file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.longest = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        file, self._file = self._file, None
        try:
            if file:
                file.close()
        finally:  # closing writes, and on a full disk cannot
            self.path.unlink(missing_ok=True)

    def add(self, row: Mapping[str, Any]) -> None:
        line = _encoder.encode(row)
        if not self._file:
            with making(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("wb")
        self._file.write(line + b"\n")
        self.count += 1
        self.longest = max(self.longest, len(line))

    def read(self, con: duckdb.DuckDBPyConnection, columns: Mapping[str, str], into: str, then: str = "") -> None:
        """Run ``into`` (an INSERT or a CREATE … AS) with the lines as its source; ``then`` ends the statement."""
        if not self.count:
            return
        if self._file:
            self._file.flush()
        types = ", ".join(f"\"{name}\": '{kind}'" for name, kind in columns.items())
        room = max(ROOM_FOR_A_LINE, 2 * self.longest)
        con.execute(
            f"{into} FROM read_json(?, format = 'newline_delimited', columns = {{{types}}}, "
            f"maximum_object_size = {room}){then}",
            [str(self.path)],
        )


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]], work: Path) -> int:
    """Insert rows (column → value; a missing column is NULL); returns their number."""
    with Lines(work / f"{table}.ndjson") as lines:
        for row in rows:
            lines.add(row)
        insert_lines(con, table, lines)
        return lines.count


def insert_lines(con: duckdb.DuckDBPyConnection, table: str, lines: Lines) -> None:
    """The same of rows that are written already."""
    types = {column.name: column.type for column in columns(table)}
    lines.read(con, types, f"INSERT INTO {table} BY NAME SELECT *")


@contextmanager
def listed(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str], work: Path) -> Iterator[None]:
    """The trials as a temporary table ``listed``, for as long as the block lasts.

    A long list as a bound value costs seconds: each element is looked at by itself.
    """
    con.execute("CREATE TEMP TABLE listed (trial_id VARCHAR)")
    try:
        with Lines(work / "listed.ndjson") as lines:
            for trial_id in trial_ids:
                lines.add({"trial_id": trial_id})
            lines.read(con, {"trial_id": "VARCHAR"}, "INSERT INTO listed SELECT *")
        yield
    finally:
        con.execute("DROP TABLE listed")
