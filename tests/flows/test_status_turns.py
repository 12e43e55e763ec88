"""On which day a status that follows from dates began: every day of the past, asked afterwards."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from connectors.isrctn.course import Course
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.endings import Code
from tests.house import House
from tests.isrctnrecords import a_record

WATCH = '[watch.w]\nregistries = ["isrctn"]\nterms = ["ketamine"]\n'
FIRST, GAPS = date(2026, 3, 2), (1, 1, 9, 1, 40, 1, 120)
"""The first night, and how many days later each of the others came."""


@dataclass
class Registered:
    """A trial, and what its record said from which day on."""

    number: str
    chance: random.Random
    said: list[tuple[date, Course]] = field(default_factory=list)

    def edit(self, on: date) -> None:
        begin = FIRST + timedelta(self.chance.randint(-700, 200))
        end = begin + timedelta(self.chance.randint(0, 500))
        overall_end = end + timedelta(self.chance.randint(0, 400))
        override = "Suspended" if self.chance.random() < 0.1 else None
        self.said.append((on, Course(self.mostly(begin), self.mostly(end), self.mostly(overall_end), override)))

    def mostly(self, day: date) -> date | None:
        return day if self.chance.random() < 0.9 else None

    def edit_between(self, before: date, night: date) -> None:
        """Edit it on a day since the last night."""
        on = before + timedelta(self.chance.randint(0, (night - before).days - 1))
        if on > self.said[-1][0]:
            self.edit(on)

    @property
    def record(self) -> str:
        edited_on, course = self.said[-1]
        return a_record(
            self.number,
            edited=f"{edited_on}T09:27:35.342944265Z",
            recruitmentStart=course.start,
            recruitmentEnd=course.end,
            overallEndDate=course.overall_end,
            overallStatusOverride=course.override,
        )

    def status(self, on: date) -> str | None:
        return [course for edited_on, course in self.said if edited_on <= on][-1].status(on)


def nights() -> list[date]:
    found = [FIRST]
    for gap in GAPS:
        found.append(found[-1] + timedelta(gap))
    return found


@pytest.mark.slow
def test_each_day_of_the_past_has_the_status_that_the_record_of_that_day_told(tmp_path: Path) -> None:
    chance = random.Random(20261127)
    trials = [Registered(f"ISRCTN{10000000 + place}", chance) for place in range(60)]
    for trial in trials:
        trial.edit(FIRST - timedelta(chance.randint(1, 900)))
    with SimulatedIsrctn() as isrctn:
        house = House(tmp_path, "http://127.0.0.1:9", {"TRIALWATCH_ISRCTN_URL": isrctn.url})
        house.configure(WATCH)
        before = None
        for night in nights():
            for trial in trials:
                if before and chance.random() < 0.2:
                    trial.edit_between(before, night)
            isrctn.trials = {each.number: each.record for each in trials}
            house.now = datetime(night.year, night.month, night.day, 2, 30, tzinfo=UTC)
            assert house.night().ending.code is Code.DONE
            before = night
    days = [FIRST + timedelta(days) for days in range(-950, (nights()[-1] - FIRST).days + 1)]
    expected = {
        (trial.number, day): trial.status(day) for trial in trials for day in days if day >= trial.said[0][0]
    }
    stays = house.ask("SELECT trial_id, overall_status, from_date, to_date FROM status_history")
    told = {
        (stay["trial_id"], day): stay["overall_status"]
        for stay in stays
        for day in days
        if stay["from_date"] <= str(day) < (stay["to_date"] or "9999")
    }
    assert told == expected
    assert len({(number, status) for (number, _), status in expected.items()}) > 2 * len(trials)
    for day in chance.sample(days, 40):
        asked = "SELECT trial_id, overall_status FROM trials_as_of(?::DATE, '9999-01-01'::TIMESTAMP)"
        found = {row["trial_id"]: row["overall_status"] for row in house.ask(asked, day)}
        assert found == {number: status for (number, on), status in told.items() if on == day}


@pytest.mark.slow
def test_a_store_that_did_not_note_turns_notes_them_on_its_next_night(tmp_path: Path) -> None:
    trial = Registered("ISRCTN10000000", random.Random(3))
    trial.said.append((date(2024, 1, 1), Course(date(2024, 2, 1), date(2025, 3, 1), date(2025, 12, 31), None)))
    with SimulatedIsrctn({trial.number: trial.record}) as isrctn:
        house = House(tmp_path, "http://127.0.0.1:9", {"TRIALWATCH_ISRCTN_URL": isrctn.url})
        house.configure(WATCH)
        house.night()
        before = house.ask("FROM status_history")
        with duckdb.connect(str(tmp_path / "data/store/store.duckdb")) as con:
            con.execute("DELETE FROM status_turn")
            con.execute("UPDATE trial SET loaded_as = 'an older one'")
        house.night()
    assert [(stay["overall_status"], stay["from_date"], stay["from_basis"]) for stay in before] == [
        ("Not yet recruiting", "2024-01-01", "posted"),
        ("Recruiting", "2024-02-01", "calendar"),
        ("No longer recruiting", "2025-03-02", "calendar"),
        ("Completed", "2026-01-01", "calendar"),
    ]
    after = house.ask("FROM status_history")
    assert [each | {"days_so_far": 0} for each in after] == [each | {"days_so_far": 0} for each in before]
    assert house.changes() == []
