"""What is odd about a record of ICTRP that could be read. Pure."""

from collections.abc import Iterator

from connectors.ages import years
from connectors.dates import span
from connectors.ictrp.record import Understood
from connectors.ictrp.values import age, as_iso, exported_at, people_count, phases, status
from connectors.ictrp.what_counts import DATES
from connectors.statuses import UNRECOGNISED, status_group
from connectors.trial import Flag

DAYS = (*DATES.values(), "ictrp_date_str", "registered_on", "registration_date_str", "results_posted_date_str")
COUNTS = ("target_size", "results_actual_enrollment")


def flags(found: Understood) -> list[Flag]:
    """Words and numbers that we do not know, and days that are none; once a path and value."""
    told: dict[tuple[str, str], Flag] = {}
    for name, reason in (*_of_course(found), *_of_values(found)):
        told.setdefault((name, found[name]), Flag(name, found[name], reason))
    return list(told.values())


def _of_course(found: Understood) -> Iterator[tuple[str, str]]:
    if status_group(status(found["recruitment_status"])) == UNRECOGNISED:
        yield "recruitment_status", "a status that trialwatch does not know"
    for name in DAYS:
        if (iso := as_iso(found[name])) and span(iso) is None:
            yield name, "a date that is none in the order of its field"
    if found["export_date"] and exported_at(found["export_date"]) is None:
        yield "export_date", "an instant that is none, month first"


def _of_values(found: Understood) -> Iterator[tuple[str, str]]:
    for name in COUNTS:
        if found[name].strip("0. ") and people_count(found[name]) is None:
            yield name, "a number of people that is none"
    for name in ("age_min", "age_max"):
        limit = age(found[name])
        if limit and years(limit) is None:
            yield name, "an age that is none"
    if any(not each.startswith(("PHASE", "EARLY", "NA")) for each in phases(found["phase"]) or ()):
        yield "phase", "a phase that trialwatch does not know"
    for name in found.unknown:
        yield name, "a field that trialwatch does not know"
