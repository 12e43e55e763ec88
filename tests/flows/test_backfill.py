"""`trialwatch backfill`, as it is typed: what is learnt of the past, what stays as it was, what a refusal does."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry, faults
from connectors.simulated.effects import Fault
from connectors.simulated.exchange import Reply, Request
from flows.endings import Code
from tests.flows.test_rebuild import differing
from tests.flows.test_rebuild import stored as all_of
from tests.house import WATCH, House, Typed
from tests.records import a_trial, with_status
from warehouse.store.file import locked, opened

T = "NCT50000001"
OTHER = "NCT50000002"
SINCE_2025: tuple[tuple[str, str], ...] = (
    ("2025-01-15", "NOT_YET_RECRUITING"),
    ("2025-03-01", "RECRUITING"),
    ("2025-06-01", "SUSPENDED"),
    ("2026-06-01", "ACTIVE_NOT_RECRUITING"),
)
Fill = Callable[..., tuple[int, str]]


def with_past(
    registry: SimulatedRegistry, trial_id: str, versions: tuple[tuple[str, str], ...] = SINCE_2025
) -> None:
    """Put a trial into the registry that went through these statuses, each posted on its day."""
    for posted, status in versions:
        module = {"lastUpdateSubmitDate": posted, "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"}}
        registry.put(a_trial(trial_id, overallStatus=status, **module))


@pytest.fixture
def fill(typed: Typed) -> Fill:
    """Type `trialwatch backfill`; returns the exit code and what was said."""

    def fill(*words: str) -> tuple[int, str]:
        code, out, err = typed("backfill", *words)
        assert out == ""
        return code, err

    return fill


def versions(house: House, trial_id: str = T) -> list[tuple[Any, ...]]:
    rows = house.ask(
        "SELECT version_number, registry_date, source, overall_status, superseded_at IS NULL AS is_latest "
        "FROM trial_versions WHERE trial_id = ? ORDER BY registry_date, observed_at, version_number",
        trial_id,
    )
    return [tuple(row.values()) for row in rows]


def stays(house: House, trial_id: str = T) -> list[tuple[Any, ...]]:
    rows = house.ask(
        "SELECT overall_status, from_date, to_date FROM status_history WHERE trial_id = ? "
        "ORDER BY from_date, to_date",
        trial_id,
    )
    return [tuple(row.values()) for row in rows]


def stored(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All that the store holds, but for the past that a back-fill added."""
    with locked(house.settings.store, "a test"), opened(house.settings.store) as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        found = {}
        for table in sorted({*tables} - {"publication", "quarantine"}):
            wanted = f"SELECT * FROM {table}"
            if table in ("change", "trial_version"):
                wanted += " WHERE source <> 'history'"
            if table == "trial_payload":
                wanted += (
                    " SEMI JOIN (FROM trial_version WHERE source <> 'history') USING (trial_id, version_number)"
                )
            if table == "run":
                wanted += " WHERE run_id NOT LIKE '%-backfill'"
            found[table] = sorted(con.execute(wanted).fetchall(), key=repr)
        return found


def test_the_past_is_learnt_and_goes_in_by_its_own_days(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T)
    registry.put(a_trial(OTHER))
    house.night()
    before = stored(house), len(house.mails())
    code, said = fill()
    assert code == Code.DONE, said
    assert "ketamine-sud on clinicaltrials.gov: the past is kept, 2 trials, 3 earlier versions, 3 changes" in said
    assert (stored(house), len(house.mails())) == before, "what is present stays as it was, and nobody is told"
    assert versions(house) == [
        (2, "2025-01-15", "history", "NOT_YET_RECRUITING", False),
        (3, "2025-03-01", "history", "RECRUITING", False),
        (4, "2025-06-01", "history", "SUSPENDED", False),
        (1, "2026-06-01", "nightly", "ACTIVE_NOT_RECRUITING", True),
    ]
    assert stays(house) == [
        ("NOT_YET_RECRUITING", "2025-01-15", "2025-03-01"),
        ("RECRUITING", "2025-03-01", "2025-06-01"),
        ("SUSPENDED", "2025-06-01", "2026-06-01"),
        ("ACTIVE_NOT_RECRUITING", "2026-06-01", None),
    ]
    rows = house.ask("FROM changes ORDER BY registry_date")
    names = (
        "kind",
        "old_value",
        "new_value",
        "registry_date",
        "registry_date_basis",
        "from_version",
        "to_version",
    )
    assert [tuple(row[name] for name in names) for row in rows if row["field"] == "overall_status"] == [
        ("recruiting", "NOT_YET_RECRUITING", "RECRUITING", "2025-03-01", "posted", 2, 3),
        ("stopped", "RECRUITING", "SUSPENDED", "2025-06-01", "posted", 3, 4),
        ("resumed", "SUSPENDED", "ACTIVE_NOT_RECRUITING", "2026-06-01", "posted", 4, 1),
    ]
    (run,) = house.ask("FROM runs WHERE run_id LIKE '%-backfill'")
    assert {(row["source"], row["cause"], row["run_id"], row["observed_at"]) for row in rows} == {
        ("history", "sponsor", run["run_id"], "2026-09-13T02:30:00Z")
    }
    assert (run["outcome"], run["distinct_trials"], run["new_versions"], run["requests"]) == ("complete", 2, 3, 5)


@pytest.mark.slow
def test_what_was_said_then_is_known_from_now_on(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    with_past(registry, T)
    house.night()
    fill()

    def statuses(*moments: str) -> list[str]:
        return [row["overall_status"] for row in house.ask(f"FROM trials_as_of({', '.join(moments)})")]

    assert statuses("DATE '2025-07-01'", "TIMESTAMP '2026-09-13 12:00'") == ["SUSPENDED"]
    assert statuses("DATE '2025-07-01'", "TIMESTAMP '2026-09-12 12:00'") == [], "the night before nobody knew"
    assert statuses("TIMESTAMP '2026-09-13 12:00'") == ["ACTIVE_NOT_RECRUITING"]
    assert statuses("DATE '2026-06-01'", "TIMESTAMP '2026-09-13 12:00'") == ["ACTIVE_NOT_RECRUITING"]


def test_the_next_night_finds_what_it_would_have_found(
    house: House, registry: SimulatedRegistry, fill: Fill, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with_past(registry, T)
    registry.put(a_trial(OTHER))
    house.night()
    without = House(tmp_path_factory.mktemp("without"), registry.url)
    without.move_in(house)
    fill()
    registry.night()
    registry.edit(T, with_status("COMPLETED", posted="2026-09-11"))
    for each in (house, without):
        report = each.night()
        assert report.ending.code == Code.DONE
        assert len(each.mails()) == 2, "the welcome, and one for the completion"
    columns = ("trial_id", "kind", "old_value", "new_value", "registry_date", "cause", "from_version", "source")
    tonight = [row for row in house.changes(*columns) if row[-1] == "nightly"]
    assert tonight == without.changes(*columns)
    assert [row[1] for row in tonight] == ["completed"]
    assert versions(house)[-1] == (5, "2026-09-11", "nightly", "COMPLETED", True), "the next number that is free"
    assert house.ask("SELECT overall_status, version_number FROM trials WHERE trial_id = ?", T) == [
        {"overall_status": "COMPLETED", "version_number": 5}
    ]
    registry.night()
    assert house.night().ending.code == without.night().ending.code == Code.DONE
    assert len(house.mails()) == 2


def test_a_second_run_asks_nothing_and_changes_nothing(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T)
    registry.put(a_trial(OTHER))
    house.night()
    fill()
    asked = len(registry.requests)
    before = house.ask("FROM trial_versions"), house.ask("FROM changes"), house.ask("FROM runs")
    house.now += timedelta(hours=1)
    code, said = fill()
    assert (code, len(registry.requests)) == (Code.DONE, asked)
    assert "the past of every trial is asked for" in said
    assert (house.ask("FROM trial_versions"), house.ask("FROM changes"), house.ask("FROM runs")) == before


def test_a_past_that_is_read_again_is_as_it_was(
    house: House, registry: SimulatedRegistry, fill: Fill, typed: Typed
) -> None:
    with_past(registry, T)
    registry.put(a_trial(OTHER))
    house.night()
    assert fill()[0] == 0
    before = all_of(house)
    code, _, said = typed("rebuild")
    assert (code, "all of it as it was" in said) == (0, True), said
    assert differing(before, all_of(house)) == {}


@pytest.mark.slow
def test_what_came_and_went_while_the_machine_was_off_is_a_version_and_no_change(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T, SINCE_2025[:2])
    house.night()
    assert fill()[0] == Code.DONE
    for posted, status in (("2026-09-12", "SUSPENDED"), ("2026-09-14", "RECRUITING"), ("2026-09-15", "COMPLETED")):
        registry.edit(T, with_status(status, posted=posted))
    registry.night("2026-09-15T09:00:04")
    house.now += timedelta(days=3)
    house.night()
    before = house.changes("change_id")
    asked = len(registry.requests)
    assert fill()[0] == Code.DONE
    assert [(seen.path.rpartition("/")[2]) for seen in registry.requests[asked:]] == [T, "2", "3"]
    assert house.changes("change_id") == before, "the night has told what changed from one end to the other"
    assert stays(house) == [
        ("NOT_YET_RECRUITING", "2025-01-15", "2025-03-01"),
        ("RECRUITING", "2025-03-01", "2026-09-12"),
        ("SUSPENDED", "2026-09-12", "2026-09-14"),
        ("RECRUITING", "2026-09-14", "2026-09-15"),
        ("COMPLETED", "2026-09-15", None),
    ]


@pytest.mark.slow
def test_what_no_night_has_seen_yet_is_left_to_the_next(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T, SINCE_2025[:2])
    house.night()
    registry.night()
    registry.edit(T, with_status("COMPLETED", posted="2026-09-11"))
    assert fill()[0] == Code.DONE
    assert [row[3] for row in versions(house)] == ["NOT_YET_RECRUITING", "RECRUITING"]
    house.night()
    assert ("completed", "nightly") in house.changes("kind", "source")


@pytest.mark.slow
def test_a_lapse_is_not_dated_by_the_version_that_bears_it(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    end = {"date": "2021-05", "type": "ESTIMATED"}
    module = {"statusVerifiedDate": "2019-09", "completionDateStruct": end, "primaryCompletionDateStruct": end}
    with_past(registry, T, (("2019-01-02", "NOT_YET_RECRUITING"),))
    registry.edit(T, with_status("RECRUITING", posted="2019-09-24", **module))
    registry.edit(T, with_status("UNKNOWN", lastKnownStatus="RECRUITING"))
    house.night()
    fill()
    assert [row[:2] for row in stays(house)] == [
        ("NOT_YET_RECRUITING", "2019-01-02"),
        ("RECRUITING", "2019-09-24"),
        ("UNKNOWN", "2021-10-01"),
    ]
    assert "lapsed" not in {kind for (kind,) in house.changes("kind")}


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.sampled
@pytest.mark.parametrize(
    "fault",
    [
        faults.html_wall(status=403, on="history", times=None),
        faults.html_wall(on="history", times=None),
        faults.empty_404(on="history", times=None),
        faults.status(503, on="history", times=None),
        faults.reset(on="history", times=None),
    ],
)
def test_a_refusal_harms_nothing_and_ends_with_3(
    house: House, registry: SimulatedRegistry, fill: Fill, fault: Fault
) -> None:
    with_past(registry, T)
    house.night()
    before = stored(house), house.ask("FROM trials"), house.ask("FROM changes")
    registry.fail(fault)
    code, said = fill()
    assert code == Code.INCOMPLETE
    assert "nothing else is harmed, and `trialwatch backfill` goes on from here another time" in said
    assert (stored(house), house.ask("FROM trials"), house.ask("FROM changes")) == before
    assert house.night().ending.code == Code.DONE
    assert house.ask("SELECT is_complete FROM freshness") == [{"is_complete": True}]
    registry.heal()
    assert fill()[0] == Code.DONE
    assert len(stays(house)) == len(SINCE_2025)


@pytest.mark.slow
def test_a_wall_in_mid_way_leaves_each_trial_whole_or_untouched(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    for trial_id in (T, OTHER):
        with_past(registry, trial_id)
    house.night()
    registry.fail(faults.html_wall(status=403, on="history", after=2, times=None))
    registry.fail(faults.html_wall(status=403, on="past", after=4, times=None))
    code, said = fill()
    assert code == Code.INCOMPLETE
    assert "1 trial, 3 earlier versions, 3 changes of the past are kept, 1 trial left" in said
    assert len(stays(house, T)) == len(SINCE_2025), "what was kept is published"
    assert len(versions(house, OTHER)) == 1
    (run,) = house.ask("FROM runs WHERE run_id LIKE '%-backfill'")
    assert (run["outcome"], run["distinct_trials"], run["new_versions"]) == ("incomplete", 1, 3)
    registry.heal()
    asked = len(registry.requests)
    assert fill()[0] == Code.DONE
    assert {seen.path.split("/")[4] for seen in registry.requests[asked:]} == {OTHER}
    assert len(stays(house, OTHER)) == len(SINCE_2025)


@pytest.mark.slow
def test_after_three_trials_without_versions_no_more_are_asked_for(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    for number in range(5):
        with_past(registry, f"NCT5000001{number}")
    house.night()
    registry.fail(faults.cut_json(on="history", times=None))
    asked = len(registry.requests)
    code, said = fill()
    assert code == Code.INCOMPLETE
    assert "of 3 trials in a row no versions are shown" in said
    assert len(registry.requests) - asked == 3
    registry.heal()
    registry.fail(faults.cut_json(on="history", times=2))
    code, said = fill()
    assert code == Code.INCOMPLETE
    assert "2 have no past that is shown, the first is NCT50000010: " in said
    assert "3 trials, 9 earlier versions" in said
    assert fill()[0] == Code.DONE
    assert len(house.ask("SELECT trial_id FROM trial_versions WHERE source = 'history'")) == 15


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.cut_json(on="past"), "no version of a record"),
        (faults.status(403, on="past", times=3), "listed, and not shown"),
        (faults.empty_404(on="past"), "listed, and not shown"),
    ],
)
def test_a_version_that_cannot_be_had_is_named_and_stops_no_other(
    house: House, registry: SimulatedRegistry, fill: Fill, fault: Fault, told: str
) -> None:
    with_past(registry, T)
    house.night()
    registry.fail(fault)
    code, said = fill()
    assert code == Code.DONE
    assert f"1 could not be had, the first is {T}, version 0 of 2025-01-15: " in said
    (aside,) = house.ask("FROM quarantine")
    assert told in aside["reason"]
    assert (aside["trial_id"], aside["reason"][:9]) == (T, "version 0")
    assert [row[3] for row in versions(house)] == ["RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING"]
    assert len(house.changes()) == 2
    house.now += timedelta(hours=1)
    code, said = fill()
    assert code == Code.DONE
    assert "1 trial, 1 earlier version, 1 change" in said
    assert [row[3] for row in versions(house)] == [status for _, status in SINCE_2025]
    assert len(house.changes()) == 3, "from the one that was missing to the first that was held"


@pytest.mark.slow
def test_after_ten_versions_that_are_not_shown_the_next_trial_is_asked_for(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T, tuple((f"2024-03-{day:02}", "RECRUITING") for day in range(1, 13)))
    with_past(registry, OTHER)
    house.night()
    registry.fail(faults.status(500, on="past", times=10))
    code, said = fill()
    assert code == Code.INCOMPLETE
    assert f"1 have no past that is shown, the first is {T}: it is listed, and not shown" in said
    assert [len(versions(house, trial_id)) for trial_id in (T, OTHER)] == [1, 4]
    assert fill()[0] == Code.DONE
    assert len(versions(house, T)) == 12


def test_a_question_that_is_called_wrong_ends_it_softly_too(
    house: House, registry: SimulatedRegistry, typed: Typed, caplog: pytest.LogCaptureFixture
) -> None:
    with_past(registry, T)
    house.night()
    registry.fail(faults.status(400, on="history", times=None))
    code, _, said = typed("backfill", TRIALWATCH_REQUESTS_PER_SECOND="0.1")
    assert code == Code.INCOMPLETE
    assert "nothing else is harmed" in said
    assert "the past of 1 trial is asked for; that takes about 1 minute" in caplog.text


@pytest.mark.slow
def test_a_merged_trial_hands_on_the_past_that_was_filled_in(
    house: House, registry: SimulatedRegistry, fill: Fill
) -> None:
    with_past(registry, T)
    house.night()
    fill()
    registry.put(a_trial("NCT00000009", overallStatus="COMPLETED", lastUpdateSubmitDate="2026-09-11"))
    registry.merge(T, "NCT00000009")
    registry.night()
    house.night()
    assert [row[0] for row in versions(house, "NCT00000009")] == [2, 3, 4, 1, 5]
    assert ("completed", "nightly") in house.changes("kind", "source")
    assert fill()[0] == Code.DONE


class Waking(SimulatedRegistry):
    """Has something done while it is asked for a version, so many times."""

    times = 0

    def meanwhile(self, do: Callable[[], object], times: int) -> None:
        self.do, self.times = do, times

    def _respond(self, request: Request, address_length: int) -> Reply:
        if self.times and "/history/" in request.path:
            self.times -= 1
            self.do()
        return super()._respond(request, address_length)


@pytest.mark.slow
@pytest.mark.parametrize(("nights", "code"), [(1, Code.DONE), (6, Code.INCOMPLETE)])
def test_a_night_that_begins_meanwhile_is_not_kept_waiting(
    house: House, typed: Typed, nights: int, code: Code
) -> None:
    with Waking() as registry:
        house.registry_url = registry.url
        with_past(registry, T)
        house.night()

        def night() -> None:
            registry.night()
            registry.edit(T, with_status("COMPLETED", posted=registry.data_version[:10]))
            registry.edit(T, lambda record: record["protocolSection"]["statusModule"].update(whyStopped=nights))
            assert house.night().ending.code == Code.DONE

        registry.meanwhile(night, nights)
        ended, _, said = typed("backfill")
        assert ended == code, said
        assert "the past of 1 trial" not in said
        of_nights = [row for row in versions(house) if row[2] == "nightly"]
        assert [row[0] for row in of_nights] == list(range(1, nights + 2)), "all of them by the next number"
        assert typed("backfill")[0] == Code.DONE
        assert len([row for row in versions(house) if row[2] == "history"]) == 3


def test_a_night_under_way_goes_first(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    registry.put(a_trial(T))
    house.night()
    with locked(house.settings.store, "trialwatch run"):
        code, said = fill()
    assert code == Code.HELD
    assert "trialwatch run" in said


@pytest.mark.slow
def test_two_do_not_work_at_once(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    registry.put(a_trial(T))
    house.night()
    asked = len(registry.requests)
    with locked(house.settings.store / "backfill", "trialwatch backfill"):
        code, said = fill()
        assert house.night().ending.code == Code.DONE, "a night is not kept waiting"
    assert code == Code.HELD
    assert "held by trialwatch backfill" in said
    assert all("/api/int" not in seen.path for seen in registry.requests[asked:])
    assert fill()[0] == Code.DONE
    assert not (house.settings.store / "backfill" / "work").exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_anywhere_and_run_again_it_comes_to_the_same(
    house: House, registry: SimulatedRegistry, fill: Fill, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)
    numbers = [f"NCT600000{place:02}" for place in range(6)]
    for number in numbers:
        with_past(registry, number)
    house.night()
    killed = House(tmp_path_factory.mktemp("killed"), registry.url)
    killed.move_in(house)
    assert fill()[0] == Code.DONE
    registry.fail(faults.slow(0.02, on="past", times=None))
    program = [sys.executable, "-c", "from flows.cli import main; main()", "backfill"]
    for _ in range(4):
        goes_on_until = len(registry.requests) + dice.randint(1, 9)
        running = subprocess.Popen(program, env={**os.environ, **killed.variables}, stderr=subprocess.DEVNULL)
        while running.poll() is None and len(registry.requests) < goes_on_until:
            time.sleep(0.001)
        running.kill()
        running.wait()
        killed.night()
        for number in numbers:
            assert len(versions(killed, number)) in (1, 4), "whole or untouched"
    done = subprocess.run(program, env={**os.environ, **killed.variables}, capture_output=True, check=False)
    assert done.returncode == Code.DONE, done.stderr
    columns = (
        "trial_id",
        "kind",
        "old_value",
        "new_value",
        "registry_date",
        "from_version",
        "to_version",
        "source",
    )
    assert sorted(killed.changes(*columns)) == sorted(house.changes(*columns))
    for number in numbers:
        assert versions(killed, number) == versions(house, number)
        assert stays(killed, number) == stays(house, number)


# -- what it is typed with ---------------------------------------------------------------------------------


def test_watches_that_it_has_nothing_to_ask_for(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    code, said = fill()
    assert code == Code.USAGE
    assert "holds no trial of clinicaltrials.gov yet: run `trialwatch run` first" in said
    code, said = fill("--watch", "ketamine")
    assert code == Code.USAGE
    assert "ketamine-sud" in said
    house.configure(WATCH.replace("[watch.ketamine-sud]", '[watch.ketamine-sud]\nregistries = ["isrctn"]'))
    for words, told in (((), "no watch lists"), (("--watch", "ketamine-sud"), "ketamine-sud does not list")):
        code, said = fill(*words)
        assert code == Code.USAGE
        assert f"{told} clinicaltrials.gov, which alone shows the history of its records" in said
    assert registry.requests == []


@pytest.mark.slow
def test_a_trial_of_two_watches_is_asked_for_once(house: House, registry: SimulatedRegistry, typed: Typed) -> None:
    house.configure(f"{WATCH}\n[watch.exeter]\ninterventions = ['ketamine']\n")
    with_past(registry, T)
    registry.put(a_trial(OTHER))
    house.night()
    asked = len(registry.requests)
    code, out, _ = typed("backfill", "--json")
    assert code == Code.DONE
    told = json.loads(out)
    assert (told["exit_code"], [run["new_versions"] for run in told["runs"]]) == (0, [3])
    assert len(registry.requests) - asked == 5


@pytest.mark.slow
def test_who_counts_as_ours_is_asked_for_first(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    ours = '[watch.ketamine-sud.overrides]\nNCT50000000 = {relevant = false, reason = "no", by = "curator"}\n'
    house.configure(f"{WATCH}\n{ours}")
    registry.put(a_trial("NCT50000000"), a_trial(T))
    house.night()
    assert house.ask("SELECT trial_id FROM trials WHERE is_relevant") == [{"trial_id": T}]
    asked = len(registry.requests)
    fill()
    assert [seen.path.rpartition("/")[2] for seen in registry.requests[asked:]] == [T, "NCT50000000"]


# -- who reads it ------------------------------------------------------------------------------------------


def test_it_is_history_and_no_news(house: House, registry: SimulatedRegistry, fill: Fill, typed: Typed) -> None:
    with_past(registry, T)
    house.night()
    cursor = json.loads(typed("changes", "--after", "start", "--json")[1])["cursor"]
    fill()
    assert "<entry>" not in (house.settings.published / "changes.atom").read_text("utf-8")
    assert json.loads(typed("changes", "--since", "2026-07-01", "--json")[1]) == []
    of_its_day = json.loads(typed("changes", "--since", "2026-06-01", "--json")[1])
    assert [change["kind"] for change in of_its_day] == ["resumed"]
    since = json.loads(typed("changes", "--after", cursor, "--json")[1])
    assert {change["source"] for change in since["changes"]} == {"history"}
    assert len(since["changes"]) == len(house.changes()) == 3
    code, out, _ = typed("show", T)
    assert code == 0
    assert out.index("2025-01-15") < out.index("2025-06-01") < out.rindex("2026-06-01")


@pytest.mark.slow
def test_it_is_no_night(house: House, registry: SimulatedRegistry, fill: Fill, typed: Typed) -> None:
    with_past(registry, T)
    house.night()
    house.now += timedelta(hours=36)
    assert fill()[0] == Code.DONE
    assert typed("status")[0] == Code.STALE, "the data are no fresher"
    (fresh,) = house.ask("FROM freshness")
    assert (fresh["is_complete"], fresh["read_times"]) == (True, ["2026-09-12T02:30:00Z"])
    assert "the past of" not in (house.settings.published / "index.html").read_text("utf-8")
    report = house.night()
    assert [certificate.outcome for *_, certificate in report.certificates] == ["heartbeat"]


@pytest.mark.slow
def test_what_was_last_planned_goes_by_time(
    house: House, registry: SimulatedRegistry, fill: Fill, typed: Typed
) -> None:
    for month, count, kind in ((1, 50, "ESTIMATED"), (2, 90, "ESTIMATED"), (3, 48, "ACTUAL")):
        record = a_trial(T, lastUpdateSubmitDate=f"2026-0{month}-01")
        record["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": count, "type": kind}
        registry.put(record)
    house.night()
    fill()
    assert "48 of 90 people" in typed("show", T)[1]


@pytest.mark.slow
def test_a_long_past_is_kept(house: House, registry: SimulatedRegistry, fill: Fill) -> None:
    first = date(2020, 1, 1)
    many = [(str(first + timedelta(days=day)), ("RECRUITING", "SUSPENDED")[day % 2]) for day in range(300)]
    with_past(registry, T, tuple(many))
    house.night()
    code, said = fill()
    assert code == Code.DONE
    assert "299 earlier versions" in said
    assert [row[:2] for row in stays(house)] == [(status, posted) for posted, status in many]


# -- as if nights had seen all of it -----------------------------------------------------------------------


def edited(record: dict[str, Any], posted: str, dice: random.Random) -> None:
    """A new version of a record."""
    protocol = record["protocolSection"]
    module = protocol["statusModule"]
    module |= {"lastUpdateSubmitDate": posted, "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"}}
    statuses = ("RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING", "COMPLETED", "NOT_YET_RECRUITING")
    module["overallStatus"] = dice.choice(statuses)
    for change in dice.sample(range(7), k=dice.randint(0, 3)):
        match change:
            case 0:
                protocol["designModule"]["enrollmentInfo"] = {"count": dice.randint(1, 99), "type": "ESTIMATED"}
            case 1:
                protocol["identificationModule"]["briefTitle"] = f'K & "B" <{dice.randint(0, 3)}/> d\'Or'
            case 2:
                criteria = f"Inclusion:\n\n* Age > {dice.randint(18, 21)}\n* Drinks a/o smokes"
                protocol["eligibilityModule"]["eligibilityCriteria"] = criteria
            case 3:
                module["completionDateStruct"] = {"date": f"2027-{dice.randint(1, 12):02}", "type": "ESTIMATED"}
            case 4:
                module["whyStopped"] = f"Funding & staff {dice.randint(0, 3)}"
            case 5:
                measure = {"measure": f"Days {dice.randint(0, 3)}", "timeFrame": "6/12 months"}
                protocol["outcomesModule"]["primaryOutcomes"].append(measure)
            case 6:
                record["hasResults"] = not record["hasResults"]


def touched(record: dict[str, Any], dice: random.Random) -> None:
    """What the registry does to a record by itself, without a new version."""
    protocol = record["protocolSection"]
    added = {"pmid": str(dice.randint(1, 999)), "type": "DERIVED", "citation": "c"}
    protocol.setdefault("referencesModule", {}).setdefault("references", []).append(added)
    protocol["contactsLocationsModule"]["locations"][0]["geoPoint"] = {"lat": dice.randint(1, 50)}
    record["derivedSection"]["conditionBrowseModule"]["meshes"].append(
        {"id": f"D{dice.randint(1, 99)}", "term": "t"}
    )


def told_by_sponsors(house: House, until: dict[str, str], *columns: str) -> list[tuple[Any, ...]]:
    """What sponsors changed of each trial until the day on which a version of it was posted."""
    of_the_registry = ("trial_publications", "referencesModule", "trial_sites")
    return sorted(
        tuple(row[column] for column in ("trial_id", "field", "registry_date", *columns))
        for row in house.ask("FROM changes WHERE cause = 'sponsor' AND field NOT IN ?", list(of_the_registry))
        if row["registry_date"] <= until[row["trial_id"]]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_it_learns_what_nights_from_the_beginning_would_have_seen(
    tmp_path_factory: pytest.TempPathFactory, seed: int, typed: Typed, house: House, registry: SimulatedRegistry
) -> None:
    """But for what is no version: what the registry did by itself.

    One house is awake every night. The other sleeps through the first four, and through the sixth.
    """
    dice = random.Random(seed)
    numbers = [f"NCT600000{place:02}" for place in range(8)]
    awake = House(tmp_path_factory.mktemp("awake"), registry.url)
    awake.configure(WATCH)
    for number in numbers:
        with_past(registry, number, (("2026-09-01", "NOT_YET_RECRUITING"),))
    for night in range(7):
        posted = registry.data_version[:10]
        for each in dice.sample(numbers, k=5) if night else ():
            registry.edit(each, partial(edited, posted=posted, dice=dice))
        for each in dice.sample(numbers, k=3):
            registry.edit(each, partial(touched, dice=dice))
        if night in (4, 6):
            house.now = awake.now
            assert house.night().ending.code == Code.DONE
            house.now = awake.now + timedelta(hours=1)
            if night == 6 or dice.random() < 0.5:
                assert typed("backfill")[0] == Code.DONE
        assert awake.night().ending.code == Code.DONE
        registry.night()
    for number in numbers:
        assert stays(house, number) == stays(awake, number)
    seen = house.ask(
        "SELECT trial_id, min(registry_date) AS seen_on FROM trial_versions WHERE source = 'nightly' GROUP BY ALL"
    )
    until = {row["trial_id"]: row["seen_on"] for row in seen}
    for columns in (("kind", "old_value", "new_value", "materiality", "reason"), ()):
        assert told_by_sponsors(house, until, *columns) == told_by_sponsors(awake, until, *columns)
    assert len(told_by_sponsors(house, until)) > len(numbers)
