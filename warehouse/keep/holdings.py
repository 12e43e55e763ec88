"""What the store holds when a night begins: the questions that keeping a night asks of it. Nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.judge.membership import Before, Stay
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import LastComplete, Night
from warehouse.store.tables import listed
from warehouse.words.lists import batches

A_BATCH = 2_000
"""Records that are asked for, and in memory, at a time; each time the store's records are looked through."""


@dataclass(frozen=True, slots=True)
class Held:
    """The latest state that we hold of a trial. ``fate`` is removed or merged, once the registry said so."""

    version_number: int
    content_hash: str
    first_posted_on: date | None
    last_update_posted_on: date | None
    overall_status: str | None
    fate: str | None
    merged_into: str | None
    fingerprint: str | None = None
    reads_otherwise_from: date | None = None

    def is_turned_by(self, today: date) -> bool:
        """Whether the calendar alone may have put it into another state since it was read."""
        return self.reads_otherwise_from is not None and self.reads_otherwise_from <= today


@dataclass(frozen=True, slots=True)
class Expected:
    """When a trial is expected to end (``trial_version.expected_end_on``)."""

    trial_id: str
    version_number: int
    overall_status: str | None
    overdue_since: date | None
    written: str | None
    type: str | None
    latest: date | None


def latest(con: duckdb.DuckDBPyConnection, registry_name: str) -> dict[str, Held]:
    """Every trial of a registry. Days and statuses, of which there are few, are in memory once each."""
    asked = con.execute(
        "SELECT trial_id, version_number, content_hash, first_posted_on, last_update_posted_on, overall_status, "
        "fate, merged_into, fingerprint, reads_otherwise_from "
        "FROM trial JOIN trial_version USING (trial_id, version_number) WHERE registry_name = ?",
        [registry_name],
    )
    once: dict[Any, Any] = {}
    held = {}
    while rows := asked.fetchmany(A_BATCH):
        for trial_id, version, content_hash, first, last, status, *rest in rows:
            few = (once.setdefault(each, each) for each in (first, last, status))
            held[trial_id] = Held(version, content_hash, *few, *rest)
    return held


def holds_any(con: duckdb.DuckDBPyConnection, registry_name: str) -> bool:
    """Whether a trial of this registry is held, by whatever watch."""
    return bool(con.execute("SELECT 1 FROM trial WHERE registry_name = ? LIMIT 1", [registry_name]).fetchone())


def present_version(con: duckdb.DuckDBPyConnection, trial_id: str) -> int:
    (version,) = con.execute("SELECT version_number FROM trial WHERE trial_id = ?", [trial_id]).fetchone() or (0,)
    return int(version)


def followed(con: duckdb.DuckDBPyConnection, watch: str, registry_name: str) -> dict[str, date | None]:
    """Every trial of a registry that the watch has ever held, and when it was first posted.

    None is forgotten because a search lost it.
    """
    rows = con.execute(
        "SELECT DISTINCT trial_id, first_posted_on FROM watch_member JOIN trial USING (trial_id) "
        "JOIN trial_version USING (trial_id, version_number) "
        "WHERE watch = ? AND registry_name = ? ORDER BY trial_id",
        [watch, registry_name],
    ).fetchall()
    return dict(rows)


def turned_by_calendar(con: duckdb.DuckDBPyConnection, night: Night) -> set[str]:
    """The trials of the night's registry whose latest record may be read otherwise from today on."""
    due = con.execute(
        "SELECT trial_id FROM trial WHERE registry_name = ? AND reads_otherwise_from <= ? AND fate IS NULL",
        [night.registry_name, night.today],
    ).fetchall()
    return {trial_id for (trial_id,) in due}


@dataclass(frozen=True, slots=True)
class Record:
    """The latest record of a trial."""

    trial_id: str
    version_number: int
    payload: bytes
    reads_otherwise_from: date | None
    observed_on: date

    def read_on(self, today: date) -> date:
        """The day to read it by as it is held: one that the calendar turns, as it was read until now."""
        is_turned = self.reads_otherwise_from is not None and self.reads_otherwise_from <= today
        return self.observed_on if is_turned else today


def latest_records(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str], night: Night) -> Iterator[Record]:
    """Of these trials, some at a time: between two of them the connection may be asked other things.

    Nothing is asked of the records, which are most of the store, where no trial is named.
    """
    for wanted in batches(trial_ids, A_BATCH):
        with listed(con, wanted, night.work):
            rows = con.execute(
                "SELECT trial_id, version_number, encode(payload), reads_otherwise_from, observed_at::DATE "
                "FROM trial_payload JOIN trial USING (trial_id, version_number) "
                "JOIN trial_version USING (trial_id, version_number) WHERE trial_id IN (FROM listed)"
            ).fetchall()
        yield from (Record(*row) for row in rows)


def payloads(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str], work: Path) -> dict[str, bytes]:
    """The latest record of each trial, as it landed."""
    with listed(con, trial_ids, work):
        rows = con.execute(
            "SELECT trial_id, encode(payload) FROM trial_payload JOIN trial USING (trial_id, version_number) "
            "WHERE trial_id IN (FROM listed)"
        ).fetchall()
    return dict(rows)


def documents(con: duckdb.DuckDBPyConnection, registry_name: str, told: Iterable[str]) -> list[tuple[Any, ...]]:
    """The documents of a registry's trials, each trial's in their order: its number and what is told of each."""
    return con.execute(
        f"SELECT trial_id, {', '.join(told)} FROM trial_document "
        "WHERE trial_id IN (SELECT trial_id FROM trial WHERE registry_name = ?) ORDER BY trial_id, position",
        [registry_name],
    ).fetchall()


def before(con: duckdb.DuckDBPyConnection, night: Night, last: LastComplete | None) -> Before:
    """The night's watch as the last complete night left it."""
    stays = con.execute(
        "SELECT trial_id, stay, left_at IS NULL FROM watch_member JOIN trial USING (trial_id) "
        "WHERE watch = ? AND registry_name = ? "
        "QUALIFY row_number() OVER (PARTITION BY trial_id ORDER BY stay DESC) = 1",
        [night.watch.name, night.registry_name],
    ).fetchall()
    survivors = con.execute(
        "SELECT DISTINCT merged_into FROM trial JOIN watch_member USING (trial_id) "
        "WHERE fate = 'merged' AND watch = ?",
        [night.watch.name],
    ).fetchall()
    once: dict[Stay, Stay] = {}  # few differ, of many
    return Before(
        {trial_id: once.setdefault(stay := Stay(*rest), stay) for trial_id, *rest in stays},
        frozenset(row[0] for row in survivors),
        last.data_on if last else None,
        is_baseline=last is None,
    )


def members_of(con: duckdb.DuckDBPyConnection, watch: Watch, registry_names: Iterable[str]) -> int:
    """How many trials the watch holds of these registries."""
    (count,) = con.execute(
        "SELECT count(DISTINCT trial_id) FROM watch_member JOIN trial USING (trial_id) "
        "WHERE watch = ? AND left_at IS NULL AND list_contains(?::VARCHAR[], registry_name)",
        [watch.name, list(registry_names)],
    ).fetchone() or (0,)
    return int(count)


def substances(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The substance labels of every trial that has any."""
    rows = con.execute(
        "SELECT trial_id, list(DISTINCT substance) FROM trial_substance GROUP BY trial_id"
    ).fetchall()
    return {trial_id: set(labels) for trial_id, labels in rows}


def relevant(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The trials that are, or ever were, relevant members, by watch: what left is still ours to tell of."""
    rows = con.execute(
        "SELECT watch, list(DISTINCT trial_id) FROM watch_member WHERE is_relevant GROUP BY watch"
    ).fetchall()
    return {watch: set(trial_ids) for watch, trial_ids in rows}


def perhaps_late(
    con: duckdb.DuckDBPyConnection, watch: str, registry_name: str, today: date
) -> Iterator[Expected]:
    """Present members of a watch of which lateness may begin or end today, of the one registry that was read.

    Those whose end is to come, and who are not noted as late, are left out: they are nearly all.
    """
    asked = con.execute(
        """
        SELECT
            trial_id,
            version_number,
            overall_status,
            overdue_since,
            expected_end_date,
            expected_end_date_type,
            expected_end_on
        FROM trial
        JOIN trial_version USING (trial_id, version_number)
        WHERE fate IS NULL
            AND registry_name = ?
            AND (
                overdue_since IS NOT NULL
                OR (expected_end_on < ? AND expected_end_date_type IS DISTINCT FROM 'ACTUAL')
            )
            AND trial_id IN (SELECT trial_id FROM watch_member WHERE watch = ? AND left_at IS NULL)
        """,
        [registry_name, today, watch],
    )
    while rows := asked.fetchmany(A_BATCH):
        yield from (Expected(*row) for row in rows)


def has_been_complete(con: duckdb.DuckDBPyConnection, watch: str) -> bool:
    """Whether the watch has had a complete night on any registry."""
    return bool(
        con.execute("SELECT 1 FROM run WHERE watch = ? AND outcome = 'complete' LIMIT 1", [watch]).fetchone()
    )
