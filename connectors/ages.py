"""Ages as a registry writes them: a number and a unit. Pure."""

import re
from functools import lru_cache

from connectors.spelling import compared

_WRITTEN = re.compile(r"(\d{1,6}) (year|month|week|day|hour|minute)s?", re.ASCII | re.IGNORECASE)
DAYS_IN_A_YEAR = 365.25
IN_A_YEAR = {
    "year": 1.0,
    "month": 12.0,
    "week": DAYS_IN_A_YEAR / 7,
    "day": DAYS_IN_A_YEAR,
    "hour": DAYS_IN_A_YEAR * 24,
    "minute": DAYS_IN_A_YEAR * 24 * 60,
}
"""How many of each a year has."""


@lru_cache(maxsize=4_096)
def years(written: str | None) -> float | None:
    """How many years an age is; None for what is no such age.

    >>> years("18 Months"), years("1 Year")
    (1.5, 1.0)
    """
    found = _WRITTEN.fullmatch(compared(written)) if written else None
    return int(found[1]) / IN_A_YEAR[found[2].lower()] if found else None
