"""The figures as arithmetic: curves that only fall, marks inside their drawing, tables that say the same."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.publish.page import figures, scatter, survival
from warehouse.publish.page.subjects import Subjects, by_what, subjects
from warehouse.publish.page.survival import Followed, Step

# Freireich's 21 children on 6-MP, in weeks: the example of every textbook.
SIX_MP: list[Followed] = [
    *((6, True, 3), (6, False, 1), (7, True, 1), (9, False, 1), (10, True, 1), (10, False, 1), (11, False, 1)),
    *((13, True, 1), (16, True, 1), (17, False, 1), (19, False, 1), (20, False, 1), (22, True, 1)),
    *((23, True, 1), (25, False, 1), (32, False, 2), (34, False, 1), (35, False, 1)),
]
ABOUT = Subjects("substance", ("alcohol", "cannabis"), {})


def test_the_estimate_is_kaplans_and_meiers() -> None:
    told = survival.steps(SIX_MP)
    assert [(step.months, round(step.share, 3), step.at_risk) for step in told] == [
        *((0, 1.0, 21), (6, 0.857, 21), (7, 0.807, 17), (10, 0.753, 15), (13, 0.690, 12), (16, 0.627, 11)),
        *((22, 0.538, 7), (23, 0.448, 6), (35, 0.448, 1)),
    ]
    assert survival.at_risk(SIX_MP, 10) == 15
    assert round(survival.share_after(told, 12), 3) == 0.753


FOLLOWED = st.lists(
    st.tuples(st.integers(0, 300), st.booleans(), st.integers(1, 9)),
    min_size=1,
    max_size=30,
    unique_by=lambda x: x[:2],
)


@settings(deadline=None, database=None)
@given(FOLLOWED)
def test_a_curve_only_falls_and_stays_inside(followed: list[Followed]) -> None:
    told = survival.steps(followed)
    assert told[0] == Step(0, 1.0, sum(trials for *_, trials in followed)) or told[0].months == 0
    shares = [step.share for step in told]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    drawing = survival.drawn({"one": followed, "another": followed})
    assert len({curve.style for curve in drawing.curves}) == 2, "told apart without colour"
    for words in drawing.words:
        assert 0 <= words.x <= drawing.width
        assert 0 <= words.y <= drawing.height


def followed_rows(named: str, trials: int) -> list[dict[str, Any]]:
    return [
        {"named": named, "months": 12 * (at + 1), "has_completed": at % 2 == 0, "trials": 1}
        for at in range(trials)
    ]


def test_completion_is_drawn_of_groups_large_enough_with_the_numbers_at_risk() -> None:
    rows = [*followed_rows("cannabis", 6), *followed_rows("alcohol", 5), *followed_rows("tobacco", 4)]
    figure = figures.completion(rows, ABOUT)
    assert figure is not None
    assert figure.title == "Time to completion by substance"
    assert figure.headings[:3] == ("Substance", "Start", "1 year")
    assert [row[0] for row in figure.rows] == ["cannabis", "alcohol"]
    assert figure.rows[1] == ("alcohol", "100% (5)", "80% (5)", "80% (4)", "53% (3)", "53% (2)", "0% (1)", "")
    assert figures.completion(followed_rows("alcohol", 4), ABOUT) is None
    assert figures.completion([], ABOUT) is None


DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@settings(deadline=None, database=None)
@given(st.lists(st.tuples(DAYS, DAYS, st.booleans()), min_size=1, max_size=30))
def test_every_mark_stands_inside(ends: list[tuple[date, date, bool]]) -> None:
    drawing = scatter.drawn([scatter.Pair("a trial", *each) for each in ends])
    for mark in drawing.marks:
        assert scatter.LEFT <= mark.x <= drawing.width
        assert 0 <= mark.y <= drawing.height
    assert {mark.shape for mark in drawing.marks} == {"filled", "hollow"}, "the key has both"
    years = [words.text for words in drawing.words if words.anchor == "middle"]
    assert 1 <= len(years) <= 8


def ends(number: int, days_later: int, *, is_actual: bool = True) -> dict[str, Any]:
    return {
        "trial_id": f"NCT1{number:07}",
        "title": "A title",
        "planned_on": date(2024, 12, 31),
        "planned_date": "2024-12",
        "now_on": date(2026, 3, 1),
        "now_date": "2026-03-01",
        "is_actual": is_actual,
        "days_later": days_later,
    }


def test_what_was_planned_stands_beside_what_came() -> None:
    figure = figures.planned([ends(1, 425), ends(2, -3, is_actual=False)])
    assert figure is not None
    assert figure.rows == (
        ("NCT10000001 A title", "2024-12", "2026-03-01", "425"),
        ("NCT10000002 A title", "2024-12", "2026-03-01 (expected)", "-3"),
    )
    assert figure.note.startswith("2 trials whose end moved, or has come,")
    assert "1 later than first planned" in figure.note
    long = figures.planned([ends(number, 1) for number in range(figures.MOST_ROWS + 1)])
    assert long is not None
    assert len(long.rows) == figures.MOST_ROWS
    assert "The table has the 100 that moved farthest." in long.note
    assert figures.planned([]) is None


def test_the_lag_says_what_is_exact() -> None:
    figure = figures.lag(
        [{"step": 0, "is_exact": True, "trials": 1200}, {"step": 5, "is_exact": False, "trials": 2}]
    )
    assert figure is not None
    assert figure.headings == ("Lag", "Seen to happen", "At least so long")
    assert figure.rows[0] == ("up to 30 days", "1,200", "")
    assert figure.rows[-1] == ("over 2 years", "", "2")
    assert [rectangle.group for rectangle in figure.drawing.rectangles] == ["exact", "at_least"]
    assert figures.lag([]) is None


@pytest.mark.parametrize(
    ("trials", "named", "by"), [(4, 2, "substance"), (4, 1, "condition"), (0, 0, "substance")]
)
def test_a_watch_is_grouped_by_what_it_is_about(trials: int, named: int, by: str) -> None:
    assert by_what(trials, named) == by


def test_substances_stand_as_the_vocabulary_has_them_and_conditions_by_their_number() -> None:
    rows = [("1", "tobacco", 9), ("1", "alcohol", 2), ("2", "none named", 30), ("3", "new", 1)]
    assert subjects("substance", rows).names == ("alcohol", "tobacco", "new", "none named")
    rows = [("1", "Asthma", 2), ("1", "Rhinitis", 9), ("2", "other", 30)]
    told = subjects("condition", rows)
    assert told.names == ("Rhinitis", "Asthma", "other")
    assert told.of == {"1": ["Rhinitis", "Asthma"], "2": ["other"]}
    assert told.in_order({"nobody's", "Asthma", "Rhinitis"}) == ["Rhinitis", "Asthma", "nobody's"]
    assert told.heading == "Condition"


def test_long_names_have_room_beside_their_bars() -> None:
    about = subjects("condition", [("1", "Stress Disorders, Post-Traumatic, of Soldiers", 3)])
    named = {"Stress Disorders, Post-Traumatic, of Soldiers": 2, "Stress Disorders, Post-Traumatic, of Others": 1}
    common = {"by_what": "subject", "status_group": "completed"}
    rows = [{**common, "named": name, "trials": trials} for name, trials in named.items()]
    (figure,) = figures.status_figures(rows, about)
    assert figure.rows == (("Stress Disorders,…", "3", "3"),)
    assert (figure.title, figure.headings) == ("Status by condition", ("Condition", "Completed", "All"))
