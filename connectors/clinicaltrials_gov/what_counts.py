"""What counts in a record of ClinicalTrials.gov, sorted by what it is told as. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from connectors.canonical import canonical
from connectors.trial import Counted, Entries, Sent, Spelling

UNKNOWN_ENROLLMENT = 99999999
"""The registry's sentinel for an enrollment that nobody knows."""
BROWSE_MODULES = ("conditionBrowseModule", "interventionBrowseModule")
"""The only part of the derived section that counts, and of it only terms and their ancestors."""
POSTING_DATES = frozenset(
    {"statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"}
    | {"studyFirstSubmitDate", "studyFirstSubmitQcDate", "studyFirstPostDateStruct"}
    | {"resultsFirstSubmitDate", "resultsFirstSubmitQcDate", "resultsFirstPostDateStruct"}
    | {"dispFirstSubmitDate", "dispFirstSubmitQcDate", "dispFirstPostDateStruct"}
)
"""When something was sent, posted or verified: alone no change."""
POSTED_BY_THE_SPONSOR = ("lastUpdatePostDateStruct", "lastUpdateSubmitDate")
DATES = {
    "start_date": "startDateStruct",
    "primary_completion_date": "primaryCompletionDateStruct",
    "completion_date": "completionDateStruct",
}
TITLES = {"title": "briefTitle", "official_title": "officialTitle", "acronym": "acronym"}
SHOWN = frozenset(
    {"identificationModule", "statusModule", "oversightModule", "descriptionModule", "conditionsModule"}
    | {"designModule", "armsInterventionsModule", "outcomesModule", "eligibilityModule"}
    | {"referencesModule", "ipdSharingStatementModule"}
)
"""Modules whose other parts are told with their values. Those that name people, and those that nobody knows
yet, are told without: what is published must not carry a person's name, phone or address from a record."""
SITE_COLUMNS = ("facility", "city", "state", "country", "status")
OUTCOMES = {"primaryOutcomes": "primary", "secondaryOutcomes": "secondary", "otherOutcomes": "other"}
ELIGIBILITY = "eligibilityModule"
TOLD_BY_A_KIND = {
    "identificationModule": frozenset({"nctId", *TITLES.values()}),
    "statusModule": frozenset({"overallStatus", "lastKnownStatus", "whyStopped", *DATES.values()}) | POSTING_DATES,
    "sponsorCollaboratorsModule": frozenset({"leadSponsor", "collaborators"}),
    "conditionsModule": frozenset({"conditions"}),
    "designModule": frozenset({"enrollmentInfo"}),
    "armsInterventionsModule": frozenset({"armGroups", "interventions"}),
    "outcomesModule": frozenset(OUTCOMES),
    "contactsLocationsModule": frozenset({"locations"}),
    "referencesModule": frozenset({"references"}),
}

Record = dict[str, Any]


def what_counts(record: Record) -> Record:
    """The parts of a record whose change makes a new version, as sent; those that are there."""
    derived = _as_object(record.get("derivedSection") or {})
    browsed = {module: _as_object(derived.get(module) or {}) for module in BROWSE_MODULES}
    mesh = {module: _there(browse, ("meshes", "ancestors")) for module, browse in browsed.items()}
    content = {**_there(record, ("protocolSection", "hasResults")), "derivedSection": _there(mesh, BROWSE_MODULES)}
    return _there(content, content)


def _there(parts: Record, names: Iterable[str]) -> Record:
    return {name: parts[name] for name in names if parts.get(name) not in (None, {}, [])}


def counted(record: Record, spelling: Spelling) -> Counted:
    """The same parts in canonical form, each with the view or the module that it is told of."""
    content = canonical(what_counts(record), spelling)
    modules = {name: _as_object(module) for name, module in (content.get("protocolSection") or {}).items()}

    def at(module: str, key: str) -> Any:
        return modules.get(module, {}).get(key)

    sent = {column: Sent("statusModule", key, at("statusModule", key) or {}) for column, key in DATES.items()}
    return Counted(
        columns=_columns(content, at),
        dates=sent,
        enrollment=Sent("designModule", "enrollmentInfo", at("designModule", "enrollmentInfo") or {}),
        lists=_lists(modules, at),
        publications=Sent("referencesModule", "references", at("referencesModule", "references") or []),
        criteria={ELIGIBILITY: modules.get(ELIGIBILITY, {})},
        rest={name: _rest(name, module) for name, module in modules.items() if name != ELIGIBILITY},
        shown=SHOWN,
        registrys_own={module: (content.get("derivedSection") or {}).get(module) for module in BROWSE_MODULES},
        posted=[canonical(at("statusModule", stamp)) for stamp in POSTED_BY_THE_SPONSOR],
    )


def _as_object(module: Any) -> Record:
    return module if isinstance(module, dict) else {"value": module}


def _rest(name: str, module: Record) -> Record:
    return {key: value for key, value in module.items() if key not in TOLD_BY_A_KIND.get(name, ())}


def _columns(content: Record, at: Callable[[str, str], Any]) -> Record:
    count = (at("designModule", "enrollmentInfo") or {}).get("count")
    sponsor = at("sponsorCollaboratorsModule", "leadSponsor") or {}
    return {
        "overall_status": at("statusModule", "overallStatus"),
        "last_known_status": at("statusModule", "lastKnownStatus"),
        "status_verified_date": at("statusModule", "statusVerifiedDate"),
        "why_stopped": at("statusModule", "whyStopped"),
        "has_results": bool(content.get("hasResults")),
        "enrollment": None if count == UNKNOWN_ENROLLMENT else count,
        "lead_sponsor": sponsor.get("name"),
        **{column: at("identificationModule", key) for column, key in TITLES.items()},
    }


def _lists(modules: Record, at: Callable[[str, str], Any]) -> dict[str, Entries]:
    outcomes = modules.get("outcomesModule", {})
    measures = {f"{what} outcome": outcomes.get(key) or [] for key, what in OUTCOMES.items()}
    sites = at("contactsLocationsModule", "locations") or []
    shown = [{key: site[key] for key in SITE_COLUMNS if key in site} for site in sites if isinstance(site, dict)]
    module = modules.get("sponsorCollaboratorsModule", {})
    sponsors = {key: module[key] for key in ("leadSponsor", "collaborators") if module.get(key)}
    return {
        "trial_outcomes": Entries(measures, outcomes, measures),
        "trial_arms": _alone("arm", at("armsInterventionsModule", "armGroups")),
        "trial_interventions": _alone("intervention", at("armsInterventionsModule", "interventions")),
        "trial_sponsors": Entries(sponsors, sponsors, {}),
        "trial_sites": Entries(sites, shown, {"site": shown}),
        "trial_conditions": _alone("condition", at("conditionsModule", "conditions")),
    }


def _alone(noun: str, entries: list[Any] | None) -> Entries:
    return Entries(entries or [], entries or [], {noun: entries or []})
