"""Where to die: every boundary, random instants of two kinds, and twice in a row. Pure but for its dice."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Deaths = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of each to try on a scene; ``boundaries`` None: all of them."""

    boundaries: int | None = 0
    calls: int = 0
    clock: int = 0
    twice: int = 0
    prefect: int = 0


COMPLETE = {
    "changes": Share(boundaries=None, calls=100, clock=100, twice=16, prefect=2),
    "first": Share(boundaries=12, calls=12, clock=6),
    "heartbeat": Share(boundaries=6, calls=6, clock=3),
    "refused": Share(boundaries=5, calls=5, clock=2),
}
FEWER = {"changes": Share(boundaries=5, calls=3, clock=1, twice=1)}
"""For the test suite."""
SOME = {
    "first": Share(boundaries=2, calls=2),
    "heartbeat": Share(boundaries=2, clock=1),
    "refused": Share(boundaries=1, calls=1),
}
"""For the tests that are too slow for it."""


def deaths(
    share: Share, dice: random.Random, *, acts: list[tuple[str, bool]], calls: int, seconds: float
) -> Iterator[Deaths]:
    """The deaths of every ordeal, each a tuple: the first night's, then those of the nights that mend it."""
    steps = boundaries(acts)
    for act in steps if share.boundaries is None else sorted(dice.sample(steps, share.boundaries)):
        yield ({"at_act": act},)
    for _ in range(share.calls):
        yield ({"at_call": dice.randint(1, calls)},)
    for _ in range(share.clock):
        yield ({"after_s": dice.uniform(0, seconds)},)
    for _ in range(share.prefect):
        yield ({"under_prefect_s": dice.uniform(0, 2 * seconds)},)
    for _ in range(share.twice):
        # What is left to do may be little: the second death comes early enough to find the night alive.
        yield {"at_act": dice.choice(steps)}, {"at_act": dice.randint(1, len(acts) // 3)}


def boundaries(acts: list[tuple[str, bool]]) -> list[int]:
    """Before which acts to die, as numbers from 1: those before which the world is another than it was.

    Of acts at the same place the first and the last: a hundred comments put on a hundred columns are one step.
    Of more than ten, one in the middle is tried too.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, (place, is_another_world) in enumerate(acts, 1):
        if is_another_world:
            places[place].append(number)
    return sorted(
        {each for of in places.values() for each in (of[0], of[len(of) // 2 if len(of) > 10 else 0], of[-1])}
    )
