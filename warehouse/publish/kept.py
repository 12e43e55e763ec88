"""The tables of the schema ``kept``, which the views ask: copied from the store, or gathered from what is there.

What is costly to gather is gathered here once, at publication, so that a question of 600,000 trials is a scan.
They are made in a database attached as ``published``, each by one statement; by it, and by what it reads, it is
known whether the table of last night is tonight's (``marks``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from connectors.numbers import WRITTEN
from connectors.statuses import status_rows
from warehouse.judge.twins import Matched
from warehouse.keep.twins import all_matched
from warehouse.publish.marks import published_columns
from warehouse.publish.records import Records
from warehouse.store.tables import PUBLIC_TABLES, sql
from warehouse.words.vocabulary import rows

GATHERED = ("trial_version", "status_stay", "fate", "trial_now", "concept_list", "results_due")
"""Tables gathered for the views, each by its statement in ``sql/kept``, after the stored ones are copied."""
STUDIES = {"study_id": "VARCHAR", "trial_ids": "VARCHAR[]", "matched_by": "VARCHAR"}
DOUBTS = dict.fromkeys(("trial_id", "other_id", "matched_by", "doubt", "settled_by"), "VARCHAR")
MATCHED = {"study": ("studies", STUDIES), "doubtful_tie": ("doubts", DOUBTS)}
"""Tables of which Python tells the rows: which of what is matched, and their columns."""
NO_RECORDS = Records({}, Path())
NUMBERS = {"place": "BIGINT", "participants": "BIGINT"}


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table of the schema ``kept``: the statement that makes it, and the values bound in it.

    ``matching`` is there for the tables of ``MATCHED``: Python tells their rows; the statement, of their
    links, is for their mark.
    """

    name: str
    text: str
    values: Any = None
    matching: "Matching | None" = None

    def make(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make it, in the place of one that is there."""
        table = self
        if self.matching:
            which, columns = MATCHED[self.name]
            rows = getattr(self.matching.found(con), which)
            table = _small(self.name, columns, [{name: getattr(each, name) for name in columns} for each in rows])
        con.execute(f"CREATE OR REPLACE TABLE published.kept.{table.name} AS {table.text}", table.values)


class Matching:
    """What is matched, for one publication: two tables tell it, and it takes seconds where a registry is whole."""

    def __init__(self) -> None:
        self._found: Matched | None = None

    def found(self, con: duckdb.DuckDBPyConnection) -> Matched:
        self._found = self._found or all_matched(con)
        return self._found


def kept_tables(facts: Mapping[str, Any], records: Records = NO_RECORDS) -> Iterator[KeptTable | Records]:
    """All of them but the dictionary, each after those that it reads. ``facts`` are those of ``freshness.sql``."""
    yield KeptTable("freshness", sql("publish/kept/freshness"), dict(facts))
    yield _small("status_group", dict.fromkeys(("status", "status_group"), "VARCHAR"), status_rows())
    for table in PUBLIC_TABLES:
        if table not in GATHERED:
            columns = ", ".join(column.name for column in published_columns(table))
            yield KeptTable(table, f"SELECT {columns} FROM {table}")
    for name in GATHERED:
        yield KeptTable(name, sql(f"publish/kept/{name}"))
    review = rows("review_2018.csv")
    yield _small("review_2018", {name: NUMBERS.get(name, "VARCHAR") for name in review[0]}, review)
    known = rows("registries.csv")
    yield _small("registry_terms", dict.fromkeys(known[0], "VARCHAR"), known)
    matching = Matching()
    for name in MATCHED:
        yield KeptTable(name, sql("keep/study_link"), {"written": WRITTEN}, matching)
    yield records


def _small(name: str, columns: Mapping[str, str], found: list[dict[str, Any]]) -> KeptTable:
    """A small table of our own; an empty text is NULL. All its rows are one value: each value bound costs time."""
    told = msgspec.json.encode([{column: row[column] or None for column in columns} for row in found]).decode()
    shape = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    return KeptTable(name, f"SELECT unnest(?::JSON::STRUCT({shape})[], max_depth := 2)", [told])
