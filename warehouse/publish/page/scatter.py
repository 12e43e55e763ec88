"""Where trials stand whose end was planned for one day and came, or is now expected, on another.

Pure. To the right is the planned end, upwards the present one: on the slanting line is what ended as planned,
above it what takes longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.publish.page.charts import Caption, Curve, Drawing, TrialPoint

LEFT, TOP, WIDTH, HEIGHT = 46, 20, 324, 180
KEY = 50
"""Below the drawing: what the two marks mean."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A trial's two ends; ``is_actual`` when the second has come."""

    title: str
    planned: date
    now: date
    is_actual: bool


def drawn(pairs: Sequence[Pair]) -> Drawing:
    """A mark a trial: filled where the end has come, hollow where it is expected."""
    years = [day.year for pair in pairs for day in (pair.planned, pair.now)]
    first, last = min(years, default=2000), max(years, default=2000) + 1
    begin, span = date(first, 1, 1), date(last, 1, 1) - date(first, 1, 1)
    base = TOP + HEIGHT

    def share(day: date) -> float:
        return (day - begin) / span

    step = next(size for size in (1, 2, 5, 10, 20, 50) if last - first <= 6 * size)
    ticks = [(year, share(date(year, 1, 1))) for year in range(first, last + 1) if year % step == 0]
    words = [Caption(str(year), round(LEFT + at * WIDTH, 1), base + 15, "middle") for year, at in ticks]
    # At the corner the year to the right is enough.
    words += [Caption(str(year), LEFT - 6, round(base - at * HEIGHT + 4, 1), "end") for year, at in ticks if at]
    words.append(Caption("end first planned →", LEFT + WIDTH, base + 31, "end"))
    words.append(Caption("↑ end now", LEFT + 4, TOP - 8))
    words += [Caption("ended", LEFT + 16, base + KEY), Caption("still expected", LEFT + 86, base + KEY)]
    marks = [
        TrialPoint(
            "filled" if pair.is_actual else "hollow",
            round(LEFT + share(pair.planned) * WIDTH, 1),
            round(base - share(pair.now) * HEIGHT, 1),
            pair.title,
        )
        for pair in pairs
    ]
    marks += [TrialPoint("filled", LEFT + 6, base + KEY - 4), TrialPoint("hollow", LEFT + 76, base + KEY - 4)]
    grid = tuple(round(base - at * HEIGHT, 1) for _, at in ticks)
    slant = Curve(f"M{LEFT} {base}L{LEFT + WIDTH} {TOP}", 1)
    size = LEFT + WIDTH + 16, base + KEY + 10
    return Drawing(*size, words=tuple(words), grid=grid, curves=(slant,), marks=tuple(marks))
