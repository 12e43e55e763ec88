"""The two charts as arithmetic: what is counted has its place, what is not has its place too."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.statuses import GROUPS
from warehouse.publish.page.charts import YEARS_LEFT, YEARS_WIDTH, columns_chart, rows_chart

YEARS = [str(year) for year in range(2009, 2027)]


def test_a_year_without_trials_has_its_place() -> None:
    drawn = columns_chart([("2009", "completed", 3), ("2026", "recruiting", 1)], YEARS)
    first, last = (rectangle.x for rectangle in drawn.rectangles)
    assert round((last - first) / (YEARS_WIDTH / len(YEARS))) == 17, "seventeen columns on"
    named = [words.text for words in drawn.words if words.anchor == "middle"]
    assert named[:3] == ["2009", "2011", "2013"], "the years stand at even distances"


def test_few_years_are_all_named() -> None:
    drawn = columns_chart([("2020", "completed", 3), ("2025", "recruiting", 1)], YEARS[11:17])
    assert [words.text for words in drawn.words if words.anchor == "middle"] == YEARS[11:17]


def test_lines_stand_at_round_numbers() -> None:
    drawn = columns_chart([("2020", "completed", 23)], ["2020"])
    assert [words.text for words in drawn.words if words.anchor == "end"] == ["0", "5", "10", "15", "20", "25"]


def test_a_substance_tells_its_number_behind_its_bar() -> None:
    drawn = rows_chart([("alcohol", "stopped", 1), ("alcohol", "planned", 2)], ["alcohol", "cannabis"])
    assert [rectangle.group for rectangle in drawn.rectangles] == ["planned", "stopped"]
    assert [words.text for words in drawn.words] == ["alcohol", "3", "cannabis", "0"]


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from([*YEARS, "unknown", "impossible"]), st.sampled_from(GROUPS)), st.integers(1, 10**6)
)


@settings(deadline=None, database=None)
@given(COUNTS)
def test_nothing_is_drawn_outside_and_areas_are_as_the_counts(counts: dict[tuple[str, str], int]) -> None:
    rows = [(name, group, trials) for (name, group), trials in counts.items()]
    names = [*YEARS, "unknown", "impossible"]
    for draw in (rows_chart, columns_chart):
        drawn = draw(rows, names)
        assert len(drawn.rectangles) == len(rows)
        for one in drawn.rectangles:
            assert 0 <= one.x <= one.x + one.width <= drawn.width
            assert 0 <= one.y <= one.y + one.height <= drawn.height
        for words in drawn.words:
            assert 0 <= words.x <= drawn.width
            assert 0 <= words.y <= drawn.height
    placed = [words for words in columns_chart(rows, names).words if words.anchor == "middle"]
    assert all(b.x - a.x >= 36 for a, b in pairwise(placed))
    assert placed[0].x > YEARS_LEFT
