"""Which parts of a registry are asked for tonight, where a watch is of everything. Pure.

To ask for half a million records every night would be a burden on the registry, and most of them never change.
What was updated is asked for every night; the rest in turn, so that all of it has been read within a week.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from connectors.registry import Part

A_SMALL_REGISTRY = 20_000
"""Up to so many trials everything is asked for every night: twenty pages."""
OVERLAP = timedelta(days=7)
"""How long before the last complete night's data an update still counts as since then."""
NIGHTS_A_WEEK = 5
"""On which a registry has new data; in the others nothing is asked for."""
OLDEST = timedelta(days=6)
"""A part that was read so long ago is due: the next night may be tomorrow's."""

NEVER = timedelta(days=100_000)
PostedOn = Callable[[str], date | None]
"""When the registry first posted a trial."""


def due(parts: Sequence[Part], read_at: Mapping[str, datetime], now: datetime) -> tuple[Part, ...]:
    """The parts to ask for tonight, in their order: those read longest ago, a fifth at least.

    ``read_at`` says when each was last read whole; who is not in it never was.
    """
    age = {part: now - read_at.get(part.name, now - NEVER) for part in parts}
    longest_ago = sorted(parts, key=lambda part: age[part], reverse=True)
    late = sum(each >= OLDEST for each in age.values())
    chosen = longest_ago[: max(late, math.ceil(len(parts) / NIGHTS_A_WEEK))]
    return tuple(part for part in parts if part in chosen)


def unreached(trial_ids: Iterable[str], asked: Sequence[Part] | None, first_posted_on: PostedOn) -> frozenset[str]:
    """The trials that are in none of the parts that were asked for; nobody, where all was."""
    if asked is None:
        return frozenset()
    return frozenset(each for each in trial_ids if not is_in(asked, first_posted_on(each)))


def is_in(parts: Iterable[Part], posted_on: date | None) -> bool:
    """Whether a trial is in one of these parts. Without a date it is in none."""
    return posted_on is not None and any(part.holds(posted_on) for part in parts)
