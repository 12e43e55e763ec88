"""`trialwatch rebuild`, as it is typed: what it says, what it may not touch, and what comes after it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.results import TABLES
from connectors.simulated import SimulatedRegistry
from connectors.trial import Intervention, Trial
from flows.endings import Code
from flows.registries import SERVED, Served
from tests.flows.test_another_registry import WATCH as TINY
from tests.flows.test_another_registry import a_record
from tests.flows.test_rebuild import differing, stored
from tests.flows.test_results import measured
from tests.house import House, Typed
from tests.records import a_trial, with_results
from tests.tinyregistry import TinyReader, TinyReading, TinyRegistry, TinyServer
from warehouse.keep.results_again import RECORD, VIEWS
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE as FILE_OF_ANALYSTS
from warehouse.publish.views import VIEWS as PUBLISHED
from warehouse.store.file import FILE, locked, opened
from warehouse.store.tables import sql

FIRST, SECOND = "NCT10000001", "NCT10000002"


def by_hand(house: House, *statements: str) -> None:
    """Do to the store what an older trialwatch might have done."""
    with opened(house.settings.store) as con:
        for statement in statements:
            con.execute(statement)


def test_what_is_read_otherwise_is_published_and_told_to_nobody(
    house: House, two_nights: None, typed: Typed
) -> None:
    before, mails = stored(house), house.mails()
    by_hand(
        house,
        f"UPDATE trial_version SET title = 'Old' WHERE trial_id = '{SECOND}'",
        f"UPDATE trial_version SET title = 'Old' WHERE trial_id = '{FIRST}' AND version_number = 1",
    )
    told = len(house.changes())
    code, out, err = typed("rebuild")
    assert (code, out) == (0, "")
    assert "3 records of 2 trials read again; 2 versions now said otherwise; 1 change recorded" in err
    (change,) = house.ask("SELECT * FROM changes WHERE cause = 'normaliser'")
    assert (change["kind"], change["field"], change["materiality"]) == ("title_changed", "title", "low")
    assert (change["old_value"], change["from_version"], change["to_version"]) == ("Old", 1, 1)
    assert (change["registry_date_basis"], change["source"]) == ("data_version", "nightly")
    assert change["registry_date"] == "2026-09-14"
    assert change["run_id"] == house.ask("SELECT run_id FROM freshness")[0]["run_id"]
    assert len(house.changes()) == told + 1
    assert differing(before, stored(house)).keys() == {"change"}
    with questions.published(house.settings.published / FILE_OF_ANALYSTS) as con:
        first, *_ = con.execute(sql("publish/page/trials"), [10]).fetchall()
    assert first[0] == FIRST, "the page begins with whose registry told something last"
    assert typed("deliver")[0] == 0
    assert house.mails() == mails
    assert typed("status", "--json")[0] == 0


def test_facts_are_one_document(two_nights: None, typed: Typed) -> None:
    code, out, _ = typed("rebuild", "--json")
    facts = json.loads(out)
    (registry,) = facts["registries"]
    assert (code, facts["exit_code"], registry["registry_name"], registry["records"]) == (
        *(0, 0, "clinicaltrials.gov", 3),
    )
    assert (registry["changes"], registry["versions_otherwise"], registry["unreadable"]) == (0, 0, 0)


@pytest.mark.parametrize("payload", ["{}", "no record", json.dumps(a_trial("NCT10000003"))])
def test_a_record_that_cannot_be_read_any_more_is_named_and_stops_nothing(
    house: House, two_nights: None, typed: Typed, payload: str
) -> None:
    by_hand(
        house,
        f"UPDATE trial_payload SET payload = '{payload}' WHERE trial_id = '{FIRST}'",
        "UPDATE trial_version SET title = 'Old'",
    )
    code, _, err = typed("rebuild")
    assert code == Code.DONE
    for version in (1, 2):
        assert f"{FIRST}, version {version}: cannot be read any more (" in err
    titles = {row["trial_id"]: row["title"] for row in house.ask("SELECT trial_id, title FROM trials")}
    assert titles[FIRST] == "Old"
    assert titles[SECOND] != "Old"


@pytest.mark.slow
def test_many_that_cannot_be_read_are_counted(house: House, registry: SimulatedRegistry, typed: Typed) -> None:
    registry.put(*(a_trial(f"NCT100000{place:02}") for place in range(25)))
    house.night()
    by_hand(house, "UPDATE trial_payload SET payload = '{}'")
    _, _, err = typed("rebuild")
    assert err.count("cannot be read any more (") == 20
    assert "5 more records of clinicaltrials.gov cannot be read any more" in err


def test_a_store_that_another_holds_is_left_alone(house: House, two_nights: None, typed: Typed) -> None:
    before = stored(house)
    with locked(house.settings.store, "trialwatch run"):
        assert typed("rebuild")[0] == Code.HELD
    assert stored(house) == before


def test_where_there_is_nothing_to_read_nothing_is_made(house: House, typed: Typed) -> None:
    code, _, err = typed("rebuild")
    assert code == Code.USAGE
    assert "run `trialwatch run` first" in err
    assert not (house.folder / "data").exists()


def test_a_store_that_is_gone_is_told(house: House, two_nights: None, typed: Typed) -> None:
    (house.settings.store / FILE).unlink()
    code, _, err = typed("rebuild")
    assert code == Code.USAGE
    assert "is gone, with all that nights have kept" in err
    assert not (house.settings.store / FILE).exists()


def test_what_was_published_no_more_is_published_again(house: House, two_nights: None, typed: Typed) -> None:
    folder = house.settings.published
    kept = folder.with_name("kept")
    folder.rename(kept)
    folder.write_text("in the way")
    code, _, err = typed("rebuild")
    assert code == Code.USAGE
    assert "not published as it should be" in err
    folder.unlink()
    kept.rename(folder)
    assert typed("rebuild")[0] == 0
    assert typed("status")[0] == 0


def test_the_next_night_tells_what_it_would_have_told(
    house: House, registry: SimulatedRegistry, two_nights: None, typed: Typed, tmp_path: Path
) -> None:
    other = House(tmp_path / "other", registry.url)
    other.folder.mkdir()
    other.move_in(house)
    by_hand(house, f"UPDATE trial_version SET title = 'Old', content_hash = 'x' WHERE trial_id = '{SECOND}'")
    assert typed("rebuild")[0] == 0

    def edit(record: dict[str, Any]) -> None:
        record["protocolSection"]["identificationModule"]["briefTitle"] = "Another title"
        record["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"

    registry.night()
    registry.edit(SECOND, edit)
    for each in (house, other):
        assert each.night().ending.code is Code.DONE
    without = "SELECT * EXCLUDE (change_id, run_id) FROM changes WHERE run_id NOT LIKE '%rebuilt%' ORDER BY ALL"
    assert house.ask(without) == other.ask(without)
    assert len(house.mails()) == len(other.mails())
    assert len(house.changes()) == len(other.changes()) + 1


@pytest.mark.slow
def test_who_is_overdue_only_as_it_is_read_now_is_not_newly_so(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    late = a_trial(FIRST)
    late["protocolSection"]["statusModule"]["completionDateStruct"] = {"date": "2026-08", "type": "ESTIMATED"}
    registry.put(late, a_trial(SECOND))
    house.night()
    before = stored(house)["trial"]
    by_hand(
        house,
        "UPDATE trial_version SET expected_end_on = '2030-01-01', expected_end_date = '2030'",
        "UPDATE trial SET overdue_since = NULL",
    )
    assert typed("rebuild")[0] == 0
    assert stored(house)["trial"] == before
    assert [row["is_overdue"] for row in house.ask("SELECT is_overdue FROM trials ORDER BY trial_id")] == [
        True,
        False,
    ]
    registry.night()
    house.night()
    assert [kind for _, kind in house.changes()] == ["record_changed"] * 2, "the rebuild's own"


def test_a_trials_past_under_its_former_number_is_read_again_with_it(
    house: House, two_nights: None, typed: Typed
) -> None:
    heir = "NCT10000009"
    by_hand(
        house,
        f"UPDATE trial SET fate = 'merged', merged_into = '{heir}' WHERE trial_id = '{FIRST}'",
        f"INSERT INTO trial_version SELECT * REPLACE ('{heir}' AS trial_id) FROM trial_version "
        f"WHERE trial_id = '{FIRST}'",
    )
    before = stored(house)["trial_version"]
    by_hand(house, "UPDATE trial_version SET acronym = 'OLD'")
    assert typed("rebuild")[0] == 0
    assert stored(house)["trial_version"] == before


KILLED = """
import os, sys
from datetime import datetime
from flows.rebuild import rebuild
from flows.settings import configuration, from_environment

def progress(what, so_far, of):
    if what == "reading isrctn again":
        os._exit(9)

settings = from_environment()
rebuild(settings, configuration(settings.config), progress)
"""


@pytest.mark.slow
def test_one_that_is_killed_has_done_what_it_had_done_and_another_does_the_rest(
    house: House, two_nights: None, typed: Typed
) -> None:
    of_another_registry = f"'ISRCTN1' AS trial_id) FROM {{}} WHERE trial_id = '{SECOND}'"
    by_hand(
        house,
        f"INSERT INTO trial SELECT * REPLACE ('isrctn' AS registry_name, {of_another_registry.format('trial')}",
        f"INSERT INTO trial_version SELECT * REPLACE ({of_another_registry.format('trial_version')}",
    )
    before = stored(house)
    by_hand(house, "UPDATE trial_version SET title = 'Old' WHERE trial_id LIKE 'NCT%'")
    died = subprocess.run([sys.executable, "-c", KILLED], env=house.variables | {"PATH": ""}, check=False)
    assert died.returncode == 9
    assert differing(before, stored(house)).keys() == {"change"}
    once = stored(house)
    assert typed("rebuild")[0] == 0
    assert stored(house) == once


@dataclass(frozen=True)
class LoudReading(TinyReading):
    """What a later edition reads: titles in capitals, and what is given under another name."""

    @property
    def trial(self) -> Trial:
        found = super().trial
        found.title = (found.title or "").upper()
        found.interventions = [Intervention(name="Placebo")]
        return found

    def on(self, today: date) -> "LoudReading":
        return LoudReading(self.record, today)


class LoudReader(TinyReader):
    edition = 2

    def read(self, payload: bytes, today: date) -> TinyReading:
        return LoudReading(super().read(payload, today).record, today)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyServer]:
    with TinyServer() as server:
        monkeypatch.setitem(SERVED, "isrctn", Served(TinyRegistry, TinyReader(), lambda _: server.url))
        server.trials = {number: a_record(number) for number in ("ISRCTN00000001", "ISRCTN00000002")}
        yield server


RULES = '\nrelevance = "ketamine-substance-use"\n'
OVERRULED = '\n[watch.tiny.overrides]\nISRCTN00000002 = { relevant = true, reason = "a pilot", by = "curator" }\n'


def test_another_edition_of_a_reader_puts_every_version_right_and_is_no_news(
    house: House, tiny: TinyServer, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.configure(TINY.replace("everything = true\n", f"everything = true{RULES}") + OVERRULED)
    house.night()
    tiny.version = "2026-09-12"
    tiny.trials["ISRCTN00000001"] = a_record("ISRCTN00000001", "Ketamine in Alcoholism", edited="2026-09-12")
    house.night()
    mails, told = house.mails(), house.changes()
    monkeypatch.setitem(SERVED, "isrctn", Served(TinyRegistry, LoudReader(), lambda _: tiny.url))
    code, _, err = typed("rebuild")
    assert code == 0
    assert "3 records of 2 trials read again; 3 versions now said otherwise" in err
    states = house.ask("SELECT trial_id, version_number, title FROM trial_states ORDER BY ALL")
    assert [state["title"] for state in states] == [
        *("KETAMINE FOR ALCOHOL DEPENDENCE", "KETAMINE IN ALCOHOLISM", "KETAMINE FOR ALCOHOL DEPENDENCE"),
    ]
    ours = "SELECT trial_id, kind, field, from_version, materiality FROM changes WHERE cause = 'normaliser'"
    assert [tuple(row.values()) for row in house.ask(f"{ours} ORDER BY ALL")] == [
        ("ISRCTN00000001", "arms_changed", "trial_interventions", 2, "low"),
        ("ISRCTN00000001", "record_changed", "drug_role", 2, "low"),
        ("ISRCTN00000001", "relevance_changed", "is_relevant", 2, "medium"),
        ("ISRCTN00000001", "title_changed", "title", 2, "low"),
        ("ISRCTN00000002", "arms_changed", "trial_interventions", 1, "low"),
        ("ISRCTN00000002", "record_changed", "drug_role", 1, "low"),
        ("ISRCTN00000002", "title_changed", "title", 1, "low"),
    ]
    members = house.ask("SELECT trial_id, is_relevant FROM watch_members ORDER BY ALL")
    assert [row["is_relevant"] for row in members] == [False, True], "a person's word stands"
    assert b"relevance" not in (house.settings.published / "changes.atom").read_bytes()
    before = stored(house)
    assert "all of it as it was" in typed("rebuild")[2]
    assert differing(before, stored(house)) == {}
    tiny.version = "2026-09-13"
    house.night()
    assert house.mails() == mails
    assert len(house.changes()) == len(told) + 7


@pytest.mark.slow
def test_posted_results_are_read_again_too(house: House, registry: SimulatedRegistry, typed: Typed) -> None:
    registry.put(with_results(FIRST), with_results(SECOND))
    house.night()
    registry.edit(FIRST, measured("7", posted="2026-09-13"))
    registry.night()
    house.night()
    before, mails = stored(house), house.mails()
    assert len(before["trial_result_payload"]) == 3
    by_hand(
        house,
        f"UPDATE trial_result SET value = 99 WHERE trial_id = '{FIRST}'",
        "UPDATE trial_result_outcome SET unit = NULL",
        f"UPDATE trial_result_record SET results = '{{}}' WHERE trial_id = '{FIRST}'",
        "UPDATE trial_result_version SET content_hash = 'x'",
        "UPDATE trial_result_reading SET edition = 0",
    )
    code, _, err = typed("rebuild")
    assert code == 0
    assert "3 records of 2 trials, 3 of posted results read again" in err
    assert differing(before, stored(house)).keys() == {"change"}
    (change,) = house.ask("SELECT * FROM changes WHERE cause = 'normaliser'")
    assert (change["trial_id"], change["kind"], change["field"], change["materiality"]) == (
        *(FIRST, "results_changed", "trial_results", "low"),
    )
    assert change["reason"].endswith("otherwise: trial_results"), "that a unit is read as well is learned"
    assert "all of it as it was" in typed("rebuild")[2]
    by_hand(house, f"UPDATE trial_result_outcome SET unit = NULL WHERE trial_id = '{SECOND}'")
    assert "1 change recorded" in typed("rebuild")[2]
    by_hand(house, f"UPDATE trial_result_payload SET payload = '[' WHERE trial_id = '{SECOND}'")
    code, _, err = typed("rebuild")
    assert code == 0
    assert f"{SECOND}, version 1: cannot be read any more (its posted results, state 1: " in err
    assert differing(before, stored(house)).keys() == {"change", "trial_result_payload"}
    assert house.mails() == mails


def test_every_table_of_results_has_its_view() -> None:
    assert set(VIEWS) == {RECORD, *TABLES.values()}
    assert set(VIEWS.values()) <= set(PUBLISHED)


PERSONS = """
[watch.{name}]
interventions = ["ketamine"]
relevance = "ketamine-substance-use"
follow = ["NCT10000001"]
"""


@pytest.mark.slow
def test_a_persons_word_is_kept_whichever_watch_or_rebuild_judges_anew(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    other = a_trial(FIRST)
    other["protocolSection"]["conditionsModule"]["conditions"] = ["Something else"]
    other["protocolSection"]["identificationModule"].update(briefTitle="A Trial", officialTitle="Of Ketamine")
    other["derivedSection"]["conditionBrowseModule"]["meshes"] = []
    registry.put(other, a_trial(SECOND))
    said = '[watch.one.overrides]\nNCT10000001 = { relevant = true, reason = "a pilot", by = "curator" }\n'
    house.configure(PERSONS.format(name="one") + said + PERSONS.format(name="two"))
    house.night()
    label = "SELECT rule FROM trial_substances WHERE trial_id = 'NCT10000001'"
    assert house.ask(label) == [{"rule": "overruled by curator (one)"}]
    by_hand(house, f"UPDATE trial_judgement SET reason = 'x' WHERE trial_id = '{FIRST}'")
    before = stored(house)
    assert typed("rebuild")[0] == 0
    assert differing(before, stored(house)).keys() == {"trial_judgement"}
    assert house.ask(label) == [{"rule": "overruled by curator (one)"}]

    registry.night()
    registry.edit(FIRST, lambda record: record["protocolSection"]["identificationModule"].update(briefTitle="B"))
    house.night("two")
    assert house.ask(label) == [{"rule": "overruled by curator (one)"}]
