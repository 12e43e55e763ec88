"""Whole nights of ISRCTN, which gives its data no version and whose statuses follow the calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from connectors.simulated.exchange import Reply
from connectors.simulated.isrctn import HTML, XML, SimulatedIsrctn
from flows.endings import Code
from tests.house import House
from tests.isrctnrecords import MORE_KARE, a_record
from tests.records import a_trial

WATCH = """
[watch.ketamine-sud]
registries = ["isrctn"]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "cannabis use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org"]
"""
OTHER = "ISRCTN00000002"


@pytest.fixture
def isrctn() -> Iterator[SimulatedIsrctn]:
    with SimulatedIsrctn(
        {MORE_KARE: a_record(), OTHER: a_record(OTHER, condition="Cannabis use disorder")}
    ) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, isrctn: SimulatedIsrctn) -> House:
    made = House(tmp_path, "http://127.0.0.1:9", {"TRIALWATCH_ISRCTN_URL": isrctn.url})
    made.configure(WATCH)
    made.now = datetime(2026, 7, 30, 2, 30, tzinfo=UTC)
    return made


@pytest.mark.slow
def test_the_end_of_more_kare_is_told_by_the_calendar_once(house: House, isrctn: SimulatedIsrctn) -> None:
    for _ in range(2):  # the 30th and the 31st: the last day belongs to the trial
        assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    before = len(house.mails())
    (found,) = house.ask("SELECT * FROM trials WHERE trial_id = ?", MORE_KARE)
    assert (found["overall_status"], found["status_group"]) == ("No longer recruiting", "active")
    isrctn.trials[OTHER] = a_record(OTHER, condition="Cannabis use disorder", overallEndDate="2027-07-31")
    house.night()
    told = house.changes("trial_id", "kind", "cause", "materiality", "old_value", "new_value")
    assert (MORE_KARE, "completed", "calendar", "high", "No longer recruiting", "Completed") in told
    assert [each[1] for each in told if each[0] == OTHER] == ["date_slipped"]
    (reason,) = house.ask("SELECT reason FROM changes WHERE kind = 'completed'")
    assert reason["reason"] == (
        "No longer recruiting → Completed; the planned end has passed, and no edit of the record has confirmed "
        "it; derived from recruitment from 2024-08-01, recruitment to 2025-12-31, overall end 2026-07-31"
    )
    assert len(house.mails()) == before + 1
    for _ in range(2):
        isrctn.trials = dict(reversed(isrctn.trials.items()))
        house.night()
    assert len(house.changes()) == 2


@pytest.mark.slow
def test_the_calendar_and_an_edit_of_one_night_are_told_apart(house: House, isrctn: SimulatedIsrctn) -> None:
    longer = {
        "condition": "Cannabis use disorder",
        "overallEndDate": "2027-07-31",
        "edited": "2026-07-31T12:00:00Z",
    }
    for _ in range(2):
        house.night()
    isrctn.trials = {
        MORE_KARE: a_record(title="A title", edited="2026-07-31T12:00:00Z"),
        OTHER: a_record(OTHER, **longer),
    }
    house.night()
    assert house.changes("trial_id", "kind", "cause") == [
        (OTHER, "date_slipped", "sponsor"),
        (MORE_KARE, "completed", "calendar"),
        (MORE_KARE, "title_changed", "sponsor"),
    ]


@pytest.mark.slow
def test_what_is_lost_by_the_searches_is_asked_for_by_its_number(house: House, isrctn: SimulatedIsrctn) -> None:
    house.night()
    out_of_sight = {"condition": "Relapse", "title": "A trial", "scientificTitle": "A trial"}
    isrctn.trials[MORE_KARE] = a_record(**out_of_sight, edited="2026-07-30T12:00:00.1Z")
    isrctn.trials["ISRCTN00000003"] = a_record("ISRCTN00000003", **out_of_sight, inclusion=f"Not in {MORE_KARE}")
    house.night()
    assert {each for each, _ in house.changes()} == {MORE_KARE}
    assert (MORE_KARE, "conditions_changed") in house.changes()
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 2}]


@pytest.mark.slow
def test_one_registry_that_fails_leaves_the_others_night_whole(
    house: House, isrctn: SimulatedIsrctn, registry: SimulatedRegistry
) -> None:
    house.registry_url = registry.url
    house.configure(WATCH.replace('["isrctn"]', '["clinicaltrials.gov", "isrctn"]'))
    registry.put(a_trial())
    assert house.night().ending.code is Code.DONE
    assert house.ask("SELECT registry_name FROM trials ORDER BY 1") == [
        {"registry_name": name} for name in ("clinicaltrials.gov", "isrctn", "isrctn")
    ]
    isrctn.reply = REPLIES["a wall"][0]
    registry.night()
    report = house.night()
    assert report.ending.code is Code.INCOMPLETE
    assert [each.split(":")[0] for each in report.ending.sentences[:2]] == [
        "ketamine-sud on clinicaltrials.gov",
        "ketamine-sud on isrctn",
    ]
    isrctn.reply = None
    assert (
        house.night().ending.code is Code.DONE
    )  # of the 1st of August: what was not read meanwhile is not overdue
    assert {kind for _, kind in house.changes()} == {"completed"}


REPLIES = {
    "a wall": (Reply(500, HTML, b"<html><body>Oops</body></html>"), "answered 500"),
    "a wall with 200": (Reply(200, HTML, b"<html><body>Oops</body></html>"), "text/html instead of XML"),
    "JSON": (
        Reply(200, {"Content-Type": "application/json"}, b'{"totalCount": 0}'),
        "application/json instead of XML",
    ),
    "nothing": (Reply(200, XML, b" "), "empty body"),
    "cut off": (
        Reply(200, XML, b'<allTrials totalCount="1" xmlns="http://www.67bricks.com/isrctn"><ful'),
        "cannot be read",
    ),
    "no total": (Reply(200, XML, b'<allTrials xmlns="http://www.67bricks.com/isrctn"/>'), "does not say how many"),
    "of another world": (Reply(200, XML, b'<feed totalCount="0"/>'), "does not say how many"),
    "entities": (
        Reply(200, XML, b'<!DOCTYPE a [<!ENTITY b "c">]><allTrials totalCount="0">&b;</allTrials>'),
        "document type",
    ),
}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("settled")
    with SimulatedIsrctn({MORE_KARE: a_record()}) as isrctn:
        made = House(folder, "http://127.0.0.1:9", {"TRIALWATCH_ISRCTN_URL": isrctn.url})
        made.configure(WATCH)
        made.now = datetime(2026, 9, 1, 2, 30, tzinfo=UTC)
        made.night()
    return made


@pytest.mark.parametrize("case", REPLIES)
def test_an_answer_that_is_none_changes_nothing_and_is_told_in_a_sentence(
    settled: House, isrctn: SimulatedIsrctn, case: str
) -> None:
    isrctn.reply, sentence = REPLIES[case]
    settled.environment = {"TRIALWATCH_ISRCTN_URL": isrctn.url}
    before = settled.ask("SELECT * FROM trials")
    report = settled.night()
    assert report.ending.code is Code.INCOMPLETE
    (told,) = report.ending.sentences
    assert sentence in told
    assert "\n" not in told
    assert settled.ask("SELECT * FROM trials") == before
    assert settled.changes() == []


def test_a_total_that_is_not_met_refuses_the_night(settled: House, isrctn: SimulatedIsrctn) -> None:
    settled.environment = {"TRIALWATCH_ISRCTN_URL": isrctn.url}
    isrctn.overstated = 1
    report = settled.night()
    assert report.ending.code is Code.REFUSED
    assert "declared" in report.ending.sentences[0]
    assert settled.changes() == []
