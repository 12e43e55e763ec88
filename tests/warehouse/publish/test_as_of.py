"""What was known when: as-of answers against an independent replay of random nights, kept in plain Python."""

import copy
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial
from tests.shelf import Shelf
from warehouse.publish.analysts_file import FILE
from warehouse.store.tables import columns

STATUSES = ("NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "UNKNOWN", "TERMINATED")
OPEN = ("NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION")
COLUMNS = ("trial_id", "title", "overall_status", "completion_date", "enrollment", "fate", "days_overdue")
FIRST = date(2026, 9, 11)

State = tuple[str, str, str, int]


@dataclass
class Diary:
    """What a careful person would have written down: each night, what the registry showed of each trial."""

    nights: list[tuple[datetime, dict[str, tuple[State, str | None]]]] = field(default_factory=list)
    said: dict[str, list[tuple[date, int, State, str | None]]] = field(default_factory=dict)

    def note(
        self, instant: datetime, day: date, records: dict[str, dict[str, Any]], gone: dict[str, str | None]
    ) -> None:
        before = self.nights[-1][1] if self.nights else {}
        tonight = dict(before)
        for trial_id, record in records.items():
            state = self._state(record)
            tonight[trial_id] = (state, None)
            known = before.get(trial_id)
            if known == (state, None):
                continue
            posted = date.fromisoformat(
                record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
            )
            stamps = self.said.setdefault(trial_id, [])
            fresh = not stamps or record["posted_anew"]
            stamps.append((posted if fresh else day, len(self.nights), state, None))
        for trial_id, fate in gone.items():
            if trial_id in before and before[trial_id][1] is None:
                tonight[trial_id] = (before[trial_id][0], fate)
                self.said[trial_id].append((day, len(self.nights), before[trial_id][0], fate))
        self.nights.append((instant, tonight))

    @staticmethod
    def _state(record: dict[str, Any]) -> State:
        protocol = record["protocolSection"]
        status = protocol["statusModule"]
        return (
            protocol["identificationModule"]["briefTitle"],
            status["overallStatus"],
            status["completionDateStruct"]["date"],
            protocol["designModule"]["enrollmentInfo"]["count"],
        )

    def as_of(self, known_at: datetime) -> list[tuple[Any, ...]]:
        seen: dict[str, tuple[State, str | None]] = {}
        for instant, states in self.nights:
            if instant <= known_at:
                seen = states
        return sorted(_row(trial_id, *found, known_at.date()) for trial_id, found in seen.items())

    def of_day(self, valid_on: date, known_at: datetime) -> list[tuple[Any, ...]]:
        rows = []
        for trial_id, stamps in self.said.items():
            told = [s for s in stamps if s[0] <= valid_on and self.nights[s[1]][0] <= known_at]
            if told:
                rows.append(_row(trial_id, told[-1][2], told[-1][3], valid_on))
        return sorted(rows)


def _row(trial_id: str, state: State, fate: str | None, day: date) -> tuple[Any, ...]:
    late = (day - date.fromisoformat(state[2])).days
    return (trial_id, *state, fate, late if state[1] in OPEN and late > 0 and not fate else None)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_as_of_answers_are_those_of_a_replay(house: House, registry: SimulatedRegistry, seed: int) -> None:
    chance = random.Random(seed)
    diary = _ten_nights(chance, house, registry)
    with duckdb.connect(str(house.settings.published / FILE), read_only=True) as con:
        moments = [instant + timedelta(seconds=s) for instant, _ in diary.nights for s in (-1, 0, 3600)]
        columns = ", ".join(COLUMNS)
        for moment in moments:
            asked = con.execute(f"SELECT {columns} FROM trials_as_of(?::TIMESTAMP) ORDER BY ALL", [moment])
            assert asked.fetchall() == diary.as_of(moment), moment
        days = [FIRST + timedelta(days=n) for n in (*range(-100, 0, 7), *range(25))]
        for moment in moments:
            for day in sorted(chance.sample(days, 12)):
                asked = con.execute(
                    f"SELECT {columns} FROM trials_as_of(?::DATE, ?::TIMESTAMP) ORDER BY ALL", [day, moment]
                )
                assert asked.fetchall() == diary.of_day(day, moment), (day, moment)
    changed = {state for _, states in diary.nights for state in states.values()}
    assert len(changed) > 15, "the nights brought enough to tell answers apart"
    assert {fate for _, fate in changed} == {None, "removed", "merged"}


def _ten_nights(chance: random.Random, house: House, registry: SimulatedRegistry) -> Diary:
    diary, day, gone = Diary(), FIRST, dict[str, str | None]()
    away: dict[str, dict[str, Any]] = {}
    records = {}
    for number in range(12):
        record = a_trial(f"NCT1000{number:04d}", overallStatus=chance.choice(STATUSES))
        _set(record, chance, posted=date(2026, 6, 1) + timedelta(days=chance.randrange(60)))
        records[f"NCT1000{number:04d}"] = record
    registry.put(*_sent(records))
    for night in range(10):
        if night in (3, 5, 6, 7, 9) or (night and chance.random() < 0.8):
            yesterday, day = day, day + timedelta(days=chance.choice((1, 1, 3)))
            for record in records.values():
                record["posted_anew"] = False
            touched = set(chance.sample(sorted(records), 3))
            for trial_id in sorted(touched):
                posted = yesterday + timedelta(days=chance.randint(1, (day - yesterday).days))
                _set(records[trial_id], chance, posted=posted if chance.random() < 0.6 else None)
            if night in (5, 9):  # what was removed is there again, as it was
                (lost, record), *_ = away.items()
                records[lost] = away.pop(lost)
                del gone[lost]
            if night in (3, 6, 7):
                # Not one that changed tonight: what it said last was never seen.
                lost = chance.choice(sorted(set(records) - touched))
                record = records.pop(lost)
                if night != 6:
                    registry.remove(lost)
                    gone[lost] = "removed"
                    away[lost] = record
                else:
                    survivor = chance.choice(sorted(records))
                    registry.put(*_sent(records))
                    registry.merge(lost, survivor)
                    records[survivor]["protocolSection"]["identificationModule"]["nctIdAliases"] = [lost]
                    gone[lost] = "merged"
            if night == 5:
                new = a_trial("NCT20000001")
                _set(new, chance, posted=day)
                records["NCT20000001"] = new
            registry.put(*_sent(records))
            registry.night(f"{day}T09:00:04")
        assert house.night().ending.code == 0
        diary.note(house.now.replace(tzinfo=None) - timedelta(days=1), day, records, gone)
    return diary


def _set(record: dict[str, Any], chance: random.Random, *, posted: date | None) -> None:
    """Another state; with ``posted``, by its sponsor's hand."""
    protocol = record["protocolSection"]
    status = protocol["statusModule"]
    status["overallStatus"] = chance.choice(STATUSES)
    status["completionDateStruct"] = {
        "date": str(FIRST + timedelta(days=chance.randint(-30, 60))),
        "type": "ESTIMATED",
    }
    protocol["designModule"]["enrollmentInfo"]["count"] = chance.randint(10, 200)
    record["posted_anew"] = posted is not None
    if posted:
        status["lastUpdatePostDateStruct"] = {"date": str(posted), "type": "ACTUAL"}
        status["lastUpdateSubmitDate"] = str(posted)


def _sent(records: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    sent = copy.deepcopy(list(records.values()))
    for record in sent:
        record.pop("posted_anew", None)
    return sent


def test_a_day_is_its_first_instant_and_an_instant_with_a_zone_is_taken_to_utc(shelf: Shelf) -> None:
    shelf.trial("NCT00000001", observed_at=datetime(2026, 9, 10, 2, 30))  # noqa: DTZ001 - as stored
    with shelf.open() as con:

        def seen(moment: str) -> bool:
            return bool(con.execute(f"SELECT 1 FROM trials_as_of({moment})").fetchall())

        con.execute("SET TimeZone = 'America/New_York'")
        assert not seen("DATE '2026-09-10'")
        assert seen("DATE '2026-09-11'")
        assert seen("'2026-09-10 02:30'")
        assert not seen("TIMESTAMPTZ '2026-09-10 02:29:59+00'")
        assert seen("TIMESTAMPTZ '2026-09-10 02:30:00+00'")
        assert seen("TIMESTAMPTZ '2026-09-09 22:30:00-04'")
        assert seen("now() + INTERVAL 100 YEAR")
        assert not seen("NULL")


def test_history_learnt_later_says_what_was_said_then_but_not_what_we_knew(shelf: Shelf) -> None:
    at = datetime(2026, 9, 1, 2, 30)  # noqa: DTZ001 - as stored
    filled = datetime(2026, 9, 5, 2, 30)  # noqa: DTZ001 - as stored
    shelf.trial("NCT00000001", observed_at=at, registry_date=date(2026, 8, 1), overall_status="COMPLETED")
    for number, (day, status) in enumerate([("2024-01-01", "RECRUITING"), ("2025-05-05", "SUSPENDED")], 2):
        shelf.version(
            "NCT00000001",
            number,
            source="history",
            observed_at=filled,
            superseded_at=filled,
            registry_date=date.fromisoformat(day),
            registry_date_basis="submitted",
            overall_status=status,
        )
    with shelf.open() as con:

        def statuses(*moments: str) -> list[tuple[Any, ...]]:
            return con.execute(f"SELECT overall_status FROM trials_as_of({', '.join(moments)})").fetchall()

        assert statuses("TIMESTAMP '2026-09-06'") == [("COMPLETED",)]
        assert statuses("DATE '2025-01-01'", "TIMESTAMP '2026-09-06'") == [("RECRUITING",)]
        assert statuses("DATE '2025-06-01'", "TIMESTAMP '2026-09-06'") == [("SUSPENDED",)]
        assert statuses("DATE '2026-08-02'", "TIMESTAMP '2026-09-06'") == [("COMPLETED",)]
        assert statuses("DATE '2025-01-01'", "TIMESTAMP '2026-09-02'") == [], "nobody had told us yet"


def test_as_of_now_is_trials_in_every_column_that_both_have(house: House, registry: SimulatedRegistry) -> None:
    registry.put(*(a_trial(overallStatus=status) for status in STATUSES))
    house.night()
    with duckdb.connect(str(house.settings.published / FILE), read_only=True) as con:
        (moment,) = con.execute("SELECT published_at FROM freshness").fetchone() or (None,)
        now = con.execute("FROM trials ORDER BY trial_id LIMIT 0").description or []
        then = con.execute("FROM trials_as_of(?)", [moment]).description or []
        both = [column[0] for column in now if column[0] in {each[0] for each in then}]
        of_the_present = {column.name for column in columns("trial_detail")} - {"trial_id"}
        read_out = {"routes", "doses", "doses_mg_per_kg", "doses_given", "comparators", "psychotherapies"}
        of_the_present |= read_out | {"outcome_instruments"}
        of_the_present |= {"results_due_on", "results_overdue_from", "results_due_basis"}
        assert {column[0] for column in now} - set(both) == {"last_seen_at"} | of_the_present
        names = ", ".join(both)
        assert (
            con.execute(f"SELECT {names} FROM trials ORDER BY trial_id").fetchall()
            == con.execute(f"SELECT {names} FROM trials_as_of(?) ORDER BY trial_id", [moment]).fetchall()
        )
