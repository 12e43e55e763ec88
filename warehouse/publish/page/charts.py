"""Where bars stand in a chart: counts in, rectangles out, in the units of a drawing that scales.

Pure. It does not know what the figures are of, nor how they are coloured: a bar bears its status group's name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.statuses import GROUPS

ORDER = (*GROUPS, "exact", "at_least")
"""What a bar can bear the name of, in the order in which its parts are put upon each other."""
Count = tuple[str, str, int]
"""What is counted, the status group, the number of trials."""

NAMES_WIDTH, BARS_WIDTH, COUNT_WIDTH = 150, 192, 44
ROW, BAR = 26, 16
YEARS_LEFT, YEARS_TOP, YEARS_WIDTH, YEARS_HEIGHT, YEARS_BOTTOM = 42, 10, 340, 150, 20
YEAR_LABEL = 36
"""Room that a year's number takes, with a gap to the next."""
LETTER = 6.6
"""Width of a letter, about. Names below the columns are longer than a year only where a date makes no sense."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One status group's part of a bar."""

    group: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Caption:
    """Text at a place; ``anchor`` is SVG's own word for which end of it stands there."""

    text: str
    x: float
    y: float
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class TrialPoint:
    """One trial's place. What it means is told by its shape as well: ``filled`` or ``hollow``."""

    shape: str
    x: float
    y: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through places, in SVG's own words; ``style`` is a number that gives it a dash of its own."""

    path: str
    style: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of a chart. ``grid`` are the heights of its lines."""

    width: float
    height: float
    rectangles: tuple[Rectangle, ...] = ()
    words: tuple[Caption, ...] = ()
    grid: tuple[float, ...] = ()
    curves: tuple[Curve, ...] = ()
    marks: tuple[TrialPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what it is of, and the numbers that it shows as a table. ``name`` is a file's."""

    name: str
    title: str
    note: str
    drawing: Drawing
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...] = ()
    """The status groups in it, or what else its rectangles bear the name of."""


def rows_chart(counts: Sequence[Count], names: Sequence[str]) -> Drawing:
    """One bar a substance, its trials by status, the number behind it; ``names`` is the order."""
    totals = _totals(counts, names)
    unit = BARS_WIDTH / _most(totals)
    rectangles, words = [], []
    for place, name in enumerate(names):
        top = place * ROW + (ROW - BAR) / 2
        at = float(NAMES_WIDTH)
        for group, trials in _stack(counts, name):
            rectangles.append(Rectangle(group, _round(at), top, _round(trials * unit), BAR))
            at += trials * unit
        middle = place * ROW + ROW / 2 + 4
        words += [
            Caption(name, NAMES_WIDTH - 8, middle, "end"),
            Caption(f"{totals[name]:,}", _round(at + 6), middle),
        ]
    width = NAMES_WIDTH + BARS_WIDTH + COUNT_WIDTH
    return Drawing(width, max(1, len(names)) * ROW, tuple(rectangles), tuple(words))


def columns_chart(counts: Sequence[Count], names: Sequence[str]) -> Drawing:
    """One column a name in the given order, its trials by status. A name without trials keeps its place."""
    totals = _totals(counts, names)
    step = _step(_most(totals))
    top = step * -(-_most(totals) // step)
    unit = YEARS_HEIGHT / top
    room = YEARS_WIDTH / max(1, len(names))
    base = YEARS_TOP + YEARS_HEIGHT
    rectangles = []
    for place, name in enumerate(names):
        height = 0.0
        for group, trials in _stack(counts, name):
            height += trials * unit
            x = YEARS_LEFT + (place + 0.14) * room
            rectangles.append(
                Rectangle(group, _round(x), _round(base - height), _round(0.72 * room), _round(trials * unit))
            )
    lines = range(0, top + 1, step)
    words = [Caption(f"{line:,}", YEARS_LEFT - 6, _round(base - line * unit + 4), "end") for line in lines]
    words += _below(names, room, base + 15)
    width, height = YEARS_LEFT + YEARS_WIDTH, base + YEARS_BOTTOM
    return Drawing(
        width, height, tuple(rectangles), tuple(words), tuple(_round(base - line * unit) for line in lines)
    )


def _below(names: Sequence[str], room: float, y: float) -> Iterator[Caption]:
    """As many of the names below the columns as have room, from the left; always the first."""
    free = 0.0
    for place, name in enumerate(names):
        middle = YEARS_LEFT + (place + 0.5) * room
        half = max(YEAR_LABEL, len(name) * LETTER) / 2
        middle = min(middle, YEARS_LEFT + YEARS_WIDTH - half + 4)
        if middle - half >= free:
            yield Caption(name, _round(middle), y, "middle")
            free = middle + half


def _totals(counts: Sequence[Count], names: Sequence[str]) -> dict[str, int]:
    totals = dict.fromkeys(names, 0)
    for named, _, trials in counts:
        totals[named] += trials
    return totals


def _most(totals: dict[str, int]) -> int:
    return max([1, *totals.values()])


def _stack(counts: Sequence[Count], name: str) -> list[tuple[str, int]]:
    found = [(group, trials) for named, group, trials in counts if named == name]
    return sorted(found, key=lambda one: ORDER.index(one[0]))


def _step(most: int) -> int:
    """Between the lines: 1, 2 or 5 times a power of ten, so that there are at most five above the base."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 5 * step:
                return step
        size *= 10


def _round(place: float) -> float:
    return round(place, 1)
