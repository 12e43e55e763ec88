"""Two workers on one standing Prefect take a night's parts; one is killed, and then the server is.

Set up by the commands of docs/scaling.md. Slow (`make test-slow`): some minutes.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House
from tests.installation import REPOSITORY, Installation, fitted
from tests.loopback import free_port
from tests.records import a_trial, with_status
from tests.standing_prefect import StandingPrefect, standing, wait_for
from warehouse.store.file import FILE

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

EVERYTHING = "[watch.everything]\neverything = true\n"
YEARS = (1999, 2000, 2001, 2002)
A_YEAR = 300
"""Trials, on two pages; all together are too many to be asked for at once."""
FIRST_NIGHT = datetime(2002, 9, 12, 2, 30, tzinfo=UTC)
"""So long ago that the registry has four parts."""


def commands(page: str, word: str) -> list[str]:
    """The lines of the one block of a page in which a word stands."""
    text = (REPOSITORY / "docs" / page).read_text("utf-8")
    (block,) = (block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if word in block)
    return [line for line in block.splitlines() if line]


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    records = [
        a_trial(f"NCT{year}{n:04}", studyFirstPostDateStruct={"date": f"{year}-03-03"})
        for year in YEARS
        for n in range(A_YEAR)
    ]
    with SimulatedRegistry(records, page_cap=200, data_version="2002-09-11T09:00:04") as running:
        yield running


@pytest.fixture
def alone(registry: SimulatedRegistry, tmp_path: Path) -> House:
    """A house whose nights ask alone."""
    (tmp_path / "alone").mkdir()
    house = House(tmp_path / "alone", registry.url, now=FIRST_NIGHT)
    house.configure(EVERYTHING)
    return house


@pytest.fixture
def prefect(alone: House, tmp_path: Path) -> Iterator[StandingPrefect]:
    installed, port = fitted(tmp_path / "machine", alone), free_port()
    (installed.home / "trialwatch.toml").write_text(EVERYTHING, "utf-8")
    with (installed.home / "trialwatch.env").open("a", encoding="utf-8") as settings:
        settings.write(f"TRIALWATCH_LANDING_URL={shared(installed)}\nTRIALWATCH_WORKERS=2\n")
        settings.write("PREFECT_WORKER_QUERY_SECONDS=2\n")
        settings.write(f"PREFECT_API_URL=http://127.0.0.1:{port}/api\n")
    # Whoever does not ask this server finds another home, in which nothing is.
    as_elsewhere = f"PREFECT_HOME={tmp_path / 'server'} deploy/with-settings "
    server = [
        as_elsewhere + line
        for line in commands("operating.md", "prefect server start")
        if "prefect server" in line
    ]
    with standing(installed, [*server, *commands("scaling.md", "--pool shards")[1:]], port) as running:
        yield running


def shared(installed: Installation) -> Path:
    return installed.root / "shared"


@contextmanager
def begun(prefect: StandingPrefect, now: datetime) -> "Iterator[subprocess.Popen[str]]":
    """A night as `trialwatch run` makes it, in the midst of it; killed where the test leaves before its end."""
    variables = {**prefect.environment, **prefect.installed.settings(), "TRIALWATCH_NOW": now.isoformat()}
    with subprocess.Popen(
        [".venv/bin/trialwatch", "run"],
        env=variables,
        cwd=prefect.installed.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as night:
        try:
            yield night
        finally:
            night.kill()


def stored(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that is told of trials in a store, but for the runs' names."""
    asked = {
        "versions": "SELECT trial_id, version_number, content_hash, observed_at FROM trial_version",
        "payloads": "SELECT trial_id, version_number, payload FROM trial_payload",
        "changes": "SELECT trial_id, kind, field, old_value, new_value, observed_at FROM change",
        "members": "SELECT trial_id, watch, stay, entered_at, left_at, why_entered FROM watch_member",
        "runs": "SELECT outcome, declared_total, fetched, distinct_trials, new_versions FROM run",
    }
    with duckdb.connect(str(store / FILE), read_only=True) as con:
        return {name: con.execute(f"{sql} ORDER BY ALL").fetchall() for name, sql in asked.items()}


def left(prefect: StandingPrefect) -> list[str]:
    """The parts that are whole in the shared place."""
    return sorted(path.parent.name for path in shared(prefect.installed).glob("*/*/*/whole.json"))


def only_one(runs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The one of these runs. A shard that has landed runs on for a moment beside the one that hangs."""
    return runs[0] if len(runs) == 1 else None


def ended(night: "subprocess.Popen[str]") -> str:
    said, _ = night.communicate(timeout=500)
    assert night.returncode == 0, said
    return said


def test_whoever_is_killed_each_trial_is_stored_once_as_by_a_night_alone(
    prefect: StandingPrefect, registry: SimulatedRegistry, alone: House
) -> None:
    for _ in range(2):
        prefect.start_worker()

    # One shard hangs on its second page; the other worker does the rest. Then its worker is killed, and it too.
    registry.fail(faults.slow(600, on="search", page=2, times=1))
    with begun(prefect, FIRST_NIGHT) as night:
        wait_for(lambda: len(left(prefect)) == len(YEARS) - 1)
        hanging = wait_for(lambda: only_one(prefect.runs("RUNNING", deployment="shard")))
        process = str(hanging["infrastructure_pid"]).rpartition(":")[2]
        parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        (worker,) = (each for each in prefect.workers if each.pid == parent)
        os.killpg(worker.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
        said = ended(night)

    part = hanging["parameters"]["order"]["name"]
    assert f"{part}: no sign of life; again" in said
    shards = prefect.runs(deployment="shard")
    assert sorted(run["state"]["type"] for run in shards) == ["COMPLETED"] * 4 + ["CRASHED"]
    assert list(shared(prefect.installed).iterdir()) == []
    assert not alone.night().ending.code
    assert stored(prefect.installed.data / "store") == stored(alone.settings.store)

    # The server dies while two shards are at work: they land, and the night asks for the others by itself.
    registry.night("2002-09-12T09:00:04")
    registry.edit("NCT20010007", with_status("COMPLETED", posted="2002-09-12"))
    prefect.start_worker()
    registry.requests.clear()
    registry.fail(faults.slow(20, on="search", page=2, times=2))
    with begun(prefect, FIRST_NIGHT + timedelta(days=1)) as night:
        wait_for(lambda: sum("pageToken" in seen.params for seen in registry.requests) == 2)
        prefect.kill_server()
        said = ended(night)
    assert "the night does the rest" in said
    assert not alone.night().ending.code
    both = stored(prefect.installed.data / "store")
    assert both == stored(alone.settings.store)
    assert len(both["versions"]) == len(YEARS) * A_YEAR + 1
