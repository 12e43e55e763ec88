"""Which trials are one study: numbers that a registry made one, trials of several registries that name one number.

Pure; which written numbers are a registry's, and how they compare, is decided in sql/publish/study_link.sql.
Two records of one registry that name a common number are kin (a trial and its extension), not one study, and
which of them another registry's trial is cannot be told: such a number ties nothing. To count a study twice is
seen; to hide a trial in another is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MADE_ONE = {"merged": "{} was merged into {}", "alias": "{1} is a former number of {0}"}
"""Ties within a registry, by its own word."""


@dataclass(frozen=True, slots=True)
class Link:
    """A trial and a number, spelt for comparison: its ``own``, one it ``named``, ``alias`` or ``merged`` into."""

    trial_id: str
    registry_name: str
    tie: str
    number: str


@dataclass(frozen=True, slots=True)
class Study:
    """Trials that are one study. ``study_id`` is the first of its trials' numbers, in alphabetical order."""

    study_id: str
    trial_ids: list[str]
    matched_by: str


def studies(links: Iterable[Link]) -> list[Study]:
    """Every study of two trials or more, with what ties them in words."""
    links = sorted(links, key=lambda link: (link.number, link.trial_id, link.tie))
    owners = {link.number: link for link in links if link.tie == "own"}
    parents: dict[str, str] = {}
    reasons: dict[str, set[str]] = {}

    def tie(one: str, other: str, reason: str) -> None:
        parents.setdefault(one, one)
        parents[_root(parents, one)] = parents.setdefault(other, other)
        reasons.setdefault(one, set()).add(reason)

    for link in links:
        owner = owners.get(link.number)
        if owner and owner.trial_id != link.trial_id and link.tie in MADE_ONE:
            reason = MADE_ONE[link.tie].format(link.trial_id, owner.trial_id)
            tie(link.trial_id, owner.trial_id, reason)
    for number, speakers in _speakers(links, parents).items():
        first, *others = speakers
        for other in others:
            if first.tie == "own":
                tie(other.trial_id, first.trial_id, f"{other.trial_id} names {first.trial_id}")
            else:
                tie(other.trial_id, first.trial_id, f"{first.trial_id} and {other.trial_id} both name {number}")

    groups: dict[str, list[str]] = {}
    for trial_id in sorted(parents):
        groups.setdefault(_root(parents, trial_id), []).append(trial_id)
    return [
        Study(group[0], group, "; ".join(sorted({word for each in group for word in reasons.get(each, ())})))
        for group in sorted(groups.values())
    ]


def _speakers(links: list[Link], parents: Mapping[str, str]) -> dict[str, list[Link]]:
    """For each number the one trial of each registry that has it, whose own it is first."""
    found: dict[str, dict[str, dict[str, Link]]] = {}
    for link in links:
        if link.tie in ("own", "named"):
            of_registry = found.setdefault(link.number, {}).setdefault(link.registry_name, {})
            root = _root(parents, link.trial_id)
            if root not in of_registry or link.tie == "own":
                of_registry[root] = link
    speakers = {}
    for number, registries in found.items():
        single = []
        for trials in registries.values():
            own = [link for link in trials.values() if link.tie == "own"]
            single += own or (list(trials.values()) if len(trials) == 1 else [])
        speakers[number] = sorted(single, key=lambda link: (link.tie != "own", link.trial_id))
    return {number: single for number, single in speakers.items() if len(single) > 1}


def _root(parents: Mapping[str, str], trial_id: str) -> str:
    while (parent := parents.get(trial_id, trial_id)) != trial_id:
        trial_id = parent
    return trial_id
