"""When a trial is expected to end is decided once: overdue, lapse, page and views say the same."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE
from warehouse.publish.page.facts import facts

Written = tuple[str, str | None] | None
ENDS: list[tuple[str, Written, Written, tuple[str | None, str | None, str | None]]] = [
    ("the completion date", ("2026-08", "ESTIMATED"), ("2026-12", "ESTIMATED"),
     ("2026-12", "ESTIMATED", "2026-12-31")),
    ("only a primary one", ("2026-08", "ESTIMATED"), None, ("2026-08", "ESTIMATED", "2026-08-31")),
    ("a completion that is no date", ("2026-08", "ESTIMATED"), ("soon", "ACTUAL"),
     ("2026-08", "ESTIMATED", "2026-08-31")),
    ("a completion in the thirteenth month", ("2026-08", "ESTIMATED"), ("2026-13", None),
     ("2026-08", "ESTIMATED", "2026-08-31")),
    ("a completion of blanks", ("2026-08", "ESTIMATED"), (" ", "ACTUAL"), ("2026-08", "ESTIMATED", "2026-08-31")),
    ("a completion with a blank", ("2026-07", "ACTUAL"), ("2026-08-31 ", "ESTIMATED"),
     ("2026-08-31", "ESTIMATED", "2026-08-31")),
    ("the type goes with its date", ("2026-08", "ACTUAL"), ("soon", "ESTIMATED"),
     ("2026-08", "ACTUAL", "2026-08-31")),
    ("no date at all", ("later", "ESTIMATED"), ("soon", "ACTUAL"), ("soon", "ACTUAL", None)),
    ("a primary one that is no date", ("later", "ESTIMATED"), None, ("later", "ESTIMATED", None)),
    ("nothing given", None, None, (None, None, None)),
]  # fmt: skip
COLUMNS = "trial_id, expected_end_date, expected_end_date_type, expected_end_on"
LAPSES = {"2026-12-31": "2027-01-01", "2026-08-31": "2026-09-01", None: "2025-02-01"}


def struct(written: Written) -> dict[str, str | None] | None:
    return {"date": written[0], "type": written[1]} if written else None


def by_number(house: House, sql: str) -> dict[str, dict[str, Any]]:
    return {row["trial_id"]: row for row in house.ask(sql)}


@pytest.mark.slow
def test_one_end_is_everybodys(house: House, registry: SimulatedRegistry) -> None:
    numbers = [f"NCT0000000{n}" for n in range(len(ENDS))]
    for number, (_, primary, completion, _) in zip(numbers, ENDS, strict=True):
        ends = {"primaryCompletionDateStruct": struct(primary), "completionDateStruct": struct(completion)}
        registry.put(a_trial(number, **ends, statusVerifiedDate="2023-01"))
    house.configure("[watch.all]\neverything = true\n")
    assert house.night().ending.code is Code.DONE  # 12 September 2026
    judged = f"{COLUMNS}, is_overdue, days_overdue, lapses_on"
    trials = by_number(house, f"SELECT {judged} FROM trials")
    assert by_number(house, f"SELECT {judged} FROM trials_as_of('2026-09-12 03:00')") == trials
    states = by_number(house, f"SELECT {COLUMNS} FROM trial_states")
    with questions.published(house.settings.published / FILE) as con:
        drawn = {row["trial_id"]: row for row in facts(con)["trials"]}
    for number, (name, _, _, (written, kind, on)) in zip(numbers, ENDS, strict=True):
        is_late = on == "2026-08-31" and kind != "ACTUAL"
        end = {"trial_id": number, "expected_end_date": written, "expected_end_date_type": kind}
        end["expected_end_on"] = on
        assert states[number] == end, name
        late = {"is_overdue": is_late, "days_overdue": 12 if is_late else None, "lapses_on": LAPSES[on]}
        assert trials[number] == end | late, name
        row = drawn[number]
        assert (row["end_date"], row["end_date_type"]) == (written, kind), name
        assert (row["end_date_latest"] and str(row["end_date_latest"])) == on, name
        assert row["is_overdue"] is is_late, name


@pytest.mark.slow
def test_who_becomes_overdue_is_told_by_the_same_end(house: House, registry: SimulatedRegistry) -> None:
    registry.put(
        a_trial(
            "NCT00000001",
            primaryCompletionDateStruct={"date": "2026-09-12", "type": "ESTIMATED"},
            completionDateStruct={"date": "soon", "type": "ACTUAL"},
        )
    )
    house.configure("[watch.all]\neverything = true\n")
    house.night()
    registry.night()
    house.night()
    (told,) = house.ask("SELECT kind, reason FROM changes")
    assert told["kind"] == "overdue"
    assert "expected to end by 2026-09-12: 1 days overdue" in told["reason"]
