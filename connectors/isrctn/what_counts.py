"""What counts in a record of ISRCTN, sorted by what it is told as. Pure.

All that the record says counts, but for its stamps (when it was edited, how often) and what only machines read.
Dates count as days, texts as they are compared, lists in no order.
"""

from typing import Any

from connectors.canonical import canonical
from connectors.isrctn.course import WHY, date_at, first_at
from connectors.isrctn.record import Record, Understood
from connectors.isrctn.values import conditions, enrollment, has_results, objects, part, publications, texts
from connectors.trial import Counted, Entries, Sent, Spelling

STAMPS = ("lastUpdated", "version")
NO_CONTENT = frozenset(
    {*STAMPS, "isrctn", "parties", "isPublished"}
    | {"publicIdentifierType", "publicIdentifierCanonical", "publicIdentifierDateAssigned"}
)
TITLES = {"title": "title", "official_title": "scientificTitle", "acronym": "acronym"}
DATES = {"start_date": ("participants", "recruitmentStart"), "completion_date": ("trialDesign", "overallEndDate")}
WHO_MAY_TAKE_PART = (
    *("inclusion", "exclusion", "ageRange", "lowerAgeLimit", "upperAgeLimit", "gender"),
    *("healthyVolunteersAllowed", "participantTypes"),
)
ENROLMENTS = ("targetEnrolment", "totalFinalEnrolment")
OF_A_SITE = ("name", "city", "state", "country")
OF_A_SPONSOR = ("organisation", "sponsorType", "commercialStatus", "rorId")
SHOWN = frozenset(
    {"trialDescription", "externalRefs", "trialDesign", "participants", "conditions", "interventions", "results"}
    | {"outputs", "attachedFiles", "miscellaneous"}
)
"""Parts whose values are told. Contacts, committees and the summary, which ends with whom to ask, name people."""
TOLD_ELSEWHERE = {
    "trialDescription": {*TITLES.values(), "primaryOutcomes", "secondaryOutcomes", "primaryOutcome"}
    | {"secondaryOutcome", "plainEnglishSummary", "ethicsCommittees", "ethicsApproval"},
    "participants": {*WHO_MAY_TAKE_PART, *ENROLMENTS, "recruitmentStart", "trialCentres", "recruitmentCountries"},
    "trialDesign": {"overallEndDate"},
    "results": {"publicationDetails"},
}


def what_counts(found: Understood, status: str | None) -> Record:
    """The parts of a record whose change makes a new version, with the status that follows from them."""
    trial = {name: value for name, value in found.trial.items() if name not in NO_CONTENT}
    beside = {"contacts": found.contacts, "sponsors": found.sponsors, "funders": found.funders}
    return {"status": status, "trial": {**trial, **_days(found.trial)}, **beside}


def _days(trial: Record) -> Record:
    """The modules whose dates decide, with those as days."""
    days: Record = {}
    for module, key in (*DATES.values(), ("participants", "recruitmentEnd")):
        written = date_at(trial, module, key)
        if written:
            days[module] = {**days.get(module, part(trial, module)), key: written}
    return days


def counted(found: Understood, status: str | None, basis: str | None, spelling: Spelling) -> Counted:
    """The same parts in canonical form, each with the view or the module that it is told of."""
    trial = found.trial
    description, participants = part(trial, "trialDescription"), part(trial, "participants")
    count, kind = enrollment(participants)

    def told(value: Any) -> Any:
        return canonical(value, spelling)

    people = {"count": count, "type": kind, **{key: participants.get(key) for key in ENROLMENTS}}
    return Counted(
        columns={
            "overall_status": status,
            "why_stopped": told(first_at(trial, WHY)),
            "has_results": has_results(trial),
            "enrollment": count,
            "lead_sponsor": told(found.lead),
            **{column: told(description.get(key)) for column, key in TITLES.items()},
        },
        dates={
            column: Sent(module, key, told({"date": date_at(trial, module, key)}))
            for column, (module, key) in DATES.items()
        },
        enrollment=Sent("participants", "targetEnrolment", told(people)),
        lists={view: Entries(*map(told, entries)) for view, entries in _lists(found).items()},
        publications=Sent("results", "publicationDetails", told(publications(trial))),
        criteria={"participants": told({key: participants.get(key) for key in WHO_MAY_TAKE_PART})},
        rest={module: told(values) for module, values in _rest(found).items()},
        shown=SHOWN,
        posted=[trial.get(stamp) for stamp in STAMPS],
        status_from=basis,
    )


def _lists(found: Understood) -> dict[str, tuple[Any, Any, Any]]:
    """By view: what is compared, what of it is told, and the entries by what each is."""
    trial = found.trial
    participants = part(trial, "participants")
    outcomes = {name: outcomes_of(trial, name) for name in ("primary", "secondary")}
    sites = objects(participants.get("trialCentres") or [])
    shown = [_only(each, OF_A_SITE) for each in sites]
    countries = texts(participants.get("recruitmentCountries") or [])
    sponsors = {
        "sponsors": [_only(each, OF_A_SPONSOR) for each in objects(found.sponsors)],
        "funders": found.funders,
    }
    interventions = [_but(each, {"phase"}) for each in objects(trial.get("interventions") or [])]
    named = conditions(trial.get("conditions") or [])
    return {
        "trial_outcomes": (
            outcomes,
            {f"{name}Outcomes": entries for name, entries in outcomes.items()},
            {f"{name} outcome": entries for name, entries in outcomes.items()},
        ),
        "trial_interventions": (interventions, interventions, {"intervention": interventions}),
        "trial_sponsors": (sponsors, sponsors, {}),
        "trial_sites": (sites, shown, {"site": shown}),
        "trial_countries": (countries, countries, {"country": countries}),
        "trial_conditions": (named, named, {"condition": named}),
    }


def outcomes_of(trial: Record, kind: str) -> list[Any]:
    """The outcomes of a kind: in parts, and in one text, as records once had them; some have both."""
    description = part(trial, "trialDescription")
    old = description.get(f"{kind}Outcome")
    return objects(description.get(f"{kind}Outcomes") or []) + ([{"variable": old}] if old else [])


def _rest(found: Understood) -> dict[str, Record]:
    """What has no kind of its own, by module."""
    trial = what_counts(found, None)["trial"]
    description = part(trial, "trialDescription")
    rest = {
        module: _but(value, TOLD_ELSEWHERE.get(module, set())) if isinstance(value, dict) else {module: value}
        for module, value in trial.items()
        if module not in ("conditions", "interventions")
    }
    named = objects(trial.get("conditions"))
    rest["conditions"] = {"diseaseClasses": [_but(each, {"description"}) for each in named]}
    rest["interventions"] = {"phases": [each.get("phase") for each in objects(trial.get("interventions"))]}
    rest["plainEnglishSummary"] = _only(description, ("plainEnglishSummary",))
    rest["ethics"] = _only(description, ("ethicsCommittees", "ethicsApproval"))
    rest["contacts"] = {"contacts": found.contacts}
    rest["sponsorContacts"] = {"sponsors": [_but(each, set(OF_A_SPONSOR)) for each in objects(found.sponsors)]}
    return rest


def _only(entry: Record, names: tuple[str, ...]) -> Record:
    return {name: entry[name] for name in names if name in entry}


def _but(entry: Record, names: set[str]) -> Record:
    return {name: value for name, value in entry.items() if name not in names}
