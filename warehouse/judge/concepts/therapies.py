"""Which psychotherapy goes with the drug: its name, or that there is none. Pure.

Read are interventions, arms and titles, and what the sponsor tells at length where these are silent. Of words that
lie within one another the longest counts ("mindfulness-based relapse prevention" is no bare mindfulness).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from warehouse.judge.concepts.concept import Concept, said
from warehouse.judge.concepts.layout import Layout
from warehouse.judge.relevance.wording import Finder, any_of, drug_name
from warehouse.judge.relevance.words import Text, folded
from warehouse.words.vocabulary import rows

ASSISTED = "ketamine-assisted psychotherapy"
_DENIED = re.compile(r"\b(?:no|not|without|non|exclud\w+|instead of|neither)\b[^.;,]{0,40}$", re.IGNORECASE)
_PSYCHEDELIC = re.compile(r"\b(?:KET|psychedelic)[\s-]*$", re.IGNORECASE)


def therapies(layout: Layout) -> list[Concept]:
    found = list(_in(_registered(layout), "high")) or list(_in(layout.prose, "medium"))
    if found:
        return _most_particular(found)
    if not layout.given:
        return []
    listed = Text("trial_interventions", "; ".join(each.name.words for each in layout.given))
    return [said("psychotherapy", "none", listed, "no intervention, arm or title names one", "medium")]


def _most_particular(found: list[Concept]) -> list[Concept]:
    """Without what only says the same in general."""
    named = {concept.value for concept in found}
    general = {"psychotherapy"} if len(named) > 1 else set()
    general |= {"mindfulness"} if "mindfulness-based relapse prevention" in named else set()
    return [concept for concept in found if concept.value not in general]


def names_a_therapy(text: Text) -> bool:
    return bool(_finder().search(text.words))


def _registered(layout: Layout) -> Iterator[Text]:
    for each in layout.given:
        yield from each.texts
    for branch in layout.branches:
        yield from (branch.label, branch.description)
    yield from layout.titles


def _in(texts: Iterable[Text], confidence: str) -> Iterator[Concept]:
    for text in texts:
        for found in _finder().finditer(text.words):
            therapy = _meant(found[0])
            before = text.words[: found.start()]
            if _DENIED.search(before):
                continue
            if therapy == ASSISTED and " assisted" in f" {found[0].lower()}" and not _is_behind_ours(before):
                therapy = "psychotherapy"
            where = Text(text.field, found[0])
            yield said("psychotherapy", therapy, where, "a name of a therapy", confidence)


def _is_behind_ours(before: str) -> bool:
    """Whether a text ends with our drug's name: "ketamine-", before "assisted"."""
    names = list(drug_name().finditer(before))
    ends_so = bool(names) and not before[names[-1].end() :].strip(" -")
    return ends_so or bool(_PSYCHEDELIC.search(before))


@cache
def _finder() -> Finder:
    return any_of(tuple(row["word"] for row in rows("therapies.csv")))


@cache
def _meant(words: str) -> str:
    spelt = _key(words)
    longest_first = sorted(rows("therapies.csv"), key=lambda row: -len(row["word"]))
    return next(row["therapy"] for row in longest_first if _is_entry(row["word"], spelt))


def _is_entry(word: str, spelt: str) -> bool:
    entry = _key(word.removesuffix("*"))
    return spelt.startswith(entry) if word.endswith("*") else spelt == entry


def _key(words: str) -> str:
    return re.sub(r"[\s\-/]+", " ", folded(words)).casefold()
