"""Which versions are missing: by the registry's list, and by when each one that we hold was submitted."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import PastVersion
from connectors.trial import Stamp
from warehouse.judge.past import HeldVersion, Missing, missing

FIRST = date(2024, 1, 1)


def listed(*submitted: tuple[int, str]) -> list[PastVersion]:
    """A list of versions by the day, counted from the first of 2024, and the status of each."""
    return [PastVersion(number, FIRST + timedelta(day), status) for number, (day, status) in enumerate(submitted)]


def seen(version_number: int, day: int | None, status: str = "a") -> HeldVersion:
    """A version that a night has seen."""
    return HeldVersion(version_number, Stamp(None if day is None else FIRST + timedelta(day), status))


def filled(version_number: int, number: int) -> HeldVersion:
    """A version that a back-fill has brought, by the registry's number."""
    return HeldVersion(version_number, Stamp(FIRST, "a", number))


def told(found: Missing) -> tuple[list[int], list[int], int]:
    before, between = ([each.number for each in part] for part in (found.before, found.between))
    return before, between, found.first


FOUR = listed((0, "a"), (10, "b"), (20, "c"), (30, "d"))


def test_what_came_before_the_first_night_is_missing() -> None:
    assert told(missing(FOUR, [seen(1, 20, "c")])) == ([0, 1], [], 1)


def test_what_no_night_has_seen_yet_is_not() -> None:
    assert told(missing(FOUR, [seen(1, 0)])) == ([], [], 1)


def test_what_came_and_went_between_two_nights_is_missing() -> None:
    assert told(missing(FOUR, [seen(1, 0), seen(2, 30, "d")])) == ([], [1, 2], 1)


def test_what_a_back_fill_has_brought_is_not_missing_any_more() -> None:
    assert told(missing(FOUR, [seen(1, 30, "d"), filled(2, 1), filled(3, 2)])) == ([0], [], 2)
    assert told(missing(FOUR, [seen(1, 30, "d"), filled(2, 0), filled(3, 1), filled(4, 2)])) == ([], [], 2)


def test_a_trial_that_no_night_has_seen_misses_nothing() -> None:
    assert missing(FOUR, []) == missing(FOUR, [filled(1, 2)]) == Missing()


def test_of_one_day_the_status_tells_which_was_seen() -> None:
    of_a_day = listed((0, "a"), (0, "b"), (0, "a"), (5, "d"))
    assert told(missing(of_a_day, [seen(1, 0, "b")])) == ([0], [], 1)
    assert told(missing(of_a_day, [seen(1, 0, "a")])) == ([0, 1], [], 1)
    assert told(missing(of_a_day, [seen(1, 0, "x")])) == ([0, 1], [], 1)


def test_states_of_one_version_are_one() -> None:
    assert told(missing(FOUR, [seen(1, 20, "c"), seen(2, 20, "c"), seen(3, 20, "c")])) == ([0, 1], [], 1)


def test_a_version_that_is_not_listed_stands_between_those_of_other_days() -> None:
    assert told(missing(FOUR, [seen(1, 15)])) == ([0, 1], [], 1)
    assert told(missing(FOUR, [seen(1, 99)])) == ([0, 1, 2, 3], [], 1)
    assert told(missing(listed((5, "a")), [seen(1, 0)])) == ([], [], 0)
    assert told(missing(FOUR, [filled(1, 7), seen(2, 30, "d")])) == ([], [0, 1, 2], 1)


def test_a_version_without_a_day_is_the_last() -> None:
    assert told(missing(FOUR, [seen(1, None)])) == ([0, 1, 2], [], 1)
    assert missing([], [seen(1, None)]) == Missing()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.data())
def test_each_version_is_held_or_missing_or_still_to_be_seen(gaps: list[int], data: st.DataObject) -> None:
    days = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    versions = listed(*((day, "abc"[place % 3]) for place, day in enumerate(days)))
    places = data.draw(st.sets(st.integers(0, len(gaps) - 1), min_size=1))
    held = [
        HeldVersion(number, Stamp(versions[place].submitted_on, versions[place].status))
        for number, place in enumerate(sorted(places), 1)
    ]
    found = missing(versions, held)
    absent = [each.number for each in (*found.before, *found.between)]
    assert len(set(absent)) == len(absent)
    assert absent == sorted(absent)
    again = [*held, *(filled(len(held) + 1 + at, number) for at, number in enumerate(absent))]
    assert missing(versions, again).before == missing(versions, again).between == ()
    if len(set(days)) == len(days):
        assert set(absent) == set(range(max(places))) - places
        assert [each.number for each in found.before] == list(range(min(places)))
