"""What the same record is read as, and was until now: our own doing, whatever the registry did. Pure.

Both sides are trials in the words of the views: what an earlier trialwatch stored, and what today's reads. Each
column and each child view that says otherwise is one change of cause ``normaliser``, of the kind that it would be
of if the record had changed, and of low materiality: it is recorded, and told to nobody. Order never counts, nor
do the dates of posting and verification alone, nor documents.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from connectors.trial import Entry, Trial
from warehouse.judge.alerts import OURSELVES
from warehouse.judge.changes import KIND_OF_LIST, TITLES, Finding, as_json, date_change, status_kind, written
from warehouse.words.phrases import counted_noun

DATES = ("start_date", "primary_completion_date", "completion_date", "expected_end_date")
"""Each is told with its type and its span. The last follows from the others, and is told only without them."""
NO_CHANGE = frozenset(
    {
        "trial_id",
        "url",
        "last_known_status",
        "reads_otherwise_from",
        "status_turns",
        "documents",
        "expected_end_on",
    }
    | {"status_verified_date", "status_verified_date_earliest", "status_verified_date_latest"}
    | {"first_posted_on", "last_update_posted_on", "results_first_posted_on"}
    | {"results_first_submitted_on", "results_delay_requested_on"}
)
KIND_OF_COLUMN = {
    **dict.fromkeys(TITLES, "title_changed"),
    "why_stopped": "why_stopped_changed",
    **dict.fromkeys(("enrollment", "enrollment_type"), "enrollment_changed"),
    **dict.fromkeys(("lead_sponsor", "lead_sponsor_class"), "sponsor_changed"),
    **dict.fromkeys(
        ("sex", "minimum_age", "minimum_age_years", "maximum_age", "maximum_age_years", "healthy_volunteers"),
        "eligibility_changed",
    ),
    "eligibility_criteria": "eligibility_changed",
}
NOT_TOLD = ("copy", "place", "arm_labels")
"""Parts of an entry that stand in no view: they tell it from others, or are told as entries of another list."""
LOW = "low"
ANEW = "trialwatch reads the same record otherwise"
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def read_otherwise(before: Trial, after: Trial, *, is_more_read: bool) -> list[Finding]:
    """The changes, a column or child view each, in the order of a trial's parts.

    ``is_more_read``: the trialwatch that stored it did not load all that is loaded today. Then what was not there
    is learned, and no change.
    """
    found = [*_columns(before, after, is_more_read), *_lists(before, after, is_more_read)]
    dated = any(finding.field in DATES[:-1] for finding in found)
    return [finding for finding in found if not (dated and finding.field == DATES[-1])]


def _columns(before: Trial, after: Trial, is_more_read: bool) -> Iterator[Finding]:
    for part in msgspec.structs.fields(Trial):
        name = part.name
        old, new = getattr(before, name), getattr(after, name)
        if name in DATES:
            yield from _date(name, before, after)
        elif old != new and name not in NO_CHANGE | _OF_DATES | _LISTS and not (is_more_read and old is None):
            yield _finding(_kind(name, old, new), name, old, new)


def _kind(column: str, old: Any, new: Any) -> str:
    if column == "overall_status":
        return status_kind(old, new)
    if column == "has_results" and bool(old) != bool(new):
        return "results_posted" if new else "results_withdrawn"
    return KIND_OF_COLUMN.get(column, "record_changed")


def _date(name: str, before: Trial, after: Trial) -> Iterator[Finding]:
    """One change a date, however much of it differs; where only its span does, that is what is told."""
    old, new = (_of_date(name, trial) for trial in (before, after))
    if old == new:
        return
    was, said = ({"date": each[name], "type": each[f"{name}_type"]} for each in (old, new))
    known = date_change(was, said) if name != DATES[-1] else None
    if was == said:
        yield _finding("record_changed", name, _span(name, old), _span(name, new))
    else:
        kind, reason, _ = known or ("record_changed", "", 0)
        yield _finding(kind, name, old[name], new[name], reason)


def _of_date(name: str, trial: Trial) -> dict[str, Any]:
    columns = ("expected_end_on",) if name == DATES[-1] else (f"{name}_earliest", f"{name}_latest")
    return {each: getattr(trial, each) for each in (name, f"{name}_type", *columns)}


def _span(name: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {each: value for each, value in parts.items() if each not in (name, f"{name}_type")}


_OF_DATES = frozenset(f"{name}_{part}" for name in DATES for part in ("type", "earliest", "latest"))
_LISTS = frozenset(
    part.name for part in msgspec.structs.fields(Trial) if part.default_factory is not msgspec.NODEFAULT
)


def _lists(before: Trial, after: Trial, is_more_read: bool) -> Iterator[Finding]:
    old, new = _by_view(before), _by_view(after)
    for view, entries in new.items():
        was = old[view]
        if was != entries and not (is_more_read and not was):
            came, went = _lacking(entries, was), _lacking(was, entries)
            kind = "publication_added" if came and view == "trial_publications" else "record_changed"
            reason = f"{counted_noun(came, 'entry')} came, {went} went"
            yield _finding(KIND_OF_LIST.get(view, kind), view, was, entries, reason)


def _by_view(trial: Trial) -> dict[str, list[Any]]:
    """The entries that each child view shows, in no order: the sites have the countries that are told, too."""
    found = {f"trial_{name}": _plain(getattr(trial, name)) for name in sorted(_LISTS - NO_CHANGE)}
    sites = found["trial_sites"]
    found["trial_sites"] = [each for each in sites if not each.get("is_country")]
    found["trial_countries"] = [each for each in sites if each.get("is_country")]
    return found


def _plain(entries: list[Entry]) -> list[Any]:
    rows = map(msgspec.to_builtins, entries)
    return sorted(({key: row[key] for key in row if key not in NOT_TOLD} for row in rows), key=as_json)


def _lacking(some: list[Any], among: list[Any]) -> int:
    there = set(map(as_json, among))
    return sum(as_json(each) not in there for each in some)


def _finding(kind: str, field: str, old: Any, new: Any, reason: str = "") -> Finding:
    said = f"{ANEW}: {reason}" if reason else ANEW
    before, after = (written(msgspec.to_builtins(value)) for value in (old, new))
    return Finding(kind, field, before, after, OURSELVES, said, LOW)


def without_people(finding: Finding, record: bytes, shown: Callable[[], bytes | None], after: Trial) -> Finding:
    """The change without its values, where the old one may name somebody: who read it may not have known better.

    ``shown`` is the record as it may be published. What stands in the record, and neither there nor in the trial
    as it is read today, was left out for a reason.
    """
    gone = _words((finding.old_value or "").encode()) - _words(msgspec.json.encode(after))
    sent = gone & _words(record) if gone else gone
    if not sent or sent <= _words(shown() or b""):
        return finding
    reason = f"{finding.reason} (not shown: it may name people)"
    return replace(finding, old_value=None, new_value=None, reason=reason)


def _words(text: bytes) -> set[str]:
    told = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text.decode("utf-8", "replace"))
    return set(_WORD.findall(told.casefold()))
