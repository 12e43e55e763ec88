"""The fixed words of the reasons that changes are given, for who writes a reason and for who takes it apart again.

A stored reason keeps its words for ever. Whoever writes other words has to understand these all the same.
"""

import re

FOUND_BY = "found by search: "
LEFT_THE_SEARCH = "left the search: "
MADE_UNKNOWN = "the registry made it UNKNOWN; "
PARTICIPANTS = " participants"
RESULTS = {"results_posted": "results were posted", "results_withdrawn": "results are gone"}

_RETYPED = re.compile(r" \((?P<old>\w+|no type) → (?P<new>\w+|no type)\)")


def turned(old: str | None, new: str | None) -> str:
    """From one status to another.

    >>> turned(None, "RECRUITING")
    'no status → RECRUITING'
    """
    return f"{old or 'no status'} → {new or 'no status'}"


def retyped(old: str | None, new: str | None) -> str:
    """That a date or a number is of another type; "" where it is of the same.

    >>> retyped("ESTIMATED", "ACTUAL")
    ' (ESTIMATED → ACTUAL)'
    """
    return f" ({old or 'no type'} → {new or 'no type'})" if old != new else ""


def types(reason: str) -> tuple[str, str] | None:
    """What ``retyped`` has told in a reason; None where it has not.

    >>> types("2026-05 → 2026-06 (no type → ACTUAL): 30 days later")
    ('no type', 'ACTUAL')
    """
    found = _RETYPED.search(reason)
    return (found["old"], found["new"]) if found else None
