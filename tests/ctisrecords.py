"""Records in the shape in which CTIS sends them, made of facts: a row, and what its number retrieves."""

import copy
import random
from typing import Any

KETAMINE_TRIAL = "2025-520001-11-00"
OTHER = "2025-520002-22-00"
Json = dict[str, Any]


def a_row(number: str = KETAMINE_TRIAL, **changed: Any) -> Json:
    """A row. ``changed`` are its values by name; None leaves one out."""
    values = {"ctNumber": number, **copy.deepcopy(USUAL_ROW), **changed}
    return {name: value for name, value in values.items() if value is not None}


def a_whole(number: str = KETAMINE_TRIAL, code: int = 4, **changed: Any) -> Json:
    """A whole record. ``changed`` are its values by their place, with ``__`` between the steps of it."""
    record = copy.deepcopy(USUAL_WHOLE)
    record |= {"ctNumber": number, "ctPublicStatusCode": code}
    for state in record["authorizedApplication"]["memberStatesConcerned"]:
        state["mscPublicStatusCode"] = code
    for place, value in changed.items():
        *steps, last = place.split("__")
        part: Any = record
        for step in steps:
            part = part[int(step) if step.isdecimal() else step]
        part[last] = value
    return record


def an_event(kind: str, day: str, **more: Any) -> Json:
    return {"notificationType": kind, "date": day, **more}


def reported(country: str, *events: Json, number: int = 1) -> Json:
    """What a country reported."""
    return {"mscId": number, "mscName": country, "events": list(events)}


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same in another order: keys, lists, and what a row joins with commas."""
    match value:
        case dict():
            return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
        case list():
            return [shuffled(each, chance) for each in chance.sample(value, len(value))]
        case str() if value.count(", ") and value.count(": ") > 1:
            parts = value.split(", ")
            return ", ".join(chance.sample(parts, len(parts)))
    return value


INFORMATION = "authorizedApplication__authorizedPartI__trialDetails__trialInformation__"
DETAILS = "authorizedApplication__authorizedPartI__trialDetails__"
PART_ONE = "authorizedApplication__authorizedPartI__"

USUAL_ROW: Json = {
    "ctStatus": 4,
    "ctTitle": "Ketamine in alcohol use disorder: a randomised trial",
    "shortTitle": "KET-AUD",
    "startDateEU": "12/01/2026",
    "conditions": "Alcohol use disorder, Relapse",
    "trialCountries": ["France:4", "Italy:4"],
    "decisionDateOverall": "01/12/2025",
    "decisionDate": "FR: 01/12/2025, IT: 05/12/2025",
    "therapeuticAreas": ["Psychiatry and Psychology [F] - Mental Disorders [F03]"],
    "sponsor": "University Hospital, of the Coast",
    "sponsorType": "Hospital/Clinic/Other health care facility",
    "trialPhase": "Therapeutic exploratory (Phase II)",
    "endPoint": "Depression, Quality of life",
    "product": "KETAMINE\r, -",
    "ageRangeSecondary": [""],
    "ageGroup": "18-64 years, 65+ years",
    "gender": "Female, Male",
    "trialRegion": 1,
    "totalNumberEnrolled": "120",
    "primaryEndPoint": "Heavy drinking days",
    "resultsFirstReceived": "No",
    "lastUpdated": "05/12/2025",
    "lastPublicationUpdate": "13/01/2026",
}
USUAL_WHOLE: Json = {
    "ctStatus": "Authorised",
    "startDateEU": "2026-01-12",
    "decisionDate": "2025-12-01T10:11:12.345",
    "publishDate": "2026-01-13T03:39:42.531268872",
    "authorizedApplication": {
        "authorizedPartI": {
            "id": 1001,
            "rowSubjectCount": 0,
            "products": [
                {
                    "id": 7,
                    "part1MpRoleTypeCode": "1",
                    "productName": "Ketanest 25 mg/ml",
                    "productDictionaryInfo": {
                        "prodName": "Ketanest 25 mg/ml",
                        "activeSubstanceName": "KETAMINE",
                        "euSubstNumber": "SUB08391MIG",
                        "atcCode": "N01AX03",
                        "pharmForm": "SOLUTION FOR INFUSION",
                        "sponsorProductCode": "NA",
                    },
                    "routes": ["INTRAVENOUS USE"],
                    "maxDailyDoseAmount": "0.8",
                    "doseUom": "mg/kg milligram(s)/kilogram",
                    "maxTotalDoseAmount": "2.4",
                    "doseUomTotal": "mg/kg milligram(s)/kilogram",
                },
                {"id": 8, "part1MpRoleTypeCode": "2", "productName": "Midazolam", "productDictionaryInfo": {}},
            ],
            "productRoleGroupInfos": [{"id": 1, "productRoleName": "Test", "products": [{"id": 7}]}],
            "trialDetails": {
                "clinicalTrialIdentifiers": {
                    "fullTitle": "Ketamine in alcohol use disorder: a randomised trial",
                    "publicTitle": "Ketamine for people who drink",
                    "shortTitle": "KET-AUD",
                    "secondaryIdentifyingNumbers": {
                        "nctNumber": {"id": 1, "number": "NCT09999999"},
                        "isrctnNumber": None,
                        "additionalRegistries": [{"id": 2, "number": "DRKS00000001", "otherRegistryName": "DRKS"}],
                    },
                },
                "trialInformation": {
                    "trialCategory": {"isLowIntervention": False, "trialPhase": "4", "trialCategoryId": 5},
                    "medicalCondition": {
                        "partIMedicalConditions": [
                            {"id": 1, "medicalCondition": "Alcohol use disorder"},
                            {"id": 2, "medicalCondition": "Relapse"},
                        ],
                        "meddraConditionTerms": [{"termId": 3, "termName": "Alcoholism"}],
                    },
                    "trialObjective": {
                        "trialScopes": [{"code": "5", "trialScopeId": 9}],
                        "mainObjective": "Whether ketamine lowers drinking; ask Vera Invented.",
                        "secondaryObjectives": [{"id": 1, "number": 1, "secondaryObjective": "Depression"}],
                    },
                    "eligibilityCriteria": {
                        "principalInclusionCriteria": [
                            {"id": 2, "number": 2, "principalInclusionCriteria": "Alcohol use disorder"},
                            {"id": 1, "number": 1, "principalInclusionCriteria": "Adults"},
                        ],
                        "principalExclusionCriteria": [
                            {"id": 3, "number": 1, "principalExclusionCriteria": "Psychosis"}
                        ],
                    },
                    "endPoint": {
                        "primaryEndPoints": [{"id": 1, "number": 1, "endPoint": "Heavy drinking days"}],
                        "secondaryEndPoints": [
                            {"id": 2, "number": 1, "endPoint": "Depression"},
                            {"id": 3, "number": 2, "endPoint": "Quality of life"},
                        ],
                    },
                    "trialDuration": {
                        "estimatedGlobalEndDate": "2026-12-31",
                        "estimatedEndDate": "2026-10-31",
                        "estimatedRecruitmentStartDate": "2026-01-01",
                    },
                    "sourceOfMonetarySupport": [{"id": 1, "organisationName": "A Foundation"}],
                    "populationOfTrialSubjects": {
                        "ageRanges": [
                            {"id": 1, "ageRangeCategoryCode": "3"},
                            {"id": 2, "ageRangeCategoryCode": "4"},
                        ],
                        "clinicalTrialGroups": [{"code": "2", "name": "Patients"}],
                        "isFemaleSubjects": True,
                        "isMaleSubjects": True,
                    },
                },
                "pubmedCode": ["31234567"],
            },
            "therapeuticAreas": [{"code": "1", "name": "Psychiatry and Psychology [F] - Mental Disorders [F03]"}],
            "sponsors": [
                {
                    "id": 1,
                    "primary": True,
                    "organisation": {
                        "id": 1,
                        "name": "University Hospital, of the Coast",
                        "type": "Hospital/Clinic/Other health care facility",
                    },
                    "publicContacts": [
                        {
                            "id": 4,
                            "functionalName": "Vera Invented",
                            "functionalEmailAddress": "vera@example.org",
                            "telephone": "+441632960001",
                        }
                    ],
                }
            ],
        },
        "authorizedPartsII": [
            {
                "id": 21,
                "recruitmentSubjectCount": 60,
                "trialSites": [
                    {
                        "id": 31,
                        "organisationAddressInfo": {
                            "organisation": {"id": 1, "name": f"Hospital of {city}"},
                            "address": {"city": city, "countryName": country},
                            "phone": "+441632960002",
                        },
                        "personInfo": {
                            "id": 1,
                            "firstName": "Otto",
                            "lastName": "Imagined",
                            "email": "o@example.org",
                        },
                        "departmentName": "Otto Imagined's ward",
                    }
                ],
            }
            for city, country in (("Lyon", "France"), ("Turin", "Italy"))
        ],
        "applicationInfo": [
            {"id": 1, "type": "INITIAL", "businessKey": "IN", "status": "Authorised", "decisionDate": "2025-12-01"}
        ],
        "memberStatesConcerned": [
            {"mscName": "France", "mscId": 1, "firstDecisionDate": "2025-12-01T10:11:12.345"},
            {"mscName": "Italy", "mscId": 2, "firstDecisionDate": "2025-12-05T10:11:12.345"},
        ],
        "eudraCt": {"isTransitioned": True, "eudraCtCode": "2021-001234-56"},
    },
    "events": {
        "temporaryHaltList": [],
        "trialEvents": [
            {
                "mscId": 1,
                "mscName": "France",
                "events": [{"notificationType": "START_OF_TRIAL", "date": "2026-01-12"}],
            }
        ],
        "unexpectedEvents": [],
    },
    "results": {},
    "documents": [
        {"title": "D1 Protocol", "uuid": "u-1", "documentTypeLabel": "Protocol (for publication)"},
        {
            "title": "L1 ICF by Otto Imagined",
            "uuid": "u-2",
            "documentTypeLabel": "Subject information and informed consent form (for publication)",
        },
    ],
    "trialRegion": 1,
}
