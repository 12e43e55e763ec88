"""A record of ISRCTN as a trial, with what of it is compared. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from connectors.ages import years
from connectors.canonical import content_hash
from connectors.dates import as_columns, day, span
from connectors.isrctn.course import WHY, Course, course, date_at, first_at
from connectors.isrctn.identifiers import identifiers
from connectors.isrctn.impersonal import impersonal, named_in, without_people
from connectors.isrctn.oddities import flags
from connectors.isrctn.record import NUMBER_AT, Record, Understood, understood
from connectors.isrctn.values import (
    OF_HOW_IT_IS_DONE,
    RESULTS,
    age,
    conditions,
    drugs,
    enrollment,
    has_results,
    objects,
    part,
    phases,
    publications,
    text,
    texts,
    upper_age,
)
from connectors.isrctn.what_counts import counted, outcomes_of, what_counts
from connectors.people import People
from connectors.spelling import compared, in_lines, shown
from connectors.trial import (
    Condition,
    Counted,
    Document,
    Flag,
    Intervention,
    Keyword,
    Outcome,
    Publication,
    Site,
    Spelling,
    Sponsor,
    Trial,
    told_apart,
)

URL = "https://www.isrctn.com/"
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
PROTOCOL, PLAN, CONSENT = "protocolfile", "sap", "icf"


class Reader:
    """Reads whole records as the query sends them. Implements ``connectors.trial.Reader``."""

    number_at = NUMBER_AT
    edition = 3
    needs_latest = False

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """As the Protocol says. A record's own stamps move with its edits only: they are left in it."""
        return payload, None

    def impersonal(self, payload: bytes) -> bytes | None:
        """As the Protocol says."""
        return impersonal(payload)

    def read(self, payload: bytes, today: date) -> "Reading":
        """As the Protocol says."""
        return Reading(understood(payload), today)


@dataclass(frozen=True)
class Reading:
    """A record that was read. Implements ``connectors.trial.Reading``."""

    found: Understood
    today: date

    @property
    def trial_id(self) -> str:
        return self.found.trial_id

    @cached_property
    def trial(self) -> Trial:
        return as_trial(self.found, self.course, self.today)

    @cached_property
    def course(self) -> Course:
        return course(self.found.trial)

    @cached_property
    def status(self) -> str | None:
        return self.course.status(self.today)

    @cached_property
    def content_hash(self) -> str:
        return content_hash(what_counts(self.found, self.status))

    def flags(self) -> list[Flag]:
        return flags(self.found.trial, self.status)

    def counted(self, spelling: Spelling) -> Counted:
        return counted(self.found, self.status, self.course.basis, spelling)

    def on(self, today: date) -> "Reading":
        return Reading(self.found, today)


def as_trial(found: Understood, stands: Course, today: date) -> Trial:
    """The trial in the views' words."""
    trial, named = found.trial, named_in(found)
    description, participants = part(trial, "trialDescription"), part(trial, "participants")
    edited_on = day(text(trial.get("lastUpdated"))[:10])
    count, kind = enrollment(participants)
    end = _date("completion_date", date_at(trial, "trialDesign", "overallEndDate"), edited_on)
    sponsors = _sponsors(found)
    lead = next((each for each in sponsors if each.role == "lead"), Sponsor())
    return Trial(
        found.trial_id,
        url=URL + found.trial_id,
        title=_line(description.get("title")),
        official_title=_line(description.get("scientificTitle")),
        acronym=_line(description.get("acronym")),
        overall_status=stands.status(today),
        reads_otherwise_from=stands.turns_on(today),
        status_turns=stands.turns(edited_on, today),
        why_stopped=_line(first_at(trial, WHY)),
        study_type=_code(part(trial, "trialDesign").get("primaryStudyDesign")),
        phases=phases(trial.get("interventions") or []),
        enrollment=count,
        enrollment_type=kind,
        **_date("start_date", date_at(trial, "participants", "recruitmentStart"), edited_on),
        **end,
        expected_end_date=end["completion_date"],
        expected_end_date_type=end["completion_date_type"],
        expected_end_on=end["completion_date_latest"],
        first_posted_on=assigned_on(trial),
        last_update_posted_on=edited_on,
        has_results=has_results(trial),
        lead_sponsor=lead.name,
        lead_sponsor_class=lead.sponsor_class,
        **_design(part(trial, "trialDesign")),
        **_eligibility(participants, named),
        brief_summary=_lines(description.get("plainEnglishSummary"), named),
        detailed_description=_lines(description.get("studyHypothesis"), named),
        ipd_sharing=_line(part(trial, "miscellaneous").get("ipdSharingPlan")),
        ipd_sharing_description=_lines(part(trial, "results").get("ipdSharingStatement"), named),
        conditions=told_apart([Condition(condition=each) for each in conditions(trial.get("conditions") or [])]),
        keywords=told_apart(_keywords(trial)),
        interventions=told_apart(_interventions(trial)),
        outcomes=told_apart(_outcomes(trial)),
        sites=told_apart(_sites(participants)),
        sponsors=told_apart(sponsors),
        identifiers=told_apart(identifiers(trial)),
        publications=told_apart(_publications(trial)),
        documents=told_apart(_documents(trial, named)),
    )


def assigned_on(trial: Record) -> date | None:
    """The day on which it was given its number, which older records say beside the number alone."""
    beside = text(part(trial, "isrctn").get("dateAssigned"))
    return day(text(trial.get("publicIdentifierDateAssigned"))[:10]) or day(beside[:10])


def _line(written: Any) -> str | None:
    return shown(written) or None if isinstance(written, str) else None


def _lines(written: Any, named: People) -> str | None:
    return without_people(in_lines(written), named) or None if isinstance(written, str) else None


def _code(written: Any) -> str | None:
    """A word of the views, where the registry has the same in other letters."""
    return (compared(written).upper() or None) if isinstance(written, str) else None


def _date(column: str, written: str | None, edited_on: date | None) -> dict[str, Any]:
    """A date, and the days that it can mean. After the last edit it is expected; of others nobody knows."""
    days = span(written)
    is_expected = bool(days and edited_on and days.earliest > edited_on)
    return as_columns(column, written) | {f"{column}_type": "ESTIMATED" if is_expected else None}


def _design(design: Record) -> dict[str, Any]:
    of_trial = part(design, "interventionalTrialDesign")
    is_observational = _code(design.get("primaryStudyDesign")) == "OBSERVATIONAL"
    return {
        "allocation": _line(of_trial.get("allocation")),
        "intervention_model": _line(of_trial.get("assignment")),
        "masking": _line(of_trial.get("masking")),
        "primary_purpose": "; ".join(map(shown, texts(of_trial.get("purposes")))) or None,
        "observational_model": _line(design.get("secondaryStudyDesign")) if is_observational else None,
    }


def _eligibility(participants: Record, named: People) -> dict[str, Any]:
    least, most = age(participants.get("lowerAgeLimit")), upper_age(participants.get("upperAgeLimit"))
    criteria = {
        "Inclusion Criteria": participants.get("inclusion"),
        "Exclusion Criteria": participants.get("exclusion"),
    }
    told = [f"{head}:\n\n{lines}" for head, words in criteria.items() if (lines := _lines(words, named))]
    return {
        "sex": _code(participants.get("gender")),
        "minimum_age": least,
        "minimum_age_years": years(least),
        "maximum_age": most,
        "maximum_age_years": years(most),
        "healthy_volunteers": _healthy(participants),
        "eligibility_criteria": "\n\n".join(told) or None,
    }


def _healthy(participants: Record) -> bool | None:
    said = {"true": True, "false": False}.get(text(participants.get("healthyVolunteersAllowed")))
    if said is None and "Healthy volunteer" in texts(participants.get("participantTypes")):
        return True
    return said


def _keywords(trial: Record) -> list[Keyword]:
    """The classes of diseases that the registry sorts its trials by."""
    entries = objects(trial.get("conditions"))
    classes = [_line(each.get(key)) for each in entries for key in ("diseaseClass1", "diseaseClass2")]
    return [Keyword(keyword=each) for each in dict.fromkeys(filter(None, classes))]


def _interventions(trial: Record) -> list[Intervention]:
    """Each drug that is named; of what names none, what is done."""
    return [
        Intervention(
            name=name,
            intervention_type=_line(each.get("interventionType")),
            description=_line(each.get("description")),
        )
        for each in objects(trial.get("interventions"))
        for name in drugs(each) or (None,)
    ]


def _outcomes(trial: Record) -> list[Outcome]:
    return [
        Outcome(
            outcome_type=kind,
            measure=_line(each.get("variable")),
            time_frame=_line(each.get("timepoints")),
            description=_line(each.get("method")),
        )
        for kind in ("primary", "secondary")
        for each in outcomes_of(trial, kind)
    ]


def _sites(participants: Record) -> list[Site]:
    """Centres, and each country of recruitment as a place of its own: ``trial_countries`` is made of those."""
    centres = [
        Site(
            facility=_line(each.get("name")),
            city=_line(each.get("city")),
            state=_line(each.get("state")),
            country=_line(each.get("country")),
        )
        for each in objects(participants.get("trialCentres"))
    ]
    countries = filter(None, map(_line, texts(participants.get("recruitmentCountries"))))
    return centres + [Site(country=each, is_country=True) for each in sorted(set(countries))]


def _sponsors(found: Understood) -> list[Sponsor]:
    """The sponsor that the trial names first leads; others, and who pays, work with it."""
    named = {
        name: _line(each.get("sponsorType"))
        for each in objects(found.sponsors)
        if (name := _line(each.get("organisation")))
    }
    paying = dict.fromkeys(filter(None, (_line(each.get("name")) for each in objects(found.funders))))
    lead = _line(found.lead)
    ordered = [*([lead] if lead else []), *(each for each in {**named, **paying} if each != lead)]
    return [
        Sponsor(name=each, sponsor_class=named.get(each), role="collaborator" if each != lead else "lead")
        for each in ordered
    ]


def _publications(trial: Record) -> list[Publication]:
    return [
        Publication(pmid=each.get("pmid"), citation=each["citation"], publication_type=each.get("type"))
        for each in publications(trial)
    ]


def _documents(trial: Record, named: People) -> list[Document]:
    """What tells how a trial is done, here or elsewhere, and other files of its own; results are no part of it."""
    links = {text(each.get("id")): text(each.get("downloadUrl")) for each in objects(trial.get("attachedFiles"))}
    found = objects(trial.get("outputs"))
    here = [(each, file) for each in found if (file := part(each, "localFile"))]
    elsewhere = [(each, link) for each in found if (link := part(each, "externalLink"))]
    return [
        _document(each, text(file.get("originalFilename")), links.get(text(file.get("fileId"))))
        for each, file in here
        if text(each.get("outputType")) not in RESULTS
    ] + [
        _document(
            each, without_people(text(each.get("description")) or text(link.get("url")), named), _web_address(link)
        )
        for each, link in elsewhere
        if text(each.get("outputType")) in OF_HOW_IT_IS_DONE
    ]


def _document(output: Record, name: str | None, url: str | None) -> Document:
    kind = _line(output.get("outputType"))
    return Document(
        document_type=kind,
        name=_line(name),
        document_date=text(output.get("dateCreated"))[:10] or None,
        uploaded_on=day(text(output.get("dateUploaded"))[:10]),
        url=url or None,
        has_protocol=kind == PROTOCOL,
        has_sap=kind == PLAN,
        has_icf=kind == CONSENT,
    )


def _web_address(link: Record) -> str | None:
    """Where a link leads; some are words: ``See study outputs table``."""
    written = text(link.get("url")).strip()
    return written if _ADDRESS.fullmatch(written) else None
