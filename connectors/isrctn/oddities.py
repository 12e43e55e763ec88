"""What is odd about a record of ISRCTN that could be read. Pure."""

from collections.abc import Iterator

from connectors.ages import years
from connectors.dates import span
from connectors.isrctn.course import date_at
from connectors.isrctn.identifiers import malformed
from connectors.isrctn.record import Record
from connectors.isrctn.values import PHASES, age, objects, part, people_count, text
from connectors.spelling import compared
from connectors.statuses import UNRECOGNISED, status_group
from connectors.trial import Flag

DATES = (
    ("participants", "recruitmentStart"),
    ("participants", "recruitmentEnd"),
    ("trialDesign", "overallEndDate"),
)


def flags(trial: Record, status: str | None) -> list[Flag]:
    """Words and numbers that we do not know, and dates that are none; once a path and value."""
    told: dict[tuple[str, str], Flag] = {}
    for path, value, reason in (*_of_course(trial, status), *_of_values(trial)):
        told.setdefault((path, value), Flag(path, value, reason))
    return list(told.values())


def _of_course(trial: Record, status: str | None) -> Iterator[tuple[str, str, str]]:
    if status is None:
        yield "trial.participants", "", "no date and no word from which a status follows"
    elif status_group(status) == UNRECOGNISED:
        yield "trial.participants.recruitmentStatusOverride", status, "a status that trialwatch does not know"
    for module, key in DATES:
        written = date_at(trial, module, key)
        if written and span(written) is None:
            yield f"trial.{module}.{key}", written, "a date that is none"


def _of_values(trial: Record) -> Iterator[tuple[str, str, str]]:
    participants = part(trial, "participants")
    for key in ("targetEnrolment", "totalFinalEnrolment"):
        written = text(participants.get(key))
        if written.strip("0. ") and people_count(written) is None:
            yield f"trial.participants.{key}", written, "a number of people that is none"
    for key in ("lowerAgeLimit", "upperAgeLimit"):
        limit = age(participants.get(key))
        if limit and years(limit) is None:
            yield f"trial.participants.{key}", limit, "an age that is none"
    for each in objects(trial.get("interventions")):
        phase = text(each.get("phase"))
        if phase and compared(phase).lower() not in PHASES:
            yield "trial.interventions.phase", phase, "a phase that trialwatch does not know"
    for kind, written in malformed(trial):
        yield f"trial.externalRefs.{kind}", written, "not in the form of that registry's numbers"
