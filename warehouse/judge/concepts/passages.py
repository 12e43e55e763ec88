"""Where a record says how our drug is given, the surest place first, and how far each is to be trusted. Pure.

Its interventions and arms come first, then titles; what the sponsor tells at length is asked only where these are
silent, and there a sentence counts only if it names the drug and speaks of this trial, not of an earlier one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.judge.concepts.layout import Branch, GivenIntervention, Layout
from warehouse.judge.concepts.owners import Owners, sentences
from warehouse.judge.relevance.mentions import first_given
from warehouse.judge.relevance.words import Text

_EARLIER = re.compile(
    r"\b(?:previous\w*|earlier|prior|recent\w*|past|literature|reported|reports?|published|case series|cases|found"
    r"|has been|have been|had been|was shown|were shown|has shown|have shown|showed|shown|demonstrated|suggest\w*"
    r"|typical\w*|commonly|usually|approved|historical\w*|meta-?analys\w+|review\w*|pilot (?:study|data)|et al"
    r"|investigators (?:have|gave)|studies|gave|known)\b|\[\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that may speak of our drug. ``default``: whether it does where it names no drug."""

    text: Text
    sentence: str
    default: bool
    confidence: str


def tiers(layout: Layout, owners: Owners) -> Iterator[tuple[Passage, ...]]:
    """The passages of each kind of place; who has found something in one need not look into the next."""
    yield tuple(_registered(layout))
    yield tuple(_of(layout.titles, default=True, confidence="medium"))
    yield tuple(_told(layout, owners))


def _registered(layout: Layout) -> Iterator[Passage]:
    for each in layout.given:
        if each.is_ours:
            yield from _of(each.texts, default=True, confidence=_sureness(each))
    for branch in layout.branches:
        if branch.is_ours:
            sure = "high" if branch.is_of_one_drug else "medium"
            yield from _of((branch.label, branch.description), default=_speaks_of_ours(branch), confidence=sure)


def of_an_arm(branch: Branch, elsewhere: set[int]) -> Iterator[Passage]:
    """What an arm with our drug tells of it: itself, and by interventions that are not given elsewhere too."""
    yield from _of((branch.label, branch.description), default=_speaks_of_ours(branch), confidence="high")
    for each in branch.gives:
        if each.is_ours and id(each) not in elsewhere:
            yield from _of(each.texts, default=True, confidence="high")


def _sureness(each: GivenIntervention) -> str:
    """A mixture of drugs ("ketamine + naltrexone") leaves open of which its texts speak."""
    return "medium" if re.search(r"\s(?:\+|and|with)\s", each.name.words) else "high"


def _speaks_of_ours(branch: Branch) -> bool:
    """An arm of several drugs speaks of ours where it names none, if no other is named before it in the arm."""
    if branch.is_of_one_drug:
        return True
    drugs = [each for each in branch.gives if each.may_be_a_drug]
    return drugs[0].is_ours or first_given([branch.label]) is not None


def _of(texts: tuple[Text, ...], *, default: bool, confidence: str) -> Iterator[Passage]:
    for text in texts:
        for sentence in sentences(text.words):
            yield Passage(text, sentence, default, confidence)


def _told(layout: Layout, owners: Owners) -> Iterator[Passage]:
    for text in layout.prose:
        for sentence in sentences(text.words):
            if _EARLIER.search(sentence):
                continue
            if any(name.is_ours for name in owners.names(sentence)):
                yield Passage(text, sentence, False, "low" if text.field == "detailed_description" else "medium")
