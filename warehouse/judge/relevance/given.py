"""Is ketamine given? An intervention or an arm says so, or the registry's heading; a title only for a masked drug.

A record may name ketamine and give none of it: as what people take, as what they had before, as what a test looks
for, as a keyword. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from warehouse.judge.relevance.mentions import Mention, Named, first_given, mentions
from warehouse.judge.relevance.wording import Finder, any_of, context, drug_abbreviation, entries
from warehouse.judge.relevance.words import ArmGroup, Gift, Text, Words, heading_key
from warehouse.words.vocabulary import rows

_CODE = re.compile(r"[A-Z]{1,5}[ -]?\d{2,}\w*")
_WORD = re.compile(r"[\w-]+")
_TESTS = ("DIAGNOSTIC_TEST",)
_IS_TEST = re.compile(r"diagnostic.test:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ketamine:
    """The answer: whether it is given, by what words, through which interventions and arms."""

    is_given: bool
    mention: Mention | None = None
    how: str = ""
    gifts: tuple[Gift, ...] = ()
    groups: tuple[ArmGroup, ...] = ()


NOT_GIVEN = Ketamine(False)


def gift(trial: Words) -> Ketamine:
    """Whether anybody in the trial is given ketamine, and what says so; without, what else it is named as."""
    gifts = tuple(each for each in trial.gifts if _gives(each, trial))
    groups = () if trial.observes and not gifts else tuple(_holding(trial, gifts))
    for how, mention in _signs(trial, gifts, groups):
        if mention:
            return Ketamine(True, mention, how, gifts, groups)
    return Ketamine(False, _best(_named(trial)))


def _signs(
    trial: Words, gifts: tuple[Gift, ...], groups: tuple[ArmGroup, ...]
) -> Iterator[tuple[str, Mention | None]]:
    """What may say that it is given, the surest first."""
    yield (
        "{name} is an intervention{arms}",
        first_given(text for each in gifts for text in (*each.names, each.description)),
    )
    yield "{name} is an intervention{arms}", first_given(trial.titles) if gifts else None
    yield "an arm lists {name}", first_given(text for each in groups for text in (*each.gives, each.label))
    if trial.observes and not trial.gifts:
        return
    yield "the registry's heading for what is given is {name}", _by_heading(trial)
    if not trial.observes and (not trial.gifts or any(_is_masked(each, trial) for each in trial.gifts)):
        yield "a title says that {name} is given", first_given(trial.titles)


def _gives(each: Gift, trial: Words) -> bool:
    if each.kind in _TESTS:
        return False
    texts = (*each.names, each.description) if _is_masked(each, trial) else each.names
    return first_given(texts) is not None or _abbreviated(each, trial)


def _abbreviated(each: Gift, trial: Words) -> bool:
    """Whether an intervention is called KAP, or the like, and a title spells that out."""
    return any(drug_abbreviation().search(name.words) for name in each.names) and bool(first_given(trial.titles))


def _holding(trial: Words, gifts: tuple[Gift, ...]) -> Iterator[ArmGroup]:
    """The arms that give ketamine: they list it, an intervention links itself to them, or their label says so."""
    linked = frozenset(label for each in gifts for label in each.arms)
    for group in trial.groups:
        gives = (what for what in group.gives if not _IS_TEST.match(what.words))
        says_so = group.label.words in linked or first_given((*gives, group.label)) is not None
        if says_so and group.kind != "NO_INTERVENTION":
            yield group


@cache
def drug_headings() -> frozenset[str]:
    """The registry's headings for ketamine."""
    return frozenset(heading_key(row["name"]) for row in rows("drugs.csv") if row["kind"] == "mesh")


def _by_heading(trial: Words) -> Mention | None:
    """The registry's heading, unless the record's own words name ketamine only in passing.

    The registry finds its headings by words as well: those of a urine test for ketamine, or of a keyword.
    """
    found = next((each for each in trial.drug_headings if each.id in drug_headings()), None)
    if found is None or any(mention.named is not Named.GIVEN for mention in _named(trial)):
        return None
    if any(first_given([keyword]) for keyword in trial.keywords) and trial.gifts and not _any_masked(trial):
        return None
    return Mention(Text("trial_mesh_terms", found.term), found.term, Named.GIVEN)


def _any_masked(trial: Words) -> bool:
    return any(_is_masked(each, trial) for each in trial.gifts)


def _is_masked(each: Gift, trial: Words) -> bool:
    """Whether its name tells nothing of what it is: "Drug A", "study drug", a code that no title speaks of."""
    if not each.names:
        return True
    name = each.names[0].words
    words = _WORD.findall(name)
    if _CODE.fullmatch(name.strip()):
        return not any(name.strip().casefold() in title.words.casefold() for title in trial.titles)
    return bool(words) and not _OPEN_CONTROL.search(name) and all(_masked_word().fullmatch(word) for word in words)


_OPEN_CONTROL = re.compile(r"\b(?:placebo|saline|control)\b", re.IGNORECASE)


@cache
def _masked_word() -> Finder:
    return any_of(entries("masked"))


def _named(trial: Words) -> Iterator[Mention]:
    """All mentions outside of keywords."""
    names = (name for each in trial.gifts for name in each.names)
    labels = (each.label for each in trial.groups)
    for text in (*trial.titles, *trial.conditions, *names, *labels):
        yield from mentions(text)


def _best(found: Iterable[Mention]) -> Mention | None:
    """The mention that says most of why it is not given."""
    listed = list(found)
    return next((each for each in listed if each.named is Named.ABUSED), listed[0] if listed else None)


COMPARATORS = {"ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR"}


def acute_gift(trial: Words, ketamine: Ketamine) -> Text | None:
    """The intervention that says itself that ketamine is the anaesthetic or the analgesic, beside another one."""
    names = (name for each in ketamine.gifts for name in each.names)
    found = next((name for name in names if context("acute").search(name.words)), None)
    if found or len(trial.gifts) == len(ketamine.gifts):
        return found
    told = (context("anaesthetic_use").search(each.description.words) for each in ketamine.gifts)
    return next((Text("trial_interventions", words[0]) for words in told if words), None)
