"""To whom? People with a substance use disorder, as conditions, headings and titles name it. Pure.

Conditions and the registry's headings say it surest; a heading above them and a keyword only make particular what
another place says in general.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from warehouse.judge.relevance.disorders import GENERAL, Disorder, disorders_in, used_in
from warehouse.judge.relevance.people import is_only_a_risk
from warehouse.judge.relevance.verdict import Evidence
from warehouse.judge.relevance.wording import context, drug_name, without_harmless
from warehouse.judge.relevance.words import Text, Words, heading_key
from warehouse.words.vocabulary import rows

_CRAVED = re.compile(
    r"\b(?:craving|relapse|abstinence|withdrawal|detox\w*|addict\w*|cue reactivity)\b", re.IGNORECASE
)
_ADDICTION = re.compile(r"\b(?:addict|behavior)", re.IGNORECASE)


def evidence_of(trial: Words) -> tuple[Evidence, ...]:
    """Every reason for every substance; a general word ("drug abuse") only where none is more particular."""
    people = _People(trial)
    found = [*people.by_conditions(), *people.by_headings(), *people.by_titles()]
    found += [] if found else people.by_ancestors()
    if people.need_a_substance(found):
        found += people.by_keywords()
    particular = [each for each in found if each.substance != GENERAL]
    return tuple(dict.fromkeys(particular or found))


@dataclass(frozen=True)
class _People:
    """Whom a trial is about. What is asked of all its texts together is asked once."""

    trial: Words

    def by_conditions(self) -> Iterator[Evidence]:
        for text in self.trial.conditions:
            yield from self._named_in(text, "a condition names it", "high")
            yield from self._used_in(text, "a condition is its use")

    def by_headings(self) -> Iterator[Evidence]:
        for heading in self.trial.headings:
            text = Text("trial_mesh_terms", heading.term)
            if heading.id in known_headings():
                substance = known_headings()[heading.id]
                yield Evidence(substance, text.field, text.words, _rule("the registry's heading"), "high")
            else:
                yield from self._named_in(text, "the registry's heading names it", "high")
                yield from self._used_in(text, "the registry's heading is its use")

    def by_titles(self) -> Iterator[Evidence]:
        for text in self.trial.titles:
            yield from self._named_in(text, f"the {text.field.replace('_', ' ')} names it", "medium")

    def by_ancestors(self) -> Iterator[Evidence]:
        """What stands above the registry's headings, which is above harm to the liver or to the unborn as well."""
        own = [*(text.words for text in self.trial.conditions), *(each.term for each in self.trial.headings)]
        if any(context("bodily").search(words) for words in own):
            return
        for heading in self.trial.ancestors:
            if heading.id in known_headings():
                rule = _rule("a heading above the registry's")
                yield Evidence(known_headings()[heading.id], "trial_mesh_terms", heading.term, rule, "low")

    def by_keywords(self) -> Iterator[Evidence]:
        for text in self.trial.keywords:
            yield from self._named_in(text, "a keyword names it", "low")

    def need_a_substance(self, found: list[Evidence]) -> bool:
        """Whether the record speaks of a disorder and not of what: then a keyword may say it."""
        if found:
            return all(each.substance == GENERAL for each in found)
        return not self.trial.conditions or any(_CRAVED.search(text.words) for text in self._texts)

    def _named_in(self, text: Text, rule: str, confidence: str) -> Iterator[Evidence]:
        told = set()
        for found in disorders_in(text.words):
            if found.substance not in told and self._counts(text, found):
                told.add(found.substance)
                yield Evidence(found.substance, text.field, found.words, _rule(rule), confidence)

    def _used_in(self, text: Text, rule: str) -> Iterator[Evidence]:
        """A condition that is nothing but the use of a substance; opioids used after an operation are none."""
        for substance in used_in(text.words):
            is_another = (
                bool(_ADDICTION.match(text.words)) and self._is_another_addiction
                if substance == GENERAL
                else substance == "opioid" and self._is_about_pain
            )
            if not is_another:
                yield Evidence(substance, text.field, text.words, _rule(rule), "medium")

    def _counts(self, text: Text, found: Disorder) -> bool:
        """Not "ketamine" itself, not an addiction to games, not what people are only at risk of."""
        if drug_name().search(found.words) or is_only_a_risk(text.words, found.start):
            return False
        is_bare = found.substance == GENERAL and bool(_ADDICTION.match(found.words))
        return not (is_bare and self._is_another_addiction)

    @property
    def _texts(self) -> tuple[Text, ...]:
        return (*self.trial.titles, *self.trial.conditions)

    @cached_property
    def _is_another_addiction(self) -> bool:
        return any(context("other_addiction").search(text.words) for text in self._texts)

    @cached_property
    def _is_about_pain(self) -> bool:
        about = context("acute", "ache", "setting")
        return any(about.search(without_harmless(text.words)) for text in self._texts)


@cache
def known_headings() -> dict[str, str]:
    listed = (row for row in rows("disorder_terms.csv") if row["kind"] == "mesh")
    return {heading_key(row["term"]): row["substance"] for row in listed}


def _rule(words: str) -> str:
    return f"to whom: {words}"
