"""What the fields of a record are called when people are told of them, which come first, and which name an entry.

Pure. Registries' own fields have their words in ``connectors/<registry>/fields.csv``. A field that nobody named is
called by its own words: ``maskingDescription`` is a masking description.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from connectors.fields import Field, fields
from warehouse.words.harmless import plain

OURS = {
    "is_relevant": Field("Counts as relevant"),
    "trial_results": Field("Posted results"),
    "outcomeMeasures": Field("Outcome measures", first=50),
    "statisticalAnalyses": Field("Analyses", "Analysis", first=51),
    "eventGroups": Field("Totals of adverse events", "Adverse events in all of", first=52),
    "adverseEvents": Field("Adverse events", first=53),
    "flowPeriods": Field("Participant flow", "Period", first=54),
    "baselineMeasures": Field("Baseline characteristics", first=55),
    "pValue": Field("p value"),
}
"""Fields of our own, where their own words will not do."""
_NO_WORDS = Field()


def label(field: str | None) -> str:
    """A field's name with a capital letter: ``primary_completion_date`` is ``Primary completion date``."""
    bare = plain(field)
    if called := _known(bare).called:
        return called
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare.removeprefix("trial_"))
    return words.replace("_", " ").capitalize() or "Value"


def entry_label(field: str | None) -> str:
    """What one entry of a list is called: ``trial_arms`` has an ``Arm``."""
    if entry := _known(plain(field)).entry:
        return entry
    many = label(field)
    if many.endswith(("tries", "ties")):
        return f"{many[:-3]}y"
    return many[:-1] if many.endswith("s") and not many.endswith("ss") else many


def ordered(keys: Iterable[str]) -> list[str]:
    """Keys of a record as a reader wants them: what names it first, then by the alphabet."""
    return sorted(keys, key=lambda key: (_known(key).first or _LAST, key))


def name_of(entry: Any) -> str | None:
    """The name of a list's entry, when it is a record that has one."""
    if not isinstance(entry, dict):
        return None
    names = (entry.get(key) for key in _naming())
    return next((name for name in names if isinstance(name, str) and name), None)


def meaning(column: str) -> tuple[str, ...]:
    """The registries' fields that hold a column of ``trials``: ``lead_sponsor``."""
    return tuple(key for key, field in fields().items() if field.means == column)


_LAST = 1000
"""A place behind every field that is told first."""


def _known(field: str) -> Field:
    return OURS.get(field) or fields().get(field, _NO_WORDS)


@cache
def _naming() -> tuple[str, ...]:
    """Parts of an entry of a list by which it is known to be the same one, edited: the first that it has."""
    places = {key: field.names for key, field in fields().items() if field.names}
    return tuple(sorted(places, key=lambda key: places[key]))
