"""A watch of everything on a registry too large to be asked whole every night: nights on end, part by part."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.clinicaltrials_gov.reading import Reader
from connectors.http import Manners, PoliteClient
from connectors.registry import Part, Question
from connectors.simulated import SimulatedRegistry
from tests.records import a_trial, with_status
from warehouse.judge.parts import due
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate, Night, last_complete
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.keep.question import tonight
from warehouse.store.file import opened
from warehouse.store.landed import Landing

NAME = "clinicaltrials.gov"
EVERYTHING = Watch("everything", (NAME,), everything=True)
READER = Reader()
MONDAY = datetime.fromisoformat("2026-09-14T02:30:00")
PAST = {"lastUpdatePostDateStruct": {"date": "2026-01-04", "type": "ACTUAL"}}
NUMBERS = [f"NCT{year}0001" for year in range(2000, 2027)]


def posted(number: str, **status: Any) -> dict[str, Any]:
    return a_trial(number, studyFirstPostDateStruct={"date": f"{number[3:7]}-05-03"}, **PAST, **status)


@dataclass
class Nights:
    """Nights on one store, a day apart, on which every registry is a large one."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    registry: SimulatedRegistry
    now: datetime = MONDAY
    watch: Watch = EVERYTHING
    questions: list[Question] = field(default_factory=list)

    def night(self) -> Certificate:
        last = last_complete(self.con, self.watch.name, NAME)
        with PoliteClient(
            self.registry.url, Manners("t", requests_per_second=1e6), sleep=lambda _: None
        ) as client:
            asks = ClinicalTrialsGov(client, 0)
            question = tonight(self.con, self.watch, NAME, asks.parts(self.now.date()), last, self.now, small=0)
            with Landing(self.folder / f"{self.now:%d}.ndjson.zst", marking(READER)) as landing:
                landed = landing.finish(asks.collect(question, landing, lambda *_: None))
        night = Night(
            f"night-{self.now:%d}", self.watch, NAME, self.now, lambda: self.now, self.folder / "work", READER
        )
        self.questions.append(question)
        certificate = keep_night(self.con, night, landed)
        self.now += timedelta(days=1)
        self.registry.night()
        return certificate

    def changes(self) -> list[tuple[str, str]]:
        return self.con.execute("SELECT trial_id, kind FROM change ORDER BY ALL").fetchall()

    def members(self) -> list[str]:
        rows = self.con.execute("SELECT trial_id FROM watch_member WHERE left_at IS NULL ORDER BY 1").fetchall()
        return [trial_id for (trial_id,) in rows]


@contextmanager
def nights_at(folder: Path, *records: dict[str, Any]) -> Iterator[Nights]:
    with (
        SimulatedRegistry(records, data_version="2026-09-13T09:00:04") as registry,
        opened(folder) as con,
    ):
        yield Nights(con, folder, registry)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with nights_at(tmp_path, *map(posted, NUMBERS)) as made:
        yield made


@pytest.mark.slow
def test_the_first_night_asks_for_all_and_five_more_have_asked_for_all_again(nights: Nights) -> None:
    certificates = [nights.night() for _ in range(6)]
    first, *others = certificates
    assert (first.asked_parts, first.distinct_trials) == (None, len(NUMBERS))
    asked = [part for each in others for part in each.asked_parts or []]
    assert set(asked) == {str(year) for year in range(1999, 2027)}
    assert len(asked) == 5 * 6
    assert {each.outcome for each in certificates} == {"complete"}
    assert all(each.distinct_trials and each.distinct_trials <= 6 for each in others)
    assert nights.changes() == []
    assert nights.members() == NUMBERS


@pytest.mark.slow
def test_what_is_posted_is_told_at_once_and_what_moves_no_date_within_a_week(nights: Nights) -> None:
    nights.night()
    nights.registry.edit(NUMBERS[20], with_status("COMPLETED", posted="2026-09-14"))
    nights.registry.edit(NUMBERS[21], with_status("TERMINATED"))
    nights.registry.put(posted("NCT20260009"))
    nights.registry.edit("NCT20260009", with_status("RECRUITING", posted="2026-09-14"))
    nights.night()
    assert nights.changes() == [(NUMBERS[20], "completed"), ("NCT20260009", "discovered")]
    for _ in range(4):
        nights.night()
    assert (NUMBERS[21], "stopped") in nights.changes()
    assert len(nights.changes()) == 3


@pytest.mark.slow
def test_who_is_in_no_part_of_tonight_has_not_left_and_who_is_gone_is_told_within_a_week(nights: Nights) -> None:
    nights.night()
    nights.registry.remove(NUMBERS[-1])
    nights.night()
    assert nights.changes() == []
    for _ in range(4):
        nights.night()
    assert nights.changes() == [(NUMBERS[-1], "removed")]
    assert nights.members() == NUMBERS[:-1]


def test_who_is_found_by_number_only_because_its_date_is_another_stays(nights: Nights) -> None:
    nights.night()
    nights.registry.edit(
        NUMBERS[0],
        lambda record: record["protocolSection"]["statusModule"].update(
            studyFirstPostDateStruct={"date": "2026-05-03"}
        ),
    )
    assert nights.night().asked_parts == ["1999", "2000", "2001", "2002", "2003", "2004"]
    assert nights.members() == NUMBERS
    assert [kind for _, kind in nights.changes() if kind == "left_watch"] == []


def test_who_has_no_date_is_asked_for_by_number(tmp_path: Path) -> None:
    undated = a_trial("NCT30000001")
    del undated["protocolSection"]["statusModule"]["studyFirstPostDateStruct"]
    undated["protocolSection"]["statusModule"].update(PAST)
    with nights_at(tmp_path, undated, *map(posted, NUMBERS)) as nights:
        nights.night()
        nights.registry.edit("NCT30000001", with_status("COMPLETED"))
        nights.night()
        assert nights.changes() == [("NCT30000001", "completed")]
        assert "NCT30000001" in nights.members()


def test_a_part_that_is_gone_refuses_the_night_as_a_whole_registry_does(tmp_path: Path) -> None:
    """A share is one of the trials that were asked for: twelve of fifteen, and not of eighty-one."""
    numbers = [f"NCT{year}000{n}" for year in range(2000, 2027) for n in (1, 2, 3)]
    with nights_at(tmp_path, *map(posted, numbers)) as nights:
        nights.night()
        nights.registry.remove(*numbers[:12])
        refused = nights.night()
        assert refused.outcome == "refused"
        assert "of 12 of the 15 trials of the watch" in refused.sentence
        assert nights.changes() == []
        nights.registry.put(*map(posted, numbers[:12]))
        assert nights.night().asked_parts == refused.asked_parts, "a refused night has read no part"


def test_another_question_asks_for_all(nights: Nights) -> None:
    nights.night()
    nights.watch = Watch("everything", (NAME,), everything=True, follow=(NUMBERS[0],))
    assert nights.night().asked_parts is None
    assert nights.night().asked_parts is not None


def test_after_a_week_of_rest_all_are_due(nights: Nights) -> None:
    nights.night()
    nights.now += timedelta(days=7)
    assert nights.night().asked_parts is None


def test_few_trials_are_all_asked_for_every_night(nights: Nights) -> None:
    nights.night()
    last = last_complete(nights.con, "everything", NAME)
    parts = (Part("all", MONDAY.date(), MONDAY.date()),)
    question = tonight(nights.con, EVERYTHING, NAME, parts, last, nights.now)
    assert (question.parts, question.updated_since) == (parts, None)
    assert question.followed == tuple(NUMBERS)


@pytest.mark.parametrize("rest", [1, 2, 3])
def test_whatever_days_a_registry_has_new_data_on_no_part_is_older_than_a_week(rest: int) -> None:
    """Five nights and then a rest, or any other: a night that comes after six days asks for what is left."""
    parts = [Part(str(n), MONDAY.date(), MONDAY.date()) for n in range(28)]
    read_at = {part.name: MONDAY for part in parts}
    now = MONDAY
    for night in range(1, 40):
        now += timedelta(days=rest if night % 5 == 0 else 1)
        read_at |= {part.name: now for part in due(parts, read_at, now)}
        assert now - min(read_at.values()) < timedelta(days=6)
