"""Posted results into the store: which are to be read tonight, and what was read, all of it in one transaction.

They are read by number after a night is kept, because they are too large for the nightly search. What comes of it
is no part of the night: one that could not be read is owed to the next, and what is held of it stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import msgspec

from connectors.results import TABLES, Reader, Reading
from warehouse.judge import results as judge
from warehouse.judge import trouble
from warehouse.keep import operator_mail
from warehouse.keep.certificate import Night
from warehouse.keep.journal import Journal
from warehouse.store.file import transaction
from warehouse.store.tables import insert, listed, sql
from warehouse.words.lists import batches

READ_RESULTS_AGAIN_AFTER = timedelta(days=7)
"""From then on results are read once more, though nothing says that they have changed."""
MOST_A_NIGHT = 300
"""Trials asked for in one night: five minutes at a request a second."""
LASTING = 3
"""Nights in a row without a trial's results from which on the operator hears of it."""
A_BATCH = 100
"""Trials whose results are in memory at once while they are read anew."""


def owed(con: duckdb.DuckDBPyConnection, night: Night, *, corrections: bool) -> list[str]:
    """The trials to ask for tonight. ``corrections``: also those read long ago whose record has not changed."""
    asked = {
        "registry_name": night.registry_name,
        "corrections": corrections,
        "read_before": night.now - READ_RESULTS_AGAIN_AFTER,
        "now": night.now,
        "most": MOST_A_NIGHT,
    }
    return [trial_id for (trial_id,) in con.execute(sql("keep/results_owed"), asked).fetchall()]


@dataclass(slots=True)
class Answered:
    """What asking for some trials' results brought: sections as sent, and why others could not be had."""

    sections: dict[str, bytes] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptResults:
    """What came of a night's results: how many were read, how many of these had changed, which were not read."""

    read: int
    changed: int
    failed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held of a trial whose results were asked for; ``_then``: as it was with their last reading."""

    version_now: int
    posted_now: date | None
    results_version_number: int | None
    content_hash: str | None
    read_at: datetime | None
    version_then: int | None
    posted_then: date | None
    edition: int | None
    failures: int


def keep(
    con: duckdb.DuckDBPyConnection, night: Night, reader: Reader, answered: Answered, data_version_on: date | None
) -> KeptResults:
    """Keep what was read, with the changes that it tells and what falls due because of them."""
    readings, failed = _readings(reader, answered)
    held = _held(con, night, [*readings, *failed])
    others: dict[str, Reading] = {}
    with Journal(con, night, data_version_on) as journal:
        for trial_id, reading in readings.items():
            known = held[trial_id]
            if known.content_hash == reading.content_hash:
                continue
            # the first reading is no change: the record tells that they were posted
            if known.content_hash is not None:
                before = _latest(con, reader, trial_id, known)
                if before.content_hash == reading.content_hash:
                    continue  # it was another reader that read them
                finding = judge.difference(before, reading, _cause(known))
                versions = (known.version_then, known.version_now)
                journal.add(trial_id, finding, versions=versions, posted_on=known.posted_now)
            others[trial_id] = reading
        with transaction(con):
            _put_versions(con, night, held, others, answered.sections)
            put_rows(con, night, others)
            _note_readings(con, night, reader, held, readings, failed)
            journal.put()
            _tell_the_operator(con, night, held, failed)
    return KeptResults(len(readings), len(journal), failed)


def _readings(reader: Reader, answered: Answered) -> tuple[dict[str, Reading], dict[str, str]]:
    readings, failed = {}, dict(answered.failed)
    for trial_id, section in answered.sections.items():
        try:
            readings[trial_id] = reader.read(section)
        except ValueError as error:
            failed[trial_id] = f"its results cannot be read: {error}"
    return readings, failed


def _held(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: Iterable[str]) -> dict[str, _Held]:
    with listed(con, trial_ids, night.work):
        rows = con.execute(sql("keep/results_held")).fetchall()
    return {trial_id: _Held(*facts) for trial_id, *facts in rows}


def _latest(con: duckdb.DuckDBPyConnection, reader: Reader, trial_id: str, known: _Held) -> Reading:
    (payload,) = con.execute(
        "SELECT payload FROM trial_result_payload WHERE trial_id = ? AND results_version_number = ?",
        [trial_id, known.results_version_number],
    ).fetchall()[0]
    return reader.read(payload.encode())


def _cause(known: _Held) -> str:
    return "registry" if known.posted_then == known.posted_now else "sponsor"


def _put_versions(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    held: Mapping[str, _Held],
    others: Mapping[str, Reading],
    sections: Mapping[str, bytes],
) -> None:
    with listed(con, others, night.work):
        con.execute(
            "UPDATE trial_result_version SET superseded_at = ? "
            "WHERE superseded_at IS NULL AND trial_id IN (FROM listed)",
            [night.now],
        )
    number = {trial_id: (held[trial_id].results_version_number or 0) + 1 for trial_id in others}
    versions = (
        {
            "trial_id": trial_id,
            "results_version_number": number[trial_id],
            "observed_at": night.now,
            "content_hash": reading.content_hash,
            "run_id": night.run_id,
        }
        for trial_id, reading in others.items()
    )
    payloads = (
        {
            "trial_id": trial_id,
            "results_version_number": number[trial_id],
            "payload": sections[trial_id].decode("utf-8", "replace"),
        }
        for trial_id in others
    )
    insert(con, "trial_result_version", versions, night.work)
    insert(con, "trial_result_payload", payloads, night.work)


def put_rows(con: duckdb.DuckDBPyConnection, night: Night, readings: Mapping[str, Reading]) -> None:
    """Replace the rows of these trials' results, and the record of all of them."""
    if not readings:
        return
    with listed(con, readings, night.work):
        con.execute("DELETE FROM trial_result_record WHERE trial_id IN (FROM listed)")
    records = (
        {"trial_id": trial_id, "results": reading.shown.decode("utf-8", "replace")}
        for trial_id, reading in readings.items()
    )
    insert(con, "trial_result_record", records, night.work)
    for name, table in TABLES.items():
        with listed(con, readings, night.work):
            con.execute(f"DELETE FROM {table} WHERE trial_id IN (FROM listed)")
        rows = (
            {"trial_id": trial_id, **msgspec.structs.asdict(row)}
            for trial_id, reading in readings.items()
            for row in getattr(reading.results, name)
        )
        insert(con, table, rows, night.work)


def _note_readings(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    reader: Reader,
    held: Mapping[str, _Held],
    readings: Mapping[str, Reading],
    failed: Mapping[str, str],
) -> None:
    with listed(con, held, night.work):
        con.execute("DELETE FROM trial_result_reading WHERE trial_id IN (FROM listed)")
    insert(
        con,
        "trial_result_reading",
        (
            {"trial_id": trial_id, "asked_at": night.now}
            | (_as_read(night, reader, known) if trial_id in readings else _as_failed(known, failed[trial_id]))
            for trial_id, known in held.items()
        ),
        night.work,
    )


def _as_read(night: Night, reader: Reader, known: _Held) -> dict[str, Any]:
    return {
        "read_at": night.now,
        "version_number": known.version_now,
        "posted_on": known.posted_now,
        "edition": reader.edition,
        "failures": 0,
    }


def _as_failed(known: _Held, why: str) -> dict[str, Any]:
    return {
        "read_at": known.read_at,
        "version_number": known.version_then,
        "posted_on": known.posted_then,
        "edition": known.edition,
        "failures": known.failures + 1,
        "last_error": why,
    }


def _tell_the_operator(
    con: duckdb.DuckDBPyConnection, night: Night, held: Mapping[str, _Held], failed: Mapping[str, str]
) -> None:
    """Tell of results that could not be read in so many nights in a row, and again every third night."""
    lasting = {trial_id: why for trial_id, why in failed.items() if held[trial_id].failures + 1 >= LASTING}
    if night.operator is None or not lasting:
        return
    if not operator_mail.told_lately(con, trouble.results_subject(night.registry_name), night.now):
        told = trouble.of_results(night.registry_name, lasting)
        operator_mail.put(con, told, operator=night.operator, run_id=night.run_id, now=night.now)


def read_anew(con: duckdb.DuckDBPyConnection, night: Night, reader: Reader) -> int:
    """Make the rows anew of results that another edition of our reader read; no change, and nobody's news.

    Returns of how many trials. They are read from what is held, some at a time, each time in a transaction.
    """
    rows = con.execute(
        "SELECT trial_id FROM trial_result_reading JOIN trial USING (trial_id) "
        "WHERE edition <> ? AND registry_name = ? ORDER BY trial_id",
        [reader.edition, night.registry_name],
    ).fetchall()
    for some in batches((trial_id for (trial_id,) in rows), A_BATCH):
        readings = dict(_held_readings(con, night, reader, some))
        with transaction(con):
            put_rows(con, night, readings)
            for trial_id, reading in readings.items():
                con.execute(
                    "UPDATE trial_result_version SET content_hash = ? "
                    "WHERE trial_id = ? AND superseded_at IS NULL",
                    [reading.content_hash, trial_id],
                )
                con.execute(
                    "UPDATE trial_result_reading SET edition = ? WHERE trial_id = ?", [reader.edition, trial_id]
                )
    return len(rows)


def _held_readings(
    con: duckdb.DuckDBPyConnection, night: Night, reader: Reader, trial_ids: Iterable[str]
) -> Iterator[tuple[str, Reading]]:
    with listed(con, trial_ids, night.work):
        rows = con.execute(
            "SELECT trial_id, payload FROM trial_result_payload "
            "JOIN trial_result_version USING (trial_id, results_version_number) "
            "WHERE superseded_at IS NULL AND trial_id IN (FROM listed)"
        ).fetchall()
    for trial_id, payload in rows:
        yield trial_id, reader.read(payload.encode())
