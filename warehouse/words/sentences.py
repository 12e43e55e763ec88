"""A change in one sentence, a sentence for each kind; below it what differs, where a sentence cannot hold it.

Pure. Mails, page, feed and terminal say the same. What the sentence has said, nothing below it says again. It does
not know whose trial it is, nor when anything happened.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from connectors.dates import span
from connectors.statuses import status_groups
from warehouse.words.fields import label, meaning, name_of
from warehouse.words.harmless import plain, shortened
from warehouse.words.phrases import kind_words, number, status_words
from warehouse.words.values import Line, old_and_new

REASON_LETTERS = 400
_SPONSORS_WORDS = "the sponsor says why: "
_AS_FAR_AS_BOLD = re.compile("; |: |, from ")
_TYPES = re.compile(r" \((?P<old>\w+|no type) → (?P<new>\w+|no type)\)")


class Saying(NamedTuple):
    """``lead`` and ``rest`` are what is said, of which the lead may be set in bold. ``cut`` is in words."""

    lead: str
    rest: str = ""
    lines: tuple[Line, ...] = ()
    cut: str = ""

    def __str__(self) -> str:
        return self.lead + self.rest


@dataclass(frozen=True, slots=True)
class _Change:
    kind: str
    field: str | None
    old: str | None
    new: str | None
    cause: str
    reason: str

    @property
    def beyond(self) -> str:
        """What the reason says beside "old → new"."""
        said = self.reason.removeprefix(f"{self.old or 'no status'} → {self.new or 'no status'}")
        return said.strip(" ;:")


def saying(change: Mapping[str, Any]) -> Saying:
    """The change as it is told; ``change`` has the columns of the view ``changes``."""
    known = _Change(
        change["kind"],
        change["field"],
        change["old_value"],
        change["new_value"],
        change["cause"],
        plain(change["reason"]),
    )
    return _SAYINGS.get(known.kind, _anything)(known)


def once(changes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One night's changes of one trial, without the reason for stopping where the stop itself gives it."""
    told = list(changes)
    given = [change["reason"] for change in told if change["kind"] == "stopped"]
    return [
        change
        for change in told
        if change["kind"] != "why_stopped_changed" or not any(stop.endswith(change["reason"]) for stop in given)
    ]


# -- the pieces of a sentence --------------------------------------------------------------------------


def _sentence(lead: str, *more: str) -> Saying:
    """The lead, then further sentences, each with a capital letter and a full stop."""
    said = [f"{each[:1].upper()}{each[1:]}{_stop(each)}" for each in more if each]
    bold = _AS_FAR_AS_BOLD.split(lead, maxsplit=1)[0]
    return Saying(bold, " ".join([f"{lead.removeprefix(bold)}{_stop(lead)}", *said]).rstrip())


def _stop(said: str) -> str:
    """The full stop that a sentence still wants."""
    return "" if said.removesuffix("”").endswith((".", "!", "?", "…")) else "."


def _status(code: str | None) -> str:
    """A status inside a sentence."""
    if not code:
        return "without a status"
    words = status_words(code)
    return words[:1].lower() + words[1:]


def _until_now(change: _Change) -> str:
    return f"; until now {_status(change.old)}"


def _in_words(text: str) -> str:
    """The text with the codes of statuses said in words."""
    known = (code for code in status_groups() if code.isupper())
    codes = "|".join(sorted(known, key=len, reverse=True))
    return re.sub(rf"\b(?:{codes})\b", lambda found: _status(found[0]), text)


def _shown(text: str) -> str:
    return shortened(plain(text), REASON_LETTERS)[0]


def _quoted(text: str) -> str:
    return f"“{_shown(text)}”"


def _with_lines(change: _Change, lead: str, *more: str) -> Saying:
    """The sentence and, below it, what differs between the two values, without what the lead has named already."""
    told = old_and_new(change.field, change.old, change.new)
    said = _sentence(lead, *more)
    if not told:
        return said
    named = label(change.field)
    lines = tuple(line._replace(label="") if line.label == named else line for line in told.lines)
    return said._replace(lines=lines, cut=told.cut)


def _text_changed(change: _Change, what: str) -> Saying:
    """A text in place of another: both in the sentence where they are short, else its words below it."""
    said = _with_lines(change, f"{what} changed")
    if len(said.lines) == 1 and said.lines[0].is_whole and len(said.lines[0].parts) == 2:
        old, new = (_quoted(part.text) for part in said.lines[0].parts)
        return _sentence(f"{what} changed from {old} to {new}")
    return said


# -- statuses ------------------------------------------------------------------------------------------


def _completed(change: _Change) -> Saying:
    return _sentence(f"Completed{_until_now(change)}", _in_words(_shown(change.beyond)))


def _stopped(change: _Change) -> Saying:
    beyond, _, why = change.beyond.partition(_SPONSORS_WORDS)
    given = f"The sponsor's reason: {_quoted(why)}" if why else "" if beyond else "No reason is given"
    how = _status(change.new)
    lead = f"Stopped: {how}{_until_now(change)}"
    return _sentence(lead, _in_words(_shown(beyond.strip(" ;"))), given)


def _lapsed(change: _Change) -> Saying:
    reason = change.beyond.removeprefix("the registry made it UNKNOWN; ")
    return _sentence("Lapsed to unknown: the registry itself set the status", _in_words(_shown(reason)))


def _returned(change: _Change) -> Saying:
    return _sentence(f"Status known again: {_status(change.new)}", _in_words(_shown(change.beyond)))


def _resumed(change: _Change) -> Saying:
    lead = f"Went back to an earlier stage: {_status(change.new)}{_until_now(change)}"
    return _sentence(lead, _in_words(_shown(change.beyond)))


def _recruiting(change: _Change) -> Saying:
    return _sentence(f"Now recruiting{_until_now(change)}", _in_words(_shown(change.beyond)))


def _status_changed(change: _Change) -> Saying:
    lead = f"Status changed: {_status(change.new)}{_until_now(change)}"
    return _sentence(lead, _in_words(_shown(change.beyond.strip("()"))))


# -- dates and numbers ---------------------------------------------------------------------------------


def _date_name(change: _Change) -> str:
    return label(change.field)


def _moved(change: _Change) -> Saying:
    before, after = span(change.old), span(change.new)
    days = abs((after.latest - before.latest).days) if before and after else None
    how = "later" if change.kind == "date_slipped" else "earlier"
    by = f"{number(days, 'day')} {how}" if days else how
    return _sentence(
        f"{_date_name(change)} moved {by}, from {_shown(change.old or 'none')} to {_shown(change.new or 'none')}"
    )


def _actual(change: _Change) -> Saying:
    name, day = _date_name(change), _shown(change.new or "none")
    if change.old == change.new:
        return _sentence(f"{name} is now actual: {day}, as it was expected")
    expected = f"{_shown(change.old)} was expected" if change.old else "none was expected"
    return _sentence(f"{name} is now actual: {day}; {expected}")


def _refined(change: _Change) -> Saying:
    name, day = _date_name(change), _shown(change.new or "none")
    if change.old is None:
        return _sentence(f"{name} given for the first time: {day}")
    types = _TYPES.search(change.reason)
    kind = f"; it was {types['old'].lower()} and is now {types['new'].lower()}" if types else ""
    if change.old == change.new:
        return _sentence(f"{name} stays {day}{kind}")
    before, after = span(change.old), span(change.new)
    how = "more precise" if before and after and after.lies_in(before) else "less precise"
    return _sentence(f"{name} made {how}: {day}, before {_shown(change.old)}{kind}")


def _enrollment(change: _Change) -> Saying:
    if change.field == "enrollment_type":
        count = change.reason.partition(" participants")[0]
        old, new = (f"{value.lower()}" if value else "without a type" for value in (change.old, change.new))
        return _sentence(f"Enrollment of {_shown(count)} participants is now {new}; it was {old}")
    old, new = (_shown(value) if value else "an unknown number" for value in (change.old, change.new))
    types = _TYPES.search(change.reason)
    kind = f"; the number was {types['old'].lower()} and is now {types['new'].lower()}" if types else ""
    return _sentence(f"Enrollment changed from {old} to {new} participants{kind}")


# -- contents ------------------------------------------------------------------------------------------


def _edited(what: str) -> Callable[[_Change], Saying]:
    """The contents of this changed; how many of what did is said only where the lines do not show all."""

    def say(change: _Change) -> Saying:
        said = _with_lines(change, f"{what} changed")
        return (
            said if said.lines and not said.cut else _with_lines(change, f"{what} changed", _shown(change.reason))
        )

    return say


def _arms(change: _Change) -> Saying:
    return _edited(label(change.field))(change)


def _sponsor(change: _Change) -> Saying:
    leads = [_lead(value) for value in (change.old, change.new)]
    said = _with_lines(change, "Sponsors changed")
    if leads[0] == leads[1]:
        return said
    said_already = tuple(map(label, meaning("lead_sponsor")))
    rest = tuple(line for line in said.lines if not line.label.startswith(said_already))
    return _sentence(f"Lead sponsor changed from {leads[0]} to {leads[1]}")._replace(lines=rest, cut=said.cut)


def _lead(value: str | None) -> str:
    try:
        sponsors = json.loads(value or "{}")
    except (ValueError, RecursionError):
        return "none"
    leads = (sponsors.get(key) for key in meaning("lead_sponsor")) if isinstance(sponsors, dict) else ()
    return next((_shown(name) for lead in leads if (name := name_of(lead))), "none")


def _why_stopped(change: _Change) -> Saying:
    if change.old is None and change.new:
        return _sentence(f"Reason for stopping given: {_quoted(change.new)}")
    if change.new is None and change.old:
        return _sentence(f"Reason for stopping taken back; it was {_quoted(change.old)}")
    return _text_changed(change, "Reason for stopping")


def _title(change: _Change) -> Saying:
    return _text_changed(change, label(change.field))


def _publication(change: _Change) -> Saying:
    said = _with_lines(change, "Publication added")
    came = tuple(line for line in said.lines if line.sign == "+")
    return said._replace(lines=came or said.lines)


def _results_posted(change: _Change) -> Saying:
    return _sentence("Results posted in the registry", _extra(change, "results were posted"))


def _results_withdrawn(change: _Change) -> Saying:
    return _sentence("Results withdrawn: the registry no longer shows any", _extra(change, "results are gone"))


def _extra(change: _Change, usual: str) -> str:
    """What the reason says beyond what it says of each change of this kind."""
    return _shown(change.reason.removeprefix(usual).strip(" ;:"))


def _record(change: _Change) -> Saying:
    if change.field == "is_relevant":
        return _relevance(change)
    said = _with_lines(change, f"{label(change.field)} changed")
    # Without values the reason is all there is: the parts of the record, by their keys.
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _shown(change.reason)).lower()
    return said if said.lines else _sentence(f"{label(change.field)} changed", parts)


# -- the watch, the calendar, the number ---------------------------------------------------------------


def _relevance(change: _Change) -> Saying:
    is_ours = change.new == "true"
    return _sentence(
        "Counts as relevant now" if is_ours else "No longer counts as relevant", _shown(change.reason)
    )


def _overdue(change: _Change) -> Saying:
    return _sentence(f"Overdue: {_in_words(_shown(change.reason)) or 'the expected end is past'}")


def _registered(change: _Change) -> Saying:
    return _sentence("Newly registered", _why_in_the_watch(change))


def _discovered(change: _Change) -> Saying:
    return _sentence("Newly found: posted earlier, and in this watch only now", _why_in_the_watch(change))


def _reentered(change: _Change) -> Saying:
    return _sentence("Back in the watch", _why_in_the_watch(change))


def _why_in_the_watch(change: _Change) -> str:
    """The reason for which a trial is in; that a search found it goes without saying, and how is no reader's."""
    return "" if change.reason.startswith("found by search") else _shown(change.reason)


def _left(change: _Change) -> Saying:
    return _sentence("Left the watch", _shown(change.reason.removeprefix("left the search: ")))


def _merged(change: _Change) -> Saying:
    into = f" into {plain(change.new)}" if change.new else ""
    return _sentence(f"Merged{into}: the registry answers with that record when it is asked for this one")


def _removed(change: _Change) -> Saying:
    return _sentence("Removed from the registry", _shown(change.reason))


def _restored(change: _Change) -> Saying:
    return _sentence("Back in the registry", _shown(change.reason))


def _anything(change: _Change) -> Saying:
    return _with_lines(change, kind_words(change.kind).capitalize(), _shown(change.beyond))


_SAYINGS: Mapping[str, Callable[[_Change], Saying]] = {
    "completed": _completed,
    "stopped": _stopped,
    "lapsed": _lapsed,
    "returned": _returned,
    "resumed": _resumed,
    "recruiting": _recruiting,
    "status_changed": _status_changed,
    "date_slipped": _moved,
    "date_advanced": _moved,
    "date_actual": _actual,
    "date_refined": _refined,
    "enrollment_changed": _enrollment,
    "outcomes_changed": _edited("Outcomes"),
    "arms_changed": _arms,
    "eligibility_changed": _edited("Eligibility"),
    "sponsor_changed": _sponsor,
    "sites_changed": _edited("Sites"),
    "why_stopped_changed": _why_stopped,
    "title_changed": _title,
    "conditions_changed": _edited("Conditions"),
    "publication_added": _publication,
    "results_posted": _results_posted,
    "results_withdrawn": _results_withdrawn,
    "record_changed": _record,
    "relevance_changed": _relevance,
    "overdue": _overdue,
    "registered": _registered,
    "discovered": _discovered,
    "reentered_watch": _reentered,
    "left_watch": _left,
    "merged": _merged,
    "removed": _removed,
    "restored": _restored,
}
