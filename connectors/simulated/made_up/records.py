"""From a row of ``trials.csv`` to a record as ClinicalTrials.gov would send it. Pure, and the same every time.

What a trial says of itself depends on its row alone; which of several texts it uses, on its number.
"""

import csv
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from connectors.simulated.made_up.results import results

Record = dict[str, Any]
Row = dict[str, str]
ENDED = ("COMPLETED", "TERMINATED")
NOT_BEGUN = ("NOT_YET_RECRUITING", "WITHDRAWN")
OUTCOMES_EACH = 6
"""Secondary outcomes of a trial, besides the test of its substance."""


def records() -> Iterator[Record]:
    """All sixty, those too that come into being in the course of the year."""
    return (record(int(row["number"])) for row in _rows().values())


def record(number: int) -> Record:
    """One trial as it stood on the day of its row."""
    return with_its_results(_record(_rows()[number]))


def with_its_results(kept: Record) -> Record:
    """The record itself, with results to show if it says that it has any, and without if not."""
    if not kept["hasResults"]:
        kept.pop("resultsSection", None)
    elif "resultsSection" not in kept:
        kept["resultsSection"] = results(kept)
    return kept


def nct_id(number: int) -> str:
    return f"NCT990000{number:02}"


@cache
def _rows() -> dict[int, Row]:
    lines = (files(__package__) / "trials.csv").read_text("utf-8").splitlines()
    return {int(row["number"]): row for row in csv.DictReader(line for line in lines if line[0] != "#")}


@cache
def _parts() -> Record:
    return tomllib.loads((files(__package__) / "parts.toml").read_text("utf-8"))


def _record(row: Row) -> Record:
    return {
        "protocolSection": {
            "identificationModule": _identification(row),
            "statusModule": _status(row),
            "sponsorCollaboratorsModule": _sponsors(row),
            "oversightModule": {"oversightHasDmc": int(row["n"]) > 50},
            "descriptionModule": _description(row),
            "conditionsModule": {name: _of_substance(row)[name] for name in ("conditions", "keywords")},
            "designModule": _design(row),
            **_arms(row),
            "outcomesModule": _outcomes(row),
            "eligibilityModule": _eligibility(row),
            "contactsLocationsModule": {"locations": list(_sites(row))},
            "referencesModule": {"references": _some(_parts()["reference"], row, 2)},
            "ipdSharingStatementModule": _parts()["sharing"],
        },
        "derivedSection": _derived(row),
        "hasResults": bool(row["results"]),
    }


def _of_substance(row: Row) -> Record:
    found: Record = _parts()["substance"][row["substance"]]
    return found


def _of_design(row: Row) -> Record:
    found: Record = _parts()["design"][row["design"]]
    return found


def _of_drug(row: Row) -> Record:
    found: Record = _parts()["drug"][row["drug"]]
    return found


def _said(text: str, row: Row) -> str:
    substance = "the substance" if row["substance"] == "any" else row["substance"]
    drug = _of_drug(row)["name"]
    return text.format(drug=drug, disorder=_of_substance(row)["disorder"], substance=substance)


def _some(among: list[Any], row: Row, count: int) -> list[Any]:
    """So many in a row, from a place that the trial's number chooses."""
    start = int(row["number"])
    return [among[(start + step) % len(among)] for step in range(count)]


def _identification(row: Row) -> Record:
    sponsor, sponsor_class = _parts()["sponsor"][row["sponsor"]]
    return {
        "nctId": nct_id(int(row["number"])),
        "orgStudyIdInfo": {"id": f"DEMO-{int(row['number']):02}"},
        "organization": {"fullName": sponsor, "class": sponsor_class},
        "briefTitle": row["title"],
        "officialTitle": f"{row['title']}: {_said(_of_design(row)['title'], row)}",
    }


def _status(row: Row) -> Record:
    ended, begun = row["status"] in ENDED, row["status"] not in NOT_BEGUN
    module: Record = {
        "statusVerifiedDate": row["verified"],
        "overallStatus": row["status"],
        "startDateStruct": _date(row["start"], begun),
        "primaryCompletionDateStruct": _date(row["primary"], ended),
        "completionDateStruct": _date(row["end"], ended),
        "studyFirstSubmitDate": row["posted"],
        "studyFirstPostDateStruct": _date(row["posted"], True),
        "lastUpdateSubmitDate": row["updated"],
        "lastUpdatePostDateStruct": _date(row["updated"], True),
    }
    if row["status"] == "UNKNOWN":
        module["lastKnownStatus"] = "RECRUITING"
    if row["why_stopped"]:
        module["whyStopped"] = row["why_stopped"]
    if row["results"]:
        module["resultsFirstPostDateStruct"] = _date(row["results"], True)
    return module


def _date(day: str, is_actual: bool) -> Record:
    return {"date": day, "type": "ACTUAL" if is_actual else "ESTIMATED"}


def _sponsors(row: Row) -> Record:
    names = [row["sponsor"], *(site for site in row["sites"].split() if site != row["sponsor"])]
    lead, *others = ({"name": name, "class": kind} for name, kind in (_parts()["sponsor"][each] for each in names))
    module: Record = {"responsibleParty": {"type": "SPONSOR"}, "leadSponsor": lead}
    return {**module, "collaborators": others} if others else module


def _description(row: Row) -> Record:
    substance = _of_substance(row)
    aim = _said(_of_design(row)["aim"], row)
    detail = (
        f"{aim}\n\nMain outcome: {substance['measure']}. {substance['told']} "
        f"Recorded at every visit: {substance['test']}.\n\n"
        f"A sample of {row['n']} is meant to find a difference of half a standard deviation with a power of 80 % "
        "where one in five leaves early. Analysis is by intention to treat, with a mixed model for repeated "
        "measures; what is missing is not filled in."
    )
    return {"briefSummary": f"{aim}\n\n{_parts()['notice']}", "detailedDescription": detail}


def _design(row: Row) -> Record:
    is_count_final = row["status"] in (*ENDED, "WITHDRAWN")
    module: Record = {
        "studyType": "OBSERVATIONAL" if row["design"] == "observed" else "INTERVENTIONAL",
        "designInfo": _of_design(row)["info"],
        "enrollmentInfo": {"count": int(row["n"]), "type": "ACTUAL" if is_count_final else "ESTIMATED"},
    }
    return module if row["phase"] == "NA" else {**module, "phases": row["phase"].split("/")}


def _arms(row: Row) -> Record:
    """Arms and interventions; none of either where nothing is given."""
    design, drug = _of_design(row), _of_drug(row)
    if not design["given"]:
        return {}
    given = {"type": "DRUG", "name": drug["name"], "description": f"{drug['name']} {design['given']}."}
    interventions = [{**given, "otherNames": drug["others"]} if drug["others"] else given]
    arms = [_arm(drug["name"], "EXPERIMENTAL", [f"Drug: {drug['name']}"], design["given"])]
    if control := design.get("control"):
        interventions.append({"type": "DRUG", "name": control[0], "description": f"{control[1]}."})
        arms.append(_arm(control[0], control[2], [f"Drug: {control[0]}"], control[1]))
    if therapy := design.get("therapy"):
        interventions.append({"type": "BEHAVIORAL", "name": therapy[0], "description": f"{therapy[1]}."})
        for arm in arms:
            arm["interventionNames"].append(f"Behavioral: {therapy[0]}")
    return {"armsInterventionsModule": {"armGroups": arms, "interventions": interventions}}


def _arm(label: str, kind: str, names: list[str], how: str) -> Record:
    return {"label": label, "type": kind, "description": f"{label}: {how}.", "interventionNames": names}


def _outcomes(row: Row) -> Record:
    substance = _of_substance(row)
    primary = {"measure": substance["measure"], "description": substance["told"], "timeFrame": "12 weeks"}
    others = [
        {"measure": each["measure"], "description": each["told"], "timeFrame": "baseline, 4, 12 and 24 weeks"}
        for each in _some(_parts()["outcome"], row, OUTCOMES_EACH)
    ]
    return {
        "primaryOutcomes": [primary],
        "secondaryOutcomes": [{"measure": substance["test"], "timeFrame": "every visit"}, *others],
    }


def _eligibility(row: Row) -> Record:
    criteria = _parts()["eligibility"]
    wanted, barred = _some(criteria["inclusion"], row, 6), _some(criteria["exclusion"], row, 8)
    lists = ("\n".join(f"* {_said(each, row)}" for each in some) for some in (wanted, barred))
    return {
        "eligibilityCriteria": "Inclusion Criteria:\n\n{}\n\nExclusion Criteria:\n\n{}".format(*lists),
        "healthyVolunteers": False,
        "sex": "ALL",
        "minimumAge": "18 Years",
        "maximumAge": "65 Years",
        "stdAges": ["ADULT"],
    }


def _sites(row: Row) -> Iterator[Record]:
    for name in row["sites"].split():
        facility, city, state, country = _parts()["site"][name]
        place = {"facility": facility, "city": city, "state": state, "country": country}
        site = {key: value for key, value in place.items() if value}
        yield {**site, "status": row["status"]} if row["status"] == "RECRUITING" else site


def _derived(row: Row) -> Record:
    substance, drug = _of_substance(row), _of_drug(row)
    above = _parts()["above"]["ketamine"] if drug["mesh"] else []
    return {
        "miscInfoModule": {"versionHolder": row["updated"]},
        "conditionBrowseModule": _browse(substance["mesh"], substance["ancestors"]),
        "interventionBrowseModule": _browse(drug["mesh"], above),
    }


def _browse(mesh: list[list[str]], above: list[list[str]]) -> Record:
    lists = {"meshes": mesh, "ancestors": above}
    return {
        name: [{"id": number, "term": term} for number, term in terms] for name, terms in lists.items() if terms
    }
