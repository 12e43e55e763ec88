"""A mail's changes as its templates draw them: trial by trial, the most material first, each cause named once.

Pure. It does not know how long a mail may be, nor how a card looks.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from warehouse.words import phrases
from warehouse.words.brief import TrialFacts, headline, rows
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.kinds import MATERIALITIES, weight
from warehouse.words.sentences import Saying, saying

if TYPE_CHECKING:
    from warehouse.tell.digest import ToldChange

TITLE_LETTERS = 400
MOST_WITH_FACTS = 12
"""Trials of a mail whose facts are told; of more, a mail says what happened and leaves the facts to the page."""
_SAID_OF = ("kind", "field", "old_value", "new_value", "cause", "reason")


class ChangeInWords(NamedTuple):
    """A change with the sentence for it."""

    told: "ToldChange"
    saying: Saying


def said(changes: Iterable["ToldChange"]) -> list[ChangeInWords]:
    """The changes in words, the most material first."""
    return [
        ChangeInWords(told, saying({name: getattr(told, name) for name in _SAID_OF}))
        for told in by_weight(changes)
    ]


def by_weight(changes: Iterable["ToldChange"]) -> list["ToldChange"]:
    """The order of the kinds breaks ties, the order given breaks theirs: what came first is told first."""
    return sorted(changes, key=lambda told: weight(told.materiality, told.kind))


def cards(
    changes: Iterable[ChangeInWords], facts: Mapping[str, TrialFacts], page_url: str | None = None
) -> list[dict[str, Any]]:
    """Changes under their trials: trials in the order in which they come, a trial's own changes as time went."""
    trials: dict[tuple[str, str], list[ChangeInWords]] = {}
    for one in changes:
        trials.setdefault((one.told.registry_name, one.told.trial_id), []).append(one)
    made = []
    for place, some in enumerate(trials.values()):
        known = facts_of(some[0].told, facts)
        card = _card(some, known, page_url)
        made.append(card if place < MOST_WITH_FACTS else {**card, "facts": []})
    return made


def facts_of(told: "ToldChange", facts: Mapping[str, TrialFacts]) -> TrialFacts:
    """What is known of a change's trial: the change itself says the least of it."""
    return facts.get(told.trial_id) or TrialFacts(
        told.trial_id,
        told.registry_name,
        told.title,
        substances=told.substances,
        lead_sponsor=told.lead_sponsor,
    )


def happened(told: "ToldChange", facts: TrialFacts) -> str:
    """What happened to what, in one line."""
    return f"{what_happened(told)}: {headline(facts)}"


def what_happened(told: "ToldChange") -> str:
    """Its kind, in words; whether a trial counts or no longer counts is two things."""
    if told.kind == "relevance_changed":
        return "Counts as relevant now" if told.new_value == "true" else "No longer counts as relevant"
    return phrases.kind_words(told.kind).capitalize()


def about(substances: Iterable[str]) -> str:
    """What trials of these substances stand under."""
    *first, last = [plain(each) for each in substances] or [""]
    return (f"{', '.join(first)} and {last}" if first else last).capitalize()


def grouped(made: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Cards by what their trials are about, in the order in which they come; nameless where all are alike."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for card in made:
        groups.setdefault(card["about"], []).append(card)
    return list(groups.items()) if len(groups) > 1 else [("", each) for each in groups.values()]


def _card(most_material_first: Sequence[ChangeInWords], facts: TrialFacts, page_url: str | None) -> dict[str, Any]:
    first = most_material_first[0].told
    changes = sorted(most_material_first, key=lambda one: phrases.utc(one.told.observed_at))
    present = {one.told.materiality for one in changes}
    is_told = any(one.told.field == "overall_status" for one in changes)
    status = phrases.status_words(first.overall_status) if first.overall_status and not is_told else ""
    substances = [plain(substance) for substance in first.substances]
    told = happened(first, facts)
    title = shortened(plain(first.title), TITLE_LETTERS)[0]
    return {
        "id": plain(first.trial_id),
        "happened": told,
        "title": "" if told.endswith(f": {title}") else title,
        "url": web_address(first.url),
        "page": on_the_page(page_url, first.trial_id) if facts.is_on_the_page else None,
        "registry": plain(first.registry_name),
        "notes": [fact for fact in (status, ", ".join(substances)) if fact],
        "about": about(substances),
        "facts": list(rows(facts)),
        "materiality": next((each for each in MATERIALITIES if each in present), "low"),
        "causes": [
            {"sayings": [one.saying for one in together], "by": by}
            for by, together in groupby(changes, key=lambda one: _by_whom(one.told))
        ],
    }


def on_the_page(page_url: str | None, trial_id: str) -> str | None:
    """Where the page tells of a trial, if the page is served anywhere."""
    return f"{page_url}#trial-{quote(trial_id)}" if page_url else None


def _by_whom(told: "ToldChange") -> str:
    when = phrases.dated(told.registry_date, told.registry_date_basis, told.observed_at)
    return f"Caused by {phrases.cause_words(told.cause)}; {when}."
