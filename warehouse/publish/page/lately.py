"""What changed lately, as a reader takes it in: night by night, trial by trial, the most material first.

Pure. It chooses and orders; it does not know the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from warehouse.words.kinds import KINDS, place, weight
from warehouse.words.phrases import counted_noun, kind_words

DAYS = 30
MOST_TRIALS = 60
"""Of one page's news; what is more is counted."""
SUMMED_UP = 6
UNFOLDED = 6
"""Trials of the news that are read without unfolding anything, and the nights that they may come from."""
NIGHTS_UNFOLDED = 3
Change = Mapping[str, Any]


@dataclass(slots=True)
class TrialNews:
    """What one night told of one trial."""

    trial_id: str
    materiality: str
    changes: list[Change] = field(default_factory=list)

    def by_cause(self, most: int | None = None) -> list[list[Change]]:
        """The first changes, those of one cause and one date of the registry together, so that it is said once."""
        together: dict[tuple[Any, ...], list[Change]] = {}
        for change in self.changes[:most]:
            cause_and_date = (change["cause"], change["registry_date"], change["registry_date_basis"])
            together.setdefault(cause_and_date, []).append(change)
        return list(together.values())


@dataclass(slots=True)
class NightNews:
    """What one night told: what a reader wants to hear of, its first ``shown`` unfolded, and the small changes."""

    on: date
    trials: list[TrialNews] = field(default_factory=list)
    small: list[TrialNews] = field(default_factory=list)
    shown: int = 0


@dataclass(slots=True)
class Lately:
    """The nights, the latest first. ``since`` is None when there was nothing lately and older news stand here."""

    since: date | None
    nights: list[NightNews]
    material: list[Change]
    left_out: int

    @property
    def first(self) -> list[NightNews]:
        """The nights that are read without unfolding them."""
        return [night for at, night in enumerate(self.nights[:NIGHTS_UNFOLDED]) if night.shown or not at]

    @property
    def earlier(self) -> list[NightNews]:
        return self.nights[len(self.first) :]


def lately(changes: Sequence[Change], published_at: datetime) -> Lately:
    """The last thirty days' changes; where those had none, the last night that had any."""
    since = (published_at - timedelta(days=DAYS)).date()
    news = [change for change in changes if change["observed_at"].date() >= since]
    if not news and changes:
        last = max(change["observed_at"] for change in changes).date()
        news = [change for change in changes if change["observed_at"].date() == last]
        nights, left_out = _nights(news)
        return Lately(None, nights, [], left_out)
    nights, left_out = _nights(news)
    return Lately(since, nights, [change for change in news if change["materiality"] != "low"], left_out)


def headline(told: Lately, watched: int) -> str:
    """What a clinician should know before reading on, in one sentence. ``watched`` is the number of our trials."""
    if not told.nights:
        return (
            f"Watching {counted_noun(watched, 'trial')}; nothing has changed yet"
            if watched
            else "No trial found yet"
        )
    if not told.material:
        return f"Nothing material changed in the last {DAYS} days"
    counted = Counter(kind for kind, _ in {(change["kind"], change["trial_id"]) for change in told.material})
    kinds = sorted(counted, key=place)
    first, *others = (f"{counted[kind]:,} {_did(kind)}" for kind in kinds)
    parts = [first.replace(" ", " trial " if counted[kinds[0]] == 1 else " trials ", 1), *others]
    if len(parts) > SUMMED_UP:
        parts[SUMMED_UP:] = [counted_noun(len(parts) - SUMMED_UP, "other kind") + " of change"]
    *before, last = parts
    said = f"{', '.join(before)} and {last}" if before else last
    return f"In the last {DAYS} days, {said}"


def _did(kind: str) -> str:
    """What trials of this kind of change did, so that a number can stand before it."""
    known = KINDS.get(kind)
    return known.trials if known and known.trials else f"with “{kind_words(kind)}”"


def _nights(changes: Iterable[Change]) -> tuple[list[NightNews], int]:
    by_night: dict[date, dict[str, TrialNews]] = {}
    for change in sorted(changes, key=lambda one: weight(one["materiality"], one["kind"])):
        of_night = by_night.setdefault(change["observed_at"].date(), {})
        trial = of_night.setdefault(change["trial_id"], TrialNews(change["trial_id"], change["materiality"]))
        trial.changes.append(change)
    nights: list[NightNews] = []
    room, unfolded, left_out = MOST_TRIALS, UNFOLDED, 0
    for on in sorted(by_night, reverse=True):
        trials = list(by_night[on].values())
        shown, room, left_out = trials[:room], max(0, room - len(trials)), left_out + max(0, len(trials) - room)
        if shown:
            material = [trial for trial in shown if trial.materiality != "low"]
            small = [trial for trial in shown if trial.materiality == "low"]
            nights.append(NightNews(on, material, small, min(len(material), unfolded)))
            unfolded -= nights[-1].shown
    return nights, left_out
