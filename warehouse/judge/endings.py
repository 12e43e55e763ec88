"""An ending is news once a study: what another registry has told already is not told again. Pure.

Rather twice than never. A twin has told an ending only in the watches that have both trials, only to readers who
hear of its substances, only while it stands at that end, and only what it came to after this trial last went back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.statuses import status_group, stop

ENDINGS = frozenset({"completed", "stopped", "results_posted"})
"""Kinds of change that end something of a study."""
TOLD_ALREADY = "low"
"""The materiality of an ending that another registry has told; of itself each of them is high."""


@dataclass(frozen=True, slots=True)
class LatestChange:
    """The latest change of one kind."""

    materiality: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Twin:
    """A trial as its registry shows it now, of a study that another registry shows too.

    ``watches`` are those in which it is relevant. ``latest`` are its latest changes by kind.
    """

    trial_id: str
    overall_status: str | None
    has_results: bool
    watches: frozenset[str]
    substances: frozenset[str]
    latest: Mapping[str, LatestChange] = field(default_factory=dict)


def told_in(kind: str, trial: Twin, twins: Iterable[Twin]) -> dict[str, str]:
    """The watches in which an ending of a trial has been told, each with the number of the twin that told it."""
    told: dict[str, str] = {}
    if kind in ENDINGS:
        for twin in twins:
            if (
                trial.substances <= twin.substances
                and _is_at_that_end(kind, trial, twin)
                and _told(kind, trial, twin)
            ):
                told = dict.fromkeys(trial.watches & twin.watches, twin.trial_id) | told
    return told


def _is_at_that_end(kind: str, trial: Twin, twin: Twin) -> bool:
    """A halt, or a permission that one registry's countries refuse, is not the end that the other tells."""
    if kind == "results_posted":
        return twin.has_results
    is_alike = stop(twin.overall_status) == stop(trial.overall_status)
    return status_group(twin.overall_status) == kind and is_alike


def _told(kind: str, trial: Twin, twin: Twin) -> bool:
    """Whether the twin was the first to be there, and since this trial went back, if it did.

    One that stood there from its first night on has no change of that kind, and tells it by standing there.
    """
    news, went_back = twin.latest.get(kind), trial.latest.get("resumed")
    if news is None:
        return went_back is None
    return news.materiality != TOLD_ALREADY and (went_back is None or news.observed_at > went_back.observed_at)
