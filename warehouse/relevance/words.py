"""What the rules read of a record: its words, folded and bounded, each with the place where it stands. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from warehouse.study import Arm, Intervention, Mesh, Study

MOST_LETTERS = 2000
"""Of one text: a title that goes on for megabytes says no more than its beginning."""

MOST_LETTERS_OF_A_LIST = 50_000
"""Of all texts of one list: thousands of conditions say no more than the first hundreds."""

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff®™℠©"))
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_ACCENT = re.compile("[\u0300-\u036f]")


def folded(words: str) -> str:
    """Words as they are looked for: one kind of hyphen and blank, no accents, no letters that nobody sees."""
    words = words[:MOST_LETTERS]
    if words.isascii():
        return words
    plain = unicodedata.normalize("NFKD", words.translate(_UNSEEN | _HYPHENS))
    return unicodedata.normalize("NFC", _ACCENT.sub("", plain))[:MOST_LETTERS]


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of a trial's own words, folded, and the column it stands in."""

    field: str
    words: str


def heading_key(mesh_id: str) -> str:
    """MeSH ids come in two lengths, D000437 and D000000437, for the same heading."""
    return mesh_id[:1].upper() + mesh_id[1:20].lstrip("0")


@dataclass(frozen=True, slots=True)
class Heading:
    """A MeSH heading that the registry gives: its unique id, as ``heading_key`` writes it, and its words."""

    id: str
    term: str


@dataclass(frozen=True, slots=True)
class Gift:
    """An intervention as registered: its type, its names, what is said of it, and the arms it links itself to."""

    kind: str
    names: tuple[Text, ...]
    description: Text
    arms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """An arm or a cohort: its type, its label, and what it lists."""

    kind: str
    label: Text
    gives: tuple[Text, ...]


@dataclass(frozen=True)
class Trial:
    """A record's words for the rules. Lists are read only as far as somebody would."""

    study: Study = field(repr=False)

    @classmethod
    def of(cls, study: Study) -> "Trial":
        return cls(study)

    @cached_property
    def titles(self) -> tuple[Text, ...]:
        names = self.study.protocolSection.identificationModule
        return tuple(_texts("title", [names.briefTitle])) + tuple(_texts("official_title", [names.officialTitle]))

    @cached_property
    def conditions(self) -> tuple[Text, ...]:
        module = self.study.protocolSection.conditionsModule
        return tuple(_texts("trial_conditions", (module and module.conditions) or []))

    @cached_property
    def keywords(self) -> tuple[Text, ...]:
        module = self.study.protocolSection.conditionsModule
        return tuple(_texts("trial_keywords", (module and module.keywords) or []))

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The registry's MeSH headings of the conditions."""
        browse = self.study.derivedSection and self.study.derivedSection.conditionBrowseModule
        return tuple(_headings((browse and browse.meshes) or []))

    @cached_property
    def ancestors(self) -> tuple[Heading, ...]:
        """What stands above those headings in the tree, of all of them together."""
        browse = self.study.derivedSection and self.study.derivedSection.conditionBrowseModule
        return tuple(_headings((browse and browse.ancestors) or []))

    @cached_property
    def drug_headings(self) -> tuple[Heading, ...]:
        browse = self.study.derivedSection and self.study.derivedSection.interventionBrowseModule
        return tuple(_headings((browse and browse.meshes) or []))

    @cached_property
    def gifts(self) -> tuple[Gift, ...]:
        module = self.study.protocolSection.armsInterventionsModule
        return tuple(_gifts((module and module.interventions) or []))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        module = self.study.protocolSection.armsInterventionsModule
        return tuple(_groups((module and module.armGroups) or []))

    @property
    def observes(self) -> bool:
        design = self.study.protocolSection.designModule
        return (design and design.studyType) == "OBSERVATIONAL"

    @property
    def purpose(self) -> str | None:
        design = self.study.protocolSection.designModule
        return design.designInfo.primaryPurpose if design and design.designInfo else None


def _texts(place: str, listed: Iterable[str | None]) -> Iterator[Text]:
    """The texts of one list, until they are more than anyone would read."""
    letters = 0
    for words in listed:
        if words:
            text = Text(place, folded(words))
            letters += len(text.words) + 1
            if letters > MOST_LETTERS_OF_A_LIST:
                return
            yield text


def _gifts(listed: list[Intervention]) -> Iterator[Gift]:
    letters = 0
    for each in listed:
        names = tuple(_texts("trial_interventions", [each.name, *(each.otherNames or [])]))
        letters += sum(len(name.words) + 1 for name in names)
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        description = Text("trial_interventions", folded(each.description or ""))
        yield Gift(
            each.type or "",
            names,
            description,
            frozenset(folded(label) for label in each.armGroupLabels or [] if label),
        )


def _groups(listed: list[Arm]) -> Iterator[Group]:
    letters = 0
    for each in listed:
        gives = tuple(_texts("trial_arms", each.interventionNames or []))
        letters += len(each.label or "") + sum(len(what.words) + 1 for what in gives)
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        yield Group(each.type or "", Text("trial_arms", folded(each.label or "")), gives)


def _headings(listed: list[Mesh]) -> Iterator[Heading]:
    letters = 0
    for mesh in listed:
        heading = Heading(heading_key(mesh.id or ""), folded(mesh.term or mesh.id or ""))
        letters += len(heading.term) + 10
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        yield heading
