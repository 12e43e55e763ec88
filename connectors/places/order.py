"""Which of two nights a place is to show, when one that waited long comes after the one that followed it. Pure."""

from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(days=1)
"""No night waits longer. What lies farther ahead was published by a wrong clock, and must not stay for ever."""


def is_overtaken(published_at: str | None, there: str | None) -> bool:
    """Whether what is there was published after what comes now; both as ISO instants."""
    try:
        ahead = datetime.fromisoformat(there or "") - datetime.fromisoformat(published_at or "")
    except (ValueError, TypeError):  # nothing is there, or nothing of ours
        return False
    return timedelta(0) < ahead < LONGEST_WAIT
