"""What changed between two states of one trial. Pure: no clock, no database, no logger.

The kinds, causes and materialities are those of docs/changes.md. Both states come in canonical form (``Counted``),
so order and whitespace never count. Every difference is either one of the named kinds or part of one
``record_changed`` a module of the registry's, so nothing is lost for want of a kind.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from connectors.dates import Span, span
from connectors.spelling import OneSpelling
from connectors.statuses import COURSE, OPEN, UNRECOGNISED, is_vague, status_group
from connectors.trial import Counted, Entries, Reading, Sent
from warehouse.words import reasons
from warehouse.words.kinds import MATERIALITIES, materiality
from warehouse.words.phrases import counted_noun, plural

TITLES = ("title", "official_title", "acronym")
KIND_OF_LIST = {
    "trial_outcomes": "outcomes_changed",
    "trial_arms": "arms_changed",
    "trial_interventions": "arms_changed",
    "trial_sponsors": "sponsor_changed",
    "trial_sites": "sites_changed",
    "trial_countries": "sites_changed",
    "trial_conditions": "conditions_changed",
}

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One change, as far as two states can tell it. Sets and lists stand in the values as JSON."""

    kind: str
    field: str
    old_value: str | None
    new_value: str | None
    cause: str
    reason: str
    materiality: str = ""

    def __post_init__(self) -> None:
        if not self.materiality:
            object.__setattr__(self, "materiality", materiality(self.kind))


def compare(before: Reading, after: Reading) -> list[Finding]:
    """Every change from one state of a trial to the next, the most material first."""
    alike = OneSpelling()
    return differences(before.counted(alike), after.counted(alike))


def differences(before: Counted, after: Counted, cause: str | None = None) -> list[Finding]:
    """The same of what counts in them, their texts spelt alike. ``cause`` is whose doing it is, if known."""
    pair = _Pair(before, after, cause or cause_of(before, after))
    found = [_whose(finding, pair) for look in _LOOKS for finding in look(pair)]
    return sorted(found, key=_weight)


def differences_apart(before: Counted, turned: Counted, after: Counted) -> list[Finding]:
    """The same where the calendar may have had a hand in it; ``turned`` is the old record as it is read today.

    A status that the old record bears today as well is the calendar's doing, whatever somebody edited meanwhile.
    """
    found = differences(before, after)
    old, by_itself, new = (side.columns.get("overall_status") for side in (before, turned, after))
    if old == new or by_itself != new:
        return found
    edited = [finding for finding in found if finding.field != "overall_status"]
    return sorted([*differences(before, turned, "calendar"), *edited], key=_weight)


def _weight(finding: Finding) -> int:
    return MATERIALITIES.index(finding.materiality)


def cause_of(before: Counted, after: Counted) -> str:
    """Whose doing a new state is: the sponsor's, where another version was posted, else the registry's."""
    return "sponsor" if before.posted != after.posted else "registry"


def overdue(status: str | None, completion: Span | None, completion_type: str | None, today: date) -> int | None:
    """Days since the trial should have ended, or None when it is not overdue.

    ``completion`` is the completion date, else the primary one.
    """
    if status_group(status) not in OPEN or completion is None or completion_type == "ACTUAL":
        return None
    days = (today - completion.latest).days
    return days if days > 0 else None


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Counted
    new: Counted
    cause: str

    def columns(self, name: str) -> tuple[Any, Any]:
        return self.old.columns.get(name), self.new.columns.get(name)

    def lists(self, view: str) -> tuple[Entries, Entries]:
        return self.old.lists.get(view, _NO_ENTRIES), self.new.lists.get(view, _NO_ENTRIES)

    def finding(self, kind: str, field: str, old: Any, new: Any, reason: str, **more: str) -> Finding:
        more.setdefault("cause", self.cause)
        return Finding(kind, field, written(old), written(new), reason=reason, **more)


def _whose(finding: Finding, pair: _Pair) -> Finding:
    """What a record that came in part could not tell is learned when it comes whole, and nobody's doing."""
    known = pair.old.known if pair.new.known is None else None
    is_learned = known is not None and finding.field not in known
    return replace(finding, cause="normaliser") if is_learned else finding


_NO_ENTRIES = Entries(None, None, {})


def written(value: Any) -> str | None:
    """A value as a change bears it: a text as it is, all else as JSON in one order."""
    return value if value is None or isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _status(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.columns("overall_status")
    if old == new:
        return
    kind = status_kind(old, new)
    reason = reasons.turned(old, new)
    more = {}
    now = pair.new.columns
    if kind == "lapsed":
        known = now.get("last_known_status") or old
        verified = now.get("status_verified_date")
        reason = f"{reasons.MADE_UNKNOWN}last known status {known}"
        reason += f", not verified since {verified}" if verified else ""
        more["cause"] = "registry"
    elif kind == "completed" and pair.cause == "calendar":
        reason += "; the planned end has passed, and no edit of the record has confirmed it"
    elif kind == "stopped" and now.get("why_stopped"):
        reason += f"; the sponsor says why: {now['why_stopped']}"
    elif kind == "status_changed" and is_vague(new):
        reason += "; the word says neither whether it is still to begin nor whether it has ended"
        more["materiality"] = "low"
    elif new is not None and status_group(new) == UNRECOGNISED:
        reason += " (a status that trialwatch does not know)"
    reason += f"; {pair.new.status_from}" if pair.new.status_from else ""
    yield pair.finding(kind, "overall_status", old, new, reason, **more)


def status_kind(old: str | None, new: str | None) -> str:
    """The kind of a status change: the first that fits, in the contract's order. A vague word is no lapse."""
    before, after = status_group(old), status_group(new)
    if after in ("completed", "stopped"):
        return after
    if after == "unknown":
        return "status_changed" if is_vague(new) else "lapsed"
    if before == "unknown":
        return "returned"
    if before in COURSE and after in COURSE and COURSE.index(after) < COURSE.index(before):
        return "resumed"
    if (before, after) == ("planned", "recruiting"):
        return "recruiting"
    return "status_changed"


def _results(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.columns("has_results")
    if old != new:
        kind = "results_posted" if new else "results_withdrawn"
        yield pair.finding(kind, "has_results", old, new, reasons.RESULTS[kind])


def _dates(pair: _Pair) -> Iterator[Finding]:
    for field, after in pair.new.dates.items():
        old, new = pair.old.dates[field].value, after.value
        told = date_change(old, new)
        if told:
            kind, reason, days = told
            weight = materiality(kind, days)
            yield pair.finding(kind, field, old.get("date"), new.get("date"), reason, materiality=weight)


def date_change(old: Part, new: Part) -> tuple[str, str, int] | None:
    """Kind, reason and by how many days it moved; None when nothing changed, or the date vanished."""
    after = span(new.get("date"))
    if old == new or after is None:
        return None
    before = span(old.get("date"))
    types = old.get("type"), new.get("type")
    change = f"{old.get('date', 'no date')} → {new['date']}{reasons.retyped(*types)}"
    if types == ("ESTIMATED", "ACTUAL"):
        return "date_actual", f"{change}: the expected day became the real one", 0
    if before is None:
        return "date_refined", f"{change}: a date where there was none", 0
    if after.lies_in(before) or before.lies_in(after):
        return "date_refined", f"{change}: the same date, said otherwise", 0
    days = (after.latest - before.latest).days
    if days > 0:
        return "date_slipped", f"{change}: {days} days later", days
    return "date_advanced", f"{change}: {-days} days earlier", -days


def _vanished(old: Part, new: Part) -> bool:
    return old != new and span(new.get("date")) is None


def _why_stopped(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.columns("why_stopped")
    if old != new:
        reason = f"the sponsor says why: {new}" if new else "the reason for stopping is gone"
        yield pair.finding("why_stopped_changed", "why_stopped", old, new, reason)


def _enrollment(pair: _Pair) -> Iterator[Finding]:
    before, after = pair.columns("enrollment")
    types = _type(pair.old), _type(pair.new)
    retyped = reasons.retyped(*types)
    if before != after:
        change = f"{_said(before)} → {_said(after)}{reasons.PARTICIPANTS}{retyped}"
        weight = materiality("enrollment_changed", _share(before, after))
        yield pair.finding("enrollment_changed", "enrollment", before, after, change, materiality=weight)
    elif retyped:
        change = f"{_said(after)}{reasons.PARTICIPANTS}{retyped}"
        yield pair.finding("enrollment_changed", "enrollment_type", *types, change)


def _share(before: int | None, after: int | None) -> float:
    """By what share of itself a number moved; of an unknown number nobody can say."""
    if before is None or after is None:
        return 0
    return abs(after - before) / before if before else math.inf


def _type(side: Counted) -> str | None:
    return side.enrollment.value.get("type") if side.enrollment else None


def _said(count: int | None) -> str:
    return "an unknown number of" if count is None else str(count)


def _titles(pair: _Pair) -> Iterator[Finding]:
    for field in TITLES:
        old, new = pair.columns(field)
        if old != new:
            reason = f"the {field.replace('_', ' ')} changed"
            yield pair.finding("title_changed", field, old, new, reason)


def _list(
    view: str, say: Callable[[_Pair, Entries, Entries], str] | None = None
) -> Callable[[_Pair], Iterator[Finding]]:
    """A look at a list that has a kind of its own."""

    def look(pair: _Pair) -> Iterator[Finding]:
        old, new = pair.lists(view)
        if old.whole != new.whole:
            reason = say(pair, old, new) if say else _each_noun(old, new)
            yield pair.finding(KIND_OF_LIST[view], view, old.told, new.told, reason)

    return look


def _each_noun(old: Entries, new: Entries) -> str:
    return "; ".join(
        _came_and_went(old.by_noun.get(noun, []), entries, noun)
        for noun, entries in new.by_noun.items()
        if old.by_noun.get(noun, []) != entries
    )


def _came_and_went(old: list[Any], new: list[Any], noun: str) -> str:
    before, after = ([written(item) for item in side] for side in (old, new))
    came, went = _missing(after, before), _missing(before, after)
    if came and came == went and len(old) == len(new):
        return f"{counted_noun(came, noun)} of {len(new):,} reworded or replaced"
    parts = [f"{counted_noun(n, noun)} {what}" for n, what in ((came, "new"), (went, "gone")) if n]
    return ", ".join(parts) or f"the same {plural(noun)}, in another number"


def _missing(some: list[str | None], among: list[str | None]) -> int:
    """How many are not among the others; by a set, for a list may be long without end."""
    known = set(among)
    return sum(1 for item in some if item not in known)


def _of_sponsors(pair: _Pair, old: Entries, new: Entries) -> str:
    before, after = pair.columns("lead_sponsor")
    if before != after:
        return f"lead sponsor {before or 'none'} → {after or 'none'}"
    return "the sponsor's class or the collaborators changed"


def _of_sites(pair: _Pair, old: Entries, new: Entries) -> str:
    same = old.told == new.told
    return "contacts or coordinates of the same sites" if same else _each_noun(old, new)


def _criteria(pair: _Pair) -> Iterator[Finding]:
    for field, new in pair.new.criteria.items():
        old = pair.old.criteria.get(field, {})
        changed = _differing(old, new)
        if changed:
            before, after = ({key: side[key] for key in changed if key in side} for side in (old, new))
            yield pair.finding("eligibility_changed", field, before, after, f"{', '.join(changed)} changed")


def _publications(pair: _Pair) -> Iterator[Finding]:
    old, new = (side.publications.value if side.publications else [] for side in (pair.old, pair.new))
    known = {_publication_key(entry) for entry in old}
    added = [entry for entry in new if _publication_key(entry) not in known]
    if added:
        reason = f"{counted_noun(len(added), 'publication')} added"
        yield pair.finding("publication_added", "trial_publications", old, new, reason)


def _publication_key(entry: Any) -> Any:
    return (entry.get("pmid") or entry.get("citation")) if isinstance(entry, dict) else str(entry)


def _only_added(old: list[Any], new: list[Any]) -> bool:
    return not _missing([written(entry) for entry in old], [written(entry) for entry in new])


def _registrys_own(pair: _Pair) -> Iterator[Finding]:
    for module, new in pair.new.registrys_own.items():
        old = pair.old.registrys_own.get(module)
        if old != new:
            reason = "the registry's own MeSH terms changed"
            yield pair.finding("record_changed", module, old, new, reason, cause="registry")


def _the_rest(pair: _Pair) -> Iterator[Finding]:
    """What has no kind of its own: one row a module, with the parts that differ."""
    untold = list(_told_by_no_kind(pair))
    for module in sorted({*pair.old.rest, *pair.new.rest, *(sent.module for sent, _ in untold)}):
        old, new = dict(pair.old.rest.get(module, {})), dict(pair.new.rest.get(module, {}))
        changed = _differing(old, new)
        for before, after in untold:
            if before.module == module:
                changed.append(before.key)
                old[before.key], new[after.key] = before.value, after.value
        if changed:
            yield _record_changed(pair, module, sorted(changed), old, new)


def _told_by_no_kind(pair: _Pair) -> Iterator[tuple[Sent, Sent]]:
    """Parts that have a kind, where they differ in something that it does not tell."""
    for field, after in pair.new.dates.items():
        before = pair.old.dates[field]
        if _vanished(before.value, after.value):
            yield before, after
    old, new = pair.old, pair.new
    if old.enrollment and new.enrollment and _said_otherwise(old.enrollment, new.enrollment, pair):
        yield old.enrollment, new.enrollment
    if old.publications and new.publications and not _only_added(old.publications.value, new.publications.value):
        yield old.publications, new.publications


_NOTHING: tuple[Any, ...] = (None, {}, [])


def _said_otherwise(old: Sent, new: Sent, pair: _Pair) -> bool:
    """Whether an enrollment differs in something that is neither its number nor its type."""
    return bool(old.value != new.value) and not any(_enrollment(pair))


def _record_changed(pair: _Pair, module: str, changed: list[str], old: Part, new: Part) -> Finding:
    reason = f"{', '.join(changed)} changed"
    if module not in pair.new.shown:
        return pair.finding("record_changed", module, None, None, f"{reason} (not shown: it may name people)")
    before, after = (
        {key: side[key] for key in changed if side.get(key) not in _NOTHING} or None for side in (old, new)
    )
    return pair.finding("record_changed", module, before, after, reason)


def _differing(old: Part, new: Part) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


_LOOKS: tuple[Callable[[_Pair], Iterator[Finding]], ...] = (
    _status,
    _results,
    _why_stopped,
    _dates,
    _enrollment,
    _list("trial_outcomes"),
    _list("trial_arms"),
    _list("trial_interventions"),
    _criteria,
    _list("trial_sponsors", _of_sponsors),
    _list("trial_sites", _of_sites),
    _list("trial_countries"),
    _titles,
    _list("trial_conditions"),
    _publications,
    _the_rest,
    _registrys_own,
)


def registry_date(cause: str, posted_on: date | None, data_version_on: date | None) -> tuple[date | None, str]:
    """The registry's date of a change and what kind of date it is.

    A sponsor's change bears the day on which the registry posted it; any other the day of the data version.
    """
    if cause == "sponsor" and posted_on:
        return posted_on, "posted"
    return data_version_on, "data_version"
