"""Is tonight believable? Each check by itself, on either side of its bound."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.registry import Collected, Search
from warehouse.judge.checks import CHECKS, Acceptance, Tonight, verdict

TODAY = date(2026, 9, 11)
YESTERDAY, LONG_AGO = TODAY - timedelta(days=1), TODAY - timedelta(days=200)
VERSION = "2026-09-11T09:00:04"


def searched(declared: int | None = 100, fetched: int = 100, distinct: int = 100) -> Collected:
    return Collected("clinicaltrials.gov", VERSION, VERSION, [Search("s", declared, fetched, distinct)])


GOOD = Tonight(
    searched(),
    100,
    unreadable=0,
    in_watch=100,
    members=100,
    thinned_out=0,
    same_question=True,
    stamped={TODAY: 100},
)


def refusing(tonight: Tonight, accepted: Acceptance | None = None) -> list[str]:
    return [check.name for check in verdict(tonight, accepted) if check.refuses]


def test_a_good_night_passes_every_check_and_has_nothing_to_say() -> None:
    checks = verdict(GOOD)
    assert tuple(check.name for check in checks) == CHECKS
    assert [check for check in checks if not check.passed or check.sentence] == []


@pytest.mark.parametrize(
    ("name", "passes", "refused"),
    [
        ("totals", {"collected": searched(None)}, {"collected": searched(101)}),
        ("duplicates", {"collected": searched(100, 109)}, {"collected": searched(100, 112)}),
        ("data_version_order", {"earlier_data_version": VERSION}, {"earlier_data_version": "2026-09-12T09:00:00"}),
        ("collapse", {"thinned_out": 20}, {"thinned_out": 21}),
        ("collapse", {"thinned_out": 99, "same_question": False}, {"thinned_out": 99}),
        ("collapse", {"thinned_out": 2, "members": 2}, {"thinned_out": 3, "members": 3}),
        ("removals", {"removed": 20}, {"removed": 21}),
        ("removals", {"removed": 9, "members": 9}, {"removed": 10, "members": 10}),
        ("unreadable", {"unreadable": 80}, {"unreadable": 81}),
        ("unreadable", {"fetched_records": 0}, {"fetched_records": 1, "unreadable": 1}),
        ("unreadable", {"unreadable_members": (*"ABCDEFGHI",)}, {"unreadable_members": (*"ABCDEFGHIJ",)}),
        (
            "unreadable",
            {"unreadable_members": ("A",), "members": 1},
            {"unreadable_members": ("A", "B"), "members": 20},
        ),
        ("bounds", {"min_trials": 100, "max_trials": 100}, {"min_trials": 101}),
        ("bounds", {}, {"max_trials": 99}),
        ("bounds", {"min_trials": 101, "elsewhere": 1}, {"max_trials": 100, "elsewhere": 1}),
        ("share_changed", {"changed_unposted": 80}, {"changed_unposted": 81}),
        ("share_changed", {"changed_unposted": 49, "members": 49}, {"changed_unposted": 50, "members": 50}),
        ("share_changed", {"changed": 100}, {"changed": 100, "changed_unposted": 100}),
        ("mixed_data_versions", {"stamped": {TODAY: 264}}, {"stamped": {TODAY: 264, YESTERDAY: 10}}),
        ("mixed_data_versions", {"stamped": {TODAY: 19, YESTERDAY: 1}}, {"stamped": {TODAY: 20, YESTERDAY: 1}}),
        ("mixed_data_versions", {"stamped": {TODAY: 90, LONG_AGO: 10}}, {"stamped": {TODAY: 90, YESTERDAY: 10}}),
        ("mixed_data_versions", {"stamped": {TODAY: 30, YESTERDAY: 70}}, {"stamped": {TODAY: 70, YESTERDAY: 30}}),
        ("mixed_data_versions", {"stamped": {}}, {"stamped": {TODAY: 90, TODAY + timedelta(days=1): 1}}),
    ],
)
def test_each_check_has_a_bound(name: str, passes: dict[str, Any], refused: dict[str, Any]) -> None:
    assert refusing(replace(GOOD, **passes)) == []
    assert refusing(replace(GOOD, **refused)) == [name]


def test_one_unreadable_member_is_said_and_refuses_nothing() -> None:
    night = replace(GOOD, unreadable=2, unreadable_members=("NCT1",))
    (check,) = (check for check in verdict(night) if not check.passed)
    assert not check.refuses
    assert check.sentence == (
        "2 of 100 records could not be read, among them 1 of the 100 trials of the watch: NCT1"
    )


def test_data_that_moved_all_the_time_is_refused() -> None:
    moved = replace(searched(), data_version_after="2026-09-12T09:00:04")
    assert refusing(replace(GOOD, collected=moved, stamped={})) == ["data_version"]


def test_searches_that_fail_alike_are_told_once() -> None:
    searches = [
        Search(name, declared, 100, 100) for name, declared in (("one", 101), ("two", 101), ("three", 102))
    ]
    said = [check.sentence for check in verdict(replace(GOOD, collected=replace(searched(), searches=searches)))]
    assert [each for each in said if each] == [
        "the registry declared 101 trials and sent 100 different ones; "
        "the registry declared 102 trials and sent 100 different ones"
    ]


def test_a_person_can_let_one_check_fail_and_only_that_one() -> None:
    night = replace(GOOD, changed_unposted=100, min_trials=101)
    assert refusing(night) == ["share_changed", "bounds"]
    word = Acceptance("share_changed", "the yearly MeSH revision", "ada")
    assert refusing(night, word) == ["bounds"]
    (accepted,) = (check for check in verdict(night, word) if check.accepted)
    assert (accepted.name, accepted.passed, accepted.accepted) == ("share_changed", False, word)


def test_what_passed_needs_no_acceptance() -> None:
    assert [check.accepted for check in verdict(GOOD, Acceptance("bounds", "why", "who")) if check.accepted] == []
