"""Dates as a registry writes them: a day, a month, sometimes a year, sometimes nonsense."""

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from connectors.spelling import compared
from connectors.versions import instant

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Span(NamedTuple):
    """The days that a written date can mean, first and last."""

    earliest: date
    latest: date

    def lies_in(self, other: "Span") -> bool:
        return other.earliest <= self.earliest and self.latest <= other.latest


@lru_cache(maxsize=16_384)
def span(written: str | None) -> Span | None:
    """What ``2026``, ``2026-10`` or ``2026-10-31`` can mean; None for anything that is no such date.

    >>> span("2024-02").latest
    datetime.date(2024, 2, 29)
    """
    found = _WRITTEN.fullmatch(compared(written)) if written else None
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 - the pattern demands it; this tells the type checker
    try:
        if month is None:
            return Span(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return Span(date(year, month, day), date(year, month, day))
    except (ValueError, calendar.IllegalMonthError):
        return None


def as_columns(column: str, written: str | None) -> dict[str, str | date | None]:
    """A written date as its columns in the views, with the first and last day that it can mean."""
    days = span(written)
    return {
        column: written,
        f"{column}_earliest": days.earliest if days else None,
        f"{column}_latest": days.latest if days else None,
    }


def day(written: str | None) -> date | None:
    """A written date that names one day; None for a month, a year or nonsense."""
    found = span(written)
    return found.earliest if found and found.earliest == found.latest else None


def version_day(data_version: str | None) -> date | None:
    """The day (UTC) of a registry's data version; None for one that cannot be read."""
    at = instant(data_version)
    return at.date() if at else None
