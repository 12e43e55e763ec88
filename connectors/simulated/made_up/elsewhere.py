"""From an entry of ``elsewhere.toml`` to a record as ISRCTN or CTIS would send it. Pure, the same every time."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

Entry = dict[str, Any]
NOTICE = "This record was made up for the demonstration of trialwatch; no such trial exists."


def entries(registry: str) -> dict[str, Entry]:
    """The trials of a registry by number, as they stand before the first night."""
    return {each["number"]: each for each in _elsewhere()[registry]}


@cache
def _elsewhere() -> Entry:
    return tomllib.loads((files(__package__) / "elsewhere.toml").read_text("utf-8"))


# -- ISRCTN --------------------------------------------------------------------------------------------


def in_isrctn(entry: Entry) -> str:
    """A ``fullTrial``."""
    said = {key: escape(str(value)) for key, value in entry.items()}
    site, city = map(escape, entry["site"])
    return f"""<fullTrial xmlns="http://www.67bricks.com/isrctn">
  <trial lastUpdated="{said["edited"]}T09:00:00.123456Z" version="{said["version"]}" isPublished="true"
      publicIdentifierType="isrctn" publicIdentifierCanonical="{said["number"]}"
      publicIdentifierDateAssigned="{said["assigned"]}T10:00:00.123456Z">
    <isrctn dateAssigned="{said["assigned"]}T10:00:00.123456Z">{said["number"][6:]}</isrctn>
    <trialDescription><title>{said["title"]}</title><scientificTitle>{said["scientific"]}</scientificTitle><acronym/>
      <studyHypothesis>{said["aim"]}</studyHypothesis><plainEnglishSummary>{NOTICE}</plainEnglishSummary>
      <primaryOutcomes>{_outcome(1, said["measure"])}</primaryOutcomes>
      <secondaryOutcomes>{_outcome(2, "Craving on a visual scale from 0 to 100")}</secondaryOutcomes>
    </trialDescription>
    <externalRefs><clinicalTrialsGovNumber>{said["nct"]}</clinicalTrialsGovNumber><secondaryNumbers>
      <secondaryNumber id="1" numberType="nct">{said["nct"]}</secondaryNumber></secondaryNumbers></externalRefs>
    <trialDesign><primaryStudyDesign>Interventional</primaryStudyDesign><interventionalTrialDesign>
      <allocation>Randomized controlled trial</allocation><masking>Blinded (masking used)</masking>
      <assignment>Parallel</assignment><purposes><purpose>Treatment</purpose></purposes></interventionalTrialDesign>
      {_day("overallEndDate", said["end"])}</trialDesign>
    <participants><recruitmentCountries><country>{said["country"]}</country></recruitmentCountries>
      <trialCentres><trialCentre id="3"><name>{site}</name><city>{city}</city>
        <country>{said["country"]}</country></trialCentre></trialCentres>
      <healthyVolunteersAllowed>false</healthyVolunteersAllowed><inclusion>1. {said["condition"]}</inclusion>
      <lowerAgeLimit unit="years" value="18.0">18 Years</lowerAgeLimit><gender>All</gender>
      <targetEnrolment>{said["people"]}</targetEnrolment><totalFinalEnrolment>0</totalFinalEnrolment>
      <exclusion>1. Psychosis</exclusion>
      {_day("recruitmentStart", said["start"])}{_day("recruitmentEnd", said["closes"])}</participants>
    <conditions><condition><description>{said["condition"]}</description></condition></conditions>
    <interventions><intervention><description>{said["given"]}</description><interventionType>Drug</interventionType>
      <phase>{said["phase"]}</phase><drugNames>{said["drugs"]}</drugNames></intervention></interventions>
    <results/><outputs/><parties><sponsorId>4</sponsorId></parties><miscellaneous/>
  </trial>
  <sponsor id="4"><organisation>{said["sponsor"]}</organisation>
    <sponsorType>Hospital/treatment centre</sponsorType></sponsor>
</fullTrial>"""


def _outcome(place: int, measure: str) -> str:
    timed = "<method>by interview</method><timepoints>baseline, 4, 12 and 24 weeks</timepoints>"
    return f'<outcomeMeasure id="{place}"><variable>{measure}</variable>{timed}</outcomeMeasure>'


def _day(name: str, day: str) -> str:
    return f"<{name}>{day}T00:00:00.000Z</{name}>"


# -- CTIS ----------------------------------------------------------------------------------------------


def in_ctis(entry: Entry) -> tuple[Entry, Entry]:
    """The row of a search, and what its number retrieves."""
    return _row(entry), _whole(entry)


def _row(entry: Entry) -> Entry:
    decided = _as_there(entry["decided"])
    row = {
        "ctNumber": entry["number"],
        "ctStatus": entry["code"],
        "ctTitle": entry["title"],
        "shortTitle": entry["short"],
        "startDateEU": _as_there(entry["began"]) if "began" in entry else None,
        "conditions": entry["condition"],
        "trialCountries": [f"{country}:{entry['code']}" for country, *_ in entry["places"]],
        "decisionDateOverall": decided,
        "decisionDate": ", ".join(f"{state}: {decided}" for _, state, *_ in entry["places"]),
        "sponsor": entry["sponsor"],
        "trialPhase": "Therapeutic exploratory (Phase II)",
        "product": entry["product"][0],
        "ageGroup": "18-64 years",
        "gender": "Female, Male",
        "totalNumberEnrolled": str(entry["people"]),
        "primaryEndPoint": entry["measure"],
        "resultsFirstReceived": "No",
        "lastUpdated": decided,
        "lastPublicationUpdate": _as_there(entry["published"]),
    }
    return {name: value for name, value in row.items() if value is not None}


def _whole(entry: Entry) -> Entry:
    places = list(enumerate(entry["places"], 1))
    decided = f"{entry['decided']}T10:11:12.345"
    concerned = {
        "firstDecisionDate": decided,
        "lastDecisionDate": decided,
        "mscPublicStatusCode": entry["code"],
    }
    began = [{"notificationType": "START_OF_TRIAL", "date": entry["began"]}] if "began" in entry else []
    whole = {
        "ctNumber": entry["number"],
        "ctStatus": "Authorised",
        "ctPublicStatusCode": entry["code"],
        "startDateEU": entry.get("began"),
        "decisionDate": decided,
        "publishDate": f"{entry['published']}T03:39:42.531268872",
        "authorizedApplication": {
            "authorizedPartI": _part_one(entry),
            "authorizedPartsII": _numbered({"trialSites": [_site(*place)]} for _, place in places),
            "memberStatesConcerned": [
                {"mscName": country, "mscId": number, **concerned} for number, (country, *_) in places
            ],
        },
        "events": {
            "temporaryHaltList": entry["halts"],
            "trialEvents": [
                {"mscId": number, "mscName": country, "events": began} for number, (country, *_) in places if began
            ],
        },
        "results": {},
        "documents": [],
    }
    return {name: value for name, value in whole.items() if value is not None}


def _part_one(entry: Entry) -> Entry:
    (name, substance), (route, dose, unit) = entry["product"], entry["role"]
    product = {
        "part1MpRoleTypeCode": "1",
        "productName": name,
        "productDictionaryInfo": {"prodName": name, "activeSubstanceName": substance},
        "routes": [route],
        "maxDailyDoseAmount": dose,
        "doseUom": unit,
    }
    return {
        "products": _numbered([product]),
        "trialDetails": {
            "clinicalTrialIdentifiers": {
                "fullTitle": entry["title"],
                "publicTitle": entry["plain"],
                "shortTitle": entry["short"],
                "secondaryIdentifyingNumbers": {"nctNumber": None, "additionalRegistries": []},
            },
            "trialInformation": _information(entry),
        },
        "sponsors": _numbered([{"primary": True, "organisation": {"id": 1, "name": entry["sponsor"]}}]),
    }


def _information(entry: Entry) -> Entry:
    return {
        "medicalCondition": {"partIMedicalConditions": _numbered([{"medicalCondition": entry["condition"]}])},
        "trialObjective": {"mainObjective": f"{entry['aim']} {NOTICE}"},
        "eligibilityCriteria": {
            "principalInclusionCriteria": _numbered(
                [{"number": 1, "principalInclusionCriteria": f"Adults with {entry['condition'].lower()}"}]
            ),
            "principalExclusionCriteria": _numbered([{"number": 1, "principalExclusionCriteria": "Psychosis"}]),
        },
        "endPoint": {"primaryEndPoints": _numbered([{"number": 1, "endPoint": entry["measure"]}])},
        "trialDuration": {"estimatedEndDate": entry["end"], "estimatedGlobalEndDate": entry["end"]},
        "populationOfTrialSubjects": {"isFemaleSubjects": True, "isMaleSubjects": True},
    }


def _site(country: str, _: str, name: str, city: str) -> Entry:
    place = {"organisation": {"id": 1, "name": name}, "address": {"city": city, "countryName": country}}
    return {"id": 1, "organisationAddressInfo": place}


def _numbered(listed: Iterable[Entry]) -> list[Entry]:
    return [{"id": place, **each} for place, each in enumerate(listed, 1)]


def _as_there(day: str) -> str:
    """
    >>> _as_there("2025-09-15")
    '15/09/2025'
    """
    return f"{date.fromisoformat(day):%d/%m/%Y}"
