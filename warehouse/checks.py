"""Is tonight believable? Named checks with their figures; a failed one that blocks refuses the night. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from connectors.registry import Collected

COLLAPSED_BELOW = 0.8
"""Fewer than this share of the members found again, the rest still there by id, is a thin answer …"""
COLLAPSED_FROM = 3
"""… unless it is only one or two that really left."""
MOST_UNREADABLE = 0.8
UNREADABLE_FROM = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of the night, with the figures that answer it."""

    name: str
    passed: bool
    blocking: bool
    figures: dict[str, Any]
    sentence: str


@dataclass(frozen=True, slots=True)
class Tonight:
    """What the checks look at.

    ``in_watch`` trials belong to the watch tonight. Of the ``members`` until now, ``thinned_out`` are no longer
    found by any search although the registry still has them.
    """

    collected: Collected
    fetched_records: int
    unreadable: int
    in_watch: int
    members: int
    thinned_out: int
    same_question: bool
    min_trials: int | None = None
    max_trials: int | None = None
    earlier_data_version: str | None = None
    unheard_of: tuple[str, ...] = ()


def verdict(tonight: Tonight) -> list[Check]:
    """Every check of the night, passed or not; only one that was not passed has a sentence."""
    return [replace(check, sentence="") if check.passed else check for check in _checks(tonight)]


def _checks(night: Tonight) -> Iterator[Check]:
    got = night.collected
    before, after = got.data_version_before, got.data_version_after
    yield Check(
        "data_version",
        before == after,
        True,
        {"before": before, "after": after},
        f"the registry's data moved from {before} to {after} in every one of our passes",
    )
    older = bool(after and night.earlier_data_version and after < night.earlier_data_version)
    yield Check(
        "data_version_order",
        not older,
        True,
        {"tonight": after, "last_complete": night.earlier_data_version},
        f"the registry answered with data of {after}, older than the {night.earlier_data_version} we hold",
    )
    off = [search for search in got.searches if search.declared not in (None, search.distinct)]
    yield Check(
        "totals",
        not off,
        True,
        {
            "declared": sum(search.declared or 0 for search in got.searches),
            "distinct": sum(search.distinct for search in got.searches),
        },
        "; ".join(
            f"the registry declared {search.declared} trials and sent {search.distinct} different ones"
            for search in off
        ),
    )
    duplicates = sum(search.fetched - search.distinct for search in got.searches)
    # Duplicates alone lose nothing: when the distinct trials add up to the total, all of them are here.
    yield Check(
        "duplicates",
        duplicates == 0,
        False,
        {"duplicates": duplicates},
        f"the registry sent {duplicates} records twice",
    )
    share = 1 - night.thinned_out / night.members if night.members else 1.0
    yield Check(
        "collapse",
        night.thinned_out < COLLAPSED_FROM or share >= COLLAPSED_BELOW or not night.same_question,
        True,
        {"members": night.members, "no_longer_found": night.thinned_out},
        f"the searches no longer return {night.thinned_out} of the {night.members} trials of the watch, "
        "though the registry still has them",
    )
    yield Check(
        "unreadable",
        night.unreadable < UNREADABLE_FROM or night.unreadable <= MOST_UNREADABLE * max(night.fetched_records, 1),
        True,
        {"unreadable": night.unreadable, "records": night.fetched_records},
        f"{night.unreadable} of {night.fetched_records} records could not be read",
    )
    found = night.in_watch
    low, high = night.min_trials, night.max_trials
    yield Check(
        "bounds",
        (low is None or found >= low) and (high is None or found <= high),
        True,
        {"trials": found, "min_trials": low, "max_trials": high},
        f"the watch holds {found} trials, outside its bounds of {low or 0} to {high or 'any number'} "
        "(trialwatch.toml)",
    )
    yield Check(
        "followed",
        not night.unheard_of,
        False,
        {"unheard_of": list(night.unheard_of)},
        f"the registry knows no {', '.join(night.unheard_of)}, which the watch follows (trialwatch.toml)",
    )
