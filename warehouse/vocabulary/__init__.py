"""The field's words as data, each list with its source. Here they are only read."""

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

UNRECOGNISED = "unrecognised"

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
KINDS = (
    "completed",
    "stopped",
    "resumed",
    "recruiting",
    "lapsed",
    "returned",
    "status_changed",
    "results_posted",
    "results_withdrawn",
    "registered",
    "discovered",
    "left_watch",
    "reentered_watch",
    "merged",
    "removed",
    "restored",
    "overdue",
    "date_actual",
    "date_refined",
    "date_slipped",
    "date_advanced",
    "enrollment_changed",
    "outcomes_changed",
    "arms_changed",
    "eligibility_changed",
    "sponsor_changed",
    "sites_changed",
    "why_stopped_changed",
    "title_changed",
    "conditions_changed",
    "publication_added",
    "record_changed",
)
"""Every kind of change there is."""


@cache
def status_groups() -> dict[str, str]:
    """Group of every status known (``statuses.csv``); what is not in it is ``unrecognised``."""
    return {row["status"]: row["status_group"] for row in rows("statuses.csv")}


def status_group(status: str | None) -> str | None:
    """The group of a status as the registry sends it; None where it sends none."""
    return None if status is None else status_groups().get(status, UNRECOGNISED)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary file."""
    return read_rows(files(__package__) / name)


def read_rows(table: Traversable) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, without its comment lines."""
    lines = table.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
