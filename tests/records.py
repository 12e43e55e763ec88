"""Small records whose every part is known, and edits of them."""

import itertools
from collections.abc import Callable
from typing import Any

_numbers = itertools.count(50000001)


def a_trial(nct_id: str | None = None, **status: Any) -> dict[str, Any]:
    """A small ketamine trial in alcohol use disorder, recruiting; ``status`` overrides its status module."""
    number = nct_id or f"NCT{next(_numbers)}"
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "orgStudyIdInfo": {"id": f"ORG-{number}"},
                "briefTitle": f"Ketamine for Alcohol Use Disorder ({number})",
                "officialTitle": f"A Randomised Trial of Ketamine for Alcohol Use Disorder ({number})",
            },
            "statusModule": {
                "statusVerifiedDate": "2026-06",
                "overallStatus": "RECRUITING",
                "startDateStruct": {"date": "2025-03-01", "type": "ACTUAL"},
                "primaryCompletionDateStruct": {"date": "2027-10", "type": "ESTIMATED"},
                "completionDateStruct": {"date": "2027-12", "type": "ESTIMATED"},
                "studyFirstSubmitDate": "2025-01-10",
                "studyFirstPostDateStruct": {"date": "2025-01-15", "type": "ACTUAL"},
                "lastUpdateSubmitDate": "2026-06-01",
                "lastUpdatePostDateStruct": {"date": "2026-06-04", "type": "ACTUAL"},
                **status,
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A University", "class": "OTHER"}},
            "descriptionModule": {"briefSummary": "Does ketamine keep people from drinking?"},
            "conditionsModule": {"conditions": ["Alcohol Use Disorder"], "keywords": ["relapse"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2"],
                "enrollmentInfo": {"count": 60, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "Ketamine", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Ketamine"]}
                ],
                "interventions": [{"type": "DRUG", "name": "Ketamine"}],
            },
            "outcomesModule": {"primaryOutcomes": [{"measure": "Heavy drinking days", "timeFrame": "6 months"}]},
            "eligibilityModule": {"eligibilityCriteria": "Adults who drink.", "sex": "ALL"},
            "contactsLocationsModule": {
                "locations": [{"facility": "A Clinic", "city": "Exeter", "country": "United Kingdom"}]
            },
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": "2026-09-11"},
            "conditionBrowseModule": {"meshes": [{"id": "D000437", "term": "Alcoholism"}]},
            "interventionBrowseModule": {"meshes": [{"id": "D007649", "term": "Ketamine"}]},
        },
        "hasResults": False,
    }


def with_status(status: str, *, posted: str | None = None, **more: Any) -> Callable[[dict[str, Any]], None]:
    """An edit of a record: another status, and with ``posted`` another posted version."""

    def edit(record: dict[str, Any]) -> None:
        module = record["protocolSection"]["statusModule"]
        module.update(overallStatus=status, **more)
        if posted:
            module["lastUpdatePostDateStruct"] = {"date": posted, "type": "ACTUAL"}
            module["lastUpdateSubmitDate"] = posted

    return edit


def some_results() -> dict[str, Any]:
    """A small results section in which every value differs, as the registry writes it."""
    groups = [{"title": "Ketamine", "description": "0.8 mg/kg"}, {"title": "Midazolam"}]

    def in_groups(prefix: str) -> list[dict[str, Any]]:
        return [{"id": f"{prefix}00{place}", **group} for place, group in enumerate(groups)]

    def of_each(prefix: str, key: str, *values: Any) -> list[dict[str, Any]]:
        return [{"groupId": f"{prefix}00{place}", key: value} for place, value in enumerate(values)]

    drinking = {
        "type": "PRIMARY",
        "title": "Heavy drinking days",
        "populationDescription": "All who were randomised",
        "reportingStatus": "POSTED",
        "paramType": "MEAN",
        "dispersionType": "Standard Deviation",
        "unitOfMeasure": "days",
        "timeFrame": "6 months",
        "groups": in_groups("OG"),
        "denoms": [{"units": "Participants", "counts": of_each("OG", "value", "48", "46")}],
        "classes": [
            {
                "categories": [
                    {
                        "measurements": [
                            {"groupId": "OG000", "value": "12.3", "spread": "4.5"},
                            {"groupId": "OG001", "value": "NA", "spread": "NA", "comment": "Too few came back"},
                        ]
                    }
                ]
            }
        ],
        "analyses": [
            {
                "groupIds": ["OG000", "OG001"],
                "statisticalMethod": "ANCOVA",
                "pValue": "<0.001",
                "paramType": "Mean Difference",
                "paramValue": "-3.4",
                "ciPctValue": "95",
                "ciNumSides": "TWO_SIDED",
                "ciLowerLimit": "-6.7",
                "ciUpperLimit": "-0.1",
                "nonInferiorityType": "SUPERIORITY",
            }
        ],
    }
    craving = {
        "type": "OTHER_PRE_SPECIFIED",
        "title": "Craving",
        "reportingStatus": "NOT_POSTED",
        "anticipatedPostingDate": "2027-03",
        "timeFrame": "4 weeks",
    }
    return {
        "participantFlowModule": {
            "groups": in_groups("FG"),
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [
                        {"type": "STARTED", "achievements": of_each("FG", "numSubjects", "50", "1,049")}
                    ],
                    "dropWithdraws": [
                        {"type": "Lost to Follow-up", "reasons": of_each("FG", "numSubjects", "2", "3")}
                    ],
                }
            ],
        },
        "baselineCharacteristicsModule": {
            "groups": in_groups("BG"),
            "denoms": [{"units": "Participants", "counts": of_each("BG", "value", "49", "47")}],
            "measures": [
                {
                    "title": "Sex",
                    "paramType": "COUNT_OF_PARTICIPANTS",
                    "unitOfMeasure": "Participants",
                    "classes": [
                        {
                            "categories": [
                                {"title": "Female", "measurements": of_each("BG", "value", "21", "22")},
                            ]
                        }
                    ],
                }
            ],
        },
        "outcomeMeasuresModule": {"outcomeMeasures": [drinking, craving]},
        "adverseEventsModule": {
            "frequencyThreshold": "5",
            "timeFrame": "24 weeks",
            "eventGroups": [
                {**group, "deathsNumAffected": 0, "deathsNumAtRisk": 48, "seriousNumAffected": 1}
                for group in in_groups("EG")
            ],
            "seriousEvents": [
                {"term": "Fracture", "organSystem": "Injury", "stats": [{"groupId": "EG000", "numAffected": 1}]}
            ],
            "otherEvents": [
                {
                    "term": "Nausea",
                    "organSystem": "Gastrointestinal disorders",
                    "stats": [{"groupId": "EG001", "numEvents": 9, "numAffected": 7, "numAtRisk": 46}],
                }
            ],
        },
        "moreInfoModule": {
            "pointOfContact": {"title": "Dr Jane Roe", "phone": "555-0199", "email": "jane.roe@example.org"},
            "limitationsAndCaveats": {"description": "Few people"},
        },
    }


def with_results(nct_id: str | None = None, section: dict[str, Any] | None = None) -> dict[str, Any]:
    """A completed trial that has posted results."""
    record = a_trial(
        nct_id,
        overallStatus="COMPLETED",
        primaryCompletionDateStruct={"date": "2025-05-30", "type": "ACTUAL"},
        completionDateStruct={"date": "2025-06-30", "type": "ACTUAL"},
        resultsFirstPostDateStruct={"date": "2026-06-04", "type": "ACTUAL"},
    )
    return {**record, "resultsSection": section or some_results(), "hasResults": True}
