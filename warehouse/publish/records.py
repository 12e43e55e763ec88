"""The records themselves, of every version that is held, as they may be published: without people.

What may stand in one is its registry's matter: its reader says it (``connectors.trial.Reader.impersonal``). Each
is cleared once, and taken over with last night's file for as long as the program is the same. A registry that
nobody here reads shows none.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.store.literal import literal
from warehouse.store.tables import Lines, sql

log = logging.getLogger("trialwatch")

Clear = Callable[[bytes], bytes | None]
"""A record without people, as JSON; None where even what it is cannot be read."""
A_BATCH = 2_000
"""Records that are in memory at a time."""
KEY = ("trial_id", "version_number", "revision")
COLUMNS = dict(zip((*KEY, "record"), ("VARCHAR", "BIGINT", "BIGINT", "VARCHAR"), strict=True))


@dataclass(frozen=True, slots=True)
class Records:
    """The table of them, in the schema ``kept``. ``lines`` is a file that it may write on the way."""

    clear: Mapping[str, Clear]
    lines: Path
    name: str = "trial_record"
    text: str = sql("publish/kept/trial_record")
    values: Any = None

    def take_over(self, con: duckdb.DuckDBPyConnection, published: Path) -> None:
        """Bring those of a published file of ours into one that begins empty; ``make`` does the rest."""
        con.execute(f"ATTACH {literal(published)} AS before (READ_ONLY)")
        try:
            con.execute(f"CREATE TABLE published.kept.{self.name} AS FROM before.kept.{self.name}")
        finally:
            con.execute("DETACH before")

    def make(self, con: duckdb.DuckDBPyConnection) -> None:
        """Bring the table up to date: rows that are still wanted stay, others go, missing ones are added."""
        con.execute(
            "CREATE TABLE IF NOT EXISTS published.kept.trial_record "
            "(trial_id VARCHAR, version_number BIGINT, revision BIGINT, record JSON)"
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE record_wanted AS {self.text}")
        con.execute(
            "DELETE FROM published.kept.trial_record AS record WHERE NOT EXISTS (FROM record_wanted AS wanted "
            "WHERE wanted.trial_id = record.trial_id AND wanted.version_number = record.version_number "
            "AND wanted.revision = record.revision)"
        )
        con.execute(
            "DELETE FROM record_wanted WHERE registry_name NOT IN (SELECT unnest(?)) OR EXISTS "
            "(FROM published.kept.trial_record AS record WHERE record.trial_id = record_wanted.trial_id "
            "AND record.version_number = record_wanted.version_number)",
            [list(self.clear)],
        )
        for found in self._wanted(con):
            self._put(con, found)
        con.execute("DROP TABLE record_wanted")

    def _wanted(self, con: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
        """The records that are still to be cleared, some at a time."""
        (count,) = con.execute("SELECT count(*) FROM record_wanted").fetchone() or (0,)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE record_batch AS SELECT *, "
            f"(row_number() OVER (ORDER BY trial_id, version_number) - 1) // {A_BATCH} AS batch FROM record_wanted"
        )
        for batch in range(-(-count // A_BATCH)):
            yield con.execute(
                "SELECT registry_name, trial_id, version_number, wanted.revision, encode(payload) "
                "FROM (FROM record_batch WHERE batch = ?) AS wanted "
                "JOIN trial_payload USING (trial_id, version_number)",
                [batch],
            ).fetchall()
        con.execute("DROP TABLE record_batch")

    def _cleared(self, registry_name: str, payload: bytes) -> str | None:
        """A record that cannot be cleared is not shown; it must not keep all the others from being published."""
        try:
            cleared = self.clear[registry_name](payload)
        except Exception:
            log.exception("a record of %s could not be cleared of people and is not shown", registry_name)
            return None
        return cleared.decode("utf-8", "replace") if cleared else None

    def _put(self, con: duckdb.DuckDBPyConnection, found: list[tuple[Any, ...]]) -> None:
        with Lines(self.lines) as lines:
            for registry_name, *key, payload in found:
                record = self._cleared(registry_name, payload)
                lines.add({**dict(zip(KEY, key, strict=True)), "record": record})
            lines.read(
                con,
                COLUMNS,
                "INSERT INTO published.kept.trial_record SELECT * REPLACE (TRY_CAST(record AS JSON) AS record)",
            )
