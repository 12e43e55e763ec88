"""Trials into versions and tables, set by set; the statements are made from the tables' own definitions.

New states are staged as JSON lines in the shape of ``connectors.trial.Trial`` and read by DuckDB as one explicit
struct. Where they are many, each table is filled by one statement from columns on disk: what many small statements
insert stays in memory until the transaction ends. The caller holds it.
"""

import hashlib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, Self

import duckdb
import msgspec

from connectors.trial import Entry, Trial
from warehouse.store.literal import literal
from warehouse.store.tables import Lines, columns, listed

A_PART = 10_000
"""Trials of one file of JSON lines. Read into memory, each takes a tenth of a megabyte."""
_SCALARS = {str: "VARCHAR", bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", date: "DATE"}


def duckdb_type(kind: Any) -> str:
    """The DuckDB type that reads what ``kind`` (a struct, a list, a scalar) is written as.

    >>> duckdb_type(list[str] | None)
    'VARCHAR[]'
    """
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = (part for part in typing.get_args(kind) if part is not type(None))
    if typing.get_origin(kind) is list:
        return duckdb_type(typing.get_args(kind)[0]) + "[]"
    if kind in _SCALARS:
        return _SCALARS[kind]
    parts = (f'"{part.encode_name}" {duckdb_type(part.type)}' for part in msgspec.structs.fields(kind))
    return f"STRUCT({', '.join(parts)})"


STAGED = {
    "registry_name": "VARCHAR",
    "version_number": "BIGINT",
    "registry_date": "DATE",
    "registry_date_basis": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "run_id": "VARCHAR",
    "loaded_as": "VARCHAR",
    "content_hash": "VARCHAR",
    "fingerprint": "VARCHAR",
    "payload": "VARCHAR",
    "trial": duckdb_type(Trial),
}


class State(Protocol):
    """A new state of a trial: what is read of it, its bytes, and what both are known by."""

    @property
    def trial(self) -> Trial: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def content_hash(self) -> str: ...


class Stage:
    """New states of trials on their way in. What is left of it is gone when the ``with`` block ends."""

    def __init__(
        self,
        work: Path,
        *,
        registry_name: str,
        run_id: str,
        observed_at: datetime,
        edition: int,
        name: str = "stage",
    ) -> None:
        """``edition`` is that of the reader. ``name`` tells it from another stage in the same folder."""
        self._work = work
        self._name = name
        self.of_all = {"registry_name": registry_name, "run_id": run_id, "observed_at": observed_at}
        self.of_all["loaded_as"] = loaded_as(edition)
        self._parts: list[Lines] = []
        self._columns: list[Path] = []
        self._open = ExitStack()
        self.count = 0

    def __enter__(self) -> Self:
        self.clear()  # what a night that was killed left
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        for file in self._columns:
            file.unlink(missing_ok=True)
        self.clear()

    def clear(self) -> None:
        """Remove what other processes wrote and nobody took."""
        for kind in ("ndjson", "parquet"):
            for leftover in self._work.glob(f"{self._name}-*.{kind}"):
                leftover.unlink()

    def put(self, state: State, version_number: int, dated: tuple[date | None, str]) -> None:
        """``dated`` is the registry's date of this state, and what kind of date that is."""
        if not self._parts or self._parts[-1].count >= A_PART:
            self._parts.append(self._open.enter_context(self.lines(f"own-{self.count}")))
        self.count += 1
        self._parts[-1].add(self.of_all | row_of(state, version_number, dated))

    def lines(self, name: str) -> Lines:
        """Where rows of this stage may be written, by this process or another."""
        return Lines(self._work / f"{self._name}-{name}.ndjson")

    def take(self, columns: Path, count: int) -> None:
        """Take over the rows that another process has written, and brought into columns."""
        self._columns.append(columns)
        self.count += count

    @contextmanager
    def as_stage(self, con: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """All that is staged, of which there is something, as the relation ``stage``."""
        if len(self._parts) == 1 and not self._columns:
            self._parts[0].read(con, STAGED, "CREATE OR REPLACE TEMP TABLE stage AS SELECT *")
            yield
            con.execute("DROP TABLE stage")
            return
        self._columns += [in_columns(con, part) for part in self._parts]
        self._parts.clear()
        files = ", ".join(map(literal, self._columns))
        con.execute(f"CREATE OR REPLACE TEMP VIEW stage AS SELECT * FROM read_parquet([{files}])")
        yield
        con.execute("DROP VIEW stage")


def in_columns(con: duckdb.DuckDBPyConnection, lines: Lines) -> Path:
    """Bring staged rows, of which there are some, into a Parquet file in the place of their lines.

    So each column is read for who asks for it.
    """
    file = lines.path.with_suffix(".parquet")
    lines.read(con, STAGED, "COPY (SELECT *", f") TO {literal(file)} (FORMAT parquet, COMPRESSION zstd)")
    lines.remove()
    return file


def row_of(state: State, version_number: int, dated: tuple[date | None, str]) -> dict[str, Any]:
    """What is staged of one state, but for what is the same of all in a stage."""
    registry_date, basis = dated
    return {
        "version_number": version_number,
        "registry_date": registry_date,
        "registry_date_basis": basis,
        "content_hash": state.content_hash,
        "fingerprint": state.fingerprint,
        "payload": state.payload.decode("utf-8", "replace"),
        "trial": state.trial,
    }


def load(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Make the staged states the present ones. Child rows are replaced, versions and payloads only added."""
    if stage.count:
        with stage.as_stage(con):
            add_versions(con, "nightly")
            make_present(con)


def add_versions(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Add the states in ``stage`` to what is known of their trials, whichever of them is the latest."""
    named = [column.name for column in columns("trial_version")]
    values = ", ".join(f"trial.{name}" if name in OF_A_TRIAL else name for name in named if name not in NOT_STAGED)
    con.execute(f"INSERT INTO trial_version BY NAME SELECT {values}, ? AS source FROM stage", [source])
    con.execute("INSERT INTO trial_payload BY NAME SELECT trial.trial_id, version_number, payload FROM stage")
    _add_turns(con)


NOT_STAGED = ("source", "superseded_at")
OF_A_TRIAL = frozenset(each.name for each in msgspec.structs.fields(Trial))
TOLD_BY_A_VERSION = tuple(
    column.name for column in columns("trial_version") if column.name in OF_A_TRIAL - {"trial_id"}
)
"""What a version says of its trial."""


def _add_turns(con: duckdb.DuckDBPyConnection) -> None:
    """Note the statuses that the records have told by their dates, of the versions of which none are noted."""
    con.execute(
        "INSERT INTO status_turn BY NAME SELECT trial_id, version_number, unnest(turns, recursive := true) "
        "FROM (SELECT trial.trial_id, version_number, trial.status_turns AS turns FROM stage) AS staged "
        "ANTI JOIN (FROM status_turn SELECT trial_id, version_number) AS noted USING (trial_id, version_number)"
    )


def add_past(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Add the staged states to the past of their trials. What is present stays as it is."""
    if stage.count:
        with stage.as_stage(con):
            add_versions(con, "history")
            con.execute(
                "UPDATE trial_version SET superseded_at = stage.observed_at FROM stage "
                "WHERE trial_version.trial_id = stage.trial.trial_id "
                "AND trial_version.version_number = stage.version_number"
            )


def last_numbers(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str], work: Path) -> dict[str, int]:
    """The highest number that a version of each trial bears: not its present one's, where its past came later."""
    with listed(con, trial_ids, work):
        rows = con.execute(
            "SELECT trial_id, max(version_number) FROM trial_version WHERE trial_id IN (FROM listed) "
            "GROUP BY trial_id"
        ).fetchall()
    return dict(rows)


def make_present(con: duckdb.DuckDBPyConnection) -> None:
    """Make the states in ``stage`` the present ones of their trials, with the child rows that they have."""
    held = "SELECT trial.trial_id FROM stage WHERE version_number > 1"
    if con.execute(f"{held} LIMIT 1").fetchone():
        con.execute(
            "UPDATE trial_version SET superseded_at = stage.observed_at FROM stage "
            "WHERE trial_version.trial_id = stage.trial.trial_id AND superseded_at IS NULL "
            "AND trial_version.version_number <> stage.version_number"
        )
        _clear_contents(con, held)
    _fill_contents(con)
    con.execute(
        "INSERT INTO trial BY NAME SELECT trial.trial_id, registry_name, trial.url, version_number, fingerprint, "
        "trial.reads_otherwise_from, observed_at AS first_seen_at, observed_at AS last_seen_at, loaded_as "
        "FROM stage ON CONFLICT (trial_id) DO UPDATE SET version_number = excluded.version_number, "
        "fingerprint = excluded.fingerprint, reads_otherwise_from = excluded.reads_otherwise_from, "
        "loaded_as = excluded.loaded_as, url = excluded.url"
    )


def load_again(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Replace what the present versions hold by what is staged of them. No version is added, and none changed.

    What a status had turned from is noted where a version of us did not know it.
    """
    if stage.count:
        with stage.as_stage(con):
            _clear_contents(con, "SELECT trial.trial_id FROM stage")
            _fill_contents(con)
            _add_turns(con)
            con.execute(
                "UPDATE trial SET loaded_as = stage.loaded_as, url = stage.trial.url FROM stage "
                "WHERE stage.trial.trial_id = trial.trial_id"
            )


def replace_payloads(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Have the present versions' records be those that are staged: of the same state, but in other bytes.

    What counts as no change (when it was posted, when verified) is told as those bytes say it.
    """
    if stage.count:
        with stage.as_stage(con):
            restate(con, "SELECT trial.trial_id, version_number, content_hash, trial FROM stage")
            con.execute(
                "UPDATE trial_payload SET payload = stage.payload, revision = coalesce(revision, 0) + 1 "
                "FROM stage WHERE stage.trial.trial_id = trial_payload.trial_id "
                "AND stage.version_number = trial_payload.version_number"
            )


def restate(con: duckdb.DuckDBPyConnection, states: str) -> None:
    """Have versions say what they are read as. ``states`` asks for the key, the hash and the trial of each."""
    told = ", ".join(f"{name} = state.trial.{name}" for name in TOLD_BY_A_VERSION)
    con.execute(
        f"UPDATE trial_version SET content_hash = state.content_hash, {told} FROM ({states}) AS state "
        "WHERE trial_version.trial_id = state.trial_id AND trial_version.version_number = state.version_number"
    )


def _clear_contents(con: duckdb.DuckDBPyConnection, trial_ids: str) -> None:
    for table in CONTENTS:
        con.execute(f"DELETE FROM {table} WHERE trial_id IN ({trial_ids})")


def _fill_contents(con: duckdb.DuckDBPyConnection) -> None:
    for table, rows in contents("stage").items():
        con.execute(f"INSERT INTO {table} BY NAME {rows}")


@cache
def contents(stage: str) -> dict[str, str]:
    """By table of contents the question for the rows that it holds of the trials in ``stage``, in its columns."""
    named = ", ".join(f"trial.{column.name}" for column in columns(DETAIL))
    entries = {table_of(lists): _entries(entry, lists, stage) for entry, lists in ENTRIES.items()}
    return {DETAIL: f"SELECT {named} FROM {stage}", **entries}


ENTRIES: dict[type[Entry], str] = {
    typing.get_args(part.type)[0]: part.name
    for part in msgspec.structs.fields(Trial)
    if typing.get_origin(part.type) is list and issubclass(typing.get_args(part.type)[0], Entry)
}
"""Each kind of entry, and the list of a trial that holds it; the table is named like the list, in the singular."""
DETAIL = "trial_detail"


def _entries(entry: type[Entry], lists: str, stage: str) -> str:
    """The question for the rows of one child table.

    Their key comes from the entry's own words, so that it survives reordering and loading again.
    """
    named_by = ", ".join(f"item.{part}" for part in entry.NAMED_BY)
    name = f"coalesce({named_by}, '')" if entry.BY_THE_FIRST else f"concat_ws('|', {named_by})"
    told = {
        "trial_id": "trial_id",
        "item_key": f"left(md5({name}), 16) || '-' || coalesce(item.copy, 1) AS item_key",
        "position": "position",
    }
    values = ", ".join(told.get(column.name, f"item.{column.name}") for column in columns(table_of(lists)))
    return (
        f"SELECT {values} FROM (SELECT trial.trial_id, unnest(trial.{lists}) AS item, "
        f"generate_subscripts(trial.{lists}, 1) AS position FROM {stage})"
    )


def table_of(lists: str) -> str:
    return f"trial_{lists.removesuffix('s')}"


CONTENTS = (DETAIL, *map(table_of, ENTRIES.values()))
"""The tables of what the present versions hold."""


@cache
def loaded_as(edition: int) -> str:
    """By what it is known that the present rows of a trial hold all that we load, read by a reader's ``edition``.

    It is another one whenever a trial, or a table of its contents, has come to hold something else.
    """
    shape = repr((STAGED["trial"], [columns(table) for table in CONTENTS]))
    return f"{edition}-{hashlib.blake2b(shape.encode(), digest_size=8).hexdigest()}"


def is_more_loaded(before: str | None) -> bool:
    """Whether more is loaded today than by what a trial was ``loaded_as``, whichever reader read it."""
    return (before or "").rpartition("-")[2] != loaded_as(0).rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class KnownBy:
    """What the present state of a trial is known by, and from when on the same bytes will be read otherwise."""

    fingerprint: str
    content_hash: str
    reads_otherwise_from: date | None


def note_fingerprints(con: duckdb.DuckDBPyConnection, states: Mapping[str, KnownBy], work: Path) -> None:
    """Note by what the present states of these trials are known now: other bytes, or another hash of ours."""
    columns = {
        "trial_id": "VARCHAR",
        "fingerprint": "VARCHAR",
        "content_hash": "VARCHAR",
        "reads_otherwise_from": "DATE",
    }
    with Lines(work / "known.ndjson") as lines:
        for trial_id, state in states.items():
            lines.add({"trial_id": trial_id, **asdict(state)})
        lines.read(con, columns, "CREATE OR REPLACE TEMP TABLE known AS SELECT *")
    if states:
        con.execute(
            "UPDATE trial SET fingerprint = known.fingerprint, reads_otherwise_from = known.reads_otherwise_from "
            "FROM known WHERE known.trial_id = trial.trial_id"
        )
        con.execute(
            "UPDATE trial_version SET content_hash = known.content_hash FROM known JOIN trial USING (trial_id) "
            "WHERE trial_version.trial_id = trial.trial_id "
            "AND trial_version.version_number = trial.version_number "
            "AND trial_version.content_hash <> known.content_hash"
        )
        con.execute("DROP TABLE known")


def note_seen(con: duckdb.DuckDBPyConnection, trial_ids: list[str], observed_at: datetime, work: Path) -> None:
    """Note that the registry showed these trials, changed or not."""
    with listed(con, trial_ids, work):
        con.execute("UPDATE trial SET last_seen_at = ? WHERE trial_id IN (FROM listed)", [observed_at])
