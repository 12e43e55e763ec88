"""Where a trial is drawn: its stays, what is expected, what is late, and what lies outside the years shown."""

from datetime import date

import pytest

from warehouse.publish.page.timeline import Scale, TrialCourse, bar, scale

TODAY = date(2026, 7, 2)
TEN_YEARS = Scale(2020, 2029, TODAY)


def drawn(course: TrialCourse) -> list[tuple[str, float, float]]:
    """Kind, first and last place of each stretch, in whole hundredths."""
    return [(each.kind, round(each.x), round(each.x + each.width)) for each in bar(course, TEN_YEARS).stretches]


def test_a_recruiting_trial_is_faint_before_our_first_version_and_open_after_today() -> None:
    course = TrialCourse(
        "RECRUITING", date(2022, 1, 1), date(2028, 1, 1), False, [("RECRUITING", date(2025, 1, 1), None)]
    )
    assert drawn(course) == [("before recruiting", 20, 50), ("recruiting", 50, 65), ("ahead", 65, 80)]
    assert bar(course, TEN_YEARS).end_at == pytest.approx(80, abs=0.1)
    assert not bar(course, TEN_YEARS).is_actual


def test_a_trial_past_its_expected_end_is_late_from_the_day_after() -> None:
    course = TrialCourse("ACTIVE_NOT_RECRUITING", date(2022, 1, 1), date(2024, 12, 31), False)
    assert drawn(course) == [("before active", 20, 65), ("late", 50, 65)]


def test_a_completed_trial_ends_at_its_end_however_late_the_registry_heard_of_it() -> None:
    course = TrialCourse(
        "COMPLETED", date(2021, 1, 1), date(2023, 1, 1), True, [("COMPLETED", date(2025, 6, 1), None)]
    )
    assert drawn(course) == [("completed", 10, 30)]
    assert bar(course, TEN_YEARS).is_actual


def test_stays_that_we_know_are_drawn_each_in_its_status_there_and_back() -> None:
    stays = [
        ("RECRUITING", date(2022, 1, 1), date(2023, 1, 1)),
        ("COMPLETED", date(2023, 1, 1), date(2024, 1, 1)),
        ("ACTIVE_NOT_RECRUITING", date(2024, 1, 1), date(2025, 1, 1)),
        ("COMPLETED", date(2025, 1, 1), None),
    ]
    course = TrialCourse("COMPLETED", date(2021, 1, 1), date(2025, 1, 1), True, stays)
    assert drawn(course) == [
        ("before recruiting", 10, 20),
        ("recruiting", 20, 30),
        ("completed", 30, 40),
        ("active", 40, 50),
    ]


def test_unknown_goes_on_until_today_and_is_never_called_late() -> None:
    course = TrialCourse(
        "UNKNOWN", date(2021, 1, 1), date(2022, 1, 1), False, [("UNKNOWN", date(2024, 1, 1), None)]
    )
    assert drawn(course) == [("before unknown", 10, 40), ("unknown", 40, 65)]


@pytest.mark.parametrize(
    ("course", "stretches"),
    [
        (TrialCourse(None, None, None, False), []),
        (TrialCourse("RECRUITING", None, None, False), []),
        (TrialCourse("NOT_YET_RECRUITING", date(2027, 1, 1), date(2028, 1, 1), False), [("ahead", 70, 80)]),
        (TrialCourse("A_STATUS_NOBODY_KNOWS", date(2026, 1, 1), None, False), [("before unrecognised", 60, 65)]),
    ],
)
def test_little_is_known_and_little_is_drawn(course: TrialCourse, stretches: list[tuple[str, int, int]]) -> None:
    assert drawn(course) == stretches


def test_what_ended_before_the_years_shown_is_told_by_its_year() -> None:
    before = bar(TrialCourse("COMPLETED", date(1999, 1, 1), date(2004, 5, 1), True), TEN_YEARS)
    assert (before.stretches, before.end_at, before.ended_before) == ((), None, 2004)
    after = bar(TrialCourse("RECRUITING", date(2025, 1, 1), date(2099, 1, 1), False), TEN_YEARS)
    assert (after.end_at, after.ends_after) == (None, 2099)
    last = after.stretches[-1]
    assert (last.kind, last.x, last.x + last.width) == ("ahead", TEN_YEARS.at(TODAY), 100)


def test_a_stay_of_a_day_can_be_seen_even_at_the_edge() -> None:
    for day in (date(2023, 5, 5), date(2029, 12, 31)):
        (stretch,) = bar(TrialCourse("COMPLETED", day, day, True), Scale(2020, 2029, date(2030, 1, 1))).stretches
        assert stretch.width >= 0.4
        assert stretch.x + stretch.width <= 100


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        ([], 2026, 2027),
        ([date(2024, 1, 1), date(2028, 1, 1)], 2024, 2028),
        ([date(1900, 1, 1), date(2099, 1, 1)], 2011, 2032),
    ],
)
def test_the_years_drawn_hold_the_trials_but_never_more_than_can_be_told_apart(
    days: list[date], first: int, last: int
) -> None:
    made = scale(days, TODAY)
    assert (made.first, made.last) == (first, last)
    assert 1 <= len(made.ticks()) <= 7
    assert all(0 <= place < 100 for _, place in made.ticks())
