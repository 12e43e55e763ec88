"""Which trials are one study: numbers that a registry made one, trials of several registries that name one number.

Pure; which written numbers are a registry's, and how they compare, is decided in keep/sql/study_link.sql.
Two records of one registry that name a common number are kin (a trial and its extension), not one study, and
which of them another registry's trial is cannot be told: such a number ties nothing. Two live numbers of one
registry are two trials, whatever anyone says. To count a study twice is seen; to hide a trial in another is not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A trial and a number, spelt for comparison: its ``own``, one it ``named``, ``alias`` or ``merged`` into.

    ``is_live`` says of the trial that its registry still answers with it.
    """

    trial_id: str
    registry_name: str
    tie: str
    number: str
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Study:
    """Trials that are one study. ``study_id`` is the first of its trials' numbers, in alphabetical order."""

    study_id: str
    trial_ids: list[str]
    matched_by: str


def studies(links: Iterable[Link]) -> list[Study]:
    """Every study of two trials or more, with what ties them in words."""
    links = sorted(set(links))
    registries = {link.trial_id: link.registry_name for link in links}
    live = {link.trial_id for link in links if link.is_live}
    groups = _Groups()
    told = list(_merged(links))
    for tie in told:
        groups.join(tie)
    told += groups.join_where_sure(_borne(links, live), {(registries[each], each) for each in live})
    apart = {(registry_name, groups.root(trial_id)) for trial_id, registry_name in registries.items()}
    told += groups.join_where_sure(_named(links, groups), apart)

    made: dict[str, list[str]] = {}
    for trial_id in sorted(registries):
        made.setdefault(groups.root(trial_id), []).append(trial_id)
    words: dict[str, set[str]] = {}
    for tie in told:
        words.setdefault(groups.root(tie.one), set()).add(tie.reason)
    return [
        Study(trials[0], trials, "; ".join(sorted(words[root])))
        for root, trials in sorted(made.items(), key=lambda item: item[1])
        if len(trials) > 1
    ]


@dataclass(frozen=True, slots=True)
class _Tie:
    """Two trials, or a trial and a number that none of ours bears, that something says are one."""

    one: str
    other: str
    reason: str


class _Groups:
    """What is one with what: a union–find. Only roots are ever tied, so that no shape of ties makes a circle."""

    def __init__(self, parents: dict[str, str] | None = None) -> None:
        self._parents = parents or {}

    def root(self, one: str) -> str:
        while (parent := self._parents.setdefault(one, one)) != one:
            self._parents[one] = one = self._parents[parent]
        return one

    def join(self, tie: _Tie) -> None:
        first, second = sorted((self.root(tie.one), self.root(tie.other)))
        self._parents[second] = first

    def join_where_sure(self, ties: Iterable[_Tie], apart: set[tuple[str, str]]) -> list[_Tie]:
        """Join what is tied, but for ties that together would make two of one registry's that stand ``apart`` one.

        Returns the ties that count. Which of several is to blame cannot be told, so none of them counts.
        """
        ties = list(ties)
        tried = self._joined(ties)
        held = Counter((tried.root(each), registry_name) for registry_name, each in apart)
        doubtful = {root for (root, _), count in held.items() if count > 1}
        sure = [tie for tie in ties if tried.root(tie.one) not in doubtful]
        for tie in sure:
            self.join(tie)
        return sure

    def _joined(self, ties: Iterable[_Tie]) -> Self:
        tried = type(self)(dict(self._parents))
        for tie in ties:
            tried.join(tie)
        return tried


def _merged(links: list[Link]) -> Iterator[_Tie]:
    for link, other in _within_a_registry(links, "merged"):
        yield _Tie(link.trial_id, other, f"{link.trial_id} was merged into {other}")


def _borne(links: list[Link], live: set[str]) -> Iterator[_Tie]:
    """Former numbers, but for one whose own record is still there: that is a trial beside."""
    for link, other in _within_a_registry(links, "alias"):
        if other not in live:
            yield _Tie(link.trial_id, other, f"{other} is a former number of {link.trial_id}")


def _within_a_registry(links: list[Link], tie: str) -> Iterator[tuple[Link, str]]:
    """The ties of one kind that a registry makes itself, each with the trial of ours that bears the number."""
    owners = {link.number: link.trial_id for link in links if link.tie == "own"}
    for link in links:
        other = owners.get(link.number, link.number)
        if link.tie == tie and other != link.trial_id:
            yield link, other


def _named(links: list[Link], groups: _Groups) -> Iterator[_Tie]:
    for number, (first, *others) in _speakers(links, groups).items():
        for other in others:
            if first.tie == "own":
                reason = f"{other.trial_id} names {first.trial_id}"
            else:
                reason = f"{first.trial_id} and {other.trial_id} both name {number}"
            yield _Tie(other.trial_id, first.trial_id, reason)


def _speakers(links: list[Link], groups: _Groups) -> dict[str, list[Link]]:
    """For each number the one trial of each registry that has it, whose own it is first."""
    found: dict[str, dict[str, dict[str, Link]]] = {}
    for link in links:
        if link.tie in ("own", "named"):
            of_registry = found.setdefault(link.number, {}).setdefault(link.registry_name, {})
            root = groups.root(link.trial_id)
            if root not in of_registry or link.tie == "own":
                of_registry[root] = link
    speakers = {}
    for number, registries in found.items():
        single: list[Link] = []
        for trials in registries.values():
            own = [link for link in trials.values() if link.tie == "own"]
            single += own or (list(trials.values()) if len(trials) == 1 else [])
        speakers[number] = sorted(single, key=lambda link: (link.tie != "own", link.trial_id))
    return {number: single for number, single in speakers.items() if len(single) > 1}
