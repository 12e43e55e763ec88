"""What changed between two states of one trial. Pure: no clock, no database, no logger.

The kinds, causes and materialities are those of docs/changes.md. Both states are compared in canonical form
(``fingerprint``), so order and whitespace never count. Every difference in the protocol section is either one
of the named kinds or part of one ``record_changed`` a module, so nothing is lost for want of a kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from connectors.dates import Span, day, span
from connectors.spelling import OneSpelling
from connectors.statuses import UNRECOGNISED, status_group
from warehouse.fingerprint import BROWSE_MODULES, canonical, what_counts

UNKNOWN_ENROLLMENT = 99999999
"""The registry's sentinel for an enrollment that nobody knows."""
A_LONG_SLIP_DAYS = 90
A_LARGE_SHARE = 0.25

HIGH = frozenset({"completed", "stopped", "resumed", "results_posted", "results_withdrawn", "removed"})
MEDIUM = frozenset(
    {"recruiting", "lapsed", "returned", "status_changed", "registered", "overdue"}
    | {"outcomes_changed", "arms_changed", "merged", "restored", "relevance_changed"}
)
COURSE = ("planned", "recruiting", "active", "completed", "stopped")
"""The groups of a trial's course, in order: a step back in it is ``resumed``."""
STILL_TO_END = frozenset({"planned", "recruiting", "active"})

POSTING_DATES = frozenset(
    {"statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"}
    | {"studyFirstSubmitDate", "studyFirstSubmitQcDate", "studyFirstPostDateStruct"}
    | {"resultsFirstSubmitDate", "resultsFirstSubmitQcDate", "resultsFirstPostDateStruct"}
    | {"dispFirstSubmitDate", "dispFirstSubmitQcDate", "dispFirstPostDateStruct"}
)
"""When something was sent, posted or verified: alone no change."""
DATES = {
    "startDateStruct": "start_date",
    "primaryCompletionDateStruct": "primary_completion_date",
    "completionDateStruct": "completion_date",
}
TITLES = {"briefTitle": "title", "officialTitle": "official_title", "acronym": "acronym"}
VALUES_PUBLISHED = frozenset(
    {"identificationModule", "statusModule", "oversightModule", "descriptionModule", "conditionsModule"}
    | {"designModule", "armsInterventionsModule", "outcomesModule", "eligibilityModule"}
    | {"referencesModule", "ipdSharingStatementModule"}
)
"""Modules whose other parts are told with their values. Those that name people, and those that nobody knows
yet, are told without: what is published must not carry a person's name, phone or address from a record."""
SITE_COLUMNS = ("facility", "city", "state", "country", "status")

Record = dict[str, Any]


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


def materiality(kind: str) -> str:
    """How much a kind matters by itself: high, medium or low."""
    return "high" if kind in HIGH else "medium" if kind in MEDIUM else "low"


def compare(before: Record, after: Record) -> list[Finding]:
    """Every change from one state of a trial to the next, the most material first."""
    alike = OneSpelling()
    old, new = what_counts(before, alike), what_counts(after, alike)
    pair = _Pair(old, new, "sponsor" if posted_anew(old, new) else "registry")
    found = [finding for look in _LOOKS for finding in look(pair)]
    order = ("high", "medium", "low")
    return sorted(found, key=lambda finding: order.index(finding.materiality))


def posted_anew(before: Record, after: Record) -> bool:
    """Whether the sponsor's hand is in it: the registry posted another version of the record."""
    return any(
        canonical(_module(before, "statusModule").get(stamp))
        != canonical(_module(after, "statusModule").get(stamp))
        for stamp in ("lastUpdatePostDateStruct", "lastUpdateSubmitDate")
    )


def overdue(status: str | None, completion: Span | None, completion_type: str | None, today: date) -> int | None:
    """Days since the trial should have ended, or None when it is not overdue.

    ``completion`` is the completion date, else the primary one.
    """
    if status_group(status) not in STILL_TO_END or completion is None or completion_type == "ACTUAL":
        return None
    days = (today - completion.latest).days
    return days if days > 0 else None


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Record
    new: Record
    cause: str

    def modules(self, name: str) -> tuple[Record, Record]:
        return _module(self.old, name), _module(self.new, name)

    def values(self, module: str, key: str) -> tuple[Any, Any]:
        old, new = self.modules(module)
        return old.get(key), new.get(key)

    def finding(self, kind: str, field: str, old: Any, new: Any, reason: str, **more: str) -> Finding:
        more.setdefault("cause", self.cause)
        return Finding(kind, field, _written(old), _written(new), reason=reason, **more)


def _module(record: Record, name: str) -> Record:
    found = (record.get("protocolSection") or {}).get(name, {})
    return found if isinstance(found, dict) else {"value": found}


def _written(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value, order="deterministic").decode()


def _status(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.values("statusModule", "overallStatus")
    if old == new:
        return
    kind = status_kind(old, new)
    reason = f"{old or 'no status'} → {new or 'no status'}"
    more = {}
    _, status = pair.modules("statusModule")
    if kind == "lapsed":
        known = status.get("lastKnownStatus") or old
        verified = status.get("statusVerifiedDate")
        reason = f"the registry made it UNKNOWN; last known status {known}"
        reason += f", not verified since {verified}" if verified else ""
        more["cause"] = "registry"
    elif kind == "stopped" and status.get("whyStopped"):
        reason += f"; the sponsor says why: {status['whyStopped']}"
    elif new is not None and status_group(new) == UNRECOGNISED:
        reason += " (a status that trialwatch does not know)"
    yield pair.finding(kind, "overall_status", old, new, reason, **more)


def status_kind(old: str | None, new: str | None) -> str:
    """The kind of a status change: the first that fits, in the contract's order."""
    before, after = status_group(old), status_group(new)
    if after in ("completed", "stopped"):
        return after
    if after == "unknown":
        return "lapsed"
    if before == "unknown":
        return "returned"
    if before in COURSE and after in COURSE and COURSE.index(after) < COURSE.index(before):
        return "resumed"
    if (before, after) == ("planned", "recruiting"):
        return "recruiting"
    return "status_changed"


def _results(pair: _Pair) -> Iterator[Finding]:
    old, new = bool(pair.old.get("hasResults")), bool(pair.new.get("hasResults"))
    if old != new:
        kind, reason = (
            ("results_posted", "results were posted") if new else ("results_withdrawn", "results are gone")
        )
        yield pair.finding(kind, "has_results", old, new, reason)


def _dates(pair: _Pair) -> Iterator[Finding]:
    for key, field in DATES.items():
        old, new = pair.values("statusModule", key)
        told = _date_change(old or {}, new or {})
        if told:
            kind, reason, weight = told
            yield pair.finding(kind, field, (old or {}).get("date"), new.get("date"), reason, materiality=weight)


def _date_change(old: Record, new: Record) -> tuple[str, str, str] | None:
    """Kind, reason and materiality; None when nothing changed or the date vanished (``record_changed``)."""
    after = span(new.get("date"))
    if old == new or after is None:
        return None
    before = span(old.get("date"))
    types = old.get("type"), new.get("type")
    change = f"{old.get('date', 'no date')} → {new['date']}"
    if types[0] != types[1]:
        change += f" ({types[0] or 'no type'} → {types[1] or 'no type'})"
    if types == ("ESTIMATED", "ACTUAL"):
        return "date_actual", f"{change}: the expected day became the real one", "low"
    if before is None:
        return "date_refined", f"{change}: a date where there was none", "low"
    if after.lies_in(before) or before.lies_in(after):
        return "date_refined", f"{change}: the same date, said otherwise", "low"
    days = (after.latest - before.latest).days
    if days > 0:
        return "date_slipped", f"{change}: {days} days later", "medium" if days >= A_LONG_SLIP_DAYS else "low"
    return "date_advanced", f"{change}: {-days} days earlier", "low"


def _vanished(old: Record, new: Record) -> bool:
    return old != new and span(new.get("date")) is None


def _why_stopped(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.values("statusModule", "whyStopped")
    if old != new:
        reason = f"the sponsor says why: {new}" if new else "the reason for stopping is gone"
        yield pair.finding("why_stopped_changed", "why_stopped", old, new, reason)


def _enrollment(pair: _Pair) -> Iterator[Finding]:
    old, new = (info or {} for info in pair.values("designModule", "enrollmentInfo"))
    before, after = (_count(info) for info in (old, new))
    types = old.get("type"), new.get("type")
    retyped = f" ({types[0] or 'no type'} → {types[1] or 'no type'})" if types[0] != types[1] else ""
    if before != after:
        change = f"{_said(before)} → {_said(after)} participants{retyped}"
        large = before is not None and after is not None and abs(after - before) >= A_LARGE_SHARE * before
        weight = "medium" if large else "low"
        yield pair.finding("enrollment_changed", "enrollment", before, after, change, materiality=weight)
    elif retyped:
        yield pair.finding(
            "enrollment_changed", "enrollment_type", *types, f"{_said(after)} participants{retyped}"
        )


def _enrollment_said_otherwise(pair: _Pair) -> bool:
    """Whether it differs in something that is neither its number nor its type."""
    old, new = pair.values("designModule", "enrollmentInfo")
    return old != new and not any(_enrollment(pair))


def _count(info: Record) -> int | None:
    count = info.get("count")
    return None if count == UNKNOWN_ENROLLMENT else count


def _said(count: int | None) -> str:
    return "an unknown number of" if count is None else str(count)


def _titles(pair: _Pair) -> Iterator[Finding]:
    for key, field in TITLES.items():
        old, new = pair.values("identificationModule", key)
        if old != new:
            reason = f"the {field.replace('_', ' ')} changed"
            yield pair.finding("title_changed", field, old, new, reason)


def _list(kind: str, module: str, key: str, field: str, noun: str) -> Callable[[_Pair], Iterator[Finding]]:
    """A look at one list of a module that has a kind of its own."""

    def look(pair: _Pair) -> Iterator[Finding]:
        old, new = (value or [] for value in pair.values(module, key))
        if old != new:
            yield pair.finding(kind, field, old, new, _came_and_went(old, new, noun))

    return look


def _came_and_went(old: list[Any], new: list[Any], noun: str) -> str:
    before, after = ([_written(item) for item in side] for side in (old, new))
    came, went = _missing(after, before), _missing(before, after)
    if came and came == went and len(old) == len(new):
        return f"{_number(came, noun)} of {len(new)} reworded or replaced"
    parts = [f"{_number(n, noun)} {what}" for n, what in ((came, "new"), (went, "gone")) if n]
    return ", ".join(parts) or f"the same {noun}s, in another number"


def _missing(some: list[str | None], among: list[str | None]) -> int:
    """How many are not among the others; by a set, for a list may be long without end."""
    known = set(among)
    return sum(1 for item in some if item not in known)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _outcomes(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.modules("outcomesModule")
    parts = {"primaryOutcomes": "primary", "secondaryOutcomes": "secondary", "otherOutcomes": "other"}
    told = [
        _came_and_went(old.get(key) or [], new.get(key) or [], f"{what} outcome")
        for key, what in parts.items()
        if old.get(key) != new.get(key)
    ]
    if told:
        yield pair.finding("outcomes_changed", "trial_outcomes", old, new, "; ".join(told))


def _sponsors(pair: _Pair) -> Iterator[Finding]:
    before, after = (
        {key: module.get(key) for key in ("leadSponsor", "collaborators") if module.get(key)}
        for module in pair.modules("sponsorCollaboratorsModule")
    )
    if before != after:
        leads = [(side.get("leadSponsor") or {}).get("name") for side in (before, after)]
        reason = (
            f"lead sponsor {leads[0] or 'none'} → {leads[1] or 'none'}"
            if leads[0] != leads[1]
            else "the sponsor's class or the collaborators changed"
        )
        yield pair.finding("sponsor_changed", "trial_sponsors", before, after, reason)


def _sites(pair: _Pair) -> Iterator[Finding]:
    old, new = (value or [] for value in pair.values("contactsLocationsModule", "locations"))
    if old != new:
        before, after = (
            [{key: site[key] for key in SITE_COLUMNS if key in site} for site in sites if isinstance(site, dict)]
            for sites in (old, new)
        )
        same = before == after
        reason = "contacts or coordinates of the same sites" if same else _came_and_went(before, after, "site")
        yield pair.finding("sites_changed", "trial_sites", before, after, reason)


def _eligibility(pair: _Pair) -> Iterator[Finding]:
    old, new = pair.modules("eligibilityModule")
    changed = _differing(old, new)
    if changed:
        before, after = ({key: side[key] for key in changed if key in side} for side in (old, new))
        yield pair.finding(
            "eligibility_changed", "eligibilityModule", before, after, f"{', '.join(changed)} changed"
        )


def _publications(pair: _Pair) -> Iterator[Finding]:
    old, new = (value or [] for value in pair.values("referencesModule", "references"))
    known = {_publication_key(entry) for entry in old}
    added = [entry for entry in new if _publication_key(entry) not in known]
    if added:
        yield pair.finding(
            "publication_added", "trial_publications", old, new, f"{_number(len(added), 'publication')} added"
        )


def _publication_key(entry: Any) -> Any:
    return (entry.get("pmid") or entry.get("citation")) if isinstance(entry, dict) else str(entry)


def _publications_only_added(old: list[Any], new: list[Any]) -> bool:
    return not _missing([_written(entry) for entry in old], [_written(entry) for entry in new])


def _mesh(pair: _Pair) -> Iterator[Finding]:
    for module in BROWSE_MODULES:
        old, new = ((side.get("derivedSection") or {}).get(module) for side in (pair.old, pair.new))
        if old != new:
            reason = "the registry's own MeSH terms changed"
            yield pair.finding("record_changed", module, old, new, reason, cause="registry")


TOLD_ELSEWHERE = {
    "identificationModule": frozenset({"nctId", *TITLES}),
    "statusModule": frozenset({"overallStatus", "lastKnownStatus", "whyStopped", *DATES}) | POSTING_DATES,
    "sponsorCollaboratorsModule": frozenset({"leadSponsor", "collaborators"}),
    "conditionsModule": frozenset({"conditions"}),
    "designModule": frozenset({"enrollmentInfo"}),
    "armsInterventionsModule": frozenset({"armGroups", "interventions"}),
    "outcomesModule": frozenset({"primaryOutcomes", "secondaryOutcomes", "otherOutcomes"}),
    "contactsLocationsModule": frozenset({"locations"}),
    "referencesModule": frozenset({"references"}),
}


def _the_rest(pair: _Pair) -> Iterator[Finding]:
    """What has no kind of its own: one row a module, with the parts that differ."""
    sections = [side.get("protocolSection") or {} for side in (pair.old, pair.new)]
    for name in sorted({*sections[0], *sections[1]} - {"eligibilityModule"}):
        old, new = pair.modules(name)
        changed = [key for key in _differing(old, new) if key not in TOLD_ELSEWHERE.get(name, ())]
        if name == "statusModule":
            changed += [key for key in DATES if _vanished(old.get(key) or {}, new.get(key) or {})]
        if name == "designModule" and _enrollment_said_otherwise(pair):
            changed.append("enrollmentInfo")
        if name == "referencesModule" and not _publications_only_added(
            old.get("references") or [], new.get("references") or []
        ):
            changed.append("references")
        if changed:
            yield _record_changed(pair, name, sorted(changed))


def _record_changed(pair: _Pair, module: str, changed: list[str]) -> Finding:
    old, new = pair.modules(module)
    reason = f"{', '.join(changed)} changed"
    if module not in VALUES_PUBLISHED:
        return pair.finding("record_changed", module, None, None, f"{reason} (not shown: it may name people)")
    before, after = ({key: side[key] for key in changed if key in side} or None for side in (old, new))
    return pair.finding("record_changed", module, before, after, reason)


def _differing(old: Record, new: Record) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


_LOOKS: tuple[Callable[[_Pair], Iterator[Finding]], ...] = (
    _status,
    _results,
    _why_stopped,
    _dates,
    _enrollment,
    _outcomes,
    _list("arms_changed", "armsInterventionsModule", "armGroups", "trial_arms", "arm"),
    _list("arms_changed", "armsInterventionsModule", "interventions", "trial_interventions", "intervention"),
    _eligibility,
    _sponsors,
    _sites,
    _titles,
    _list("conditions_changed", "conditionsModule", "conditions", "trial_conditions", "condition"),
    _publications,
    _the_rest,
    _mesh,
)


def registry_date(finding_cause: str, record: Record, data_version_on: date | None) -> tuple[date | None, str]:
    """The registry's date of a change and what kind of date it is.

    A sponsor's change bears the day on which the registry posted it; any other the day of the data version.
    """
    posted = day((_module(record, "statusModule").get("lastUpdatePostDateStruct") or {}).get("date"))
    if finding_cause == "sponsor" and posted:
        return posted, "posted"
    return data_version_on, "data_version"
