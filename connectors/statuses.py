"""The statuses that registries send, in the groups that readers think in. Pure."""

from functools import cache
from pathlib import Path

from connectors.lists import read_rows

UNRECOGNISED = "unrecognised"
GROUPS = (
    *("planned", "recruiting", "active", "completed", "stopped", "unknown"),
    *("expanded_access", "withheld", UNRECOGNISED),
)
"""Every group, in the order of a trial's life."""
COURSE = GROUPS[:5]
"""The groups that a trial goes through, in order."""
OPEN = frozenset(COURSE[:3])
"""A trial in one of these is still to end."""


@cache
def status_rows() -> list[dict[str, str]]:
    """Every status known, with its group (``statuses.csv``)."""
    return read_rows(Path(__file__).parent / "statuses.csv")


@cache
def status_groups() -> dict[str, str]:
    """Group of every status known; what is not in it is ``unrecognised``."""
    return {row["status"]: row["status_group"] for row in status_rows()}


def status_group(status: str | None) -> str | None:
    """The group of a status as the registry sends it; None where it sends none."""
    return None if status is None else status_groups().get(status, UNRECOGNISED)


def stop(status: str | None) -> str | None:
    """How a status of the group ``stopped`` stops a trial: ``end``, ``halt`` or ``permission``; else None."""
    return next((row["stop"] or None for row in status_rows() if row["status"] == status), None)


def is_vague(status: str | None) -> bool:
    """Whether a status says too little for its group: that a trial came to it is no lapse."""
    return any(row["status"] == status and row["is_vague"] for row in status_rows())
