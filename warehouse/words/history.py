"""A trial's history: the versions we hold and what changed, merged into one sequence as time went.

Pure. A change stands with the version that brought it; what the calendar, our watch or a number's fate did stands
by itself. It does not know who reads it, the page or a terminal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(slots=True)
class Moment:
    """One day's entry: a version with what it changed, or changes without one. ``on`` is an ISO day."""

    on: str
    version: Row | None = None
    changes: list[Row] = field(default_factory=list)


def moments(versions: Iterable[Row], changes: Iterable[Row]) -> list[Moment]:
    """The history, oldest first, from rows of ``trial_versions`` and ``changes``; dates may be dates or ISO text.

    A version's day is the registry's, where it gave one, or the one on which the calendar turned its status; any
    other entry's is the day on which we saw it.
    """
    told: list[tuple[tuple[str, str, int], Moment]] = []
    by_version: dict[int, Moment] = {}
    for version in versions:
        version_number = version["version_number"]
        on = _day(_holds_from(version) or version["observed_at"])
        by_version[version_number] = Moment(on, version)
        told.append(((on, str(version["observed_at"]), version_number), by_version[version_number]))
    apart: dict[str, Moment] = {}
    for change in changes:
        moment = by_version.get(change["to_version"]) if _came_with_a_version(change) else None
        if moment is None:
            seen = str(change["observed_at"])
            moment = apart.get(seen)
            if moment is None:
                moment = apart[seen] = Moment(_day(seen))
                told.append(((moment.on, seen, 0), moment))
        moment.changes.append(change)
    return [moment for _, moment in sorted(told, key=lambda each: each[0])]


def _holds_from(version: Row) -> Any:
    by_calendar = version["valid_from_basis"] == "calendar"
    return version["valid_from_on"] if by_calendar else version["registry_date"]


def _came_with_a_version(change: Row) -> bool:
    return change["to_version"] is not None and change["from_version"] != change["to_version"]


def _day(value: Any) -> str:
    return str(value)[:10]
