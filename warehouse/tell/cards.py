"""A mail's changes as its templates draw them: trial by trial, the most material first, each cause named once.

Pure. It does not know how long a mail may be, nor how a card looks.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from warehouse.words import phrases
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.kinds import MATERIALITIES, weight
from warehouse.words.sentences import Saying, saying

if TYPE_CHECKING:
    from warehouse.tell.digest import ToldChange

TITLE_LETTERS = 400
SPONSOR_LETTERS = 120
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


def cards(changes: Iterable[ChangeInWords]) -> list[dict[str, Any]]:
    """Changes under their trials: trials in the order in which they come, a trial's own changes as time went."""
    trials: dict[tuple[str, str], list[ChangeInWords]] = {}
    for one in changes:
        trials.setdefault((one.told.registry_name, one.told.trial_id), []).append(one)
    return [_card(sorted(some, key=lambda one: phrases.utc(one.told.observed_at))) for some in trials.values()]


def _card(changes: Sequence[ChangeInWords]) -> dict[str, Any]:
    first = changes[0].told
    present = {one.told.materiality for one in changes}
    is_told = any(one.told.field == "overall_status" for one in changes)
    facts = [
        phrases.status_words(first.overall_status) if first.overall_status and not is_told else "",
        ", ".join(plain(substance) for substance in first.substances),
        shortened(plain(first.lead_sponsor), SPONSOR_LETTERS)[0],
    ]
    return {
        "id": plain(first.trial_id),
        "title": shortened(plain(first.title), TITLE_LETTERS)[0],
        "url": web_address(first.url),
        "registry": plain(first.registry_name),
        "facts": [fact for fact in facts if fact],
        "materiality": next((each for each in MATERIALITIES if each in present), "low"),
        "causes": [
            {"sayings": [one.saying for one in together], "by": by}
            for by, together in groupby(changes, key=lambda one: _by_whom(one.told))
        ],
    }


def _by_whom(told: "ToldChange") -> str:
    when = phrases.dated(told.registry_date, told.registry_date_basis, told.observed_at)
    return f"Caused by {phrases.cause_words(told.cause)}; {when}."
