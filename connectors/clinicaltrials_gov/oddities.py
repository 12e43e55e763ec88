"""What is odd about a record of ClinicalTrials.gov that could be read. Pure."""

import types
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec

from connectors.ages import years
from connectors.clinicaltrials_gov.record import TypedRecord
from connectors.clinicaltrials_gov.what_counts import UNKNOWN_ENROLLMENT
from connectors.dates import span
from connectors.lenient import Odd
from connectors.lists import read_rows
from connectors.spelling import compared
from connectors.statuses import UNRECOGNISED, status_group, status_groups
from connectors.trial import Flag

STATUSES = (
    "protocolSection.statusModule.overallStatus",
    "protocolSection.statusModule.lastKnownStatus",
)
DATES = tuple(
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
AGES = ("protocolSection.eligibilityModule.minimumAge", "protocolSection.eligibilityModule.maximumAge")
ENROLLMENT = "protocolSection.designModule.enrollmentInfo.count"


def is_usual(record: dict[str, Any], typed: TypedRecord) -> bool:
    """Whether ``flags`` has surely nothing to say of a record whose codes are spelt as they are compared.

    All values that must be known are looked at in one go; which of them is not known, that does not tell.
    """
    try:
        msgspec.convert(record, _usual_record())
    except msgspec.ValidationError:
        return False
    for paths, meaning in ((_DATE_PATHS, span), (_AGE_PATHS, years)):
        for path in paths:
            written = _read(typed, path)
            if written is not None and meaning(written) is None:
                return False
    return True


def _read(part: Any, path: list[str]) -> Any:
    for step in path:
        part = getattr(part, step, None)
    return part


_DATE_PATHS = [path.split(".") for path in DATES]
_AGE_PATHS = [path.split(".") for path in AGES]


@cache
def _usual_record() -> Any:
    """The shape of a record in which every value that we flag is a known one."""
    known = {path: Literal[tuple(values)] for path, values in _enumerations().items()}
    known |= dict.fromkeys(STATUSES, Literal[tuple(status_groups())])
    known[ENROLLMENT] = Annotated[int, msgspec.Meta(lt=UNKNOWN_ENROLLMENT)]
    return _shape("Record", [(path.split("."), kind) for path, kind in known.items()])


def _shape(name: str, known: list[tuple[list[str], Any]]) -> Any:
    parts = []
    for step in dict.fromkeys(path[0] for path, _ in known):
        below = [(path[1:], kind) for path, kind in known if path[0] == step]
        of = _shape(step.removesuffix("[]"), below) if below[0][0] else below[0][1]
        kind = types.GenericAlias(list, of) if step.endswith("[]") else of
        parts.append((step.removesuffix("[]"), kind | None, None))
    return msgspec.defstruct(name, parts)


def flags(record: dict[str, Any], odd: Iterable[Odd]) -> list[Flag]:
    """What had to be left out, unknown values, dates that are none, the sentinel; once a path and value."""
    told: dict[tuple[str, str], Flag] = {}
    for each in (*odd, *_unknown(record)):
        told.setdefault((each.path, each.value), Flag(each.path, each.value, each.reason))
    return list(told.values())


def _unknown(record: dict[str, Any]) -> Iterator[Odd]:
    for path, known in _enumerations().items():
        for value in _values(record, path.split(".")):
            if compared(value) not in known:
                yield Odd(path, value, "a value that trialwatch does not know")
    for path in STATUSES:
        for value in _values(record, path.split(".")):
            if status_group(compared(value)) == UNRECOGNISED:
                yield Odd(path, value, "a status that trialwatch does not know")
    for path in DATES:
        for value in _values(record, path.split(".")):
            if span(value) is None:
                yield Odd(path, value, "a date that is none")
    for path in AGES:
        for value in _values(record, path.split(".")):
            if years(value) is None:
                yield Odd(path, value, "an age that is none")
    for value in _values(record, ENROLLMENT.split(".")):
        if value == UNKNOWN_ENROLLMENT:
            yield Odd(ENROLLMENT, str(value), "the registry's sentinel for unknown")


@cache
def _enumerations() -> dict[str, frozenset[str]]:
    table = read_rows(files("connectors.clinicaltrials_gov") / "enumerations.csv")
    return {row["path"]: frozenset(row["values"].split()) for row in table}


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
