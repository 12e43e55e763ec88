"""Former numbers: which trial bears a number now, after mergers, or because a record says that it once bore it.

A number whose own record still answers is nobody's former number, whatever another record says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from connectors.registry import Collected, Merged
from warehouse.keep.certificate import Night
from warehouse.keep.holdings import Held
from warehouse.store.tables import sql


@dataclass(frozen=True, slots=True)
class Heir:
    """A trial that we did not hold when another was merged into it: its history is that one's."""

    trial_id: str
    forerunner: str


def heirs(collected: Collected, held: Mapping[str, Held]) -> dict[str, Heir]:
    """The trials not held so far into which tonight, or while they could not be read, held ones were merged.

    Of several that were merged into one it goes on from the one last posted, the first by number among equals.
    """
    merged = {trial_id: state.merged_into for trial_id, state in held.items() if state.merged_into}
    merged |= {
        trial_id: fate.survivor
        for trial_id, fate in collected.fates.items()
        if isinstance(fate, Merged) and trial_id in held
    }
    forerunners: dict[str, list[str]] = {}
    for trial_id, survivor in sorted(merged.items()):
        if survivor and survivor not in held:
            forerunners.setdefault(survivor, []).append(trial_id)
    return {
        survivor: Heir(
            survivor, max(trial_ids, key=lambda trial_id: held[trial_id].last_update_posted_on or date.min)
        )
        for survivor, trial_ids in forerunners.items()
    }


def inherit(con: duckdb.DuckDBPyConnection, heir: Heir, night: Night) -> None:
    """Give an heir its forerunner's versions, known from tonight on; in the transaction, before loading."""
    con.execute(
        sql("keep/inherited"),
        {
            "heir": heir.trial_id,
            "forerunner": heir.forerunner,
            "observed_at": night.now,
            "run_id": night.run_id,
        },
    )


def inherit_lateness(con: duckdb.DuckDBPyConnection, heir: Heir) -> None:
    """Who was overdue under its former number is not newly so."""
    con.execute(
        "UPDATE trial SET overdue_since = (SELECT overdue_since FROM trial WHERE trial_id = ?) WHERE trial_id = ?",
        [heir.forerunner, heir.trial_id],
    )


def bearers(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str]) -> dict[str, str]:
    """For each number that some trial bears, or bore, the trial that bears it now."""
    rows = con.execute(sql("keep/bearers"), [list(trial_ids)]).fetchall()
    return dict(rows)
