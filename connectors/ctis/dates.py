"""Dates of CTIS: ``19/06/2026`` in a row, ``2026-06-19`` with or without a time in what is retrieved. Pure."""

import re
from typing import Any

from connectors.dates import day
from connectors.spelling import compared

_DAY_FIRST = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


def as_iso(written: Any) -> str | None:
    """A written date without its time of day; what is none stands as it was sent.

    >>> as_iso("19/06/2026"), as_iso("2026-06-19T18:25:35.30868466"), as_iso("soon")
    ('2026-06-19', '2026-06-19', 'soon')
    """
    spelt = compared(written) if isinstance(written, str) else ""
    found = _DAY_FIRST.fullmatch(spelt)
    if found:
        spelt = f"{found[3]}-{found[2]}-{found[1]}"
    return (spelt[:10] if day(spelt[:10]) else spelt) or None
