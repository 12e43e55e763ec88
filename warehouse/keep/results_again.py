"""Posted results that are held, read once more by today's code, every state of them: part of a rebuild.

The rows of the latest state are replaced where they are read otherwise, which is one change of a trial, recorded
and told to nobody. Its values are not given: whole results are megabytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import msgspec

from connectors.results import TABLES, Reader, Reading
from warehouse.judge.alerts import OURSELVES
from warehouse.judge.changes import Finding
from warehouse.judge.rereading import ANEW, LOW
from warehouse.keep.certificate import Night
from warehouse.keep.journal import Changes
from warehouse.keep.rebuild import Rebuilt, Unread, last_night
from warehouse.keep.results import A_BATCH, put_rows
from warehouse.store.file import transaction
from warehouse.store.tables import listed, sql
from warehouse.words.lists import batches

RECORD = "trial_result_record"
VIEWS = {
    RECORD: "trial_result_records",
    "trial_result_outcome": "trial_result_outcomes",
    "trial_result": "trial_results",
    "trial_result_analysis": "trial_result_analyses",
    "trial_adverse_event": "trial_adverse_events",
    "trial_adverse_event_group": "trial_adverse_event_groups",
    "trial_participant_flow": "trial_participant_flow",
    "trial_baseline_measurement": "trial_baseline_measurements",
}
Rows = dict[str, list[dict[str, Any]]]
NONE: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class _Section:
    """A state of a trial's results, and what is held of it."""

    trial_id: str
    results_version_number: int
    payload: str
    content_hash: str
    is_latest: bool
    version_number: int
    edition: int | None


def read_again(con: duckdb.DuckDBPyConnection, night: Night, reader: Reader, done: Rebuilt) -> None:
    """Read all that is held of the night's registry; ``done`` takes what came of it."""
    trial_ids = con.execute(
        "SELECT DISTINCT trial_id FROM trial_result_payload JOIN trial USING (trial_id) WHERE registry_name = ? "
        "ORDER BY trial_id",
        [night.registry_name],
    ).fetchall()
    data_version_on, _ = last_night(con, night)
    for some in batches((trial_id for (trial_id,) in trial_ids), A_BATCH):
        with Changes(night, data_version_on) as changes, transaction(con):
            held = _held(con, night, some)
            for section in _sections(con, night, some):
                _read(con, night, reader, section, held.get(section.trial_id, {}), changes, done)
            changes.write(con)
            done.changes += len(changes)


def _sections(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: Iterable[str]) -> list[_Section]:
    with listed(con, trial_ids, night.work):
        return [_Section(*row) for row in con.execute(sql("keep/result_records")).fetchall()]


def _read(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    reader: Reader,
    section: _Section,
    held: Rows,
    changes: Changes,
    done: Rebuilt,
) -> None:
    try:
        reading = reader.read(section.payload.encode())
    except ValueError as error:
        reason = f"its posted results, state {section.results_version_number}: {error}"
        done.unread.append(Unread(section.trial_id, section.version_number, reason))
        return
    done.results += 1
    if reading.content_hash != section.content_hash:
        con.execute(
            "UPDATE trial_result_version SET content_hash = ? WHERE trial_id = ? AND results_version_number = ?",
            [reading.content_hash, section.trial_id, section.results_version_number],
        )
    if section.is_latest:
        _put(con, night, reader, section, reading, held, changes)


def _put(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    reader: Reader,
    section: _Section,
    reading: Reading,
    held: Rows,
    changes: Changes,
) -> None:
    held, read = dict.fromkeys(VIEWS, NONE) | held, _rows(reading)
    otherwise = [table for table in VIEWS if held[table] != read[table]]
    if otherwise:
        put_rows(con, night, {section.trial_id: reading})
    is_another = section.edition != reader.edition
    learned = {table for table in otherwise if is_another and _only_more(held[table], read[table])}
    if views := [VIEWS[table] for table in otherwise if table not in {RECORD, *learned}]:
        reason = f"{ANEW}: {', '.join(views)}"
        finding = Finding("results_changed", views[0], None, None, OURSELVES, reason, LOW)
        changes.add(section.trial_id, finding, versions=(section.version_number, section.version_number))
    if is_another:
        con.execute(
            "UPDATE trial_result_reading SET edition = ? WHERE trial_id = ?", [reader.edition, section.trial_id]
        )


def _held(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: Iterable[str]) -> dict[str, Rows]:
    """The rows that are stored of each trial's latest results, in their order, by table."""
    found: dict[str, Rows] = {}
    with listed(con, trial_ids, night.work):
        for table in VIEWS:
            in_order = "" if table == RECORD else " ORDER BY position"
            rows = con.execute(f"FROM {table} WHERE trial_id IN (FROM listed){in_order}")
            names = [column[0] for column in rows.description or []]
            for row in rows.fetchall():
                told = dict(zip(names, row, strict=True))
                found.setdefault(told.pop("trial_id"), {}).setdefault(table, []).append(told)
    return found


def _rows(reading: Reading) -> Rows:
    rows = {
        table: [msgspec.structs.asdict(row) for row in getattr(reading.results, name)]
        for name, table in TABLES.items()
    }
    return {RECORD: [{"results": reading.shown.decode("utf-8", "replace")}], **rows}


def _only_more(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether rows tell what they told, and more: what an earlier reader did not look for is no change."""
    return len(before) == len(after) and all(map(_is_part_of, before, after))


def _is_part_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(value is None or value == after[name] for name, value in before.items())
