"""Who comes and who goes, decided from plain values."""

from datetime import date
from typing import Any

import pytest

from connectors.registry import Collected, Merged, Removed
from warehouse.judge.membership import LEFT, Before, Entry, Exit, Stay, moves, unreadable


def decide(before: Before, *, found: tuple[str, ...] = (), by_id: tuple[str, ...] = (), **more: Any) -> Any:
    collected = Collected("clinicaltrials.gov", "v", "v", found_by={number: ["s"] for number in found})
    collected.by_id = list(by_id)
    collected.fates = more.pop("fates", {})
    defaults = {
        "follow": {},
        "changed": set(),
        "readable": {*found, *by_id},
        "restored": set(),
    }
    first_posted_on = more.pop("first_posted_on", {})
    return moves(before, collected, first_posted_on=first_posted_on.get, **{**defaults, **more})


def once(**more: Any) -> Before:
    return Before(data_version_on=date(2026, 9, 11), is_baseline=False, **more)


def test_on_the_first_night_all_enter_and_nothing_is_told() -> None:
    assert decide(Before(), found=("B", "A")) == (
        [Entry("A", 1, "found by search: s", None), Entry("B", 1, "found by search: s", None)],
        [],
    )


@pytest.mark.parametrize(
    ("posted", "kind"),
    [(date(2026, 9, 4), "registered"), (date(2026, 9, 3), "discovered"), (None, "discovered")],
)
def test_a_new_member_is_registered_when_posted_within_the_last_week(posted: date | None, kind: str) -> None:
    (entry,), _ = decide(once(), found=("A",), first_posted_on={"A": posted})
    assert entry.kind == kind


def test_without_a_dated_data_version_a_new_member_is_discovered() -> None:
    (entry,), _ = decide(Before(is_baseline=False), found=("A",), first_posted_on={"A": date(2026, 9, 11)})
    assert entry.kind == "discovered"


def test_one_that_comes_back_begins_another_stay() -> None:
    (entry,), _ = decide(once(stays={"A": Stay(2, False)}), found=("A",))
    assert (entry.stay, entry.kind) == (3, "reentered_watch")


def test_one_that_had_been_removed_is_told_as_restored_elsewhere() -> None:
    (entry,), _ = decide(once(stays={"A": Stay(1, False)}), found=("A",), restored={"A"})
    assert entry.kind is None


def test_one_whose_first_record_is_unreadable_is_no_member_yet() -> None:
    assert decide(once(), found=("A",), readable=set()) == ([], [])


def test_a_member_whose_record_is_unreadable_tonight_stays() -> None:
    stays = {"A": Stay(1, True)}
    assert decide(once(stays=stays), found=("A",), readable=set()) == ([], [])
    assert decide(once(stays=stays), by_id=("A",), readable=set()) == ([], []), (
        "a search may have sent it nameless"
    )


def test_which_members_cannot_be_read() -> None:
    stays = {
        number: Stay(1, number != "GONE") for number in ("FOUND", "ASKED", "NAMED", "OLD", "READ", "GONE", "AWAY")
    }
    collected = Collected("clinicaltrials.gov", "v", "v", found_by={"FOUND": ["s"], "READ": ["s"], "NEW": ["s"]})
    collected.by_id = ["ASKED", "GONE", "SURVIVOR"]
    collected.fates = {"OLD": Merged("SURVIVOR"), "AWAY": Removed("NCT number AWAY not found")}
    found = unreadable(
        once(stays=stays), collected, {"READ"}, {"NAMED": "$: no JSON", "FOUND": "$.a: a wrong type"}
    )
    assert found == {
        "ASKED": "its record does not give its number",
        "FOUND": "$.a: a wrong type",
        "NAMED": "$: no JSON",
        "OLD": "its record does not give its number",
    }


@pytest.mark.parametrize(
    ("more", "why", "kind"),
    [
        ({}, LEFT, "left_watch"),
        ({"changed": {"A"}}, "text changed: since then no search of the watch returns it", "left_watch"),
        ({"fates": {"A": Removed("NCT number A not found")}}, "removed from the registry", None),
        ({"fates": {"A": Merged("B")}}, "merged into B", None),
    ],
)
def test_one_that_no_search_returns_leaves_with_the_reason(more: Any, why: str, kind: str | None) -> None:
    by_id = () if "fates" in more else ("A",)
    assert decide(once(stays={"A": Stay(4, True)}), by_id=by_id, **more) == ([], [Exit("A", 4, why, kind)])


def test_one_that_left_before_does_not_leave_again() -> None:
    assert decide(once(stays={"A": Stay(1, False)}), by_id=("A",)) == ([], [])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"follow": {"A": "followed by the watch"}}, "followed by the watch"),
        ({"fates": {"OLD": Merged("A")}}, "OLD was merged into it"),
    ],
)
def test_one_that_only_the_request_by_number_returned_enters_with_the_reason(more: Any, why: str) -> None:
    (entry,), _ = decide(once(), by_id=("A",), **more)
    assert entry.why == why


def test_a_survivor_stays_although_no_search_ever_returns_it() -> None:
    before = once(stays={"A": Stay(1, True)}, kept_by_id=frozenset({"A"}))
    assert decide(before, by_id=("A",)) == ([], [])
