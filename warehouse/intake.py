"""Reading what has landed: which trials were seen, which are in a new state, and what cannot be read.

One record after another, so that an unreadable one is set aside with its path and reason and never stops the
others. Nothing is written here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from connectors.dates import day, span, version_day
from connectors.lenient import Odd
from connectors.spelling import compared
from connectors.statuses import UNRECOGNISED, status_group
from warehouse.changes import UNKNOWN_ENROLLMENT, Record
from warehouse.fingerprint import content_hash
from warehouse.record import NUMBER_AT, NoRecordError, understood, worded
from warehouse.study import Date, Status, Study
from warehouse.vocabulary import rows


@dataclass(frozen=True, slots=True)
class Read:
    """A record that could be read. ``is_new`` when we hold no such state of the trial as its latest.

    ``stamped_on`` is the day of the data version that the registry wrote into it, where it did; ``odd`` are the
    values that had to be left out of it.
    """

    trial_id: str
    study: Study
    payload: bytes
    content_hash: str
    is_new: bool
    stamped_on: date | None = None
    odd: tuple[Odd, ...] = ()

    @property
    def record(self) -> Record:
        """The whole record, with what ``study`` leaves out."""
        return understood(self.payload).record

    @property
    def worded(self) -> Study:
        """The study in the spelling in which words are looked for."""
        return worded(self.study)


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
            found = understood(payload)
        except NoRecordError as error:
            yield Unreadable(error.trial_id, error.path, str(error), payload)
            continue
        number = found.trial_id
        if number in told:
            yield Unreadable(number, f"$.{NUMBER_AT}", "another record of this number came before it", payload)
            continue
        told.add(number)
        state = content_hash(found.record)
        stamped_on = _stamp(found.record)
        yield Read(number, found.study, payload, state, known.get(number) != state, stamped_on, found.odd)


def _stamp(record: Record) -> date | None:
    found = next(iter(_values(record, ["derivedSection", "miscInfoModule", "versionHolder"])), None)
    return version_day(found) if isinstance(found, str) else None


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


def expected_end(study: Study) -> dict[str, Any]:
    """When a trial ends, as its record has it: its completion date, or its primary one where that is no date.

    Decided here and stored, and decided nowhere else: ``date`` as written, its ``type``, and ``on``, its last day.
    """
    status = study.protocolSection.statusModule or Status()
    given = [each for each in (status.completionDateStruct, status.primaryCompletionDateStruct) if _written(each)]
    end = next((each for each in given if span(_written(each))), given[0] if given else None) or Date()
    days = span(end.date)
    return {"date": end.date, "type": end.type, "on": days.latest if days else None}


def _written(struct: Date | None) -> str | None:
    return struct.date if struct else None


def flags(read: Read) -> Iterator[Flag]:
    """What is odd about a record that was read, once a path and value.

    Values that had to be left out, unknown values, dates that are none, the sentinel.
    """
    told: set[tuple[str, str]] = set()
    for odd in (*read.odd, *_unknown(read.record)):
        if (odd.path, odd.value) not in told:
            told.add((odd.path, odd.value))
            yield Flag(read.trial_id, odd.path, odd.value, odd.reason)


def _unknown(record: Record) -> Iterator[Odd]:
    for path, known in _enumerations().items():
        for value in _values(record, path.split(".")):
            if compared(value) not in known:
                yield Odd(path, value, "a value that trialwatch does not know")
    for path in (
        "protocolSection.statusModule.overallStatus",
        "protocolSection.statusModule.lastKnownStatus",
    ):
        for value in _values(record, path.split(".")):
            if status_group(compared(value)) == UNRECOGNISED:
                yield Odd(path, value, "a status that trialwatch does not know")
    for path in _DATE_PATHS:
        for value in _values(record, path.split(".")):
            if span(value) is None:
                yield Odd(path, value, "a date that is none")
    for value in _values(record, ["protocolSection", "designModule", "enrollmentInfo", "count"]):
        if value == UNKNOWN_ENROLLMENT:
            path = "protocolSection.designModule.enrollmentInfo.count"
            yield Odd(path, str(value), "the registry's sentinel for unknown")


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
