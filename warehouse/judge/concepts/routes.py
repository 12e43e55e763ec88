"""By which road our drug is given. Pure.

A form is told as a road only where no road is: an infusion is taken as intravenous, a spray as intranasal.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from warehouse.judge.concepts.concept import Concept
from warehouse.judge.concepts.owners import Owners
from warehouse.judge.concepts.passages import Passage
from warehouse.judge.relevance.wording import Finder, any_of
from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

_NUMERAL = re.compile(r"\b(?:DSM|phase|stage|grade|group|part|type)[\s-]*$", re.IGNORECASE)
"""Before "IV", where it is a four."""


def routes(passages: tuple[Passage, ...], owners: Owners) -> list[Concept]:
    return (
        list(_found("clear", passages, owners))
        or list(_found("likely", passages, owners))
        or list(_shared(passages, owners))
    )


def _found(sureness: str, passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    for passage in passages:
        for found in _words(sureness, passage.sentence):
            if owners.is_ours(passage.sentence, *found.span(), passage.default, listed=True):
                rule = "a route of the drug" if sureness == "clear" else "a form that is usually given so"
                sure = "medium" if sureness == "likely" and passage.confidence == "high" else passage.confidence
                yield Concept("route", _route(found[0]), None, passage.text.field, found[0], rule, sure)


def _shared(passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    """The only route of a sentence that names our drug and another: "ketamine 1 mg/kg and propofol 1 mg/kg IV"."""
    for passage in passages:
        found = _words("clear", passage.sentence)
        if len(found) == 1 and any(name.is_ours for name in owners.names(passage.sentence)):
            words = found[0][0]
            yield Concept(
                "route", _route(words), None, passage.text.field, words, "the route of a sentence", "low"
            )


def _words(sureness: str, sentence: str) -> list[re.Match[str]]:
    found = _finder(sureness).finditer(sentence)
    return [each for each in found if not _NUMERAL.search(sentence[: each.start()])]


@cache
def _finder(sureness: str) -> Finder:
    return any_of(tuple(row["word"] for row in rows("routes.csv") if row["sureness"] == sureness))


@cache
def _route(words: str) -> str:
    spelt = _key(words)
    return next(
        row["route"]
        for row in sorted(rows("routes.csv"), key=lambda row: -len(row["word"]))
        if spelt == _key(row["word"]) or (row["word"].endswith("*") and spelt.startswith(_key(row["word"][:-1])))
    )


def _key(words: str) -> str:
    return folded(words).casefold().replace("-", " ").replace("/", " ").replace("  ", " ")
