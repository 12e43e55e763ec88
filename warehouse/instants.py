"""Instants as the store keeps them, and the hours at which something is due."""

from datetime import UTC, datetime, time, timedelta


def naive_utc(instant: datetime) -> datetime:
    """An aware instant as the store keeps it: UTC, without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def next_at(instant: datetime, hour: int, weekday: int | None = None) -> datetime:
    """The first ``hour`` o'clock (UTC) after ``instant``; with ``weekday`` (Monday is 0), on that day."""
    then = datetime.combine(instant.date(), time(hour), tzinfo=instant.tzinfo)
    while then <= instant or (weekday is not None and then.weekday() != weekday):
        then += timedelta(days=1)
    return then
