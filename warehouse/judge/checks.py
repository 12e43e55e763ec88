"""Is tonight believable? Named checks with their figures; a failed one that blocks refuses the night. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from connectors.dates import version_day
from connectors.registry import Collected
from connectors.versions import is_older, moved
from warehouse.words.checks import CHECKS as CHECKS

COLLAPSED_BELOW = 0.8
"""Searches that find fewer than this share of the members, while the rest is there by id, answer too thinly."""
COLLAPSED_FROM = 3
"""From so many missing members on the searches are to blame: one or two may really have left."""
REMOVED_FROM = 10
"""From so many members on that are gone by number too, with as few left as in a thin answer, the registry's index
is taken to be rebuilt, until a person says otherwise."""
MOST_UNREADABLE = 0.8
UNREADABLE_FROM = 10
"""From so many unreadable records on, more than that share of all records refuses the night. Most are strangers,
whom nobody waits for."""
UNREADABLE_MEMBERS_FROM = 2
ONE_MEMBER_IN = 10
"""From so many unreadable members on, such a share of the members refuses the night: nobody would hear what they
did."""
MEMBERS_NAMED = 5
MOST_DUPLICATES = 0.1
DUPLICATES_FROM = 10
MOST_CHANGED = 0.8
"""Of the members, changed in one night though nothing new was posted of them: one in a thousand is usual (9 of
4,827 in 2026), and when the registry rewords its MeSH terms once a year, nearly all of them."""
CHANGED_FROM = 50
A_REFRESH = timedelta(days=4)
"""The longest time between two data versions, over a weekend and a holiday."""
STAMPED_FROM = 20


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's word that a check may fail this once: which one, why, and whose word it is."""

    check: str
    because: str
    by: str


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of the night, with the figures that answer it. ``accepted``: it failed and may."""

    name: str
    passed: bool
    blocking: bool
    figures: dict[str, Any]
    sentence: str
    accepted: Acceptance | None = None

    @property
    def refuses(self) -> bool:
        return self.blocking and not self.passed and self.accepted is None


@dataclass(frozen=True, slots=True)
class Tonight:
    """What the checks look at.

    ``in_watch`` trials of this registry belong to the watch tonight, beside those that it holds ``elsewhere``. Of
    the ``members`` until now, as far as they were asked for,
    ``thinned_out`` are no longer found by any search although the registry still has them, ``removed`` are no
    longer there by number either, ``unreadable_members`` are there in a form that could not be read,
    and ``changed_unposted`` are in another state although nothing new was posted of them, nor did their status
    move. ``stamped`` counts
    tonight's records by the day of the data version that is written into each.
    """

    collected: Collected
    fetched_records: int
    unreadable: int
    in_watch: int
    members: int
    thinned_out: int
    same_question: bool
    removed: int = 0
    unreadable_members: tuple[str, ...] = ()
    changed: int = 0
    changed_unposted: int = 0
    stamped: Mapping[date, int] = field(default_factory=dict)
    min_trials: int | None = None
    max_trials: int | None = None
    elsewhere: int = 0
    earlier_data_version: str | None = None
    unheard_of: tuple[str, ...] = ()


def verdict(tonight: Tonight, accepted: Acceptance | None = None) -> list[Check]:
    """Every check of the night, passed or not; only one that was not passed has a sentence."""
    return [
        replace(check, sentence="")
        if check.passed
        else replace(check, accepted=accepted if accepted and accepted.check == check.name else None)
        for check in _checks(tonight)
    ]


def _checks(night: Tonight) -> Iterator[Check]:
    got = night.collected
    before, after = got.data_version_before, got.data_version_after
    yield Check(
        "data_version",
        not moved(before, after),
        True,
        {"before": before, "after": after},
        f"the registry's data moved from {before} to {after} in every one of our passes",
    )
    # It never refuses: who held a night back for this would hide every completion for as long as it lasts.
    yield Check(
        "data_version_readable",
        after is None or version_day(after) is not None,
        False,
        {"data_version": after},
        f"the registry calls its data {after!r}, which names no instant: taken for new",
    )
    yield Check(
        "data_version_order",
        not is_older(after, night.earlier_data_version),
        True,
        {"tonight": after, "last_complete": night.earlier_data_version},
        f"the registry answered with data of {after}, older than the {night.earlier_data_version} we hold",
    )
    # Different trials are counted, not records: a page that shifted sends one trial twice and leaves out another.
    off = [search for search in got.searches if search.declared not in (None, search.distinct)]
    yield Check(
        "totals",
        not off,
        True,
        {
            "declared": sum(search.declared or 0 for search in got.searches),
            "distinct": sum(search.distinct for search in got.searches),
        },
        "; ".join(  # searches that fail alike are told once
            dict.fromkeys(
                f"the registry declared {search.declared} trials and sent {search.distinct} different ones"
                for search in off
            )
        ),
    )
    yield _mixed(night)
    sent = sum(search.fetched for search in got.searches)
    duplicates = sent - sum(search.distinct for search in got.searches)
    # A few alone lose nothing: when the distinct trials add up to the total, all of them are here.
    yield Check(
        "duplicates",
        duplicates < DUPLICATES_FROM or duplicates <= MOST_DUPLICATES * sent,
        True,
        {"duplicates": duplicates, "records": sent},
        f"of {sent} records that the registry sent, {duplicates} had come before",
    )
    yield from _collapse(night)
    yield _unreadable(night)
    # A trial that its sponsor posted anew may change; when many change that nobody posted, something else did it.
    yield Check(
        "share_changed",
        night.changed_unposted < CHANGED_FROM or night.changed_unposted <= MOST_CHANGED * night.members,
        True,
        {"members": night.members, "changed": night.changed, "changed_unposted": night.changed_unposted},
        f"{night.changed_unposted} of the {night.members} trials of the watch changed although nothing new was "
        "posted of them: a revision of the registry's own terms, or a fault of its or ours",
    )
    # They are the watch's: of few registries alone does each hold as many as a watch should.
    found = night.in_watch + night.elsewhere
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
    # It never refuses: nothing follows from absence where an answer may be believed in part.
    yield Check("whole", got.cut_short is None, False, {"cut_short": got.cut_short}, got.cut_short or "")


def _mixed(night: Tonight) -> Check:
    """Records of the data version before among those of the declared one: a refresh went on while we read.

    Older stamps say nothing: not every stand-in writes them. One night of 2026 had 264 records and 10.
    """
    declared = version_day(night.collected.data_version_after)
    current = night.stamped.get(declared, 0) if declared else 0
    stray = sum(
        count
        for stamp, count in night.stamped.items()
        if declared and stamp != declared and abs(stamp - declared) <= A_REFRESH
    )
    return Check(
        "mixed_data_versions",
        not stray or current < STAMPED_FROM or current <= stray,
        True,
        {"data_version": str(declared) if declared else None, "records": current, "of_another": stray},
        f"{stray} of {stray + current} records are not of the declared data version of {declared}",
    )


def _unreadable(night: Tonight) -> Check:
    """Whether what could not be read leaves a night to believe in. One member alone is told, and refuses none."""
    lost, members, records = night.unreadable_members, night.members, night.fetched_records
    too_many_members = len(lost) >= UNREADABLE_MEMBERS_FROM and len(lost) * ONE_MEMBER_IN >= members
    too_many = night.unreadable >= UNREADABLE_FROM and night.unreadable > MOST_UNREADABLE * records
    nothing_left = 0 < records <= night.unreadable
    names = ", ".join(lost[:MEMBERS_NAMED]) + (" …" if len(lost) > MEMBERS_NAMED else "")
    of_members = f", among them {len(lost)} of the {members} trials of the watch: {names}" if lost else ""
    return Check(
        "unreadable",
        not (lost or too_many or nothing_left),
        too_many_members or too_many or nothing_left,
        {"unreadable": night.unreadable, "records": records, "unreadable_members": len(lost), "members": members},
        f"{night.unreadable} of {records} records could not be read{of_members}",
    )


def has_collapsed(members: int, thinned_out: int) -> bool:
    """Whether so many members at once are no longer found that the searches are to blame."""
    return thinned_out >= COLLAPSED_FROM and _is_too_much(thinned_out, members)


def _is_too_much(missing: int, members: int) -> bool:
    return members - missing < COLLAPSED_BELOW * members


def _collapse(night: Tonight) -> Iterator[Check]:
    thinned_out, removed, members = night.thinned_out, night.removed, night.members
    yield Check(
        "collapse",
        not has_collapsed(members, thinned_out) or not night.same_question,
        True,
        {"members": members, "no_longer_found": thinned_out},
        f"the searches no longer return {thinned_out} of the {members} trials of the watch, "
        "though the registry still has them",
    )
    yield Check(
        "removals",
        removed < REMOVED_FROM or not _is_too_much(removed, members),
        True,
        {"members": members, "removed": removed},
        f"the registry says of {removed} of the {members} trials of the watch, all in one night, "
        "that it holds no such trial",
    )
