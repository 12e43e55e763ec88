"""Where the lines of the plot stand: processor time against the number of trials, both by powers of ten. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.scale.bars import Costs

WIDTH, HEIGHT = 760, 420
LEFT, TOP, RIGHT, BOTTOM = 64, 16, 560, 372
BETWEEN_WORDS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One stage: a point for each size, and its name beside the last one, at the height ``words_y``."""

    words: str
    colour: str
    points: tuple[tuple[float, float], ...]
    words_y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """All of it. Grid lines are places with the words beside them."""

    lines: tuple[Line, ...]
    across: tuple[tuple[float, str], ...]
    down: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    right: int = RIGHT
    bottom: int = BOTTOM


def plotted(costs: Costs, drawn: Sequence[tuple[str, str, str]]) -> Plot:
    """``drawn`` are the stages, each with its words and colour."""
    sizes = sorted({size for size, spent in costs.items() if any(name in spent for name, *_ in drawn)})
    seconds = [spent[name].cpu_s for spent in costs.values() for name, *_ in drawn if name in spent]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    widest = max(math.log10(sizes[-1] / sizes[0]), 1.0)

    def x(size: int) -> float:
        return round(LEFT + 12 + (RIGHT - LEFT - 24) * math.log10(size / sizes[0]) / widest, 1)

    def y(spent_s: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (math.log10(spent_s) - low) / max(high - low, 1), 1)

    lines = []
    for name, words, colour in drawn:
        points = tuple((x(size), y(costs[size][name].cpu_s)) for size in sizes if name in costs[size])
        if points:
            lines.append(Line(words, colour, points, points[-1][1] + 4))
    across = tuple((y(10.0**power), f"{10.0**power:g} s") for power in range(low, high + 1))
    return Plot(tuple(_apart(lines)), across, tuple((x(size), f"{size:,}") for size in sizes))


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The same lines with their words one below the other where they would cover each other."""
    moved: list[Line] = []
    free: dict[float, float] = {}
    for line in sorted(lines, key=lambda line: line.words_y):
        end = line.points[-1][0]
        words_y = max(line.words_y, free.get(end, 0.0))
        free[end] = words_y + BETWEEN_WORDS
        moved.append(Line(line.words, line.colour, line.points, words_y))
    return moved
