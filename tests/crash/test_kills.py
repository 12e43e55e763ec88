"""Nights killed at a few instants; ``make crash`` does it at every boundary and hundreds more."""

import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.crash import scene as scenes
from tests.crash.ordeal import CHANGE, Ordeals, Victim, look, victim
from tests.crash.plan import FEWER, SOME, Share, boundaries, deaths
from tests.crash.scene import RECIPIENTS
from tests.crash.share import SEED

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture(scope="module")
def forks() -> Iterator[Victim]:
    with victim() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share"), [*FEWER.items(), *SOME.items()])
def test_a_night_that_is_killed_and_run_again_loses_and_doubles_nothing(
    name: str, share: Share, forks: Victim, tmp_path: Path
) -> None:
    with getattr(scenes, name)(tmp_path) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
        dice = random.Random(SEED)
        plan = deaths(share, dice, acts=ordeals.acts, calls=ordeals.calls, seconds=ordeals.seconds)
        killed = sum(ordeals.ordeal(*each) for each in plan)
    assert killed or share.clock, "only the clock may come too late"


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_a_store_with_all_its_past(forks: Victim, tmp_path: Path) -> None:
    """At no instant is there no store: the next night would begin anew, and welcome everyone again."""
    with scenes.heartbeat(tmp_path) as scene:
        backup, said, heard = (tmp_path / name for name in ("backup.duckdb", "said", "heard.json"))
        data = scene.data("backed-up")
        assert not forks.night(scene.environment_of(data), said, words=["backup", str(backup)])["code"]
        restore = ["restore", str(backup)]
        forks.night(scene.environment_of(data), said, words=restore, listen=str(heard))
        acts = json.loads(heard.read_text("utf-8"))["acts"]
        deaths = [number for number, (place, _) in enumerate(acts, 1) if "warehouse.store.backup:" in place]
        assert len(deaths) > 10
        for death in deaths[::4]:
            data = scene.data(f"restore-{death}")
            ended = forks.night(scene.environment_of(data), said, words=restore, at_act=death)
            assert ended["code"] == -signal.SIGKILL
            assert not forks.night(scene.environment_of(data), said)["code"], said.read_text("utf-8")
            seen = look(data)
            assert seen
            assert seen.rows["runs"] == 4, f"killed at {acts[death - 1][0]}"
            assert [change[CHANGE.index("kind")] for change in seen.changes] == ["overdue"]


@pytest.mark.slow
def test_a_rebuild_that_is_killed_has_done_a_batch_or_not_and_another_does_the_rest(
    forks: Victim, tmp_path: Path
) -> None:
    with scenes.heartbeat(tmp_path) as scene:
        said, heard = tmp_path / "said", tmp_path / "heard.json"

        def altered(name: str) -> Path:
            """Data in which an older trialwatch had read titles otherwise, and no conditions."""
            data: Path = scene.data(name)
            with duckdb.connect(str(data / "store/store.duckdb")) as con:
                con.execute("UPDATE trial_version SET title = 'x'")
                con.execute("DELETE FROM trial_condition")
            return data

        def stored(data: Path) -> dict[str, list[Any]]:
            tables = {"trial_version": "*", "trial_condition": "*", "change": "* EXCLUDE (change_id, run_id)"}
            with duckdb.connect(str(data / "store/store.duckdb")) as con:
                return {
                    name: con.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
                    for name, columns in tables.items()
                }

        untouched = stored(altered("untouched"))
        data = altered("undisturbed")
        assert not forks.night(scene.environment_of(data), said, words=["rebuild"], listen=str(heard))["code"]
        done = stored(data)
        acts = json.loads(heard.read_text("utf-8"))["acts"]
        rooms = (
            "warehouse.keep.rebuild:",
            "warehouse.store.reread:",
            "warehouse.store.file:",
            "warehouse.keep.journal:",
        )
        deaths = [number for number, (place, _) in enumerate(acts, 1) if any(room in place for room in rooms)]
        assert len(deaths) > 20
        seen = set()
        for death in random.Random(SEED).sample(deaths, 12):
            data = altered(f"killed-{death}")
            ended = forks.night(scene.environment_of(data), said, words=["rebuild"], at_act=death)
            assert ended["code"] == -signal.SIGKILL
            left = stored(data)
            assert left in (untouched, done), f"killed at {acts[death - 1][0]}"
            seen.add(left == done)
            assert not forks.night(scene.environment_of(data), said, words=["rebuild"])["code"], said.read_text(
                "utf-8"
            )
            assert stored(data) == done
        assert False in seen


@pytest.mark.slow
def test_a_night_that_is_killed_over_results_reads_them_again_and_tells_them_once(
    forks: Victim, tmp_path: Path
) -> None:
    with scenes.changes(tmp_path) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
        there = [
            number
            for number in boundaries(ordeals.acts)
            if any(room in ordeals.acts[number - 1][0] for room in ("flows.results:", "warehouse.keep.results:"))
        ]
        assert len(there) > 10
        dice = random.Random(SEED)
        assert sum(ordeals.ordeal({"at_act": act}) for act in dice.sample(there, 6)) == 6


@pytest.mark.prefect
@pytest.mark.slow
def test_a_night_that_is_killed_under_prefect_loses_and_doubles_nothing(forks: Victim, tmp_path: Path) -> None:
    with scenes.changes(tmp_path) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
        ordeals.ordeal({"under_prefect_s": random.Random(SEED).uniform(0, ordeals.seconds)})


@pytest.mark.slow
def test_the_undisturbed_night_is_one_on_which_much_happens(forks: Victim, tmp_path: Path) -> None:
    """What all others are compared with is seen to hold what it should."""
    with scenes.changes(tmp_path) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
    assert ordeals.before
    assert ordeals.after
    assert ordeals.before.changes == ()
    kinds = {change[CHANGE.index("kind")] for change in ordeals.after.changes}
    assert kinds >= {"completed", "stopped", "recruiting", "lapsed", "results_posted", "overdue", "removed"}
    assert kinds >= {"discovered", "registered", "date_slipped", "results_changed"}
    assert ordeals.after.rows["quarantine"] == 2, "one record, in two watches"
    assert {recipient for recipient, *_ in ordeals.told} == set(RECIPIENTS)
    assert set(ordeals.told.values()) == {1}
    assert len(ordeals.told) > 30


@pytest.mark.slow
def test_the_first_night_welcomes_each_reader_once(forks: Victim, tmp_path: Path) -> None:
    with scenes.first(tmp_path) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
    assert {(recipient, what): count for (recipient, _, what), count in ordeals.told.items()} == {
        (recipient, "welcome"): 1 for recipient in RECIPIENTS
    }
