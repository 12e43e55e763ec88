"""What is odd about a record of ClinicalTrials.gov that could be read. Pure."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from connectors.clinicaltrials_gov.counting import UNKNOWN_ENROLLMENT
from connectors.dates import span
from connectors.lenient import Odd
from connectors.lists import read_rows
from connectors.spelling import compared
from connectors.statuses import UNRECOGNISED, status_group
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
ENROLLMENT = "protocolSection.designModule.enrollmentInfo.count"


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
