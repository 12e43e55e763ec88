"""With what outcomes are measured: the scales, tests and counts that a reader of the field compares by. Pure."""

from collections.abc import Iterator
from functools import cache

from connectors.trial import Outcome
from warehouse.judge.concepts.concept import Concept, said
from warehouse.judge.concepts.layout import MOST, Layout
from warehouse.judge.relevance.wording import Finder, any_of
from warehouse.judge.relevance.words import Text, folded_text
from warehouse.words.vocabulary import rows

_NONE = "none"
"""What only sounds like an instrument, in the vocabulary."""
_WHOSE = {"primary": "a primary outcome's", "secondary": "a secondary outcome's", "other": "another outcome's"}


def instruments(layout: Layout) -> list[Concept]:
    """Each instrument with all the words that tell it, apart by the kind of outcome that they stand in."""
    kept: dict[tuple[str | None, str, str], Concept] = {}
    for outcome in layout.trial.outcomes[:MOST]:
        for found in _of(outcome):
            key = (outcome.outcome_type, found.value, found.matched_text.casefold())
            if key not in kept or kept[key].confidence != "high":
                kept[key] = found
    return list(kept.values())


def _of(outcome: Outcome) -> Iterator[Concept]:
    whose = _WHOSE.get(outcome.outcome_type or "", "an outcome's")
    for text, place, sure in ((outcome.measure, "name", "high"), (outcome.description, "description", "medium")):
        if not (words := _harmless().without(folded_text(text))).strip():
            continue
        for instrument, finder in _finders():
            if found := finder.search(words):
                where = Text("trial_outcomes", found[0])
                yield said("outcome_instrument", instrument, where, f"{whose} {place}", sure)


@cache
def _harmless() -> Finder:
    return any_of(tuple(row["word"] for row in rows("instruments.csv") if row["instrument"] == _NONE))


@cache
def _finders() -> tuple[tuple[str, Finder], ...]:
    listed = rows("instruments.csv")
    names = dict.fromkeys(row["instrument"] for row in listed if row["instrument"] != _NONE)
    return tuple(
        (name, any_of(tuple(row["word"] for row in listed if row["instrument"] == name))) for name in names
    )
