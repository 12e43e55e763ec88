"""The field's words as data, each list with its source. Here they are only read."""

from functools import cache
from pathlib import Path

from connectors.lists import read_rows

SUBSTANCES = (
    "alcohol",
    "cannabis",
    "cocaine",
    "opioid",
    "methamphetamine",
    "tobacco",
    "sedative",
    "other",
    "unspecified",
)
RHYTHMS = ("immediately", "daily", "weekly")
KINDS = {
    "completed": "completed",
    "stopped": "stopped",
    "results_posted": "results posted",
    "results_withdrawn": "results withdrawn",
    "resumed": "went back to an earlier stage",
    "removed": "removed from the registry",
    "recruiting": "now recruiting",
    "lapsed": "status lapsed to unknown",
    "returned": "status known again",
    "status_changed": "status changed",
    "registered": "newly registered",
    "overdue": "overdue",
    "outcomes_changed": "outcomes changed",
    "arms_changed": "arms changed",
    "relevance_changed": "relevance changed",
    "merged": "merged into another record",
    "restored": "back in the registry",
    "date_slipped": "date moved later",
    "date_advanced": "date moved earlier",
    "date_actual": "expected date became actual",
    "date_refined": "date made more precise",
    "enrollment_changed": "enrollment changed",
    "eligibility_changed": "eligibility changed",
    "why_stopped_changed": "reason for stopping changed",
    "sponsor_changed": "sponsor changed",
    "sites_changed": "sites changed",
    "title_changed": "title changed",
    "conditions_changed": "conditions changed",
    "publication_added": "publication added",
    "discovered": "newly found",
    "left_watch": "left the watch",
    "reentered_watch": "back in the watch",
    "record_changed": "record changed",
}
"""Every kind of change there is, in plain English, those that readers ask for first."""


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary file."""
    return read_rows(Path(__file__).parent / name)
