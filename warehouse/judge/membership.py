"""Who is in a watch tonight, who came and who left, and why. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import chain

from connectors.registry import Collected, Fate, Merged, Removed
from warehouse.judge.parts import PostedOn
from warehouse.words.reasons import FOUND_BY, LEFT_THE_SEARCH

A_FRESH_POSTING = timedelta(days=7)
"""A new member first posted up to this long before the last complete night's data is ``registered``."""


LEFT = f"{LEFT_THE_SEARCH}no search of the watch returns it any more, though its text is the same"


@dataclass(frozen=True, slots=True)
class Stay:
    """The latest stay of a trial in a watch: which one it is, and whether it goes on."""

    number: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Before:
    """The watch as the last complete night left it; ``data_version_on`` is None before the first.

    ``unasked`` are members that tonight's question does not reach: that they are not shown says nothing of them.
    """

    stays: Mapping[str, Stay] = field(default_factory=dict)
    kept_by_id: frozenset[str] = frozenset()
    data_version_on: date | None = None
    is_baseline: bool = True
    unasked: frozenset[str] = frozenset()

    def goes_on(self, trial_id: str) -> bool:
        return trial_id in self.stays and self.stays[trial_id].goes_on

    def members(self) -> frozenset[str]:
        return frozenset(filter(self.goes_on, self.stays))


@dataclass(frozen=True, slots=True)
class Entry:
    """A trial that comes in. ``kind`` is the change to tell, None when it is told otherwise or not at all."""

    trial_id: str
    stay: int
    why: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Exit:
    """A trial that goes. ``kind`` as in ``Entry``."""

    trial_id: str
    stay: int
    why: str
    kind: str | None


def moves(
    before: Before,
    collected: Collected,
    *,
    follow: Mapping[str, str],
    changed: Collection[str],
    readable: Collection[str],
    first_posted_on: PostedOn,
    restored: Collection[str],
    heirs: Collection[str] = (),
) -> tuple[list[Entry], list[Exit]]:
    """Entries and exits of one complete night.

    ``follow`` are the trials that the watch names, with the reason; ``changed`` those in a new state; ``readable``
    those whose record could be read, for a trial whose very first record is unreadable cannot be a member yet;
    ``restored`` those that had been removed; ``heirs`` those that only have another number.
    """
    survivors = {fate.survivor: trial_id for trial_id, fate in collected.fates.items() if isinstance(fate, Merged)}
    reasons: dict[str, str] = {}
    for trial_id in collected.by_id:
        if trial_id in follow:
            reasons[trial_id] = follow[trial_id]
        elif survivors.get(trial_id) in follow:
            reasons[trial_id] = f"{follow[survivors[trial_id]]}, as {survivors[trial_id]}"
        elif trial_id in survivors:
            reasons[trial_id] = f"{survivors[trial_id]} was merged into it"
        elif trial_id in before.kept_by_id:
            reasons[trial_id] = "a trial of the watch was merged into it"
    found_by = collected.found_by
    unlisted = (trial_id for trial_id in reasons if trial_id not in found_by)
    entering = [each for each in chain(found_by, unlisted) if each in readable and not before.goes_on(each)]
    entries = [
        _entry(
            before,
            trial_id,
            # A search that returns a trial is the best reason for it, whatever else holds.
            _found(found_by[trial_id][0]) if trial_id in found_by else reasons[trial_id],
            # A new number of a trial that we know is no new registration.
            None if trial_id in heirs else first_posted_on(trial_id),
            trial_id in restored,
        )
        for trial_id in sorted(entering)
    ]
    # A search may have returned a record that does not give its number: it is there, and perhaps still found.
    nameless = set(collected.by_id).difference(readable)
    excused = nameless | before.unasked.difference(collected.fates)
    exits = [
        _exit(trial_id, before.stays[trial_id].number, collected.fates.get(trial_id), trial_id in changed)
        for trial_id in sorted(before.members())
        if trial_id not in found_by and trial_id not in reasons and trial_id not in excused
    ]
    return entries, exits


@cache
def _found(search: str) -> str:
    """The same of each of a search's trials, and in memory once."""
    return f"{FOUND_BY}{search}"


def unreadable(
    before: Before, collected: Collected, readable: Collection[str], reasons: Mapping[str, str]
) -> dict[str, str]:
    """The members that the registry still shows, though not in a form that can be read, each with the reason.

    ``reasons`` has those of unreadable records that give their number. Whose record does not is known by having
    been asked for by number; and one that was merged into an unreadable record is as unknown.
    """
    survivors = {trial_id: fate.survivor for trial_id, fate in collected.fates.items() if isinstance(fate, Merged)}
    there = {*collected.found_by, *collected.by_id, *reasons}.difference(readable)
    return {
        trial_id: reasons.get(answered, "its record does not give its number")
        for trial_id in sorted(before.members())
        if (answered := survivors.get(trial_id, trial_id)) in there
    }


def _entry(before: Before, trial_id: str, why: str, posted_on: date | None, is_restored: bool) -> Entry:
    earlier = before.stays.get(trial_id)
    if before.is_baseline or is_restored:
        kind = None
    elif earlier:
        kind = "reentered_watch"
    elif posted_on and before.data_version_on and posted_on >= before.data_version_on - A_FRESH_POSTING:
        kind = "registered"
    else:
        kind = "discovered"
    return Entry(trial_id, earlier.number + 1 if earlier else 1, why, kind)


def _exit(trial_id: str, stay: int, fate: Fate | None, has_changed: bool) -> Exit:
    if isinstance(fate, Merged):
        return Exit(trial_id, stay, f"merged into {fate.survivor}", None)
    if isinstance(fate, Removed):
        return Exit(trial_id, stay, "removed from the registry", None)
    why = "text changed: since then no search of the watch returns it" if has_changed else LEFT
    return Exit(trial_id, stay, why, "left_watch")
