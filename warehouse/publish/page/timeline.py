"""Where on the timeline a trial's stays, its expected end and its delay are drawn.

Pure: days in, places in hundredths of the drawing's width out. It does not know how they are drawn, nor what the
words for a status are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.statuses import OPEN, UNRECOGNISED, status_group

YEARS_BACK = 15
YEARS_AHEAD = 6
WITHOUT_END = OPEN | {"unknown", UNRECOGNISED, "expanded_access"}
"""Groups in which a stay goes on until today; the others ended with the trial."""
LEAST_WIDTH = 0.4
"""Of a stay, so that a short one can be seen."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole years from ``first`` to ``last``, both drawn; ``today`` is the day on which the page was made."""

    first: int
    last: int
    today: date

    def at(self, day: date) -> float:
        """The day's place in hundredths of the width; what is outside stands at the edge."""
        begin, end = date(self.first, 1, 1), date(self.last + 1, 1, 1)
        return round(min(100.0, max(0.0, 100 * (day - begin) / (end - begin))), 2)

    @property
    def years(self) -> int:
        return self.last - self.first + 1

    def ticks(self) -> list[tuple[int, float]]:
        """Years to write below the drawing, at most seven of them, and their places."""
        step = next(step for step in (1, 2, 5, 10) if self.years <= 7 * step or step == 10)
        return [(year, self.at(date(year, 1, 1))) for year in range(self.first, self.last + 1) if year % step == 0]


def scale(days: Iterable[date], today: date) -> Scale:
    """The years that hold all of the days, but no more than a reader can tell apart: some write 1900, or 2099."""
    years = [today.year, *(day.year for day in days)]
    first = max(min(years), today.year - YEARS_BACK)
    return Scale(first, min(max(*years, today.year + 1), today.year + YEARS_AHEAD), today)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something drawn from one place to another; ``kind`` is ``ahead``, ``late``, a status group, or
    ``before`` and a status group."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One trial's drawing. ``end_at`` is the place of its end, ``is_actual`` whether that has happened.

    An end outside the years drawn has no place; its year is ``ended_before`` or ``ends_after``.
    """

    stretches: tuple[Stretch, ...]
    is_actual: bool
    end_at: float | None = None
    ended_before: int | None = None
    ends_after: int | None = None


@dataclass(frozen=True, slots=True)
class TrialCourse:
    """What is known of a trial's course: its stays in a status (from, to) as time went, start and end."""

    overall_status: str | None
    start: date | None
    end: date | None
    is_actual: bool
    stays: Sequence[tuple[str | None, date, date | None]] = ()


def bar(course: TrialCourse, years: Scale) -> Bar:
    """Draw a course.

    The time before the first version that we hold is drawn faint, in that version's status. A trial that had
    already ended then is drawn from its start to its end in the status it ended in. The time that is expected to
    come is ``ahead``, and the time past its expected end of a trial that is still open is ``late``.
    """
    today = years.today
    group = status_group(course.overall_status) or UNRECOGNISED
    last_day = today if group in WITHOUT_END else min(course.end or today, today)
    drawn: list[Stretch | None] = []
    known_from = min((begin for _, begin, _ in course.stays), default=last_day)
    first = next((status_group(status) or UNRECOGNISED for status, *_ in course.stays), group)
    if course.start and first in WITHOUT_END:
        drawn.append(_stretch(f"before {first}", course.start, min(known_from, last_day), years))
    elif course.start:
        drawn.append(_stretch(group, course.start, last_day, years))
    for status, begin, end in course.stays:
        kind = status_group(status) or UNRECOGNISED
        if end or kind in WITHOUT_END:
            drawn.append(_stretch(kind, begin, min(end or last_day, today), years))
    if group in OPEN and course.end and not course.is_actual:
        if course.end > today:
            drawn.append(_stretch("ahead", max(today, course.start or today), course.end, years))
        else:
            drawn.append(_stretch("late", course.end + timedelta(days=1), today, years))
    stretches = tuple(each for each in drawn if each)
    if course.end is None:
        return Bar(stretches, course.is_actual)
    if course.end.year < years.first:
        return Bar(stretches, course.is_actual, ended_before=course.end.year)
    if course.end.year > years.last:
        return Bar(stretches, course.is_actual, ends_after=course.end.year)
    return Bar(stretches, course.is_actual, end_at=years.at(course.end))


def _stretch(kind: str, begin: date, end: date, years: Scale) -> Stretch | None:
    if end < begin or end.year < years.first or begin.year > years.last:
        return None
    x = years.at(begin)
    return Stretch(kind, min(x, 100 - LEAST_WIDTH), round(max(LEAST_WIDTH, years.at(end) - x), 2))
