"""One study in two registries: its end is told once, by whoever tells it first."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.backfill import fill
from flows.settings import configuration
from flows.terminal.progress import silent
from tests.house import House
from tests.isrctnrecords import MORE_KARE, a_record
from tests.records import a_trial, with_status

WATCH = """
[watch.ketamine-sud]
registries = ["clinicaltrials.gov", "isrctn"]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "cannabis use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "all"
watch = "ketamine-sud"
to = ["all@example.org"]

[[subscription]]
name = "ends"
watch = "ketamine-sud"
kinds = ["completed", "stopped", "results_posted"]
to = ["ends@example.org"]
"""
NCT = "NCT02649231"
SOON = {"overallEndDate": "2026-07-31"}
LATER = {"overallEndDate": "2027-07-31"}


@pytest.fixture
def isrctn() -> Iterator[SimulatedIsrctn]:
    with SimulatedIsrctn({MORE_KARE: a_record(**LATER)}) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, isrctn: SimulatedIsrctn, registry: SimulatedRegistry) -> House:
    made = House(tmp_path, registry.url, {"TRIALWATCH_ISRCTN_URL": isrctn.url})
    made.configure(WATCH)
    made.now = datetime(2026, 9, 11, 9, 30, tzinfo=UTC)
    return made


def a_twin(**status: Any) -> dict[str, Any]:
    record = a_trial(NCT, **status)
    record["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [
        {"id": MORE_KARE, "type": "REGISTRY", "domain": "ISRCTN"}
    ]
    return record


def edit(registry: SimulatedRegistry, status: str, day: int) -> None:
    registry.edit(NCT, with_status(status, posted=f"2026-09-{day:02}"))
    registry.night()


def endings(house: House) -> list[tuple[Any, ...]]:
    told = house.changes("trial_id", "kind", "materiality", "reason")
    return [(trial, kind, weight, "already told by" in reason) for trial, kind, weight, reason in told]


def told(house: House, recipient: str) -> list[str]:
    """The mails to one, but for the welcome."""
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in house.mails()]
    return [
        str(body.get_content())
        for mail in mails
        if (body := mail.get_body(("plain",)))
        and mail["To"] == recipient
        and "Now watching" not in mail["Subject"]
    ]


@pytest.mark.slow
def test_the_first_tells_it_and_names_its_twin_and_the_second_is_no_news(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    registry.put(a_twin(overallStatus="ACTIVE_NOT_RECRUITING"))
    house.night()
    assert house.ask("FROM registry_disagreement") == []
    edit(registry, "COMPLETED", 12)
    house.night()
    (row,) = house.ask("FROM registry_disagreement")
    assert (row["trial_ids"], row["statuses"]) == ([MORE_KARE, NCT], ["No longer recruiting", "COMPLETED"])
    assert str(row["since"]) == "2026-09-12"
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-12T12:00:00.1Z")
    house.night()
    assert endings(house)[:1] == [(NCT, "completed", "high", False)]
    assert (MORE_KARE, "completed", "low", True) in endings(house)
    assert house.ask("FROM registry_disagreement") == []
    for who in ("all@example.org", "ends@example.org"):
        (mail,) = told(house, who)
        assert NCT in mail
        assert f"Also registered as: {MORE_KARE}" in mail


@pytest.mark.slow
def test_who_tells_no_status_disagrees_with_nobody(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    no_days: dict[str, Any] = {"recruitmentStart": None, "recruitmentEnd": None, "overallEndDate": None}
    isrctn.trials[MORE_KARE] = a_record(**no_days)
    registry.put(a_twin())
    house.night()
    assert house.ask("FROM registry_disagreement") == []
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-12T12:00:00.1Z")
    house.night()
    (row,) = house.ask("FROM registry_disagreement")
    assert str(row["since"]) == "2026-09-12"


@pytest.mark.slow
def test_an_end_that_one_of_them_had_at_first_is_told_already(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    isrctn.trials[MORE_KARE] = a_record(**SOON)
    registry.put(a_twin())
    house.night()
    edit(registry, "COMPLETED", 12)
    house.night()
    assert endings(house) == [(NCT, "completed", "low", True)]


@pytest.mark.slow
def test_what_a_back_fill_tells_of_the_past_takes_no_end_back(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    isrctn.trials[MORE_KARE] = a_record(**SOON)
    for month, status in enumerate(("COMPLETED", "RECRUITING", "ACTIVE_NOT_RECRUITING"), 3):
        registry.put(a_twin(overallStatus=status, lastUpdateSubmitDate=f"2026-0{month}-01"))
    house.night()
    fill(house.settings, configuration(house.settings.config), None, silent)
    assert ("resumed", "history") in house.changes("kind", "source")
    edit(registry, "COMPLETED", 12)
    house.night()
    assert (NCT, "completed", "low", True) in endings(house)


@pytest.mark.slow
def test_an_end_that_was_taken_back_is_told_again(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    registry.put(a_twin())
    house.night()
    edit(registry, "COMPLETED", 12)
    house.night()
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-12T12:00:00.1Z")
    house.night()
    edit(registry, "RECRUITING", 14)
    house.night()
    edit(registry, "COMPLETED", 15)
    house.night()
    of_nct = [each[1:] for each in endings(house) if each[0] == NCT and each[1] in ("completed", "resumed")]
    assert sorted(of_nct) == [
        ("completed", "high", False),
        ("completed", "high", False),
        ("resumed", "high", False),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("why", "of_the_first", "of_the_second"),
    [
        ("another end is other news", {}, {"overallStatusOverride": "Stopped"}),
        ("about more substances: some readers heard nothing", {}, {**SOON, "condition": "Cocaine use disorder"}),
        ("numbers tie them, and nothing else", {"untied": True}, SOON),
    ],
)
def test_what_the_first_did_not_tell_is_told(
    house: House,
    registry: SimulatedRegistry,
    isrctn: SimulatedIsrctn,
    why: str,
    of_the_first: dict[str, Any],
    of_the_second: dict[str, Any],
) -> None:
    registry.put(a_trial(NCT) if of_the_first else a_twin())
    house.night()
    edit(registry, "COMPLETED", 12)
    house.night()
    isrctn.trials[MORE_KARE] = a_record(**{**LATER, **of_the_second}, edited="2026-09-12T12:00:00.1Z")
    house.night()
    (told_of_it,) = (
        each for each in endings(house) if each[0] == MORE_KARE and each[1] in ("completed", "stopped")
    )
    assert told_of_it[2:] == ("high", False), why


NARROW = """
[watch.isrctn-alone]
registries = ["isrctn"]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "narrow"
watch = "isrctn-alone"
to = ["narrow@example.org"]
"""


@pytest.mark.slow
def test_who_watches_one_registry_alone_is_told_by_it(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    house.configure(WATCH + NARROW)
    registry.put(a_twin())
    house.night()
    edit(registry, "COMPLETED", 12)
    house.night()
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-12T12:00:00.1Z")
    house.night()
    assert (MORE_KARE, "completed", "high", False) in endings(house)
    assert [len(told(house, f"{who}@example.org")) for who in ("all", "ends", "narrow")] == [1, 1, 1]


@pytest.mark.slow
def test_results_are_told_by_the_registry_that_shows_them_first(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    registry.put(a_twin())
    house.night()
    with_results = {**LATER, "basicReport": "It worked.", "publicationStage": "Results available"}
    isrctn.trials[MORE_KARE] = a_record(**with_results, edited="2026-09-12T12:00:00.1Z")
    house.night()
    registry.edit(NCT, lambda record: record.update(hasResults=True))
    registry.edit(NCT, with_status("RECRUITING", posted="2026-09-14"))
    registry.night()
    house.night()
    assert {each for each in endings(house) if each[1] == "results_posted"} == {
        (NCT, "results_posted", "low", True),
        (MORE_KARE, "results_posted", "high", False),
    }
