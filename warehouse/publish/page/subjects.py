"""What the trials of this page are about, and so by what it groups them: the substances of a watch that is about
substances, the conditions of any other.

Pure. It does not know who asks, nor what a trial is beside its number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.words.vocabulary import SUBSTANCES

NONE_NAMED = "none named"
OTHER_CONDITIONS = "other"
MOST = 12
"""Conditions that a reader takes in; what is left is ``other``."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """``by`` is what they are grouped by, ``names`` the groups in order, ``of`` those of each trial shown."""

    by: str
    names: tuple[str, ...]
    of: dict[str, list[str]]

    @property
    def heading(self) -> str:
        return self.by.capitalize()

    def in_order(self, named: Iterable[str]) -> list[str]:
        """Those names, as they are to stand; what no trial shown is about comes last."""
        place = {name: at for at, name in enumerate(self.names)}
        return sorted(named, key=lambda name: (place.get(name, len(place)), name))


def by_what(trials: int, with_substances: int) -> str:
    """``substance`` where at least half of the trials name one, else ``condition``."""
    return "substance" if 2 * with_substances >= trials else "condition"


def subjects(by: str, rows: Iterable[tuple[str, str, int]]) -> Subjects:
    """From a trial, what it is about and how many are about that.

    Substances stand as the vocabulary has them, conditions by how many trials name them.
    """
    of: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for trial_id, named, trials in rows:
        of.setdefault(trial_id, []).append(named)
        counts[named] = trials
    place = {name: at for at, name in enumerate(SUBSTANCES)} if by == "substance" else {}

    def key(name: str) -> tuple[bool, int, int, str]:
        return name in (NONE_NAMED, OTHER_CONDITIONS), place.get(name, len(place)), -counts[name], name

    names = tuple(sorted(counts, key=key))
    at = {name: where for where, name in enumerate(names)}
    return Subjects(by, names, {trial_id: sorted(named, key=at.__getitem__) for trial_id, named in of.items()})
