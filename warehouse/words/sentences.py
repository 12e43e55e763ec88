"""A change in one sentence, a sentence for each kind; below it what differs, where a sentence cannot hold it.

Pure. Mails, page, feed and terminal say the same. A kind's usual sentence stands in the table of kinds; this
module fills its gaps and has the sentences for special cases. What the sentence has said, nothing below it says
again. It does not know whose trial it is, nor when anything happened.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from connectors.dates import span
from connectors.statuses import status_groups
from warehouse.words import reasons
from warehouse.words.fields import label, meaning, name_of
from warehouse.words.harmless import plain, shortened
from warehouse.words.kinds import KINDS
from warehouse.words.phrases import counted_noun, kind_words, status_words
from warehouse.words.values import Line, old_and_new

REASON_LETTERS = 400
_SPONSORS_WORDS = "the sponsor says why: "
_AS_FAR_AS_BOLD = re.compile("; |: |, from ")


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
        said = self.reason.removeprefix(reasons.turned(self.old, self.new))
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
    return _SAYINGS.get(known.kind, _unknown)(known)


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


# -- the usual sentence of a kind ----------------------------------------------------------------------


def _usual(change: _Change) -> str:
    """The sentence in the table of kinds, with its gaps filled."""
    return KINDS[change.kind].sentence.format_map(_Words(change))


class _Words(dict[str, str]):
    """What can stand in a gap, made only when a sentence has that gap: a value may be a text of 200 kB."""

    def __init__(self, change: _Change) -> None:
        super().__init__()
        self._change = change

    def __missing__(self, gap: str) -> str:
        return _GAPS[gap](self._change)


def _days_between(change: _Change) -> str:
    before, after = span(change.old), span(change.new)
    return counted_noun(abs((after.latest - before.latest).days), "day") if before and after else "some time"


_GAPS: Mapping[str, Callable[[_Change], str]] = {
    "field": lambda change: label(change.field),
    "old": lambda change: _shown(change.old or "none"),
    "new": lambda change: _shown(change.new or "none"),
    "old_status": lambda change: _status(change.old),
    "new_status": lambda change: _status(change.new),
    "days": _days_between,
    "reason": lambda change: _in_words(_shown(change.reason)) or "the expected end is past",
}


# -- statuses ------------------------------------------------------------------------------------------


def _of_status(change: _Change) -> Saying:
    return _sentence(_usual(change), _in_words(_shown(change.beyond)))


def _stopped(change: _Change) -> Saying:
    beyond, _, why = change.beyond.partition(_SPONSORS_WORDS)
    given = f"The sponsor's reason: {_quoted(why)}" if why else "" if beyond else "No reason is given"
    return _sentence(_usual(change), _in_words(_shown(beyond.strip(" ;"))), given)


def _lapsed(change: _Change) -> Saying:
    reason = change.beyond.removeprefix(reasons.MADE_UNKNOWN)
    return _sentence(_usual(change), _in_words(_shown(reason)))


def _status_changed(change: _Change) -> Saying:
    return _sentence(_usual(change), _in_words(_shown(change.beyond.strip("()"))))


# -- dates and numbers ---------------------------------------------------------------------------------


def _alone(change: _Change) -> Saying:
    """A kind of which the usual sentence says all."""
    return _sentence(_usual(change))


def _actual(change: _Change) -> Saying:
    name, day = label(change.field), _shown(change.new or "none")
    if change.old == change.new:
        return _sentence(f"{name} is now actual: {day}, as it was expected")
    if change.old is None:
        return _sentence(f"{name} is now actual: {day}; none was expected")
    return _alone(change)


def _refined(change: _Change) -> Saying:
    name, day = label(change.field), _shown(change.new or "none")
    if change.old is None:
        return _sentence(f"{name} given for the first time: {day}")
    if change.old == change.new:
        return _sentence(f"{name} stays {day}{_retyped(change, 'it')}")
    before, after = span(change.old), span(change.new)
    if before and after and after.lies_in(before):
        return _sentence(_usual(change) + _retyped(change, "it"))
    return _sentence(f"{name} made less precise: {day}, before {_shown(change.old)}{_retyped(change, 'it')}")


def _retyped(change: _Change, what: str) -> str:
    """That a date or number was expected and is now actual, or the reverse, where the reason says so."""
    types = reasons.types(change.reason)
    return f"; {what} was {types[0].lower()} and is now {types[1].lower()}" if types else ""


def _enrollment(change: _Change) -> Saying:
    if change.field == "enrollment_type":
        count = change.reason.partition(reasons.PARTICIPANTS)[0]
        old, new = (f"{value.lower()}" if value else "without a type" for value in (change.old, change.new))
        return _sentence(f"Enrollment of {_shown(count)} participants is now {new}; it was {old}")
    gaps = _Words(change)
    gaps.update(
        {gap: "an unknown number" for gap, value in (("old", change.old), ("new", change.new)) if not value}
    )
    return _sentence(KINDS[change.kind].sentence.format_map(gaps) + _retyped(change, "the number"))


# -- contents ------------------------------------------------------------------------------------------


def _edited(change: _Change) -> Saying:
    """Contents changed; how many of what did is said only where the lines do not show all."""
    said = _with_lines(change, _usual(change))
    return said if said.lines and not said.cut else _with_lines(change, _usual(change), _shown(change.reason))


def _criteria(change: _Change) -> Saying:
    """As ``_edited``, where the reason names parts of the record by their keys."""
    return _edited(replace(change, reason=_parts(change.reason)))


def _parts(reason: str) -> str:
    """Parts of the record, by their keys, in words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _shown(reason)).lower()


def _text_changed(change: _Change) -> Saying:
    """A text in place of another: both in the sentence where they are short, else its words below it."""
    said = _with_lines(change, _usual(change))
    if len(said.lines) == 1 and said.lines[0].is_whole and len(said.lines[0].parts) == 2:
        old, new = (_quoted(part.text) for part in said.lines[0].parts)
        return _sentence(f"{_usual(change)} from {old} to {new}")
    return said


def _sponsor(change: _Change) -> Saying:
    leads = [_lead(value) for value in (change.old, change.new)]
    said = _with_lines(change, _usual(change))
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
    return _text_changed(change)


def _publication(change: _Change) -> Saying:
    said = _with_lines(change, _usual(change))
    came = tuple(line for line in said.lines if line.sign == "+")
    return said._replace(lines=came or said.lines)


def _results(change: _Change) -> Saying:
    beyond = change.reason.removeprefix(reasons.RESULTS[change.kind])
    return _sentence(_usual(change), _shown(beyond.strip(" ;:")))


def _record(change: _Change) -> Saying:
    if change.field == "is_relevant":  # told by this kind before relevance had one of its own
        return _relevance(change)
    said = _with_lines(change, _usual(change))
    # Without values the reason is all there is: the parts of the record, by their keys.
    return said if said.lines else _sentence(_usual(change), _parts(change.reason))


# -- the watch and the number --------------------------------------------------------------------------


def _relevance(change: _Change) -> Saying:
    is_ours = change.new == "true"
    lead = KINDS["relevance_changed"].sentence if is_ours else "No longer counts as relevant"
    return _sentence(lead, _shown(change.reason))


def _entered(change: _Change) -> Saying:
    """With the reason for which a trial is in; that a search found it goes without saying."""
    why = "" if change.reason.startswith(reasons.FOUND_BY) else _shown(change.reason)
    return _sentence(_usual(change), why)


def _left(change: _Change) -> Saying:
    return _sentence(_usual(change), _shown(change.reason.removeprefix(reasons.LEFT_THE_SEARCH)))


def _merged(change: _Change) -> Saying:
    return _alone(change) if change.new else _sentence("Merged into another record")


def _with_its_reason(change: _Change) -> Saying:
    return _sentence(_usual(change), _shown(change.reason))


def _unknown(change: _Change) -> Saying:
    """A kind that only a later version knows."""
    return _with_lines(change, kind_words(change.kind).capitalize(), _shown(change.beyond))


_SAYINGS: Mapping[str, Callable[[_Change], Saying]] = {
    **dict.fromkeys(("completed", "returned", "resumed", "recruiting"), _of_status),
    "stopped": _stopped,
    "lapsed": _lapsed,
    "status_changed": _status_changed,
    **dict.fromkeys(("date_slipped", "date_advanced", "overdue"), _alone),
    "date_actual": _actual,
    "date_refined": _refined,
    "enrollment_changed": _enrollment,
    **dict.fromkeys(("outcomes_changed", "arms_changed", "results_changed"), _edited),
    **dict.fromkeys(("sites_changed", "conditions_changed"), _edited),
    "eligibility_changed": _criteria,
    "sponsor_changed": _sponsor,
    "why_stopped_changed": _why_stopped,
    "title_changed": _text_changed,
    "publication_added": _publication,
    **dict.fromkeys(("results_posted", "results_withdrawn"), _results),
    "record_changed": _record,
    "relevance_changed": _relevance,
    **dict.fromkeys(("registered", "discovered", "reentered_watch"), _entered),
    "left_watch": _left,
    "merged": _merged,
    **dict.fromkeys(("removed", "restored"), _with_its_reason),
}
