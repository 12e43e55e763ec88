"""How long trials take until they complete: the product-limit estimate of Kaplan and Meier, and its drawing.

Pure. A trial that stopped, went unknown or is still under way counts for as long as it was followed. It does not
know by what the trials are grouped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from warehouse.publish.page.charts import Caption, Curve, Drawing
from warehouse.words.harmless import shortened

Followed = tuple[int, bool, int]
"""Months from the start, whether completion was what ended them, and how many trials."""
LEAST = 5
"""Trials that a curve is drawn of."""
MOST_CURVES = 6
YEARS = 10
"""Shown at most: beyond them a curve hangs on a handful of trials."""
LEFT, TOP, WIDTH, HEIGHT, ROW = 46, 10, 324, 170, 18
KEY, KEY_LETTERS, COLUMN = 28, 17, 186
"""Of the line that stands before a group's name, and of the name: two stand beside each other."""


@dataclass(frozen=True, slots=True)
class Step:
    """From ``months`` on the ``share`` has not completed; ``at_risk`` trials were followed until then."""

    months: int
    share: float
    at_risk: int


def steps(followed: Iterable[Followed]) -> list[Step]:
    """The estimate: a step each time that a trial completed, the first at the start, one where nobody is left."""
    ended: dict[int, list[int]] = {}
    for months, has_completed, trials in followed:
        ended.setdefault(months, [0, 0])[0 if has_completed else 1] += trials
    at_risk = sum(map(sum, ended.values()))
    share, told = 1.0, [Step(0, 1.0, at_risk)]
    for months in sorted(ended):
        completed, lost = ended[months]
        share *= 1 - completed / at_risk
        if completed or months == max(ended):
            told.append(Step(months, share, at_risk))
        at_risk -= completed + lost
    return told


def at_risk(followed: Iterable[Followed], months: int) -> int:
    """How many trials had been followed for so long."""
    return sum(trials for until, _, trials in followed if until >= months)


def share_after(told: Sequence[Step], months: int) -> float:
    """The share that has not completed after so many months."""
    return [step.share for step in told if step.months <= months][-1]


def years_of(groups: Mapping[str, Iterable[Followed]]) -> int:
    """The years that are shown: as long as the longest followed, within bounds."""
    longest = max((months for each in groups.values() for months, *_ in each), default=0)
    return min(YEARS, max(1, -(-longest // 12)))


def drawn(groups: Mapping[str, Sequence[Followed]]) -> Drawing:
    """A curve a group, each with a dash of its own, and below them which is whose."""
    years = years_of(groups)
    base, unit = TOP + HEIGHT, WIDTH / (12 * years)
    words = [
        Caption(f"{share} %", LEFT - 6, round(base - HEIGHT * share / 100 + 4, 1), "end")
        for share in (0, 25, 50, 75, 100)
    ]
    step = 1 if years <= 6 else 2
    words += [
        Caption(str(year), round(LEFT + 12 * year * unit, 1), base + 15, "middle")
        for year in range(0, years + 1, step)
    ]
    words.append(Caption("years since the start", LEFT + WIDTH, base + 30, "end"))
    curves = []
    for place, (name, followed) in enumerate(groups.items()):
        curves.append(Curve(_path(steps(followed), unit, base, 12 * years), place))
        x, y = 8 + place % 2 * COLUMN, base + 50 + place // 2 * ROW
        curves.append(Curve(f"M{x} {y - 4}H{x + KEY}", place))
        named = f"{shortened(name, KEY_LETTERS)[0]} ({sum(trials for *_, trials in followed):,})"
        words.append(Caption(named, x + KEY + 6, y))
    grid = tuple(round(base - HEIGHT * share / 100, 1) for share in (0, 25, 50, 75, 100))
    height = base + 40 + ROW * -(-len(groups) // 2)
    return Drawing(LEFT + WIDTH + 12, height, words=tuple(words), grid=grid, curves=tuple(curves))


def _path(told: Sequence[Step], unit: float, base: int, most: int) -> str:
    path = [f"M{LEFT} {TOP}"]
    for step in told[1:]:
        path.append(f"H{round(LEFT + min(step.months, most) * unit, 1)}")
        if step.months > most:
            break
        path.append(f"V{round(base - HEIGHT * step.share, 1)}")
    return "".join(path)
