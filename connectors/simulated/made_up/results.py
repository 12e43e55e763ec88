"""Posted results of a made-up trial, as ClinicalTrials.gov would send them. Pure, and the same every time.

They fit the record: its arms, outcomes and number of people. What the numbers are, its own number decides.
"""

from typing import Any

Record = dict[str, Any]
SECONDARY = 2
"""Secondary outcomes with results."""
EVENTS = ("Dissociation", "Nausea", "Blood pressure increased", "Dizziness")


def results(record: Record) -> Record:
    """The results section that goes with the record."""
    protocol = record["protocolSection"]
    seed = int(protocol["identificationModule"]["nctId"][-2:])
    people = protocol["designModule"]["enrollmentInfo"]["count"]
    arms = protocol.get("armsInterventionsModule", {}).get("armGroups") or [
        {"label": "All", "description": "All."}
    ]
    sizes = [people // len(arms) + (place < people % len(arms)) for place in range(len(arms))]
    measured = protocol["outcomesModule"]
    outcomes = [
        ("PRIMARY", measured["primaryOutcomes"][0]),
        *(("SECONDARY", each) for each in measured["secondaryOutcomes"][:SECONDARY]),
    ]
    return {
        "participantFlowModule": _flow(arms, sizes),
        "baselineCharacteristicsModule": _baseline(arms, sizes, seed),
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                _outcome(kind, outcome, arms, sizes, seed + 3 * place)
                for place, (kind, outcome) in enumerate(outcomes)
            ]
        },
        "adverseEventsModule": _events(arms, sizes, seed),
        "moreInfoModule": {
            "certainAgreement": {"piSponsorEmployee": True},
            "pointOfContact": {"title": "E. Muster", "organization": "Made up", "email": "results@example.org"},
        },
    }


def _groups(prefix: str, arms: list[Record]) -> list[Record]:
    return [
        {"id": f"{prefix}{place:03}", "title": arm["label"], "description": arm["description"]}
        for place, arm in enumerate(arms)
    ]


def _counts(prefix: str, name: str, values: list[int]) -> list[Record]:
    return [{"groupId": f"{prefix}{place:03}", name: str(value)} for place, value in enumerate(values)]


def _denoms(prefix: str, sizes: list[int]) -> list[Record]:
    return [{"units": "Participants", "counts": _counts(prefix, "value", sizes)}]


def _flow(arms: list[Record], sizes: list[int]) -> Record:
    left = [size // 6 for size in sizes]
    stayed = [size - gone for size, gone in zip(sizes, left, strict=True)]
    milestones = {"STARTED": sizes, "COMPLETED": stayed, "NOT COMPLETED": left}
    return {
        "groups": _groups("FG", arms),
        "periods": [
            {
                "title": "Overall Study",
                "milestones": [
                    {"type": name, "achievements": _counts("FG", "numSubjects", counts)}
                    for name, counts in milestones.items()
                ],
                "dropWithdraws": [{"type": "Lost to Follow-up", "reasons": _counts("FG", "numSubjects", left)}],
            }
        ],
    }


def _baseline(arms: list[Record], sizes: list[int], seed: int) -> Record:
    women = [size * 2 // 5 for size in sizes]
    men = [size - count for size, count in zip(sizes, women, strict=True)]
    ages = [
        {"groupId": f"BG{place:03}", "value": f"{38 + (seed + place) % 9}.{seed % 10}", "spread": "9.8"}
        for place in range(len(arms))
    ]
    sex = [
        {"title": title, "measurements": _counts("BG", "value", counts)}
        for title, counts in (("Female", women), ("Male", men))
    ]
    return {
        "groups": _groups("BG", arms),
        "denoms": _denoms("BG", sizes),
        "measures": [
            {
                "title": "Age, Continuous",
                "paramType": "MEAN",
                "dispersionType": "STANDARD_DEVIATION",
                "unitOfMeasure": "years",
                "classes": [{"categories": [{"measurements": ages}]}],
            },
            {
                "title": "Sex: Female, Male",
                "paramType": "COUNT_OF_PARTICIPANTS",
                "unitOfMeasure": "Participants",
                "classes": [{"categories": sex}],
            },
        ],
    }


def _outcome(kind: str, outcome: Record, arms: list[Record], sizes: list[int], seed: int) -> Record:
    values = [
        {
            "groupId": f"OG{place:03}",
            "value": f"{6 + 3 * place + seed % 5}.{seed % 10}",
            "spread": f"{4 + seed % 3}.1",
        }
        for place in range(len(arms))
    ]
    told = {
        "type": kind,
        "title": outcome["measure"],
        "timeFrame": outcome["timeFrame"],
        "populationDescription": "All who were randomised",
        "reportingStatus": "POSTED",
        "paramType": "MEAN",
        "dispersionType": "Standard Deviation",
        "unitOfMeasure": "score",
        "groups": _groups("OG", arms),
        "denoms": _denoms("OG", sizes),
        "classes": [{"categories": [{"measurements": values}]}],
    }
    return {**told, "analyses": [_analysis(seed)]} if len(arms) > 1 else told


def _analysis(seed: int) -> Record:
    return {
        "groupIds": ["OG000", "OG001"],
        "statisticalMethod": "Mixed Models Analysis",
        "pValue": "<0.001" if seed % 3 == 0 else f"0.{seed % 7 + 1}2",
        "paramType": "Mean Difference (Final Values)",
        "paramValue": "-3.0",
        "ciNumSides": "TWO_SIDED",
        "ciPctValue": "95",
        "ciLowerLimit": "-5.2",
        "ciUpperLimit": "-0.8",
        "nonInferiorityType": "SUPERIORITY",
    }


def _events(arms: list[Record], sizes: list[int], seed: int) -> Record:
    def affected(place: int, event: int) -> int:
        return sizes[place] * (4 - place - event + seed % 2) // 12 if place + event < 4 else 0

    groups = _groups("EG", arms)
    for group, size in zip(groups, sizes, strict=True):
        group |= {
            "deathsNumAffected": 0,
            "deathsNumAtRisk": size,
            "seriousNumAffected": 0,
            "seriousNumAtRisk": size,
        }
        group |= {"otherNumAffected": size // 2, "otherNumAtRisk": size}
    return {
        "frequencyThreshold": "5",
        "timeFrame": "24 weeks",
        "eventGroups": groups,
        "otherEvents": [
            {
                "term": term,
                "organSystem": "Nervous system disorders",
                "sourceVocabulary": "MedDRA 25.0",
                "stats": [
                    {"groupId": f"EG{place:03}", "numAffected": affected(place, event), "numAtRisk": size}
                    for place, size in enumerate(sizes)
                ],
            }
            for event, term in enumerate(EVENTS)
        ],
    }
