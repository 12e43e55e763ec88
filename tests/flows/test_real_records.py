"""511 real records load whole, twelve of them to the letter, and twenty unchanged nights tell nothing."""

import json
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
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, real_records: list[Record]) -> House:
    """A house after its first night over all of the records. Only to be looked at."""
    with SimulatedRegistry(real_records) as registry:
        house = House(tmp_path_factory.mktemp("loaded"), registry.url)
        house.configure(EVERYTHING)
        assert house.night().ending.code is Code.DONE
    return house


def number(record: Record) -> str:
    return record["protocolSection"]["identificationModule"]["nctId"]


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
    }


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


@pytest.mark.parametrize("view", CHILD_VIEWS)
def test_the_twelve_have_something_to_count_in_every_child_view(view: str, real_records: list[Record]) -> None:
    chosen = {trial["trial_id"] for trial in TWELVE["trials"]}
    assert sum(counted(record)[view] for record in real_records if number(record) in chosen) > 2


def test_twelve_of_them_to_the_letter(loaded: House) -> None:
    assert len(TWELVE["trials"]) == 12
    rows = {row["trial_id"]: row for row in loaded.ask("SELECT * FROM trials")}
    for literal in TWELVE["trials"]:
        assert rows[literal["trial_id"]] == literal
    for trial_id, views in TWELVE["first_and_last"].items():
        assert views.keys() == set(CHILD_VIEWS)
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
