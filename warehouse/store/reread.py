"""Stored trials made what a stage says of them: versions that are held already, read once more.

Only what differs is written, so that the same reading changes no row. No version's number, record or instant is
touched. The caller holds the transaction, and has the relation ``stage``.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from connectors.trial import Trial
from warehouse.store.load import DETAIL, ENTRIES, TOLD_BY_A_VERSION, contents, restate, table_of
from warehouse.store.tables import columns, listed, sql

PRESENT = "present_stage"
KNOWN_BY = ("url", "fingerprint", "reads_otherwise_from", "loaded_as")


@dataclass(frozen=True, slots=True)
class Differing:
    """What is staged otherwise than it is stored: so many versions, and the trials whose present one differs.

    ``trial_ids`` are those of which a column or a row of contents does.
    """

    versions: int
    trial_ids: tuple[str, ...]


@contextmanager
def compared(con: duckdb.DuckDBPyConnection) -> Iterator[Differing]:
    """What differs, for ``rewrite`` within the block."""
    con.execute(_PRESENT)
    con.execute(_DIFFERING)
    con.execute(sql("store/reread"))
    for table, rows in contents(PRESENT).items():
        con.execute(_differing_rows(table, rows))
    (versions,) = con.execute("SELECT count(*) FROM restated").fetchone() or (0,)
    trial_ids = con.execute(
        "SELECT trial_id FROM reloaded "
        "UNION SELECT trial_id FROM restated JOIN trial USING (trial_id, version_number) ORDER BY trial_id"
    ).fetchall()
    yield Differing(int(versions), tuple(trial_id for (trial_id,) in trial_ids))
    con.execute(f"DROP VIEW {PRESENT}")
    for table in ("differing", "restated", "returned", "reloaded"):
        con.execute(f"DROP TABLE {table}")


_HELD = "held.trial_id = stage.trial.trial_id AND held.version_number = stage.version_number"
_PRESENT = f"CREATE OR REPLACE TEMP VIEW {PRESENT} AS SELECT stage.* FROM stage JOIN trial AS held ON {_HELD}"
_DIFFERING = (
    "CREATE OR REPLACE TEMP TABLE differing AS SELECT held.trial_id, held.version_number, "
    f"held.content_hash AS was, stage.content_hash, stage.trial FROM stage JOIN trial_version AS held ON {_HELD} "
    "WHERE held.content_hash <> stage.content_hash OR "
    + " OR ".join(f"held.{name} IS DISTINCT FROM stage.trial.{name}" for name in TOLD_BY_A_VERSION)
)


def _differing_rows(table: str, rows: str) -> str:
    """The trials whose rows in one table of contents are not those that are staged, or not as often."""
    named = ", ".join(column.name for column in columns(table))
    held = f"SELECT {named} FROM {table} WHERE trial_id IN (SELECT trial.trial_id FROM {PRESENT})"
    return (
        f"INSERT INTO reloaded SELECT DISTINCT trial_id FROM (SELECT trial_id "
        f"FROM (SELECT *, 1 AS balance FROM ({rows}) UNION ALL SELECT *, -1 FROM ({held})) "
        f"GROUP BY {named} HAVING sum(balance) <> 0) WHERE trial_id NOT IN (FROM reloaded)"
    )


def rewrite(con: duckdb.DuckDBPyConnection) -> None:
    """Write what differs: what versions say, what statuses turned, and of the present ones their contents."""
    restate(con, "FROM restated")
    con.execute(
        "DELETE FROM status_turn "
        "WHERE (trial_id, version_number) IN (SELECT (trial_id, version_number) FROM returned)"
    )
    con.execute(
        "INSERT INTO status_turn BY NAME SELECT trial_id, version_number, unnest(turns, recursive := true) "
        "FROM (SELECT trial.trial_id AS trial_id, version_number, trial.status_turns AS turns FROM stage) "
        "SEMI JOIN returned USING (trial_id, version_number)"
    )
    con.execute(_KNOW)
    for table, rows in contents(f"(FROM {PRESENT} WHERE trial.trial_id IN (FROM reloaded))").items():
        con.execute(f"DELETE FROM {table} WHERE trial_id IN (FROM reloaded)")
        con.execute(f"INSERT INTO {table} BY NAME {rows}")


_KNOWN = ", ".join(f"{name} = present.{name}" for name in KNOWN_BY)
_KNOWN_OTHERWISE = " OR ".join(f"trial.{name} IS DISTINCT FROM present.{name}" for name in KNOWN_BY)
_KNOW = (
    f"UPDATE trial SET {_KNOWN} FROM (SELECT trial.trial_id, trial.url, trial.reads_otherwise_from, fingerprint, "
    f"loaded_as FROM {PRESENT}) AS present WHERE present.trial_id = trial.trial_id AND ({_KNOWN_OTHERWISE})"
)


def stored(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str], work: Path) -> dict[str, Trial]:
    """Trials as they are stored: what their present versions say, with the rows of their contents."""
    with listed(con, trial_ids, work):
        said: dict[str, dict[str, Any]] = {row["trial_id"]: row for row in _rows(con, _VERSION)}
        for row in _rows(con, f"FROM {DETAIL} WHERE trial_id IN (FROM listed)"):
            said[row["trial_id"]] |= row
        for entry, lists in ENTRIES.items():
            for row in _rows(con, f"FROM {table_of(lists)} WHERE trial_id IN (FROM listed) ORDER BY position"):
                told = {name: row[name] for name in row if name not in ("item_key", "position", "trial_id")}
                said[row["trial_id"]].setdefault(lists, []).append(entry(**told))
    return {trial_id: Trial(**row) for trial_id, row in said.items()}


_VERSION = (
    f"SELECT trial_id, url, {', '.join(TOLD_BY_A_VERSION)} FROM trial "
    "JOIN trial_version USING (trial_id, version_number) WHERE trial_id IN (FROM listed)"
)


def _rows(con: duckdb.DuckDBPyConnection, question: str) -> Iterator[dict[str, Any]]:
    found = con.execute(question)
    names = [column[0] for column in found.description or []]
    for row in found.fetchall():
        yield dict(zip(names, row, strict=True))
