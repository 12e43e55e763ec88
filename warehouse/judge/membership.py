"""Who is in a watch tonight, who came and who left, and why. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from connectors.registry import Collected, Fate, Merged, Removed

A_FRESH_POSTING = timedelta(days=7)
"""A new member first posted up to this long before the last complete night's data is ``registered``."""


LEFT = "left the search: no search of the watch returns it any more, though its text is the same"


@dataclass(frozen=True, slots=True)
class Stay:
    """The latest stay of a trial in a watch: which one it is, and whether it goes on."""

    number: int
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Before:
    """The watch as the last complete night left it; ``data_version_on`` is None before the first."""

    stays: Mapping[str, Stay] = field(default_factory=dict)
    kept_by_id: frozenset[str] = frozenset()
    data_version_on: date | None = None
    is_baseline: bool = True


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
    first_posted_on: Mapping[str, date | None],
    restored: Collection[str],
    heirs: Collection[str] = (),
) -> tuple[list[Entry], list[Exit]]:
    """Entries and exits of one complete night.

    ``follow`` are the trials that the watch names, with the reason; ``changed`` those in a new state; ``readable``
    those whose record could be read, for a trial whose very first record is unreadable cannot be a member yet;
    ``restored`` those that had been removed; ``heirs`` those that only have another number.
    """
    survivors = {fate.survivor: number for number, fate in collected.fates.items() if isinstance(fate, Merged)}
    reasons: dict[str, str] = {}
    for number in collected.by_id:
        if number in follow:
            reasons[number] = follow[number]
        elif survivors.get(number) in follow:
            reasons[number] = f"{follow[survivors[number]]}, as {survivors[number]}"
        elif number in survivors:
            reasons[number] = f"{survivors[number]} was merged into it"
        elif number in before.kept_by_id:
            reasons[number] = "a trial of the watch was merged into it"
    for number, searches in collected.found_by.items():
        reasons[number] = f"found by search: {searches[0]}"
    entries = [
        _entry(before, number, why, None if number in heirs else first_posted_on.get(number), number in restored)
        for number, why in sorted(reasons.items())
        if number in readable and not _is_in(before, number)
    ]
    # A search may have returned a record that does not give its number: it is there, and perhaps still found.
    nameless = set(collected.by_id).difference(readable)
    exits = [
        _exit(number, stay.number, collected.fates.get(number), number in changed)
        for number, stay in sorted(before.stays.items())
        if stay.goes_on and number not in reasons and number not in nameless
    ]
    return entries, exits


def unreadable(
    before: Before, collected: Collected, readable: Collection[str], reasons: Mapping[str, str]
) -> dict[str, str]:
    """The members that the registry still shows, though not in a form that can be read, each with the reason.

    ``reasons`` has those of unreadable records that give their number. Whose record does not is known by having
    been asked for by number; and one that was merged into an unreadable record is as unknown.
    """
    survivors = {number: fate.survivor for number, fate in collected.fates.items() if isinstance(fate, Merged)}
    there = {*collected.found_by, *collected.by_id, *reasons}.difference(readable)
    members = (number for number, stay in sorted(before.stays.items()) if stay.goes_on)
    return {
        number: reasons.get(answered, "its record does not give its number")
        for number in members
        if (answered := survivors.get(number, number)) in there
    }


def _is_in(before: Before, number: str) -> bool:
    return number in before.stays and before.stays[number].goes_on


def _entry(before: Before, number: str, why: str, posted_on: date | None, is_restored: bool) -> Entry:
    earlier = before.stays.get(number)
    if before.is_baseline or is_restored:
        kind = None
    elif earlier:
        kind = "reentered_watch"
    elif posted_on and before.data_version_on and posted_on >= before.data_version_on - A_FRESH_POSTING:
        kind = "registered"
    else:
        kind = "discovered"
    return Entry(number, earlier.number + 1 if earlier else 1, why, kind)


def _exit(number: str, stay: int, fate: Fate | None, has_changed: bool) -> Exit:
    if isinstance(fate, Merged):
        return Exit(number, stay, f"merged into {fate.survivor}", None)
    if isinstance(fate, Removed):
        return Exit(number, stay, "removed from the registry", None)
    why = "text changed: since then no search of the watch returns it" if has_changed else LEFT
    return Exit(number, stay, why, "left_watch")
