"""511 real records load whole, twelve of them to the letter, and twenty unchanged nights tell nothing."""

import json
import re
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House

EVERYTHING = """
[watch.everything]
everything = true

[[subscription]]
name = "team"
watch = "everything"
to = ["team@example.org"]
"""
# Read off the raw records by hand, spans, overdue days and lapses reckoned by hand for the house's first night.
TWELVE = json.loads((Path(__file__).parent / "twelve_trials.json").read_text("utf-8"))

Record = dict[str, Any]
Counts = dict[str, int]

CHILD_VIEWS = (
    "trial_conditions",
    "trial_keywords",
    "trial_mesh_terms",
    "trial_interventions",
    "trial_arms",
    "trial_outcomes",
    "trial_sites",
    "trial_sponsors",
    "trial_identifiers",
    "trial_publications",
    "trial_arm_interventions",
    "trial_documents",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, real_records: list[Record]) -> House:
    """A house after its first night over all of the records. Only to be looked at."""
    with SimulatedRegistry(real_records) as registry:
        house = House(tmp_path_factory.mktemp("loaded"), registry.url)
        house.configure(EVERYTHING)
        assert house.night().ending.code is Code.DONE
    return house


LATER = {"trial_arm_interventions", "trial_documents"}
"""Views that came after the twelve were read off by hand."""


def number(record: Record) -> str:
    return str(record["protocolSection"]["identificationModule"]["nctId"])


def counted(record: Record) -> Counts:
    """Rows of each child view, counted in the raw record."""
    protocol = record["protocolSection"]
    terms = [
        len(record.get("derivedSection", {}).get(side, {}).get(part, []))
        for side in ("conditionBrowseModule", "interventionBrowseModule")
        for part in ("meshes", "ancestors")
    ]
    names = protocol["identificationModule"]
    conditions = protocol.get("conditionsModule", {})
    arms = protocol.get("armsInterventionsModule", {})
    sponsors = protocol.get("sponsorCollaboratorsModule", {})
    outcomes = protocol.get("outcomesModule", {})
    return {
        "trial_conditions": len(conditions.get("conditions", [])),
        "trial_keywords": len(conditions.get("keywords", [])),
        "trial_mesh_terms": sum(terms),
        "trial_interventions": len(arms.get("interventions", [])),
        "trial_arms": len(arms.get("armGroups", [])),
        "trial_outcomes": sum(
            len(outcomes.get(part, [])) for part in ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")
        ),
        "trial_sites": len(protocol.get("contactsLocationsModule", {}).get("locations", [])),
        "trial_sponsors": ("leadSponsor" in sponsors) + len(sponsors.get("collaborators", [])),
        "trial_identifiers": ("id" in names.get("orgStudyIdInfo", {}))
        + len(names.get("secondaryIdInfos", []))
        + len(names.get("nctIdAliases", [])),
        "trial_publications": len(protocol.get("referencesModule", {}).get("references", [])),
        "trial_arm_interventions": len(pairs(record)),
        "trial_documents": len(documents(record)),
    }


def pairs(record: Record) -> list[tuple[Any, ...]]:
    """Arm, type and name of each intervention in each of its arms."""
    interventions = record["protocolSection"].get("armsInterventionsModule", {}).get("interventions", [])
    return [
        (label, each["type"], each["name"]) for each in interventions for label in each.get("armGroupLabels", [])
    ]


def documents(record: Record) -> list[Record]:
    found: list[Record] = record.get("documentSection", {}).get("largeDocumentModule", {}).get("largeDocs", [])
    return found


def test_all_of_them_load_and_none_is_set_aside(loaded: House, real_records: list[Record]) -> None:
    assert len(real_records) == 511
    trials = loaded.ask("SELECT trial_id, version_number FROM trials ORDER BY trial_id")
    assert [row["trial_id"] for row in trials] == sorted(map(number, real_records))
    assert {row["version_number"] for row in trials} == {1}
    assert loaded.ask("SELECT * FROM quarantine") == []
    assert loaded.changes() == []
    (run,) = loaded.ask("SELECT outcome, declared_total, fetched, distinct_trials, quarantined FROM runs")
    assert run == {
        "outcome": "complete",
        "declared_total": 511,
        "fetched": 511,
        "distinct_trials": 511,
        "quarantined": 0,
    }


def test_every_entry_of_every_list_of_all_of_them_has_its_row(loaded: House, real_records: list[Record]) -> None:
    expected = {number(record): counted(record) for record in real_records}
    found = {trial_id: dict.fromkeys(CHILD_VIEWS, 0) for trial_id in expected}
    for view in CHILD_VIEWS:
        for row in loaded.ask(f"SELECT trial_id, count(*) AS n FROM {view} GROUP BY trial_id"):
            found[row["trial_id"]][view] = row["n"]
    assert found == expected


@pytest.mark.parametrize("view", [view for view in CHILD_VIEWS if view not in LATER])
def test_the_twelve_have_something_to_count_in_every_child_view(view: str, real_records: list[Record]) -> None:
    chosen = {trial["trial_id"] for trial in TWELVE["trials"]}
    assert sum(counted(record)[view] for record in real_records if number(record) in chosen) > 2


def test_twelve_of_them_to_the_letter(loaded: House) -> None:
    assert len(TWELVE["trials"]) == 12
    rows = {row["trial_id"]: row for row in loaded.ask("SELECT * FROM trials")}
    for literal in TWELVE["trials"]:
        assert {name: rows[literal["trial_id"]][name] for name in literal} == literal
    for trial_id, views in TWELVE["first_and_last"].items():
        assert views.keys() == set(CHILD_VIEWS) - LATER
        for view, literals in views.items():
            found = loaded.ask(f"SELECT * FROM {view} WHERE trial_id = ? ORDER BY position", trial_id)
            assert len({row.pop("item_key") for row in found}) == len(found), view
            ends = [found[0], found[-1]] if found else []
            assert ends == [{"trial_id": trial_id, **literal} for literal in literals], view


@pytest.mark.slow
def test_twenty_nights_over_unchanged_records_however_they_are_shuffled_tell_nothing(
    house: House, registry: SimulatedRegistry, real_records: list[Record]
) -> None:
    # None of these is still open with an expected end in the twenty days: the calendar has nothing to tell either.
    some = real_records[::8]
    assert len(some) == 64
    house.configure(EVERYTHING)
    registry.put(*some)
    entries: list[Any] = []
    for seed in range(20):
        registry.shuffle(seed)
        registry.night(f"{house.now - timedelta(days=1):%Y-%m-%d}T09:00:04")
        assert house.night().ending.code is Code.DONE
        entries.append(entries_by_key(house))
    runs = house.ask("SELECT outcome, new_versions FROM runs ORDER BY started_at")
    assert [(row["outcome"], row["new_versions"]) for row in runs] == [("complete", 64)] + [("complete", 0)] * 19
    assert house.changes() == []
    assert len(house.mails()) == 1
    assert house.ask("SELECT DISTINCT version_number FROM trial_versions") == [{"version_number": 1}]
    assert house.ask("SELECT count(*) AS n FROM trial_versions") == [{"n": 64}]
    assert all(later == entries[0] for later in entries)


@pytest.mark.slow
def test_an_entry_keeps_its_key_when_its_record_is_posted_again_in_another_order(
    house: House, registry: SimulatedRegistry, real_records: list[Record]
) -> None:
    some = real_records[::8]
    house.configure(EVERYTHING)
    registry.put(*some)
    house.night()
    before = entries_by_key(house)
    registry.shuffle(1)
    for record in some:
        registry.edit(number(record), posted_again)
    registry.night()
    house.night()
    assert house.ask("SELECT DISTINCT version_number FROM trials") == [{"version_number": 2}]
    assert house.changes() == []
    after = entries_by_key(house)
    moved = [
        (view, *key)
        for view in CHILD_VIEWS
        for key in sorted(before[view] | after[view])
        if before[view].get(key) != after[view].get(key)
    ]
    assert moved == []


def posted_again(record: Record) -> None:
    status = record["protocolSection"]["statusModule"]
    status["lastUpdatePostDateStruct"] = {"date": "2026-09-14", "type": "ACTUAL"}


def entries_by_key(house: House) -> dict[str, dict[tuple[str, str], Record]]:
    """Every row of every child view by its trial and key, without its place and whatever order its lists had."""
    found: dict[str, dict[tuple[str, str], Record]] = {}
    for view in CHILD_VIEWS:
        found[view] = {}
        for row in house.ask(f"SELECT * EXCLUDE (position) FROM {view}"):
            plain = {name: sorted(value) if isinstance(value, list) else value for name, value in row.items()}
            found[view][row["trial_id"], row["item_key"]] = plain
    return found


# -- the trial itself, beside a plain reading of the raw record ---------------------------------------------

UNITS = {"Year": 1, "Month": 12, "Week": 52.178571, "Day": 365.25}


def in_years(age: str | None) -> Any:
    if age is None:
        return None
    count, unit = age.split()
    return pytest.approx(int(count) / UNITS[unit.removesuffix("s")])


def of_the_trial(record: Record) -> Record:
    """What a record says of its trial once, as columns, read without a line of ours."""
    protocol = record["protocolSection"]
    design = protocol.get("designModule", {}).get("designInfo", {})
    masking = design.get("maskingInfo", {})
    eligibility, oversight = protocol.get("eligibilityModule", {}), protocol.get("oversightModule", {})
    status = protocol["statusModule"]
    description, sharing = protocol.get("descriptionModule", {}), protocol.get("ipdSharingStatementModule", {})
    return {
        "allocation": design.get("allocation"),
        "intervention_model": design.get("interventionModel"),
        "masking": masking.get("masking"),
        "who_masked": masking.get("whoMasked"),
        "primary_purpose": design.get("primaryPurpose"),
        "observational_model": design.get("observationalModel"),
        "time_perspective": design.get("timePerspective"),
        "sex": eligibility.get("sex"),
        "minimum_age": eligibility.get("minimumAge"),
        "minimum_age_years": in_years(eligibility.get("minimumAge")),
        "maximum_age": eligibility.get("maximumAge"),
        "maximum_age_years": in_years(eligibility.get("maximumAge")),
        "healthy_volunteers": eligibility.get("healthyVolunteers"),
        "eligibility_criteria": eligibility.get("eligibilityCriteria"),
        "brief_summary": description.get("briefSummary"),
        "detailed_description": description.get("detailedDescription"),
        "has_dmc": oversight.get("oversightHasDmc"),
        "is_fda_regulated_drug": oversight.get("isFdaRegulatedDrug"),
        "is_fda_regulated_device": oversight.get("isFdaRegulatedDevice"),
        "ipd_sharing": sharing.get("ipdSharing"),
        "ipd_sharing_description": sharing.get("description"),
        "results_first_submitted_on": status.get("resultsFirstSubmitDate"),
        "results_delay_requested_on": status.get("dispFirstSubmitDate"),
        "results_waived": status.get("resultsWaived"),
    }


PROSE = ("eligibility_criteria", "brief_summary", "detailed_description", "ipd_sharing_description")


MAIL = re.compile(r"\w+@example\.org")
CALL = re.compile(r"(?<=Tel\. )\+[\d ]+\d|1-[\d-]{12}")


def without_addresses(text: str | None) -> str | None:
    return CALL.sub("[phone number]", MAIL.sub("[mail address]", text)) if text else text


def lines(text: str | None) -> list[str]:
    """The words of each line that has any, in their usual dress."""
    dressed = unicodedata.normalize("NFKC", text or "").replace("\u00ad", "").replace("\u200b", "")
    return [" ".join(line.split()) for line in dressed.splitlines() if line.split()]


def test_every_column_of_every_trial_is_what_a_plain_reading_gives(
    loaded: House, real_records: list[Record]
) -> None:
    rows = {row["trial_id"]: row for row in loaded.ask("SELECT * FROM trials")}
    for record in real_records:
        row, expected = rows[number(record)], of_the_trial(record)
        for column in PROSE:
            assert lines(row[column]) == lines(without_addresses(expected.pop(column))), (number(record), column)
        assert {column: row[column] for column in expected} == expected
    assert len({row["eligibility_criteria"] for row in rows.values()}) > 500


def test_criteria_keep_their_points(loaded: House) -> None:
    (row,) = loaded.ask("SELECT avg(len(split(eligibility_criteria, chr(10)))) AS lines FROM trials")
    assert row["lines"] > 10


def test_every_intervention_stands_beside_each_of_its_arms(loaded: House, real_records: list[Record]) -> None:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in loaded.ask("SELECT * FROM trial_arm_interventions ORDER BY trial_id, position"):
        pair = (row["arm_label"], row["intervention_type"], row["intervention_name"])
        found.setdefault(row["trial_id"], []).append(pair)
    for record in real_records:
        assert [[" ".join(lines(part)) for part in pair] for pair in found.get(number(record), [])] == [
            [" ".join(lines(part)) for part in pair] for pair in pairs(record)
        ]


def test_every_document_can_be_found(loaded: House, real_records: list[Record]) -> None:
    found: dict[str, list[Record]] = {}
    for row in loaded.ask("SELECT * EXCLUDE (item_key) FROM trial_documents ORDER BY trial_id, position"):
        found.setdefault(row.pop("trial_id"), []).append(row)
    assert sum(map(len, found.values())) > 50
    for record in real_records:
        nct = number(record)
        assert found.get(nct, []) == [
            {
                "position": place,
                "document_type": each["typeAbbrev"],
                "name": each["label"],
                "document_date": each["date"],
                "uploaded_on": each["uploadDate"][:10],
                "url": f"https://cdn.clinicaltrials.gov/large-docs/{nct[-2:]}/{nct}/{each['filename']}",
                "has_protocol": each["hasProtocol"],
                "has_sap": each["hasSap"],
                "has_icf": each["hasIcf"],
            }
            for place, each in enumerate(documents(record), 1)
        ]


def test_what_has_no_column_stands_in_the_record(loaded: House, real_records: list[Record]) -> None:
    found = loaded.ask(
        "SELECT trial_id, is_latest, "
        "protocol->>'$.designModule.designInfo.interventionModelDescription' AS model, "
        "protocol->'$.eligibilityModule.stdAges' AS ages "
        "FROM (SELECT *, record->'$.protocolSection' AS protocol FROM trial_records) ORDER BY trial_id"
    )
    assert [row["trial_id"] for row in found] == sorted(map(number, real_records))
    expected = {number(record): record["protocolSection"] for record in real_records}
    for row in found:
        protocol = expected[row["trial_id"]]
        design = protocol.get("designModule", {}).get("designInfo", {})
        assert row["is_latest"]
        assert row["model"] == design.get("interventionModelDescription")
        assert json.loads(row["ages"] or "null") == protocol.get("eligibilityModule", {}).get("stdAges")
