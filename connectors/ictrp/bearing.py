"""Whether a record bears the terms of a watch. Pure.

A file answers to no search: so words are looked for here as ISRCTN does, whole, whatever their case, in the field
of their list and in titles; the terms of a watch anywhere but in who may not take part. No synonyms.
"""

import re
from collections.abc import Iterable

from connectors.ictrp.impersonal import OF_A_PERSON
from connectors.ictrp.record import NAMES, Understood
from connectors.registry import Question
from connectors.spelling import compared

TITLES = ("public_title", "scientific_title", "acronym")
ANYWHERE = tuple(sorted(NAMES - OF_A_PERSON - {"exclusion_criteria"}))
EVERYTHING = "everything"
_BETWEEN = r"[\s/-]*"


class Wanted:
    """What a watch asks for. ``name`` is what it is called where a trial was found by it."""

    def __init__(self, question: Question) -> None:
        lists = {
            ("interventions", *TITLES): question.interventions,
            ("conditions", *TITLES): question.conditions,
            ANYWHERE: question.terms,
        }
        asked = {fields: words for fields, words in lists.items() if any(map(str.strip, words))}
        self.name = " with ".join(" OR ".join(words) for words in asked.values()) or EVERYTHING
        self._everything = question.everything
        self._lists = {fields: _any_of(words) for fields, words in asked.items()}

    def is_borne_by(self, found: Understood) -> bool:
        """One of each list: any of the interventions, and any of the conditions, and any of the terms."""
        return self._asks_for_any() and all(
            any(form.search(compared(found[name])) for name in fields if found[name])
            for fields, form in self._lists.items()
        )

    def may_be_borne_by(self, payload: bytes) -> bool:
        """The same of a record that cannot be read, wherever in it they stand."""
        text = compared(payload.decode("utf-8", "replace"))
        return self._asks_for_any() and all(form.search(text) for form in self._lists.values())

    def _asks_for_any(self) -> bool:
        return self._everything or bool(self._lists)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_form, filter(str.strip, words))), re.IGNORECASE)


def _form(words: str) -> str:
    """A pattern for words, a hyphen or a blank between them; in writing without blanks they may stand anywhere."""
    parts = re.split(r"[\s/-]+", compared(words))
    form = _BETWEEN.join(map(re.escape, filter(None, parts)))
    return rf"(?<!\w){form}(?:e?s)?(?!\w)" if words.isascii() else form
