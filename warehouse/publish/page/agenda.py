"""What trials expect in the months to come, as a reader keeps it in mind: by day, what is due, of whom.

Pure: rows of ``sql/page/coming_up`` in. Page and calendar say the same. A trial whose end and primary end fall on
one day has one entry of that day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warehouse.words.harmless import plain

DAYS = 365
MOST = 500
"""Entries, the next first: a calendar of more is none."""
WORDS = {
    "completion_date_latest": "Completion",
    "primary_completion_date_latest": "Primary completion",
    "lapses_on": "Becomes unknown unless verified",
    "results_due_on": "Results due (estimate)",
}
BOTH = "Completion and primary completion"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One day's entry. ``what`` is for machines and stays; ``written`` is the day as the registry has it."""

    on: date
    what: str
    words: str
    trial_id: str
    title: str
    url: str | None
    written: str
    observed_at: datetime
    """When the state that says so was first seen."""

    @property
    def is_by(self) -> bool:
        """Whether the registry names a month only: the entry stands at its last day."""
        return len(self.written) == len("2027-01")


@dataclass(slots=True)
class Month:
    """A month's entries, in order."""

    first: date
    entries: list[CalendarEntry]


def entries(rows: Iterable[Mapping[str, Any]]) -> list[CalendarEntry]:
    found: dict[tuple[str, date, str], CalendarEntry] = {}
    for row in rows:
        entry = CalendarEntry(
            row["due_on"],
            row["what"],
            WORDS[row["what"]],
            plain(row["trial_id"]),
            plain(row["title"]) or plain(row["trial_id"]),
            row["url"],
            plain(row["written"]),
            row["observed_at"],
        )
        found[entry.trial_id, entry.on, entry.what] = entry
    return [each for each in (_joined(entry, found) for entry in found.values()) if each]


def _joined(entry: CalendarEntry, found: Mapping[tuple[str, date, str], CalendarEntry]) -> CalendarEntry | None:
    end, primary = "completion_date_latest", "primary_completion_date_latest"
    if entry.what == primary and (entry.trial_id, entry.on, end) in found:
        return None
    if entry.what == end and (entry.trial_id, entry.on, primary) in found:
        return CalendarEntry(
            entry.on, end, BOTH, entry.trial_id, entry.title, entry.url, entry.written, entry.observed_at
        )
    return entry


def months(told: Iterable[CalendarEntry]) -> list[Month]:
    """The entries by month, lapses behind what the trials themselves expect; a month without any is not there."""
    by_month: dict[date, Month] = {}
    for entry in told:
        first = entry.on.replace(day=1)
        by_month.setdefault(first, Month(first, [])).entries.append(entry)
    for month in by_month.values():
        month.entries.sort(key=lambda entry: entry.what == "lapses_on")
    return [by_month[first] for first in sorted(by_month)]
