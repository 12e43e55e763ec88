"""A registry's data version, read leniently as the instant that it is. Pure.

Versions are compared as instants and never as texts: one that is written otherwise one night must not look older,
or newer, the next. One that cannot be read says nothing, so it stands in no night's way.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from connectors.printable import one_line

_WRITTEN = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:\s*[T\s]\s*(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?:Z|UTC|GMT|(?P<sign>[+-])(?P<off_h>\d{2}):?(?P<off_m>\d{2})?)?)?",
    re.ASCII | re.IGNORECASE,
)
MOST_LETTERS = 60


def instant(written: str | None) -> datetime | None:
    """The instant, UTC without a zone; None for what names none.

    >>> instant("2026-09-11 11:00:04.000+02:00") == instant("2026-09-11T09:00:04Z")
    True
    """
    found = _WRITTEN.fullmatch(" ".join((written or "").split()))
    if not found:
        return None
    part = found.groupdict()
    year, month, day = (int(part[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    microsecond = int((part["fraction"] or "").ljust(6, "0")[:6])
    offset = timedelta(hours=int(part["off_h"] or 0), minutes=int(part["off_m"] or 0))
    try:
        zone = timezone(-offset if part["sign"] == "-" else offset)
        there = datetime(year, month, day, hour, minute, second, microsecond, zone)
        return there.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def normal(written: str) -> str:
    """The one way in which we write it, ``2026-09-11T09:00:04``; what is no instant as it was sent, cut short."""
    text = one_line(written)[:MOST_LETTERS].rstrip()
    at = instant(text)
    return at.isoformat() if at else text


def moved(one: str | None, other: str | None) -> bool:
    """Whether they are known to be two: one that cannot be read is not known to have moved."""
    before, after = instant(one), instant(other)
    return before is not None and after is not None and before != after


def is_known_to_be(one: str | None, other: str | None) -> bool:
    """Whether both can be read and are one: only then is there nothing new."""
    before = instant(one)
    return before is not None and before == instant(other)


def is_older(one: str | None, other: str | None) -> bool:
    before, after = instant(one), instant(other)
    return before is not None and after is not None and before < after
