"""Whole nights of EU CTIS: rows every night, whole records where a row moved, and what must not be a change."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.ctis.held import is_due
from connectors.simulated import SimulatedRegistry
from connectors.simulated.ctis import HTML, JSON, SimulatedCtis
from connectors.simulated.exchange import Reply
from flows.endings import Code
from tests.ctisrecords import (
    INFORMATION,
    KETAMINE_TRIAL,
    OTHER,
    a_row,
    a_whole,
    an_event,
    reported,
    shuffled,
)
from tests.house import House
from tests.records import a_trial

WATCH = """
[watch.ketamine-sud]
registries = ["ctis"]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "cannabis use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org"]
"""
TRIAL, OTHER_TRIAL = KETAMINE_TRIAL[:-3], OTHER[:-3]
CANNABIS = {"conditions": "Cannabis use disorder", "ctTitle": "Esketamine in cannabis use disorder"}


def filled() -> SimulatedCtis:
    made = SimulatedCtis()
    made.put(a_row(), a_whole())
    made.put(a_row(OTHER, **CANNABIS), a_whole(OTHER))
    return made


@pytest.fixture
def ctis() -> Iterator[SimulatedCtis]:
    with filled() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, ctis: SimulatedCtis) -> House:
    return moved_in(tmp_path, ctis)


def moved_in(folder: Path, ctis: SimulatedCtis) -> House:
    made = House(folder, "http://127.0.0.1:9", {"TRIALWATCH_CTIS_URL": ctis.url})
    made.configure(WATCH)
    made.now = datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
    return made


@pytest.mark.slow
def test_an_end_that_moves_no_date_but_one_is_told_the_night_it_can_be_seen(
    house: House, ctis: SimulatedCtis
) -> None:
    """``lastUpdated`` stays when a trial ends; and each trial is read whole again once a week."""
    assert house.night().ending.code is Code.DONE
    assert sorted(ctis.retrieved) == [KETAMINE_TRIAL, OTHER]
    (found,) = house.ask("SELECT * FROM trials WHERE trial_id = ?", TRIAL)
    assert (found["overall_status"], found["status_group"]) == ("Ongoing, recruiting", "recruiting")
    assert found["url"].endswith(KETAMINE_TRIAL)
    assert house.ask(
        "SELECT country, country_status FROM trial_countries WHERE trial_id = ? ORDER BY position", TRIAL
    ) == [{"country": name, "country_status": "Ongoing, recruiting"} for name in ("France", "Italy")]
    assert house.ask("SELECT city FROM trial_sites WHERE trial_id = ? ORDER BY city", TRIAL) == [
        {"city": "Lyon"},
        {"city": "Turin"},
    ]
    countries: dict[str, Any] = {
        "trialCountries": ["France:8", "Italy:8"],
        "ctStatus": 8,
        "endDateEU": "29/05/2026",
    }
    ctis.put(a_row(**countries, lastPublicationUpdate="01/06/2026"), a_whole(code=8))
    before = len(house.mails())
    house.night()
    told = house.changes("trial_id", "kind", "field", "cause", "materiality")
    assert told == [
        (TRIAL, "completed", "overall_status", "sponsor", "high"),
        (TRIAL, "date_actual", "completion_date", "sponsor", "low"),
        (TRIAL, "sites_changed", "trial_countries", "sponsor", "low"),
    ]
    assert len(house.mails()) == before + 1
    for _ in range(2):
        house.night()
    assert len(house.changes()) == 3


@pytest.mark.slow
def test_when_a_record_was_posted_last_is_told_though_it_makes_no_new_state(
    house: House, ctis: SimulatedCtis
) -> None:
    house.night()
    ctis.put(a_row(lastPublicationUpdate="01/06/2026"), a_whole())
    house.night()
    (found,) = house.ask("SELECT last_update_posted_on, version_number FROM trials WHERE trial_id = ?", TRIAL)
    assert found == {"last_update_posted_on": "2026-06-01", "version_number": 1}
    assert house.changes() == []


@pytest.mark.slow
def test_four_shuffled_nights_change_nothing_and_read_nothing(house: House, ctis: SimulatedCtis) -> None:
    house.night()
    rows, whole, chance = ctis.rows, ctis.whole, random.Random(7)
    fingerprints = house.ask("SELECT version_number FROM trials")
    ctis.retrieved.clear()
    for _ in range(7):
        ctis.rows, ctis.whole = shuffled(rows, chance), shuffled(whole, chance)
        assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    assert house.ask("SELECT version_number FROM trials") == fingerprints
    assert sorted(ctis.retrieved) == [KETAMINE_TRIAL, OTHER], "each once in seven nights"


@pytest.mark.slow
def test_what_only_the_whole_record_shows_is_found_within_the_week(house: House, ctis: SimulatedCtis) -> None:
    house.night()
    later: dict[str, Any] = {f"{INFORMATION}trialDuration__estimatedEndDate": "2027-10-31"}
    ctis.whole[KETAMINE_TRIAL] = a_whole(**later)
    found: list[bool] = []
    for _ in range(7):
        today, yesterday = house.now.date(), house.now.date() - timedelta(days=1)
        house.night()
        found.append(bool(house.changes()))
        assert found[-1] == (found[-2:-1] == [True] or is_due(TRIAL, yesterday, today))
    assert [each[1] for each in house.changes()] == ["date_slipped"]
    assert house.ask("SELECT cause FROM changes") == [{"cause": "registry"}]


@pytest.mark.slow
def test_another_submission_is_no_new_trial(house: House, ctis: SimulatedCtis) -> None:
    house.night()
    again = f"{TRIAL}-01"
    ctis.put(a_row(again), a_whole(again))
    house.night()
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 2}]
    assert house.changes() == [(TRIAL, "record_changed")]
    (found,) = house.ask("SELECT url FROM trials WHERE trial_id = ?", TRIAL)
    assert found["url"].endswith(again)


@pytest.mark.slow
def test_an_unknown_number_is_no_removal(house: House, ctis: SimulatedCtis) -> None:
    house.configure(WATCH.replace("relevance", f'follow = ["{OTHER}"]\nrelevance'))
    house.night()
    del ctis.rows[OTHER], ctis.whole[OTHER]
    for _ in range(2):
        assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    ctis.put(a_row(OTHER, **CANNABIS, ctStatus=7), a_whole(OTHER))
    house.night()
    assert house.changes() == [(OTHER_TRIAL, "stopped")]


@pytest.mark.slow
def test_an_end_is_told_when_its_record_is_there(house: House, ctis: SimulatedCtis) -> None:
    """A row that ended, of a number that is not known tonight: whether it came early is told once, and right."""
    house.night()
    ended = a_row(ctStatus=8, trialCountries=["France:8", "Italy:8"], lastPublicationUpdate="01/06/2026")
    ctis.rows[KETAMINE_TRIAL] = ended
    del ctis.whole[KETAMINE_TRIAL]
    for _ in range(2):
        assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    early = [reported(name, an_event("EARLY_TERMINATION", "2026-05-20")) for name in ("France", "Italy")]
    ctis.put(ended, a_whole(code=8, events__trialEvents=early))
    house.night()
    assert [kind for _, kind in house.changes()] == ["record_changed", "sites_changed", "stopped"]
    house.night()
    assert len(house.changes()) == 3


@pytest.mark.slow
def test_an_early_end_everywhere_is_a_stop_and_a_halt_says_since_when(house: House, ctis: SimulatedCtis) -> None:
    house.night()
    early = [
        reported("France", an_event("EARLY_TERMINATION", "2026-05-20", reason="No money")),
        reported("Italy", an_event("EARLY_TERMINATION", "2026-05-28"), number=2),
    ]
    moved: dict[str, Any] = {"lastPublicationUpdate": "01/06/2026", "ctStatus": 8}
    ctis.put(a_row(**moved), a_whole(code=8, events__trialEvents=early))
    halt = [{"id": 1, "mscId": 2, "haltDate": "2026-05-21", "plannedRestartDate": "2026-09-01"}]
    ctis.put(
        a_row(OTHER, **CANNABIS, **{**moved, "ctStatus": 6, "trialCountries": ["France:4", "Italy:6"]}),
        a_whole(OTHER, 6, events__temporaryHaltList=halt),
    )
    house.night()
    stopped = house.ask("SELECT trial_id, new_value, reason FROM changes WHERE kind = 'stopped' ORDER BY 1")
    assert [(each["trial_id"], each["new_value"]) for each in stopped] == [
        (TRIAL, "Ended, terminated early"),
        (OTHER_TRIAL, "Temporarily halted"),
    ]
    assert "the sponsor says why: No money" in stopped[0]["reason"]
    assert "France: early termination 2026-05-20" in stopped[0]["reason"]
    assert "halted in Italy from 2026-05-21, restart planned for 2026-09-01" in stopped[1]["reason"]
    assert house.ask("SELECT DISTINCT status_group FROM trials") == [{"status_group": "stopped"}]


@pytest.mark.slow
def test_nobody_is_named_in_what_is_published(house: House, ctis: SimulatedCtis) -> None:
    house.night()
    asked: dict[str, Any] = {
        f"{INFORMATION}{place}": f"Now Imagined, Otto is asked, or o@example.org: {place}"
        for place in (
            "endPoint__primaryEndPoints__0__endPoint",
            "eligibilityCriteria__principalExclusionCriteria__0__principalExclusionCriteria",
            "trialObjective__secondaryObjectives__0__secondaryObjective",
        )
    }
    ctis.put(a_row(lastPublicationUpdate="01/06/2026"), a_whole(**asked))
    house.night()
    folder = house.settings.published
    with (folder / "index.html").open(encoding="utf-8") as page:
        told = page.read()
    told += json.dumps(house.ask("SELECT record FROM trial_records"), default=str)
    told += json.dumps(house.ask("SELECT brief_summary, detailed_description FROM trials"))
    told += json.dumps(house.ask("SELECT name FROM trial_documents"))
    told += json.dumps(house.ask("SELECT * FROM trial_outcomes"), default=str)
    changes = json.dumps(house.ask("SELECT * FROM changes"), default=str)
    assert changes.count("Now [name] is asked, or [mail address]") == len(asked) - 1, "objectives are not told"
    told += changes
    assert "Whether ketamine lowers drinking" in told
    assert [
        each for each in ("Vera", "Otto", "Imagined", "Invented", "example.org", "16329600") if each in told
    ] == []


@pytest.mark.slow
def test_one_registry_that_fails_leaves_the_others_night_whole(
    house: House, ctis: SimulatedCtis, registry: SimulatedRegistry
) -> None:
    house.registry_url = registry.url
    house.configure(WATCH.replace('["ctis"]', '["clinicaltrials.gov", "ctis"]'))
    registry.put(a_trial())
    assert house.night().ending.code is Code.DONE
    ctis.reply_to_retrieve = WALL
    ctis.put(a_row(ctStatus=8), a_whole(code=8))
    registry.night()
    assert house.night().ending.code is Code.INCOMPLETE
    assert house.changes() == []
    ctis.reply_to_retrieve = None
    assert house.night().ending.code is Code.DONE
    assert [kind for _, kind in house.changes()] == ["completed"]


WALL = Reply(500, HTML, b"<html><body>Oops</body></html>")
ANSWERS: dict[str, tuple[Reply, str]] = {
    "a wall": (WALL, "answered 500"),
    "a wall with 200": (Reply(200, HTML, b"<html><body>Oops</body></html>"), "text/html instead of JSON"),
    "refused": (Reply(403, HTML, b"<html>Forbidden</html>"), "refuses us"),
    "XML": (Reply(200, {"Content-Type": "application/xml"}, b"<a/>"), "application/xml instead of JSON"),
    "nothing": (Reply(200, JSON, b" "), "empty body"),
    "cut off": (Reply(200, JSON, b'{"pagination": {"totalRecords": 1, "curr'), "cannot be read"),
    "of another shape": (Reply(200, JSON, b'{"studies": []}'), "another shape"),
    "a list": (Reply(200, JSON, b"[]"), "another shape"),
    "broken off": (Reply(200, JSON, b'{"pagination": {}, "data": []}', "broken off", 0.5), "could not be reached"),
    "reset": (Reply(200, JSON, b"{}", "reset"), "could not be reached"),
    "brackets without end": (Reply(200, JSON, b"[" * 5_000), "cannot be read"),
    "objects without end": (Reply(200, JSON, b'{"a":' * 100_000), "cannot be read"),
    "objects too deep": (Reply(200, JSON, b'{"a":' * 5_000 + b"1" + b"}" * 5_000), "another shape"),
}
SPOILT: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no total": (lambda body: {**body, "pagination": {"currentPage": 1}}, "does not say how many"),
    "a total in words": (lambda body: _with(body, totalRecords="two"), "does not say how many"),
    "another page": (lambda body: _with(body, currentPage=7), "answered page 7 where page 1 was asked for"),
    "rows that are none": (lambda body: {**body, "data": "none"}, "another shape"),
}
RETRIEVED: dict[str, tuple[Reply, str]] = {
    "a wall": (WALL, "answered 500"),
    "another trial": (Reply(200, JSON, b'{"ctNumber": "2025-520009-99-00"}'), "another trial"),
    "no trial": (Reply(200, JSON, b'{"error": "later"}'), "no trial"),
    "a list": (Reply(200, JSON, b"[]"), "no trial"),
    "cut off": (Reply(200, JSON, b'{"ctNumber": "2025-5200'), "cannot be read"),
}


def _with(body: Any, **told: Any) -> Any:
    return {**body, "pagination": {**body["pagination"], **told}}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> House:
    with filled() as ctis:
        made = moved_in(tmp_path_factory.mktemp("settled"), ctis)
        made.night()
    return made


def refused(settled: House, ctis: SimulatedCtis, code: Code) -> str:
    """The sentence of a night that must change nothing."""
    settled.environment = {"TRIALWATCH_CTIS_URL": ctis.url}
    before = settled.ask("SELECT * FROM trials")
    ctis.put(a_row(ctStatus=8), a_whole(code=8))
    report = settled.night()
    assert report.ending.code is code
    assert settled.ask("SELECT * FROM trials") == before
    assert settled.changes() == []
    assert list(settled.settings.landed.glob("ctis/.*")) == [], "what was read until then is nowhere"
    (told,) = report.ending.sentences
    assert "\n" not in told
    return told


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_that_is_none_changes_nothing(settled: House, ctis: SimulatedCtis, case: str) -> None:
    ctis.reply, sentence = ANSWERS[case]
    assert sentence in refused(settled, ctis, Code.INCOMPLETE)


@pytest.mark.parametrize("case", SPOILT)
def test_a_page_that_is_not_the_one_asked_for_changes_nothing(
    settled: House, ctis: SimulatedCtis, case: str
) -> None:
    ctis.spoilt, sentence = SPOILT[case]
    assert sentence in refused(settled, ctis, Code.INCOMPLETE)


@pytest.mark.parametrize("case", RETRIEVED)
def test_a_search_without_its_records_changes_nothing(settled: House, ctis: SimulatedCtis, case: str) -> None:
    ctis.reply_to_retrieve, sentence = RETRIEVED[case]
    assert sentence in refused(settled, ctis, Code.INCOMPLETE)


def test_a_total_that_is_not_met_refuses_the_night(settled: House, ctis: SimulatedCtis) -> None:
    ctis.spoilt = lambda body: _with(body, totalRecords=body["pagination"]["totalRecords"] + 1)
    assert "declared" in refused(settled, ctis, Code.REFUSED)


def test_the_night_after_heals_without_a_false_change(settled: House, ctis: SimulatedCtis) -> None:
    settled.environment = {"TRIALWATCH_CTIS_URL": ctis.url}
    assert settled.night().ending.code is Code.DONE
    assert settled.changes() == []
    assert date(2026, 6, 20) < settled.now.date()
