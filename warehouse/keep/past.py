"""Filling in the past of a trial: versions that no night has seen, and what changed from one to the next.

What is present stays as it is, and nothing falls due to anybody. A trial's past is put in one transaction.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

import duckdb

from connectors.registry import PastVersion
from connectors.trial import PastReader, Trial
from warehouse.judge.changes import differences
from warehouse.judge.past import HeldVersion, Missing
from warehouse.keep import again
from warehouse.keep.certificate import Certificate, Night, keep_certificate
from warehouse.keep.intake import as_held
from warehouse.keep.journal import Changes
from warehouse.store.file import transaction
from warehouse.store.load import add_past, last_numbers
from warehouse.store.tables import insert, sql
from warehouse.words.phrases import counted_noun

SOURCE = "history"
THE_SPONSOR = "sponsor"
"""Whose doing every version is that the registry lists: what it does itself makes none."""
SOME = 50
"""Records that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Held:
    """What we hold of a trial: its versions, and the highest number that one bears."""

    trial_id: str
    versions: tuple[HeldVersion, ...]
    last_number: int


@dataclass(slots=True)
class Filled:
    """What came of a back-fill of one watch so far.

    Beside it, each with the reason, the versions that could not be had, and the trials that no list was shown of.
    """

    trials: int = 0
    versions: int = 0
    changes: int = 0
    unreadable: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)


def owed(con: duckdb.DuckDBPyConnection, night: Night) -> list[str]:
    """The trials whose earlier versions are to be asked for, in that order."""
    which = {"watch": night.watch.name, "registry_name": night.registry_name}
    return [trial_id for (trial_id,) in con.execute(sql("keep/past_owed"), which).fetchall()]


def held(con: duckdb.DuckDBPyConnection, trial_id: str, reader: PastReader, night: Night) -> Held:
    """What we hold of one trial. A version whose record is another trial's is none of this one's."""
    rows = con.execute(
        "SELECT version_number, encode(payload) FROM trial_version "
        "JOIN trial_payload USING (trial_id, version_number) WHERE trial_id = ? ORDER BY version_number",
        [trial_id],
    )
    versions: list[HeldVersion] = []
    while some := rows.fetchmany(SOME):
        versions += [HeldVersion(number, reader.stamp(payload)) for number, payload in some]
    return Held(trial_id, tuple(versions), last_numbers(con, [trial_id], night.work)[trial_id])


def record(con: duckdb.DuckDBPyConnection, trial_id: str, version_number: int) -> bytes:
    """The record of one version."""
    (payload,) = con.execute(
        "SELECT encode(payload) FROM trial_payload WHERE trial_id = ? AND version_number = ?",
        [trial_id, version_number],
    ).fetchone() or (b"",)
    return bytes(payload)


@dataclass(frozen=True, slots=True)
class _State:
    """A version that was read: our number of it, its record, and when it became public."""

    version_number: int
    payload: bytes
    dated: tuple[date | None, str]


class Past:
    """What is brought of one trial's past, until it is put. It waits in files, for it may be long.

    ``first`` is the record of the first version that we hold.
    """

    def __init__(
        self, night: Night, reader: PastReader, known: Held, absent: Missing, first: bytes, filled: Filled
    ) -> None:
        self._night = night
        self._reader = reader
        self._known = known
        self._before = frozenset(each.number for each in absent.before)
        of_first = night.reader.read(first, night.today).trial, reader.stamp(first).submitted_on
        self._first = _State(absent.first, first, dated(*of_first))
        self._last: _State | None = None
        self._stage = again.staged(night)
        self._changes = Changes(night, None, SOURCE)
        self._unreadable: list[tuple[str, str]] = []
        self._filled = filled
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self._stage)
        self._open.enter_context(self._changes)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, version: PastVersion, payload: bytes) -> None:
        """Take a version, the earlier ones first. Raises ``UnreadableError``."""
        reading = self._night.reader.read(payload, self._night.today)
        public = dated(reading.trial, version.submitted_on)
        number = self._known.last_number + self._stage.count + 1
        self._stage.put(as_held(reading, payload, ""), number, public)
        if version.number in self._before:
            self._compare_with_last(_State(number, payload, public))

    def set_aside(self, version: PastVersion, reason: str, path: str = "$") -> None:
        """Note a version that could not be had."""
        self._unreadable.append((path, f"version {version.number} of {version.submitted_on}: {reason}"))

    def put(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Put all of it, in a transaction of its own. Not where a night has kept another state of it meanwhile."""
        night, trial_id = self._night, self._known.trial_id
        if last_numbers(con, [trial_id], night.work)[trial_id] != self._known.last_number:
            return False
        if self._last:
            self._compare_with_last(self._first)
        with transaction(con):
            add_past(con, self._stage)
            self._changes.write(con)
            insert(con, "quarantine", self._rows_of_unreadable(), night.work)
        self._count()
        return True

    def _compare_with_last(self, state: _State) -> None:
        before, self._last = self._last, state
        if before is None:
            return
        numbers = before.version_number, state.version_number
        for finding in differences(*self._reader.counted_alike(before.payload, state.payload), THE_SPONSOR):
            self._changes.add(self._known.trial_id, finding, versions=numbers, dated=state.dated)

    def _rows_of_unreadable(self) -> Iterable[dict[str, object]]:
        night = self._night
        for item, (path, reason) in enumerate(self._unreadable, len(self._filled.unreadable) + 1):
            yield {
                "run_id": night.run_id,
                "watch": night.watch.name,
                "registry_name": night.registry_name,
                "item": item,
                "trial_id": self._known.trial_id,
                "path": path,
                "reason": reason,
                "payload": "",
            }

    def _count(self) -> None:
        self._filled.trials += 1
        self._filled.versions += self._stage.count
        self._filled.changes += len(self._changes)
        self._filled.unreadable += [f"{self._known.trial_id}, {reason}" for _, reason in self._unreadable]


def dated(trial: Trial, submitted_on: date | None) -> tuple[date | None, str]:
    """When a version became public, and how that is known. It was submitted days before, which is no such day."""
    posted_on = trial.last_update_posted_on
    return (posted_on, "posted") if posted_on else (submitted_on, "submitted")


def finish(
    con: duckdb.DuckDBPyConnection, night: Night, filled: Filled, requests: int, stopped: str | None
) -> Certificate:
    """Keep the certificate. ``stopped`` says why not every trial was asked for.

    No mail tells the operator: whoever typed the command reads it there.
    """
    trouble = stopped or (f"of {len(filled.untold)} no versions are shown" if filled.untold else None)
    certificate = Certificate(
        "incomplete" if trouble else "complete",
        f"the past of {counted_noun(filled.trials, 'trial')}{f'; {trouble}' if trouble else ''}",
        fetched=filled.versions,
        distinct_trials=filled.trials,
        new_versions=filled.versions,
        quarantined=len(filled.unreadable),
        requests=requests,
        changes=filled.changes,
    )
    return keep_certificate(con, replace(night, operator=None), certificate)
