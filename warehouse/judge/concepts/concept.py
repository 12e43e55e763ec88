"""A concept that a reader of the field asks a trial for, with the words of the record that say it. Pure."""

from dataclasses import dataclass

from warehouse.judge.relevance.words import Text

NAMES = ("route", "dose", "doses_given", "comparator", "psychotherapy", "outcome_instrument")
MOST_QUOTED = 200
"""Letters of the record's words that are kept as evidence."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One value of one concept: where it stands, the words, by which rule, and how sure it is.

    ``mg_per_kg`` is a dose in milligrams per kilogram; a range has a concept for each of its ends.
    """

    concept: str
    value: str
    mg_per_kg: float | None
    field: str
    matched_text: str
    rule: str
    confidence: str


def said(concept: str, value: str, where: Text, rule: str, confidence: str) -> Concept:
    """A concept that a text says."""
    return Concept(concept, value, None, where.field, where.words[:MOST_QUOTED], rule, confidence)
