"""Reading what has landed: which trials were seen, which are in a new state, and what cannot be read.

One record after another, so that an unreadable one is set aside with its path and reason and never stops the
others. Nothing is written here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import msgspec

from warehouse.changes import UNKNOWN_ENROLLMENT, Record
from warehouse.dates import day, span
from warehouse.fingerprint import content_hash
from warehouse.study import Date, Status, Study
from warehouse.vocabulary import UNRECOGNISED, rows, status_group

_study = msgspec.json.Decoder(Study)
_AT_PATH = re.compile(r" - at `(?P<path>[^`]+)`$")
_NUMBER = re.compile(rb'"identificationModule"\s*:\s*\{[^{}]*?"nctId"\s*:\s*"\s*([A-Za-z]{3}[0-9]{8})\s*"')
"""Not just any ``nctId``: a record also names its expanded access that way, which is another trial."""
_ID_PATH = "$.protocolSection.identificationModule.nctId"
_TRIAL_ID = re.compile(r"[A-Z0-9][A-Z0-9./-]{3,39}")
DEEPEST = 100
"""Levels of a record, of which real ones have a dozen: who walks through one later must not run out of stack."""


@dataclass(frozen=True, slots=True)
class Read:
    """A record that could be read. ``is_new`` when we hold no such state of the trial as its latest.

    ``stamped_on`` is the day of the data version that the registry wrote into it, where it did.
    """

    trial_id: str
    study: Study
    payload: bytes
    content_hash: str
    is_new: bool
    stamped_on: date | None = None

    @property
    def record(self) -> Record:
        """The whole record, with what ``study`` leaves out."""
        whole: Record = msgspec.json.decode(self.payload)
        return whole


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record set aside. ``path`` is a JSON path, ``$`` for the whole record."""

    trial_id: str | None
    path: str
    reason: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Flag:
    """A value kept as sent although it is not one we know."""

    trial_id: str
    path: str
    value: str
    reason: str


def read(records: Iterator[bytes], known: Mapping[str, str]) -> Iterator[Read | Unreadable]:
    """Each landed record, judged. ``known`` maps the trials we hold to the hash of their latest state.

    Of two readable records of one trial the first is believed and the other set aside.
    """
    told: set[str] = set()
    for payload in records:
        try:
            study = _study.decode(payload)
            trial_id = study.protocolSection.identificationModule.nctId.strip().upper()
            if not _TRIAL_ID.fullmatch(trial_id):
                raise msgspec.ValidationError(f"{trial_id[:40]!r} is no trial number - at `{_ID_PATH}`")
            if trial_id in told:
                raise msgspec.ValidationError(f"another record of this number came before it - at `{_ID_PATH}`")
            record = msgspec.json.decode(payload)
            if _is_deeper_than(DEEPEST, record):
                raise msgspec.ValidationError(f"more than {DEEPEST} levels deep")
            found = content_hash(record)
        except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
            yield _set_aside(payload, error)
        else:
            told.add(trial_id)
            yield Read(trial_id, study, payload, found, known.get(trial_id) != found, _stamp(record))


def _stamp(record: Record) -> date | None:
    found = next(iter(_values(record, ["derivedSection", "miscInfoModule", "versionHolder"])), None)
    return day(found) if isinstance(found, str) else None


def _is_deeper_than(levels: int, value: Any) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _set_aside(payload: bytes, error: Exception) -> Unreadable:
    said = str(error)
    where = _AT_PATH.search(said)
    number = _NUMBER.search(payload)
    return Unreadable(
        number[1].decode().upper() if number else None,
        where["path"] if where else "$",
        said[: where.start()] if where else said,
        payload,
    )


def spans(study: Study) -> dict[str, dict[str, Any] | None]:
    """First and last day that each written date of a trial can mean, by column."""
    status = study.protocolSection.statusModule or Status()
    written = {
        "start_date": _written(status.startDateStruct),
        "primary_completion_date": _written(status.primaryCompletionDateStruct),
        "completion_date": _written(status.completionDateStruct),
        "status_verified_date": status.statusVerifiedDate,
    }
    found = {column: span(text) for column, text in written.items()}
    return {column: days._asdict() if days else None for column, days in found.items()}


def days(study: Study) -> dict[str, date | None]:
    """The registry's own dates of a trial, by column; None for one that names no day."""
    status = study.protocolSection.statusModule or Status()
    return {
        "first_posted_on": day(_written(status.studyFirstPostDateStruct)),
        "last_update_posted_on": day(_written(status.lastUpdatePostDateStruct)),
        "results_first_posted_on": day(_written(status.resultsFirstPostDateStruct)),
    }


def _written(struct: Date | None) -> str | None:
    return struct.date if struct else None


def flags(read: Read) -> Iterator[Flag]:
    """What is odd about a record that was read: unknown values, dates that are none, the sentinel."""
    record = read.record
    for path, known in _enumerations().items():
        for value in _values(record, path.split(".")):
            if value not in known:
                yield Flag(read.trial_id, path, str(value), "a value that trialwatch does not know")
    for path in (
        "protocolSection.statusModule.overallStatus",
        "protocolSection.statusModule.lastKnownStatus",
    ):
        for value in _values(record, path.split(".")):
            if status_group(value) == UNRECOGNISED:
                yield Flag(read.trial_id, path, value, "a status that trialwatch does not know")
    for path in _DATE_PATHS:
        for value in _values(record, path.split(".")):
            if span(value) is None:
                yield Flag(read.trial_id, path, str(value), "a date that is none")
    for value in _values(record, ["protocolSection", "designModule", "enrollmentInfo", "count"]):
        if value == UNKNOWN_ENROLLMENT:
            path = "protocolSection.designModule.enrollmentInfo.count"
            yield Flag(read.trial_id, path, str(value), "the registry's sentinel for unknown")


_DATE_PATHS = tuple(
    f"protocolSection.statusModule.{name}"
    for name in (
        "startDateStruct.date",
        "primaryCompletionDateStruct.date",
        "completionDateStruct.date",
        "statusVerifiedDate",
        "studyFirstPostDateStruct.date",
        "lastUpdatePostDateStruct.date",
        "resultsFirstPostDateStruct.date",
    )
)


@cache
def _enumerations() -> dict[str, frozenset[str]]:
    return {row["path"]: frozenset(row["values"].split()) for row in rows("enumerations.csv")}


def _values(part: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path; ``[]`` at the end of a step goes through a list."""
    if not path:
        if part is not None:
            yield part
        return
    step, rest = path[0], path[1:]
    found = part.get(step.removesuffix("[]")) if isinstance(part, dict) else None
    for each in found or [] if step.endswith("[]") else [found]:
        yield from _values(each, rest)
