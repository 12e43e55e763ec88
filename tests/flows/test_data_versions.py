"""However the registry writes its data version, and whatever stands there, the next night is a night."""

import json

import pytest

from connectors.simulated import SimulatedRegistry
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.endings import Code
from tests.house import WATCH, House
from tests.isrctnrecords import a_record
from tests.rawregistry import RawRegistry
from tests.records import a_trial

NIGHTS = [
    ("2026-09-11T09:00:04", "complete", "2026-09-11T09:00:04"),
    ("2026-09-11 09:00:04Z", "heartbeat", "2026-09-11T09:00:04"),
    ("20260914T090004", "complete", "2026-09-14T09:00:04"),
    ("2026-09-15 09:00", "complete", "2026-09-15T09:00:00"),
    ("2026-09-15T11:00:00.000+02:00", "heartbeat", "2026-09-15T09:00:00"),
    ("the day before yesterday", "complete", "the day before yesterday"),
    ("the day before yesterday", "complete", "the day before yesterday"),
    ("2026-09-17T09:00:04", "complete", "2026-09-17T09:00:04"),
    ("2026-09-16T09:00:04", "refused", "2026-09-16T09:00:04"),
    ("2026-09-18", "complete", "2026-09-18T00:00:00"),
]


@pytest.mark.slow
def test_no_spelling_of_a_data_version_stands_in_the_way_of_the_next_night(house: House) -> None:
    house.configure("[watch.all]\neverything = true\n")
    record = a_trial("NCT00000001")
    with RawRegistry() as registry:
        house.registry_url = registry.url
        for place, (written, outcome, kept) in enumerate(NIGHTS):
            registry.data_version = written
            record["protocolSection"]["identificationModule"]["briefTitle"] = f"Title {place}"
            registry.records = [json.dumps(record).encode()]
            report = house.night()
            ((*_, certificate),) = report.certificates
            assert (certificate.outcome, certificate.data_version_after) == (outcome, kept), written
            assert report.ending.code is (Code.REFUSED if outcome == "refused" else Code.DONE)
            odd = [
                check.sentence
                for check in certificate.checks
                if check.name == "data_version_readable" and not check.passed
            ]
            assert bool(odd) is (kept == "the day before yesterday")
    changes = house.changes("kind", "registry_date")
    assert len(changes) == sum(outcome == "complete" for _, outcome, _ in NIGHTS) - 1
    assert [on for _, on in changes] == ["2026-09-14", "2026-09-15", None, None, "2026-09-17", "2026-09-18"]


@pytest.mark.slow
def test_a_trial_registered_after_a_night_of_an_unreadable_version_is_told_as_registered(house: House) -> None:
    house.configure("[watch.all]\neverything = true\n")
    with RawRegistry(data_version="sometime") as registry:
        house.registry_url = registry.url
        registry.records = [json.dumps(a_trial("NCT00000001")).encode()]
        house.night()
        new = a_trial("NCT00000002", studyFirstPostDateStruct={"date": "2026-09-11", "type": "ACTUAL"})
        registry.records = [*registry.records, json.dumps(new).encode()]
        house.night()
    assert house.changes() == [("NCT00000002", "registered")]


SECOND = '[watch.second]\ninterventions = ["esketamine"]\n'


@pytest.mark.slow
def test_a_watch_that_was_taken_out_holds_the_age_of_the_data_back_no_more(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001"))
    house.configure(WATCH + SECOND)
    house.night()
    first, second = "2026-09-11T09:00:04", "2026-09-14T09:00:04"
    aged = "SELECT data_as_of, registry_names, data_versions FROM freshness"
    registry.night(second)
    house.night("ketamine-sud")
    assert house.ask(aged)[0]["data_versions"] == [first]  # the other was not asked, and its trials are as old
    house.configure(WATCH)
    house.night()
    (fresh,) = house.ask(aged)
    assert fresh["data_as_of"].startswith(second)
    assert (fresh["registry_names"], fresh["data_versions"]) == (["clinicaltrials.gov"], [second])


@pytest.mark.slow
def test_a_registry_that_no_watch_asks_any_more_is_named_while_its_trials_are_held(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001"))
    house.configure(WATCH)
    house.night()
    with SimulatedIsrctn({"ISRCTN10000001": a_record("ISRCTN10000001")}) as isrctn:
        house.environment["TRIALWATCH_ISRCTN_URL"] = isrctn.url
        house.configure('[watch.other]\nregistries = ["isrctn"]\nfollow = ["ISRCTN10000001"]\n')
        house.night()
    (fresh,) = house.ask("SELECT data_as_of, registry_names FROM freshness")
    assert fresh == {"data_as_of": None, "registry_names": ["clinicaltrials.gov", "isrctn"]}
