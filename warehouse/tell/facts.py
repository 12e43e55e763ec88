"""What the store knows of some trials, as a mail tells it. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import duckdb

from warehouse.judge.trial_facts import as_facts
from warehouse.keep.twins import twins
from warehouse.store.concepts import sure_concepts
from warehouse.store.tables import sql
from warehouse.words.brief import TrialFacts


class KnownFacts(NamedTuple):
    """A trial's facts, its status and its address at the registry."""

    facts: TrialFacts
    overall_status: str | None
    url: str | None


@dataclass
class Facts:
    """What is known of trials, for one round of mails: what all of it is needed for is asked once."""

    con: duckdb.DuckDBPyConnection

    @cached_property
    def _twins(self) -> dict[str, list[str]]:
        return twins(self.con)

    def known(self, trial_ids: Iterable[str]) -> dict[str, KnownFacts]:
        """What is known of each of these trials, by its number."""
        asked = sorted(set(trial_ids))
        concepts = sure_concepts(self.con, "trial_concept", asked)
        rows = self.con.execute(sql("tell/facts"), [asked])
        names = [column[0] for column in rows.description or []]
        found = (dict(zip(names, row, strict=True)) for row in rows.fetchall())
        return {
            row["trial_id"]: KnownFacts(
                as_facts(
                    row | concepts.get(row["trial_id"], {}) | {"twins": self._twins.get(row["trial_id"], [])}
                ),
                row["overall_status"],
                row["url"],
            )
            for row in found
        }
