"""What a reader of the field asks a ketamine trial for, with the words that say it. Pure.

By which road ketamine is given (``routes``), how much (``doses``), how often (``counts``), against what
(``comparators``), with which psychotherapy (``therapies``), measured by what (``instruments``). Asked only of
trials that give it; eligibility text is never read. The words are data (``vocabulary/``).
"""

from collections.abc import Iterable

from connectors.trial import Trial
from warehouse.judge.concepts.comparators import comparators
from warehouse.judge.concepts.concept import NAMES, Concept
from warehouse.judge.concepts.counts import counts
from warehouse.judge.concepts.doses import doses
from warehouse.judge.concepts.instruments import instruments
from warehouse.judge.concepts.layout import Layout, layout
from warehouse.judge.concepts.owners import Owners
from warehouse.judge.concepts.passages import tiers
from warehouse.judge.concepts.routes import routes
from warehouse.judge.concepts.therapies import therapies
from warehouse.judge.relevance import Judgement

__all__ = ["NAMES", "Concept", "concepts_of"]

MOST = 200
"""Concepts that are kept of one trial."""


def concepts_of(trial: Trial, judgement: Judgement) -> tuple[Concept, ...]:
    """All that is found, each value once a place; nothing where it is judged that ketamine is not given.

    An instrument stands there with all the words that tell it.
    """
    if not judgement.is_given:
        return ()
    laid_out = layout(trial)
    found = _once((*_how_it_is_given(laid_out), *comparators(laid_out), *therapies(laid_out)))
    return (*found, *instruments(laid_out))[:MOST]


def _how_it_is_given(laid_out: Layout) -> list[Concept]:
    """Routes, doses and numbers, each from the first kind of place that says any."""
    owners = Owners(laid_out)
    places = list(tiers(laid_out, owners))
    found: list[Concept] = []
    for way in (routes, doses, counts):
        found += next((told for place in places if (told := list(way(place, owners)))), [])
    return found


_SURENESS = ("high", "medium", "low")


def _once(found: Iterable[Concept]) -> tuple[Concept, ...]:
    """The surest of each value and place, in the order of the concepts."""
    kept: dict[tuple[str, str, float | None, str], Concept] = {}
    for each in found:
        key = (each.concept, each.value, each.mg_per_kg, each.field)
        before = kept.get(key)
        if before is None or _SURENESS.index(each.confidence) < _SURENESS.index(before.confidence):
            kept[key] = each
    return tuple(sorted(kept.values(), key=lambda each: NAMES.index(each.concept)))
