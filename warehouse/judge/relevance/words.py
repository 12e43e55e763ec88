"""What the rules read of a record: its words, folded and bounded, each with the place where it stands. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from connectors.spelling import compared
from connectors.trial import Arm, Intervention, MeshTerm, Trial

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
class ArmGroup:
    """An arm or a cohort: its type, its label, and what it lists."""

    kind: str
    label: Text
    gives: tuple[Text, ...]


@dataclass(frozen=True)
class Words:
    """A trial's words for the rules. Lists are read only as far as somebody would."""

    trial: Trial = field(repr=False)

    @cached_property
    def titles(self) -> tuple[Text, ...]:
        brief, official = (
            _texts("title", [self.trial.title]),
            _texts("official_title", [self.trial.official_title]),
        )
        return (*brief, *official)

    @cached_property
    def conditions(self) -> tuple[Text, ...]:
        return tuple(_texts("trial_conditions", (each.condition for each in self.trial.conditions)))

    @cached_property
    def keywords(self) -> tuple[Text, ...]:
        return tuple(_texts("trial_keywords", (each.keyword for each in self.trial.keywords)))

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The registry's MeSH headings of the conditions."""
        return tuple(self._headings("condition", is_ancestor=False))

    @cached_property
    def ancestors(self) -> tuple[Heading, ...]:
        """What stands above those headings in the tree, of all of them together."""
        return tuple(self._headings("condition", is_ancestor=True))

    @cached_property
    def drug_headings(self) -> tuple[Heading, ...]:
        return tuple(self._headings("intervention", is_ancestor=False))

    @cached_property
    def gifts(self) -> tuple[Gift, ...]:
        return tuple(_gifts(self.trial.interventions))

    @cached_property
    def groups(self) -> tuple[ArmGroup, ...]:
        return tuple(_groups(self.trial.arms))

    @property
    def observes(self) -> bool:
        return self.trial.study_type == "OBSERVATIONAL"

    @property
    def purpose(self) -> str | None:
        return self.trial.primary_purpose

    def _headings(self, side: str, *, is_ancestor: bool) -> Iterator[Heading]:
        found = (each for each in self.trial.mesh_terms if (each.side, each.is_ancestor) == (side, is_ancestor))
        return _headings(found)


def _texts(place: str, listed: Iterable[str | None]) -> Iterator[Text]:
    """The texts of one list, until they are more than anyone would read."""
    letters = 0
    for words in listed:
        if spelt := folded_text(words):
            text = Text(place, spelt)
            letters += len(text.words) + 1
            if letters > MOST_LETTERS_OF_A_LIST:
                return
            yield text


def folded_text(text: str | None) -> str:
    """As ``folded``, in the spelling in which texts are compared; marks go first, or ``™`` would be letters."""
    if not text:
        return ""
    beginning = text[: 4 * MOST_LETTERS]
    return folded(compared(beginning if beginning.isascii() else beginning.translate(_UNSEEN)))


def _gifts(listed: list[Intervention]) -> Iterator[Gift]:
    letters = 0
    for each in listed:
        names = tuple(_texts("trial_interventions", [each.name, *(each.other_names or [])]))
        letters += sum(len(name.words) + 1 for name in names)
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        description = Text("trial_interventions", folded_text(each.description))
        yield Gift(
            each.intervention_type or "",
            names,
            description,
            frozenset(folded_text(label) for label in each.arm_labels or []),
        )


def _groups(listed: list[Arm]) -> Iterator[ArmGroup]:
    letters = 0
    for each in listed:
        gives = tuple(_texts("trial_arms", each.intervention_names or []))
        label = folded_text(each.label)
        letters += len(label) + sum(len(what.words) + 1 for what in gives)
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        yield ArmGroup(each.arm_type or "", Text("trial_arms", label), gives)


def _headings(listed: Iterable[MeshTerm]) -> Iterator[Heading]:
    letters = 0
    for mesh in listed:
        heading = Heading(heading_key(mesh.mesh_id or ""), folded_text(mesh.term or mesh.mesh_id))
        letters += len(heading.term) + 10
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        yield heading
