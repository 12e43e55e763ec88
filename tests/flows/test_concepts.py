"""What is read out of a trial's words is published with its evidence, filled in an older store, and no news."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from docs.refresh import recipes
from tests.house import WATCH, House
from tests.records import a_trial
from warehouse.store.file import locked, opened

KETAMINE, NALTREXONE = "NCT10000001", "NCT10000002"
LISTS = "routes, doses, doses_mg_per_kg, doses_given, comparators, psychotherapies, outcome_instruments"


def dosed() -> dict[str, Any]:
    record = a_trial(KETAMINE)
    record["protocolSection"]["armsInterventionsModule"] = {
        "armGroups": [
            {
                "label": "Ketamine",
                "type": "EXPERIMENTAL",
                "description": "Ten infusions of 0.5-0.8 mg/kg, then two of 84 mg by mouth",
                "interventionNames": ["Drug: Ketamine", "Behavioral: MET"],
            },
            {
                "label": "Midazolam",
                "type": "ACTIVE_COMPARATOR",
                "description": "Ten infusions of 0.02 mg/kg",
                "interventionNames": ["Drug: Midazolam", "Behavioral: MET"],
            },
        ],
        "interventions": [
            {"type": "DRUG", "name": "Ketamine", "description": "given in 2 doses by mouth in a part of the arm"},
            {"type": "DRUG", "name": "Midazolam"},
            {"type": "BEHAVIORAL", "name": "MET"},
        ],
    }
    return record


def undosed() -> dict[str, Any]:
    record = a_trial(NALTREXONE)
    protocol = record["protocolSection"]
    protocol["identificationModule"].update(briefTitle="Naltrexone in AUD", officialTitle="Naltrexone 380 mg")
    protocol["armsInterventionsModule"] = {"interventions": [{"type": "DRUG", "name": "Naltrexone"}]}
    protocol["conditionsModule"]["keywords"] = ["ketamine"]
    record["derivedSection"]["interventionBrowseModule"]["meshes"] = []
    return record


def told(house: House) -> list[dict[str, Any]]:
    return house.ask("SELECT * FROM trial_concepts ORDER BY ALL")


def test_what_is_read_is_published_with_its_evidence(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH)
    registry.put(dosed(), undosed())
    house.night()
    ours, other = house.ask(f"SELECT {LISTS} FROM trials ORDER BY trial_id")
    assert ours == {
        "routes": ["oral"],
        "doses": ["0.5-0.8 mg/kg", "84 mg"],
        "doses_mg_per_kg": [0.5, 0.8],
        "doses_given": ["2", "10"],
        "comparators": ["midazolam"],
        "psychotherapies": ["motivational enhancement therapy"],
        "outcome_instruments": ["days of use"],
    }
    assert all(value == [] for value in other.values())
    assert {row["trial_id"] for row in told(house)} == {KETAMINE}
    assert house.ask("SELECT * EXCLUDE (trial_id) FROM trial_concepts WHERE concept = 'comparator'") == [
        {
            "concept": "comparator",
            "value": "midazolam",
            "mg_per_kg": None,
            "field": "trial_interventions",
            "matched_text": "Midazolam",
            "rule": "an intervention without the drug",
            "confidence": "high",
        }
    ]


def test_the_cookbook_counts_an_instrument_of_a_primary_outcome_that_a_secondary_one_names_better(
    house: House, registry: SimulatedRegistry
) -> None:
    record = dosed()
    record["protocolSection"]["outcomesModule"] = {
        "primaryOutcomes": [
            {"measure": "Alcohol consumption", "description": "Number of drinking days by TLFB", "timeFrame": "-"}
        ],
        "secondaryOutcomes": [{"measure": "Heavy drinking days"}, {"measure": "OCDS"}],
    }
    house.configure(WATCH)
    registry.put(record)
    house.night()
    sql = next(sql for question, sql in recipes().items() if "measure their primary outcome" in question)
    assert house.ask(sql) == [
        {"substance": "alcohol", "instrument": each, "in_primary_outcome": 1, "trials": 1}
        for each in ("amount used", "days of use")
    ]


@pytest.mark.slow
def test_trials_that_are_held_are_read_anew_by_other_rules_and_nobody_is_told(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(WATCH)
    registry.put(dosed(), undosed())
    house.night()
    full = told(house)
    # As an older trialwatch leaves it, which knows no concepts: other rules, so the watch has another fingerprint.
    with locked(house.settings.store, "test"), opened(house.settings.store) as con:
        con.execute("DELETE FROM trial_concept")
        con.execute("UPDATE trial_judgement SET rules_version = 'old'")
        con.execute("UPDATE run SET watch_hash = watch_hash || '-old'")
    registry.night()
    house.night()
    assert told(house) == full
    assert house.changes() == []
    assert len(house.mails()) == 1, "the welcome"


@pytest.mark.slow
def test_what_a_record_no_longer_says_is_no_longer_told(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH)
    registry.put(dosed())
    house.night()
    record = a_trial(KETAMINE)
    registry.put(record)
    registry.night()
    house.night()
    assert house.ask("SELECT doses, comparators FROM trials") == [{"doses": [], "comparators": ["none"]}]
