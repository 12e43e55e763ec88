"""What counts in a record of CTIS, sorted by what it is told as. Pure.

New fields come to all records at once, and often: so only what is named here counts. What the registry counts by
for itself (``id``, ``mscId``, ``uuid``), translations and documents are no change; the dates of its last
publication say whose doing one is.
"""

from collections.abc import Sequence
from typing import Any

from connectors.canonical import canonical
from connectors.ctis import course
from connectors.ctis.dates import as_iso
from connectors.ctis.identifiers import identifiers
from connectors.ctis.impersonal import named_in, unnamed
from connectors.ctis.record import Record, Understood, inner, objects, text
from connectors.ctis.values import (
    POSTED,
    age_groups,
    areas,
    conditions,
    criteria,
    endpoints,
    enrollment,
    has_results,
    in_no_order,
    phases,
    pmids,
    population_groups,
    products,
    secondary_objectives,
    sexes,
    sites,
    sponsors,
    terms,
    titles,
)
from connectors.spelling import compared
from connectors.trial import Counted, Entries, Sent, Spelling

SHOWN = frozenset(
    {"trialCategory", "trialDuration", "populationOfTrialSubjects", "eligibilityCriteria"}
    | {"clinicalTrialIdentifiers", "therapeuticAreas", "memberStatesConcerned", "applicationInfo", "events"}
    | {"authorizedPartI", "references"}
)
"""Parts whose values are told. Contacts, investigators, objectives, results and measures may name people."""
FREE = frozenset({"populationOfTrialSubjects", "therapeuticAreas", "events"})
"""Of those, the parts whose texts sponsors write, and may name people in."""
HAPPENED = {"start_date": "startDateEU", "completion_date": "endDateEU"}
SAID_IN_ROW = HAPPENED | {
    "overall_status": "ctStatus",
    "enrollment": "totalNumberEnrolled",
    "has_results": "resultsFirstReceived",
}
FORESEEN = {
    "start_date": ("estimatedRecruitmentStartDate",),
    "completion_date": ("estimatedEndDate", "estimatedGlobalEndDate"),
}
DURATION = tuple(key for keys in FORESEEN.values() for key in keys)
OF_AN_APPLICATION = ("type", "businessKey", "status", "submissionDate", "decisionDate")
PERSONS = ("publicContacts", "scientificContacts", "contactPointForUnion", "legalRepresentative", "thirdParties")
OF_A_CONTACT = (
    *("functionalName", "firstName", "lastName", "email", "functionalEmailAddress", "telephone", "phoneNumber"),
)
DECIDED = ("firstDecisionDate", "lastDecisionDate")
REPORTS = {
    "unexpectedEvents": ("awareDate", "eventDate", "submissionDate"),
    "seriousBreaches": ("awareDate", "breachDate", "submissionDate"),
    "urgentSafetyMeasures": ("eventDate", "submissionDate"),
}
OF_A_MEASURE = ("revertedDate", "sponsorActionRequiredByDate", "sponsorSubmitDate")


def content(found: Understood) -> Any:
    """All that counts, as it is compared: a state of a trial is what can be told of it."""
    told = counted(found, compared)
    lists = {view: entries.whole for view, entries in told.lists.items()}
    sent = {**told.dates, "enrollment": told.enrollment, "publications": told.publications}
    values = {name: each.value for name, each in sent.items() if each}
    # Who leads stands among the sponsors, whom a row may join in any order.
    columns = {name: value for name, value in told.columns.items() if name != "lead_sponsor"}
    return [columns, values, lists, told.criteria, told.rest]


def counted(found: Understood, spelling: Spelling) -> Counted:
    """The parts in canonical form, each with the view or the module that it is told of."""

    nameless = unnamed(spelling, named_in(found))

    def told(value: Any) -> Any:
        return canonical(value, lambda written: spelling(str(written)))

    def free(value: Any) -> Any:
        """The same of texts that sponsors write freely."""
        return canonical(value, lambda written: nameless(str(written)))

    first, others = titles(found), sponsors(found)
    count = enrollment(found)
    people = {"count": count, "type": "ESTIMATED" if count else None}
    return Counted(
        columns={
            "overall_status": course.status(found),
            "why_stopped": free(course.why_stopped(found)),
            "has_results": has_results(found),
            "enrollment": count,
            "lead_sponsor": told(others[0][0]) if others else None,
            **{column: free(title) or None for column, title in first.items()},
        },
        dates={column: Sent(module, key, told(value)) for column, (module, key, value) in dates(found).items()},
        enrollment=Sent("authorizedPartI", "totalNumberEnrolled", told(people)),
        lists={
            view: Entries(told(whole), *map(free if view == "trial_outcomes" else told, shown))
            for view, (whole, *shown) in _lists(found).items()
        },
        publications=Sent("references", "pubmedCode", told([{"pmid": each} for each in pmids(found)]) or []),
        criteria={"eligibilityCriteria": free(_who_may_take_part(found))},
        rest={module: (free if module in FREE else told)(values) for module, values in _rest(found).items()},
        shown=SHOWN,
        posted=posted_on(found),
        status_from=course.basis(found),
        known=None if found.retrieved else _known_by(found.row),
    )


def _known_by(row: Record) -> frozenset[str]:
    """What a row tells as its record does: of an end, not whether it came before its time."""
    said = {field for field, key in SAID_IN_ROW.items() if text(row.get(key))}
    said |= {"trial_countries"} if row.get("trialCountries") else set()
    return frozenset(said - {"overall_status"} if text(row.get("ctStatus")) == course.ENDED else said)


def posted_on(found: Understood) -> str | None:
    """The day of the last publication, which moves with every report; ``lastUpdated`` stays when a trial ends."""
    stamps = (
        found.row.get("lastPublicationUpdate"),
        found.retrieved.get("publishDate"),
        found.row.get("lastUpdated"),
    )
    return next(filter(None, map(as_iso, stamps)), None)


def dates(found: Understood) -> dict[str, tuple[str, str, Record]]:
    """By column: module and key, and the day with its type. What happened stands before what is planned."""
    planned = inner(found.information, "trialDuration")
    told: dict[str, tuple[str, str, Record]] = {}
    for column, happened in HAPPENED.items():
        real = as_iso(found.row.get(happened)) or as_iso(found.retrieved.get(happened))
        if real:
            told[column] = ("authorizedApplication", happened, {"date": real, "type": "ACTUAL"})
            continue
        key = _foreseen(found, column)
        expected = as_iso(planned.get(key))
        told[column] = ("trialDuration", key, {"date": expected, "type": "ESTIMATED" if expected else None})
    return told


def _foreseen(found: Understood, column: str) -> str:
    """Where the expected day of a column stands; it is told of no other way, also once the real one is known."""
    planned = inner(found.information, "trialDuration")
    return next((key for key in FORESEEN[column] if as_iso(planned.get(key))), FORESEEN[column][0])


def _lists(found: Understood) -> dict[str, tuple[Any, Any, Any]]:
    """By view: what is compared, what of it is told, and the entries by what each is."""
    outcomes = endpoints(found)
    given, named, places = products(found), conditions(found), sites(found)
    states = [{"country": each.name, "status": each.status} for each in course.countries(found)]
    parties = [dict(zip(("name", "type", "role"), each, strict=True)) for each in sponsors(found)]
    told = {
        "trial_outcomes": (outcomes, {f"{kind} outcome": each for kind, each in outcomes.items()}),
        "trial_interventions": (given, {"product": given}),
        "trial_sponsors": (parties, {}),
        "trial_sites": (places, {"site": places}),
        "trial_countries": (states, {"country": states}),
        "trial_conditions": (named, {"condition": named}),
    }
    return {view: (in_no_order(entries), entries, by_noun) for view, (entries, by_noun) in told.items()}


def _who_may_take_part(found: Understood) -> Record:
    return {
        "inclusion": criteria(found, "Inclusion"),
        "exclusion": criteria(found, "Exclusion"),
        "ageGroup": age_groups(found),
        "gender": sexes(found),
    }


def _rest(found: Understood) -> dict[str, Record]:
    """What has no kind of its own, by module."""
    about, application = found.information, found.application
    category, objective = inner(about, "trialCategory"), inner(about, "trialObjective")
    planned, events = inner(about, "trialDuration"), inner(found.retrieved, "events")
    told_as_dates = {_foreseen(found, column) for column in FORESEEN}
    numbers = [
        {"of": each.identifier_type, "number": each.identifier} for each in identifiers(found) if each.place
    ]
    states = objects(application.get("memberStatesConcerned"))
    measures, posted = found.retrieved.get("correctiveMeasures"), inner(found.retrieved, "results")
    return {
        "trialCategory": {"phases": phases(found), "isLowIntervention": category.get("isLowIntervention")},
        "trialObjective": {
            "mainObjective": text(objective.get("mainObjective")),
            "secondaryObjectives": secondary_objectives(found),
            "trialScopes": [text(each.get("code")) for each in objects(objective.get("trialScopes"))],
        },
        "trialDuration": {key: as_iso(planned.get(key)) for key in DURATION if key not in told_as_dates},
        "populationOfTrialSubjects": {"clinicalTrialGroups": population_groups(found)},
        "clinicalTrialIdentifiers": {"numbers": numbers},
        "therapeuticAreas": {"therapeuticAreas": areas(found), "meddra": terms(found)},
        "memberStatesConcerned": {
            "decisions": [
                {"country": text(each.get("mscName")), **{key: as_iso(each.get(key)) for key in DECIDED}}
                for each in states
            ]
        },
        "applicationInfo": {"applications": _applications(found)},
        "events": {
            "trialEvents": [
                {"country": each.country, "report": each.kind, "date": each.date, "reasons": list(each.reasons)}
                for each in course.events(found)
            ],
            "temporaryHaltList": course.halts(found),
        },
        "reports": {key: _filed(events.get(key), days) for key, days in REPORTS.items()},
        "results": {key: _filed(posted.get(key), days) for key, days in POSTED.items()},
        "correctiveMeasures": {"correctiveMeasures": _filed(measures, OF_A_MEASURE)},
        "sponsorContacts": {"sponsors": [_contacts(each) for each in objects(found.part_one.get("sponsors"))]},
        "investigators": {"investigators": _investigators(found)},
    }


def _applications(found: Understood) -> list[Record]:
    entries = objects(found.application.get("applicationInfo"))
    return [{key: text(each.get(key)) for key in OF_AN_APPLICATION} for each in entries]


def _contacts(sponsor: Record) -> Record:
    return {key: [_contact(each) for each in objects(sponsor.get(key))] for key in PERSONS}


def _contact(entry: Record) -> Record:
    at = inner(entry, "organisation") or inner(entry, "organisationAddress", "organisation")
    return {**{key: text(entry.get(key)) for key in OF_A_CONTACT}, "organisation": text(at.get("name"))}


def _filed(value: Any, days: Sequence[str]) -> list[Record]:
    """Entries of which no more than their days is known: how many there are, each with those."""
    return [{"entry": True, **{key: as_iso(each.get(key)) for key in days}} for each in objects(value) if each]


def _investigators(found: Understood) -> list[Any]:
    return [
        {"person": _contact(inner(each, "personInfo")), "department": text(each.get("departmentName"))}
        for part in objects(found.application.get("authorizedPartsII"))
        for each in objects(part.get("trialSites"))
    ]
