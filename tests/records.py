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
