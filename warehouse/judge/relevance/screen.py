"""Does a record name any of our words at all? Of a whole registry's records, few do. Pure.

One look at the words of all its texts together spares the rules, which look at each text. What is not named here,
no rule finds; what is, they judge.
"""

from collections.abc import Iterable, Iterator

from connectors.trial import MeshTerm, Trial
from warehouse.judge.relevance.disorders import any_word
from warehouse.judge.relevance.given import drug_headings
from warehouse.judge.relevance.population import known_headings
from warehouse.judge.relevance.wording import Finder, drug_name, words_of
from warehouse.judge.relevance.words import folded_text, heading_key


def may_name_ketamine(trial: Trial) -> bool:
    """Whether any text or heading may name it."""
    headed = _is_headed(trial.mesh_terms, "intervention", drug_headings())
    return headed or _may_be_in(drug_name(), _of_what_is_given(trial))


def may_name_a_disorder(trial: Trial) -> bool:
    """Whether any text may name a substance or its disorder, or any heading is one that we know."""
    headed = _is_headed(trial.mesh_terms, "condition", known_headings().keys())
    return headed or _may_be_in(any_word(), _of_whom(trial))


def _is_headed(listed: Iterable[MeshTerm], side: str, known: Iterable[str]) -> bool:
    return not {heading_key(each.mesh_id or "") for each in listed if each.side == side}.isdisjoint(known)


def _may_be_in(finder: Finder, texts: Iterable[str | None]) -> bool:
    plain: list[str] = []
    for text in filter(None, texts):
        plain.append(text if text.isascii() else folded_text(text))
        if not plain[-1].isascii() and finder.search(plain[-1]):
            return True
    lower = "\n".join(plain).lower()
    return finder.may_be_among(words_of(lower) if finder.keys else frozenset(), lower)


def _of_whom(trial: Trial) -> Iterator[str | None]:
    yield from (trial.title, trial.official_title)
    yield from (each.condition for each in trial.conditions)
    yield from (each.keyword for each in trial.keywords)
    yield from (each.term or each.mesh_id for each in trial.mesh_terms if each.side == "condition")


def _of_what_is_given(trial: Trial) -> Iterator[str | None]:
    yield from (trial.title, trial.official_title)
    yield from (each.condition for each in trial.conditions)
    yield from (each.keyword for each in trial.keywords)
    for gift in trial.interventions:
        yield from (gift.name, gift.description, *(gift.other_names or ()))
    for arm in trial.arms:
        yield from (arm.label, *(arm.intervention_names or ()))
