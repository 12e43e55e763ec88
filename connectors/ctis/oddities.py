"""What is odd about a record of CTIS that could be read. Pure."""

from collections.abc import Iterator

from connectors.ctis import course
from connectors.ctis.record import Understood, inner, text
from connectors.ctis.values import PHASES_BY_CODE, people_count, phases
from connectors.ctis.what_counts import dates
from connectors.dates import span
from connectors.spelling import compared
from connectors.statuses import UNRECOGNISED, status_group
from connectors.trial import Flag

KNOWN_PHASES = {phase for each in PHASES_BY_CODE.values() for phase in each}


def flags(found: Understood) -> list[Flag]:
    """Codes and numbers that we do not know, and dates that are none; once a path and value."""
    told: dict[tuple[str, str], Flag] = {}
    odd = ((each.path, each.value, each.reason) for each in found.odd)
    for path, value, reason in (*odd, *_of_course(found), *_of_values(found)):
        told.setdefault((path, value), Flag(path, value, reason))
    return list(told.values())


def _of_course(found: Understood) -> Iterator[tuple[str, str, str]]:
    status = course.status(found)
    if status is None:
        yield "row.ctStatus", "", "no status"
    elif status_group(status) == UNRECOGNISED:
        yield "row.ctStatus", status, "a status that trialwatch does not know"
    for each in course.countries(found):
        if each.code not in course.LABELS:
            yield (
                "row.trialCountries",
                f"{each.name}:{each.code}",
                "a country's status that trialwatch does not know",
            )
    if not found.retrieved:
        yield "retrieved", "", "the registry knew no such number when the whole record was asked for"
    elif not found.is_answered:
        yield "retrieved", "", "older than what the search shows: the registry knew no such number since"
    for module, key, value in dates(found).values():
        if value["date"] and span(value["date"]) is None:
            yield f"{module}.{key}", value["date"], "a date that is none"


def _of_values(found: Understood) -> Iterator[tuple[str, str, str]]:
    written = compared(text(found.row.get("totalNumberEnrolled")))
    if written.strip("0. ") and people_count(written) is None:
        yield "row.totalNumberEnrolled", written, "a number of people that is none"
    for phase in phases(found) or []:
        if phase not in KNOWN_PHASES:
            path = "row.trialPhase" if text(found.row.get("trialPhase")) else "trialCategory.trialPhase"
            yield path, phase, "a phase that trialwatch does not know"
    if found.row and found.retrieved:
        code = text(found.retrieved.get("ctPublicStatusCode"))
        if code and code != course.code_of(found):
            yield "retrieved.ctPublicStatusCode", code, "another status than the row has, which is believed"
    if inner(found.retrieved, "authorizedApplication") == {} and found.retrieved:
        yield "retrieved.authorizedApplication", "", "nothing is told of the trial itself"
