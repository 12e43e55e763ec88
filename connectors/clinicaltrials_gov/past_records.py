"""Records as the registry's record history shows them, in the form in which they come every night. Pure.

The history shows less and otherwise: no derived section, texts escaped once as for a page, lists and paragraphs
in tags where a night sends Markdown, and a few parts that are today's whatever the version. So two records, one of
which is of the past, are compared by what both forms hold, and texts with a layout by their words.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from connectors.clinicaltrials_gov.fitting import understood
from connectors.clinicaltrials_gov.what_counts import counted
from connectors.dates import day
from connectors.lenient import decoded
from connectors.numbers import number_in
from connectors.spelling import OneSpelling, compared, shown
from connectors.trial import Counted, Stamp, UnreadableError

Record = dict[str, Any]

WITH_LAYOUT = frozenset(
    {
        "statusModule.whyStopped",
        "descriptionModule.briefSummary",
        "descriptionModule.detailedDescription",
        "designModule.designInfo.interventionModelDescription",
        "designModule.designInfo.maskingInfo.maskingDescription",
        "designModule.bioSpec.description",
        "armsInterventionsModule.armGroups.description",
        "armsInterventionsModule.interventions.description",
        "outcomesModule.primaryOutcomes.description",
        "outcomesModule.secondaryOutcomes.description",
        "outcomesModule.otherOutcomes.description",
        "eligibilityModule.eligibilityCriteria",
        "eligibilityModule.genderDescription",
        "eligibilityModule.studyPopulation",
        "referencesModule.seeAlsoLinks.label",
        "referencesModule.availIpds.comment",
        "ipdSharingStatementModule.description",
        "ipdSharingStatementModule.timeFrame",
        "ipdSharingStatementModule.accessCriteria",
    }
)
"""Texts that the registry's own description of its fields calls markup (``/studies/metadata`` of API 2.0.5)."""
NOT_FROZEN = {"contactsLocationsModule.locations": "geoPoint"} | {
    f"outcomesModule.{kind}Outcomes": "reviewUnit" for kind in ("primary", "secondary", "other")
}
"""In these lists, what is today's in every version, or stands in the history alone."""
ADDED_BY_THE_REGISTRY = "DERIVED"
"""The type of a publication that it found by itself: those of 2024 stand in versions of 2020."""
SUBMITTED = "lastUpdateSubmitDate"
DEEPEST_LIST = 10
"""Levels by which an entry is moved to the right: with one more for each, a text could grow without end."""
_BEGINS = b'{"studyVersion":'
_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#x2F;": "/"}
_ESCAPE = re.compile("|".join(_ESCAPED))
_TAG = re.compile(r"(</?(?:p|ul|ol|li)>)")
_MARKER = re.compile(r"^[ \t]*(?:\*|\d{1,2}\.)\s+", re.MULTILINE)
_ALONE_MARKER = re.compile(r"^([ \t]*(?:\*|\d+\.) )\s*\n\s*", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n\s*\n")
_MARKDOWNS_ESCAPE = re.compile(r"\\([^A-Za-z0-9\s])")
_encode = msgspec.json.encode


class _Study(msgspec.Struct):
    protocolSection: msgspec.Raw
    hasResults: bool = False


class _Body(msgspec.Struct):
    study: _Study
    studyVersion: int | None = None


_body = msgspec.json.Decoder(_Body)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


# -- one version's body ------------------------------------------------------------------------------------


def to_be_kept(body: bytes, trial_id: str, number: int) -> bytes:
    """What is kept of a version: its protocol as sent, and under which number the registry has it.

    Results, of which a body can hold megabytes, are not. Raises ``UnreadableError``.
    """
    try:
        found = _body.decode(body)
        named = number_in({"protocolSection": decoded(bytes(found.study.protocolSection))[0]})
    except (*_UNREADABLE, ValueError) as error:
        raise UnreadableError(f"no version of a record: {error}", "$", trial_id) from error
    if named != trial_id or found.studyVersion not in (None, number):
        raise UnreadableError(
            f"it says that it is version {found.studyVersion} of {named}", "$.studyVersion", trial_id
        )
    has_results = b"true" if found.study.hasResults else b"false"
    return b'%s%d,"study":{"protocolSection":%s,"hasResults":%s}}' % (
        _BEGINS,
        number,
        bytes(found.study.protocolSection),
        has_results,
    )


def is_of_the_past(payload: bytes) -> bool:
    """Whether it is what ``to_be_kept`` made, and no record as it comes every night."""
    return payload.startswith(_BEGINS)


def as_in_a_night(payload: bytes) -> bytes:
    """A record in the form in which it comes, or would have come, in a night."""
    return _encode(_as_record(payload)) if is_of_the_past(payload) else payload


def stamp(payload: bytes) -> Stamp:
    """By what a version is known, of either form. A status that the registry computed is no part of it."""
    record = _frozen(_as_record(payload))
    status = record["protocolSection"].get("statusModule")
    status = status if isinstance(status, dict) else {}
    submitted, overall = (compared(str(status.get(name, ""))) for name in (SUBMITTED, "overallStatus"))
    return Stamp(day(submitted), overall or None, _number(payload))


def _number(payload: bytes) -> int | None:
    return int(decoded(payload)[0]["studyVersion"]) if is_of_the_past(payload) else None


# -- what both forms hold ----------------------------------------------------------------------------------


def counted_alike(before: bytes, after: bytes) -> tuple[Counted, Counted]:
    """What is compared of two records of which one at least is of the past: texts with a layout by their words."""
    sides = [_frozen(understood(as_in_a_night(payload)).record) for payload in (before, after)]
    spelling = _ByTheirWords(text for side in sides for text in _with_layout(side))
    return counted(sides[0], spelling), counted(sides[1], spelling)


class _ByTheirWords:
    """Spells texts alike that are compared as equal; those with a layout, where their words are."""

    def __init__(self, with_layout: Iterable[str]) -> None:
        self._words = {text: words_of(text) for text in with_layout}
        self._met: dict[str, str] = {}
        self._others = OneSpelling()

    def __call__(self, text: str) -> str:
        words = self._words.get(text)
        return self._others(text) if words is None else self._met.setdefault(words, shown(text))


def words_of(text: str) -> str:
    """A text in Markdown without its layout.

    >>> words_of("Inclusion:\\n\\n* Age \\\\> 18\\n* Drinks")
    'Inclusion: Age > 18 Drinks'
    """
    return compared(_MARKER.sub("", _MARKDOWNS_ESCAPE.sub(r"\1", text)))


def _as_record(payload: bytes) -> Record:
    """Of either form, in that of every night."""
    record: Record = decoded(payload)[0]
    if not is_of_the_past(payload):
        return record
    study = record["study"]
    return _frozen(study | {"protocolSection": _unescaped(study["protocolSection"], "")})


def _frozen(record: Record) -> Record:
    """Without what the history does not show, or shows as it is today; with the status that was submitted."""
    protocol = record.get("protocolSection")
    modules = dict(protocol) if isinstance(protocol, dict) else {}
    for path, name in NOT_FROZEN.items():
        _change(modules, path, lambda entry, name=name: {key: entry[key] for key in entry if key != name})
    _change(modules, "referencesModule.references", _unless_added)
    status = modules.get("statusModule")
    if isinstance(status, dict) and status.get("lastKnownStatus"):
        submitted = {"overallStatus": status["lastKnownStatus"]}
        modules["statusModule"] = {k: v for k, v in status.items() if k != "lastKnownStatus"} | submitted
    return {"protocolSection": modules, "hasResults": record.get("hasResults", False)}


def _unless_added(reference: Record) -> Record | None:
    return None if reference.get("type") == ADDED_BY_THE_REGISTRY else reference


def _change(modules: Record, path: str, change: Any) -> None:
    """Put what is made of each object in a list in its place, and leave out what becomes None."""
    module, _, name = path.partition(".")
    entries = modules[module].get(name) if isinstance(modules.get(module), dict) else None
    if isinstance(entries, list):
        made = [change(entry) if isinstance(entry, dict) else entry for entry in entries]
        modules[module] = modules[module] | {name: [entry for entry in made if entry is not None]}


# -- texts -------------------------------------------------------------------------------------------------


def _unescaped(value: Any, path: str) -> Any:
    match value:
        case dict():
            return {key: _unescaped(part, f"{path}.{key}" if path else key) for key, part in value.items()}
        case list():
            return [_unescaped(part, path) for part in value]
        case str():
            return _in_markdown(value) if path in WITH_LAYOUT and "<" in value else _once(value)
    return value


def _once(text: str) -> str:
    """The text before it was escaped: once, for some hold entities of their own."""
    return _ESCAPE.sub(lambda found: _ESCAPED[found[0]], text) if "&" in text else text


def _in_markdown(text: str) -> str:
    """Paragraphs and lists in tags as a night sends them; its texts are escaped, its tags are not."""
    written: list[str] = []
    counts: list[int | None] = []
    for part in _TAG.split(text):
        match part:
            case "<ul>" | "<ol>":
                counts.append(0 if part == "<ol>" else None)
                written.append("\n" if len(counts) > 1 else "\n\n")
            case "</ul>" | "</ol>":
                counts[-1:] = []
                written.append("\n" if counts else "\n\n")
            case "<li>":
                written.append(f"\n{'  ' * min(len(counts) - 1, DEEPEST_LIST)}{_next_marker(counts)} ")
            case "<p>" | "</p>":
                written.append("\n\n")
            case _:
                written.append("" if part == "</li>" else _once(part))
    laid_out = _ALONE_MARKER.sub(r"\1", "".join(written))
    return _EMPTY_LINES.sub("\n\n", laid_out).strip()


def _next_marker(counts: list[int | None]) -> str:
    if not counts or (count := counts[-1]) is None:
        return "*"
    counts[-1] = count + 1
    return f"{count + 1}."


def _with_layout(record: Record) -> Iterator[str]:
    """Every text of a record that has a layout."""
    for path in WITH_LAYOUT:
        parts: list[Any] = [record["protocolSection"]]
        for step in path.split("."):
            reached = [part.get(step) for part in parts if isinstance(part, dict)]
            parts = [each for part in reached for each in (part if isinstance(part, list) else [part])]
        yield from (part for part in parts if isinstance(part, str))


def submitted_on(written: str | None, before: date) -> date:
    """A day in the list of versions; where none can be read, that of the version before it."""
    return max(day(written) or before, before)
