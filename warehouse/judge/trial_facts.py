"""What is known of a trial, from what a query told of it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from warehouse.judge.relevance.called import called
from warehouse.words.brief import TrialFacts

MOST_DRUGS = 2
"""That a trial of another drug than ours is called by: who lists more lists the drugs of its arms."""
DRUG_TYPES = ("DRUG", "BIOLOGICAL")
NOT_GIVEN = ("abused", "none")
"""Roles of our drug in which nobody is given it."""
STAND_IN = re.compile(r"placebo|saline|vehicle|diluent|sham", re.IGNORECASE)
_FACTS = frozenset(each.name for each in fields(TrialFacts))
_LISTS = frozenset(each.name for each in fields(TrialFacts) if each.default == ())

Intervention = tuple[str | None, str | None, Sequence[str] | None]
"""Its type, name and other names."""


def as_facts(row: Mapping[str, Any]) -> TrialFacts:
    """A row with the columns of ``TrialFacts``, ``official_title`` and ``interventions``; others do not matter.

    A list that a record does not have is an empty one.
    """
    told: dict[str, Any] = {
        name: () if value is None and name in _LISTS else value for name, value in row.items() if name in _FACTS
    }
    drugs = _drugs(row["interventions"], (row["title"], row["official_title"]), row["drug_role"])
    return TrialFacts(**told, drugs=drugs)


def _drugs(
    interventions: Sequence[Intervention], titles: Iterable[str | None], drug_role: str | None
) -> tuple[str, ...]:
    """Our drug by the name people use, where the trial gives it; else the drugs that it lists.

    A title speaks only where no drug is listed: who treats the use of ketamine names it there and gives another.
    """
    given = [name for kind, name, _ in interventions if name and kind in DRUG_TYPES and not STAND_IN.search(name)]
    if drug_role not in NOT_GIVEN:
        names = [name for _, name, others in interventions for name in (name, *(others or ()))]
        if ours := called(names) or (() if given else called(titles)):
            return ours
    return tuple(given[:MOST_DRUGS])
