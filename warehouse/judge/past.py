"""Which versions of a trial's record are missing between those that nights have seen, and before them. Pure.

A night sees the latest version only. So those before the first that it saw, and those that came and went between
two nights, stand in the registry's own list alone. What came after the last one seen is the next night's to find.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.registry import PastVersion
from connectors.trial import Stamp


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version that we hold, by our number, and by what the registry knows it."""

    version_number: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Missing:
    """What is to be asked for, as the registry lists it: versions before the first one that we hold, and others.

    ``first`` is our number of that one. From the last before it to it nobody has told yet what changed.
    """

    before: tuple[PastVersion, ...] = ()
    between: tuple[PastVersion, ...] = ()
    first: int = 0


def missing(listed: Sequence[PastVersion], held: Iterable[HeldVersion]) -> Missing:
    """What is listed and not held. Nothing is missing of a trial that no night has seen."""
    places: dict[float, int] = {}
    last_seen = -1.0
    for each in sorted(held, key=lambda each: each.version_number):
        place = _place(listed, each.stamp)
        places.setdefault(place, each.version_number)
        if each.stamp.number is None:
            last_seen = max(last_seen, place)
    if last_seen < 0:
        return Missing()
    first = min(places)
    absent = [place for place in range(len(listed)) if place < last_seen and place not in places]
    return Missing(
        tuple(listed[place] for place in absent if place < first),
        tuple(listed[place] for place in absent if place > first),
        places[first],
    )


def _place(listed: Sequence[PastVersion], stamp: Stamp) -> float:
    """Where in the list a version stands; between two of them, where it is not listed.

    Of several of one day it is the last that bears its status: a night sees what was posted last.
    """
    if stamp.number is not None:
        return next((place for place, each in enumerate(listed) if each.number == stamp.number), -0.5)
    if stamp.submitted_on is None:
        return len(listed) - 1
    of_that_day = [place for place, each in enumerate(listed) if each.submitted_on == stamp.submitted_on]
    if not of_that_day:
        return sum(each.submitted_on < stamp.submitted_on for each in listed) - 0.5
    return max(of_that_day, key=lambda place: (listed[place].status == stamp.status, place))
