"""What our drug is compared with. Pure.

Arms decide, where there are any: those without our drug, and those with it that are registered as a comparison.
What every arm has is nobody's comparison; what only the other arm has is one. Without arms interventions decide,
without both a title.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from warehouse.judge.concepts.concept import Concept, said
from warehouse.judge.concepts.doses import doses
from warehouse.judge.concepts.layout import Branch, GivenIntervention, Layout
from warehouse.judge.concepts.owners import Owners
from warehouse.judge.concepts.passages import of_an_arm
from warehouse.judge.concepts.therapies import names_a_therapy
from warehouse.judge.relevance.mentions import first_given
from warehouse.judge.relevance.wording import Finder, any_of
from warehouse.judge.relevance.words import Text
from warehouse.words.vocabulary import rows

_STAND_INS = ("midazolam", "saline", "placebo")
_A_NAME = 60
"""Letters of a text that is quoted whole."""
_CONTROL = re.compile(r"\b(?:control|comparator|active placebo|psychoactive placebo|low[- ]dose)\b", re.IGNORECASE)
_LOW = re.compile(r"\b(?:low(?:er|est)?|sub-?\s?\w+)[- ]dose", re.IGNORECASE)
_CROSSED = re.compile(r"\bcross[- ]?over|\bsequence\b|\brandom order\b|\beach over\b", re.IGNORECASE)
_AGAINST = re.compile(
    r"\b(?:versus|vs\.?|compar\w+ (?:to|with)|comparison of|comparing|or|against)\b|[- ]controlled\b",
    re.IGNORECASE,
)
_LIKE_A_DRUG = re.compile(
    r"\b\w{3,}(?:ine|zepam|zolam|zole|one|ide|ate|barbital|pam|lam|xone|phine|cybin|zine)\b|\d\s*m?g\b",
    re.IGNORECASE,
)


def comparators(layout: Layout) -> list[Concept]:
    ours = [branch for branch in layout.branches if branch.is_ours]
    if ours:
        are_tied = any(branch.gives for branch in layout.branches)
        return [*_of_arms(layout, ours), *(() if are_tied else _of_interventions(layout))]
    return list(_of_interventions(layout)) or list(_of_titles(layout.titles))


def _of_arms(layout: Layout, ours: list[Branch]) -> Iterator[Concept]:
    crossed = list(_crossed(layout, ours))
    others = [branch for branch in layout.branches if not branch.is_ours]
    if crossed and not others:
        yield from crossed
        return
    main = [branch for branch in ours if not branch.compares and not _waits(branch)] or ours
    compared = others + [branch for branch in ours if branch not in main]
    shared = {id(each) for branch in main for each in branch.gives}
    owners = Owners(layout)
    for branch in compared:
        if branch.compares and _is_dosed_otherwise(branch, main, owners):
            yield said("comparator", "ketamine", branch.label, "a comparison arm with another dose", "high")
        yield from _of_arm(branch, main, [each for each in branch.gives if id(each) not in shared])
    if not compared and len(main) > 1 and not crossed:
        yield from _among(main)
    elif not compared:
        yield from _within(main[0]) or [
            said("comparator", "none", main[0].label, "no arm without the drug", "medium")
        ]


def _within(branch: Branch) -> list[Concept]:
    """What a record of one arm compares with in that arm's own name ("ketamine or placebo")."""
    texts = (branch.label, *(each.name for each in branch.gives))
    return [concept for value in _STAND_INS if (concept := _first(texts, value))]


def _among(main: list[Branch]) -> Iterator[Concept]:
    """Arms that all give the drug, and none of which is registered as the comparison."""
    common = set.intersection(*({id(each) for each in branch.gives} for branch in main))
    differing = [each for branch in main for each in branch.gives if id(each) not in common and not each.is_ours]
    found = [concept for each in differing for concept in _of_given(each, sure="medium")]
    yield from found or [said("comparator", "ketamine", main[-1].label, "other arms with the drug", "medium")]


def _of_arm(branch: Branch, main: list[Branch], differing: list[GivenIntervention]) -> Iterator[Concept]:
    """What one arm stands for."""
    own = (branch.label, *(each.name for each in differing))
    if found := _waits(branch) or _first(own, "treatment as usual") or _usual(branch, main):
        yield found
        return
    if told := _otherwise(branch):
        yield from told
        return
    if branch.kind == "NO_INTERVENTION" and not branch.gives:
        yield said("comparator", "no treatment", branch.label, "an arm without intervention", "high")
        return
    drugs = [each for each in differing if not each.is_ours]
    found_in = [concept for each in drugs for concept in _of_given(each, sure="high")]
    is_active = any(concept.value in ("midazolam", "other drug") for concept in found_in)
    if is_active:
        yield from (concept for concept in found_in if concept.value not in ("placebo", "psychotherapy"))
        return
    around = [
        concept
        for value in ("placebo", "saline")
        if (concept := _first((branch.label, branch.description), value)) and not branch.is_ours
    ]
    told = [concept for concept in (*found_in, *around) if concept.value != "other treatment"]
    if not branch.is_ours:
        told = told or found_in
    yield from told or [_rest(branch)]


def _is_dosed_otherwise(branch: Branch, main: list[Branch], owners: Owners) -> bool:
    """Whether it gives our drug too, but as much of it as no other arm: a low dose beside another therapy."""
    if not branch.is_ours or _otherwise(branch):
        return False
    if _LOW.search(branch.label.words) and not any(_LOW.search(each.label.words) for each in main):
        return True
    own = _doses([branch], main, owners)
    among_main = _doses(main, [branch], owners) or _doses(main, [], owners)
    return bool(own and among_main and own - among_main)


def _doses(branches: list[Branch], others: list[Branch], owners: Owners) -> set[str]:
    """The doses of our drug that arms tell of themselves, and not by an intervention that others have as well."""
    elsewhere = {id(each) for branch in others for each in branch.gives}
    found = (dose for branch in branches for dose in doses(of_an_arm(branch, elsewhere), owners))
    return {dose.value for dose in found}


def _waits(branch: Branch) -> Concept | None:
    return _first((branch.label, branch.description), "waiting list")


def _otherwise(branch: Branch) -> list[Concept]:
    """What the texts of an arm name that only lists our drug because the record lists it for all of its arms."""
    texts = (branch.label, branch.description)
    if not branch.is_ours or first_given(texts):
        return []
    for value, told in (("drug", "other drug"), ("midazolam", "midazolam")):
        if found := _first(texts, value):
            return [replace(found, value=told)]
    return [found for value in ("placebo", "saline") if (found := _first(texts, value))]


def _usual(branch: Branch, main: list[Branch]) -> Concept | None:
    """Usual care as an arm's description says it, unless the drug's own arm has it as well."""
    if _first(tuple(each.description for each in main), "treatment as usual"):
        return None
    has_stand_in = any(_names(each, value) for each in branch.gives for value in _STAND_INS)
    drugs = any(each.may_be_a_drug for each in branch.gives)
    return None if has_stand_in or drugs else _first((branch.description,), "treatment as usual")


def _rest(branch: Branch) -> Concept:
    """An arm that has nothing of its own: the drug is added to what it gives, or it gives the drug otherwise."""
    if branch.is_ours:
        return said("comparator", "ketamine", branch.label, "a comparison arm with the drug", "high")
    if branch.kind == "PLACEBO_COMPARATOR":
        return said("comparator", "placebo", branch.label, "the arm's type", "medium")
    drug = next((each for each in branch.gives if each.may_be_a_drug and each.kind), None)
    if drug:
        return said("comparator", "other drug", drug.name, "what the drug is added to", "medium")
    if any(names_a_therapy(text) for each in branch.gives for text in each.texts):
        return said("comparator", "psychotherapy", branch.gives[0].name, "what the drug is added to", "medium")
    if branch.gives:
        return said("comparator", "other treatment", branch.gives[0].name, "what the drug is added to", "medium")
    return said("comparator", "no treatment", branch.label, "an arm without the drug", "low")


def _of_given(each: GivenIntervention, *, sure: str) -> Iterator[Concept]:
    """What an intervention that is not our drug stands for."""
    named = [value for value in _STAND_INS if _names(each, value)]
    if "midazolam" in named:
        yield _told(each, "midazolam", sure)
        return
    if named:
        for value in named:
            yield _told(each, value, sure)
        return
    if found := _first(each.names, "treatment as usual", "waiting list"):
        yield found
    elif any(names_a_therapy(text) for text in each.texts) and each.kind not in ("DRUG", "BIOLOGICAL"):
        yield said("comparator", "psychotherapy", each.name, "an intervention without the drug", sure)
    elif each.kind in ("DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT"):
        yield said("comparator", "other drug", each.name, "an intervention without the drug", sure)
    elif not each.kind:
        if _LIKE_A_DRUG.search(each.name.words) or _finder("drug").search(each.name.words):
            yield said("comparator", "other drug", each.name, "an intervention without the drug", "low")
    else:
        yield said("comparator", "other treatment", each.name, "an intervention without the drug", sure)


def _told(each: GivenIntervention, value: str, sure: str) -> Concept:
    where = next(text for text in each.texts if _finder(value).search(text.words))
    return said("comparator", value, where, "an intervention without the drug", sure)


def _names(each: GivenIntervention, value: str) -> bool:
    """Whether its names say so; its description only of what stands in for a drug."""
    if any(_finder(value).search(name.words) for name in each.names):
        return True
    is_stand_in = any(_finder(name).search(text.words) for name in ("placebo", "saline") for text in each.names)
    return value == "saline" and is_stand_in and bool(_finder(value).search(each.description.words))


def _crossed(layout: Layout, ours: list[Branch]) -> Iterator[Concept]:
    """What people get beside the drug in another period of a crossover, where all arms give all of it."""
    everywhere = [each for each in layout.given if all(each in branch.gives for branch in ours)]
    others = [each for each in everywhere if not each.is_ours and each.may_be_a_drug]
    told = " ".join(text.words for branch in ours for text in (branch.label, branch.description))
    is_crossed = layout.trial.intervention_model == "CROSSOVER" or bool(
        _CROSSED.search(f"{told} {' '.join(text.words for text in layout.titles)}")
    )
    stands_in = any(_names(each, value) for each in others for value in _STAND_INS)
    if is_crossed or (stands_in and len(ours) > 1):
        for each in others:
            yield from _of_given(each, sure="medium")


def _of_interventions(layout: Layout) -> Iterator[Concept]:
    if not any(each.is_ours for each in layout.given):
        return
    for each in layout.given:
        if not each.is_ours:
            yield from (found for found in _of_given(each, sure="medium") if found.value != "psychotherapy")
            continue
        parts = (value for value in ("placebo", "midazolam") if _names(each, value))
        yield from (_told(each, value, "low") for value in parts)
        if len([one for one in layout.given if one.is_ours]) > 1 and _CONTROL.search(each.name.words):
            yield said("comparator", "ketamine", each.name, "the drug as its own comparison", "medium")


def _of_titles(titles: Iterable[Text]) -> Iterator[Concept]:
    for title in titles:
        if _AGAINST.search(title.words):
            for value in (*_STAND_INS, "treatment as usual", "drug"):
                if found := _finder(value).search(title.words):
                    told = "other drug" if value == "drug" else value
                    yield said("comparator", told, Text(title.field, found[0]), "a title compares it with", "low")


def _first(texts: Iterable[Text], *values: str) -> Concept | None:
    for value in values:
        for text in texts:
            if found := _finder(value).search(text.words):
                where = text if len(text.words) < _A_NAME else Text(text.field, found[0])
                return said("comparator", value, where, "an arm without the drug", "high")
    return None


@cache
def _finder(value: str) -> Finder:
    return any_of(tuple(row["word"] for row in rows("comparators.csv") if row["comparator"] == value))
