"""A night's changes, gathered as they are found and written together with what falls due because of them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Self

import duckdb

from warehouse.judge import alerts
from warehouse.judge.changes import Finding, registry_date
from warehouse.judge.endings import TOLD_ALREADY
from warehouse.keep import holdings, twins
from warehouse.keep.certificate import Night
from warehouse.keep.former import Heir
from warehouse.store.tables import Lines, insert, insert_lines


class Changes:
    """Changes of trials, on their way into the store: as they stand here they are due to nobody.

    Until they are written they wait in a file, for their values may be long texts; it is gone when the ``with``
    block ends.
    """

    def __init__(self, night: Night, data_version_on: date | None, source: str = "nightly") -> None:
        self._night = night
        self._source = source
        self.data_version_on = data_version_on
        self._lines = Lines(night.work / "change.ndjson")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.remove()

    def __len__(self) -> int:
        return self._lines.count

    def add(
        self,
        trial_id: str,
        finding: Finding,
        *,
        versions: tuple[int | None, int | None] = (None, None),
        posted_on: date | None = None,
        watch: str | None = None,
        watches: frozenset[str] | None = None,
        dated: tuple[date | None, str] | None = None,
    ) -> None:
        """Note a change. ``posted_on`` is the day on which the state after it was posted.

        ``dated`` is given where the registry's date of it follows from something else, and says from what.

        ``watch`` is given for changes of membership only.

        ``watches`` are those whose readers it concerns, where it does not concern all.
        """
        night = self._night
        on, basis = dated or registry_date(finding.cause, posted_on, self.data_version_on)
        naming: tuple[object, ...] = (night.run_id, trial_id, watch, finding.kind, finding.field, *versions)
        naming += (sorted(watches),) if watches else ()
        change_id = hashlib.blake2b(repr(naming).encode(), digest_size=12).hexdigest()
        self._lines.add(
            {
                "change_id": change_id,
                "trial_id": trial_id,
                "watch": watch,
                "kind": finding.kind,
                "field": finding.field,
                "old_value": finding.old_value,
                "new_value": finding.new_value,
                "cause": finding.cause,
                "materiality": finding.materiality,
                "reason": finding.reason,
                "from_version": versions[0],
                "to_version": versions[1],
                "registry_date": on,
                "registry_date_basis": basis,
                "observed_at": night.now,
                "run_id": night.run_id,
                "source": self._source,
            }
        )
        self._tell(
            alerts.Tellable(change_id, trial_id, finding.kind, finding.materiality, finding.cause, watch, watches)
        )

    def _tell(self, change: alerts.Tellable) -> None:
        """Nobody, as these stand."""

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        """Write them, in the caller's transaction."""
        insert_lines(con, "change", self._lines)


class Journal(Changes):
    """The changes of one night. It is opened before anything is stored, and put once everything is."""

    def __init__(self, con: duckdb.DuckDBPyConnection, night: Night, data_version_on: date | None) -> None:
        super().__init__(night, data_version_on)
        self._con = con
        self._substances_before = holdings.substances(con)
        self._relevant_before = holdings.relevant(con)
        self._tellable: list[alerts.Tellable] = []

    def _tell(self, change: alerts.Tellable) -> None:
        self._tellable.append(change)

    def inherit(self, heir: Heir) -> None:
        """Whoever listened for a trial listens for the one that now bears another number."""
        for members in self._relevant_before.values():
            if heir.forerunner in members:
                members.add(heir.trial_id)
        self._substances_before[heir.trial_id] = set(self._substances_before.get(heir.forerunner, ()))

    def put(self, welcomed: Iterable[alerts.Due] = ()) -> None:
        """Write the changes and everything due because of them, in the caller's transaction.

        What another registry has told of a study already is written and due to nobody.
        """
        night = self._night
        told = twins.told_already(self._con, self._tellable, night.now)
        self.write(self._con)
        due = alerts.due(
            (
                self._as_told(each, *told[each.change_id]) if each.change_id in told else each
                for each in self._tellable
            ),
            night.subscriptions,
            # What was ours until tonight, or bore a label, is told to those who listened for it, this once more.
            relevant=_either(self._relevant_before, holdings.relevant(self._con)),
            substances=_either(self._substances_before, holdings.substances(self._con)),
            now=night.now,
            run_id=night.run_id,
        )
        insert(self._con, "delivery", map(self._delivery, (*due, *welcomed)), night.work)

    def _as_told(
        self, change: alerts.Tellable, heard: Mapping[str, str], untold: frozenset[str]
    ) -> alerts.Tellable:
        """What another registry told is due only in the other watches; where it was told in all, it is low."""
        watches = untold if change.watches is None else change.watches & untold
        if untold:
            return replace(change, watches=watches)
        self._con.execute(
            "UPDATE change SET materiality = $low, reason = $by || reason WHERE change_id = $change_id",
            {
                "low": TOLD_ALREADY,
                "by": f"already told by {', '.join(sorted(set(heard.values())))}; ",
                "change_id": change.change_id,
            },
        )
        return replace(change, watches=watches, materiality=TOLD_ALREADY)

    def _delivery(self, due: alerts.Due) -> dict[str, Any]:
        return {
            "delivery_id": due.delivery_id,
            "subscription": due.subscription.name,
            "watch": due.watch,
            "recipient": due.recipient,
            "topic": "change" if due.change_id else "welcome",
            "change_id": due.change_id,
            "run_id": self._night.run_id,
            "period": due.period,
            "is_arrival": due.is_arrival,
            "due_at": due.due_at,
        }


def _either(before: Mapping[str, set[str]], after: Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {key: before.get(key, set()) | after.get(key, set()) for key in {*before, *after}}
