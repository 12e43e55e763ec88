"""Every record that is held, read once more by today's code: what is stored is what it says, in every version.

A version is read as of the day on which we first held it. Its number, its record and its instants stay; of the
present ones, what is read otherwise than it was stored is recorded as a change of cause ``normaliser``, which is
told to nobody. Some records at a time, each time in a transaction: what is done stays done, whatever befalls the
next.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import groupby
from operator import attrgetter

import duckdb

from connectors.dates import Span, version_day
from connectors.registry import Progress
from connectors.trial import Flag, Reading, Trial, UnreadableError
from warehouse.judge.changes import overdue
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.judge.relevance import Judgement, judge
from warehouse.judge.rereading import read_otherwise, without_people
from warehouse.keep import labels
from warehouse.keep.again import NO_REGISTRY_DATE, put_flags, staged
from warehouse.keep.certificate import Night
from warehouse.keep.comparison import turns_unseen
from warehouse.keep.holdings import A_BATCH
from warehouse.keep.intake import marking
from warehouse.keep.journal import Changes
from warehouse.store.file import transaction
from warehouse.store.load import Stage, is_more_loaded
from warehouse.store.reread import compared, rewrite, stored
from warehouse.store.tables import listed, sql
from warehouse.words.outcomes import IS_A_NIGHT, IS_COMPLETE

REREAD_STAGE = "reread"


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that was read once, and cannot be read any more: what was read of it stands as it is."""

    trial_id: str
    version_number: int
    reason: str


@dataclass(slots=True)
class Rebuilt:
    """What came of it: how many records of how many trials, how many versions say otherwise now, what changed.

    ``results`` are states of posted results, which are records of their own.
    """

    trials: int = 0
    records: int = 0
    results: int = 0
    restated: int = 0
    changes: int = 0
    unread: list[Unread] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Record:
    """The record of a version, with what is held of its trial."""

    trial_id: str
    version_number: int
    payload: bytes
    observed_at: datetime
    superseded_at: datetime | None
    is_present: bool
    fingerprint: str | None
    loaded_as: str | None
    overdue_since: date | None


@dataclass(frozen=True, slots=True)
class _State:
    """A version as it is read today. Its record is not staged: it stays where it is."""

    trial: Trial
    content_hash: str
    fingerprint: str
    payload: bytes = b""


@dataclass(slots=True)
class _Batch:
    """The present versions of some trials: their records, and what is read of them.

    ``seen_on`` is the day of the last night, which has told what there was to tell.
    """

    seen_on: date
    records: dict[str, _Record] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    flags: dict[str, list[Flag]] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    concepts: dict[str, tuple[Concept, ...]] = field(default_factory=dict)

    def add(self, record: _Record, trial: Trial, flags: list[Flag]) -> None:
        trial_id = record.trial_id
        self.records[trial_id], self.trials[trial_id], self.flags[trial_id] = record, trial, flags
        judgement = self.judgements[trial_id] = judge(trial)
        self.concepts[trial_id] = concepts_of(trial, judgement)


def registries_held(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The registries of which trials are held."""
    return {name for (name,) in con.execute("SELECT DISTINCT registry_name FROM trial").fetchall()}


def rebuild(con: duckdb.DuckDBPyConnection, night: Night, progress: Progress) -> Rebuilt:
    """Read all that is held of the night's registry. Nobody is told, and no run of a watch is noted."""
    done = Rebuilt()
    counted = con.execute(
        "SELECT trial_id, count(*) FROM trial_payload JOIN trial USING (trial_id) WHERE registry_name = ? "
        "GROUP BY trial_id ORDER BY trial_id",
        [night.registry_name],
    ).fetchall()
    in_all = sum(count for _, count in counted)
    for trial_ids in _batches(counted):
        _read_again(con, night, trial_ids, done)
        progress(f"reading {night.registry_name} again", done.records + len(done.unread), in_all)
    return done


def _batches(counted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Trials whose records are read at a time: those of one trial together, however many they are."""
    some: list[str] = []
    records = 0
    for trial_id, count in counted:
        if some and records + count > A_BATCH:
            yield some
            some, records = [], 0
        some.append(trial_id)
        records += count
    if some:
        yield some


def _read_again(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: list[str], done: Rebuilt) -> None:
    data_version_on, seen_on = last_night(con, night)
    batch = _Batch(seen_on)
    with staged(night, REREAD_STAGE) as stage, Changes(night, data_version_on) as changes:
        for records in _records(con, night, trial_ids):
            _stage(night, records, stage, batch, done)
        if stage.count:
            with transaction(con):
                done.restated += _put(con, night, stage, batch, changes)
                changes.write(con)
        done.trials += len(trial_ids)
        done.records += stage.count
        done.changes += len(changes)


def last_night(con: duckdb.DuckDBPyConnection, night: Night) -> tuple[date | None, date]:
    """The day of the data that the registry showed last, of which all is that is read anew; and of that night."""
    row = con.execute(
        f"SELECT data_version_after, started_at::DATE FROM run WHERE registry_name = ? "
        f"AND {IS_COMPLETE} AND {IS_A_NIGHT} ORDER BY rowid DESC LIMIT 1",
        [night.registry_name],
    ).fetchone()
    return (version_day(row[0]), row[1]) if row else (None, night.today)


def _records(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: list[str]) -> Iterator[list[_Record]]:
    """The records of each trial, all of one together."""
    with listed(con, trial_ids, night.work):
        rows = con.execute(sql("keep/records")).fetchall()
    for _, records in groupby((_Record(*row) for row in rows), attrgetter("trial_id")):
        yield list(records)


def _stage(night: Night, records: list[_Record], stage: Stage, batch: _Batch, done: Rebuilt) -> None:
    readings: list[tuple[_Record, Reading]] = []
    for record in records:
        try:
            readings.append((record, _reading(night, record)))
        except UnreadableError as error:
            done.unread.append(Unread(record.trial_id, record.version_number, f"{error.path}: {error}"))
    edited_on = {record.observed_at: reading.trial.last_update_posted_on for record, reading in readings}
    for record, reading in readings:
        trial = reading.trial
        superseded_on = edited_on.get(record.superseded_at) if record.superseded_at else None
        trial.status_turns += turns_unseen(reading, trial.reads_otherwise_from, superseded_on)
        fingerprint = _fingerprint(night, record) if record.is_present else ""
        stage.put(_State(trial, reading.content_hash, fingerprint), record.version_number, NO_REGISTRY_DATE)
        if record.is_present:
            batch.add(record, trial, reading.flags())


def _reading(night: Night, record: _Record) -> Reading:
    reading = night.reader.read(record.payload, record.observed_at.date())
    if reading.trial_id != record.trial_id:
        reason = f"it is read as a record of {reading.trial_id}"
        raise UnreadableError(reason, night.reader.number_at, record.trial_id)
    return reading


def _fingerprint(night: Night, record: _Record) -> str:
    """By what the record is known: as it was, where today's reader knows it by that; it may be of other bytes."""
    if record.fingerprint and record.fingerprint.startswith(f"{night.reader.edition}-"):
        return record.fingerprint
    return marking(night.reader)(record.payload).fingerprint


def _put(con: duckdb.DuckDBPyConnection, night: Night, stage: Stage, batch: _Batch, changes: Changes) -> int:
    """Store what is read otherwise, with all that follows from it; returns how many versions that concerns."""
    with ExitStack() as opened:
        opened.enter_context(stage.as_stage(con))
        differing = opened.enter_context(compared(con))
        before = stored(con, differing.trial_ids, night.work)
        rewrite(con)
    for trial_id, trial in before.items():
        _note(night, batch.records[trial_id], trial, batch.trials[trial_id], changes)
    _settle_lateness(con, night, before, batch)
    _put_flags(con, night, batch)
    _put_labels(con, night, batch, changes)
    return differing.versions


def _note(night: Night, record: _Record, before: Trial, after: Trial, changes: Changes) -> None:
    version = record.version_number
    shown = partial(night.reader.impersonal, record.payload)
    for finding in read_otherwise(before, after, is_more_read=is_more_loaded(record.loaded_as)):
        told = without_people(finding, record.payload, shown, after)
        changes.add(record.trial_id, told, versions=(version, version))


def _settle_lateness(
    con: duckdb.DuckDBPyConnection, night: Night, before: dict[str, Trial], batch: _Batch
) -> None:
    """Who was overdue by the last night, but is read so only now, is not newly so. Others the next night tells."""
    late = [
        trial_id
        for trial_id, trial in before.items()
        if batch.records[trial_id].overdue_since is None
        and _is_late(batch.trials[trial_id], batch.seen_on)
        and not _is_late(trial, batch.seen_on)
    ]
    if late:
        with listed(con, late, night.work):
            con.execute(
                "UPDATE trial SET overdue_since = ? WHERE trial_id IN (FROM listed) AND fate IS NULL",
                [batch.seen_on],
            )


def _is_late(trial: Trial, on: date) -> bool:
    end = trial.expected_end_on
    span = Span(end, end) if end else None
    return overdue(trial.overall_status, span, trial.expected_end_date_type, on) is not None


def _put_flags(con: duckdb.DuckDBPyConnection, night: Night, batch: _Batch) -> None:
    held: dict[str, set[Flag]] = {}
    with listed(con, batch.flags, night.work):
        rows = con.execute("SELECT trial_id, path, value, reason FROM trial_flag WHERE trial_id IN (FROM listed)")
        for trial_id, *flag in rows.fetchall():
            held.setdefault(trial_id, set()).add(Flag(*flag))
    others = {
        trial_id: flags for trial_id, flags in batch.flags.items() if set(flags) != held.get(trial_id, set())
    }
    if others:
        put_flags(con, night, others)


def _put_labels(con: duckdb.DuckDBPyConnection, night: Night, batch: _Batch, changes: Changes) -> None:
    anew = labels.judged_otherwise(con, night, batch.judgements, batch.concepts)
    if anew.judgements:
        labels.remember(con)
        anew.put(con, night, changes)
        labels.note_relevance_changes(con, changes, {})
