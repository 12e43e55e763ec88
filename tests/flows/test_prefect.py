"""The night under real Prefect: an in-process server of its own, its artifacts, and no server at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status

pytestmark = pytest.mark.prefect

NIGHT = "from flows.cli import main; main(['run', '--json'])"
AND_ARTIFACTS = """
import asyncio, contextlib, json, os, sys
from pathlib import Path
from flows.cli import main

with contextlib.suppress(SystemExit):
    main(["run", "--json"])

# What the same server has of it: another would only be the same again, ten seconds later.
from prefect.client.orchestration import get_client

async def main():
    async with get_client() as client:
        artifacts = await client.read_artifacts()
        runs = await client.read_flow_runs()
        tasks = await client.read_task_runs()
        Path(os.environ["SEEN"]).write_text(json.dumps({
            "artifacts": {each.key: each.data for each in artifacts},
            "flows": [(each.name, each.tags, each.state.type.value, each.state.message) for each in runs],
            "tasks": sorted(each.name.rsplit("-", 1)[0] for each in tasks),
        }))

asyncio.run(main())
"""


def environment(house: House, tmp_path: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "TRIALWATCH_DATA_DIR": str(house.folder / "data"),
        "TRIALWATCH_CONFIG": str(house.folder / "trialwatch.toml"),
        "TRIALWATCH_CTGOV_URL": house.registry_url,
        "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
        "TRIALWATCH_RETRY_SECONDS": "0",
    }


def run(house: House, tmp_path: Path, script: str = NIGHT, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**environment(house, tmp_path), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_night_is_a_flow_of_four_tasks_that_leaves_a_table_and_words(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(a_trial())
    done = run(house, tmp_path, AND_ARTIFACTS, SEEN=str(tmp_path / "seen.json"))
    assert done.returncode == 0, done.stderr
    assert "Prefect could not" not in done.stderr
    report = json.loads(done.stdout)
    assert report["exit_code"] == 0
    assert report["runs"][0]["outcome"] == "complete"
    seen = json.loads((tmp_path / "seen.json").read_text("utf-8"))
    assert seen["tasks"] == ["collect", "deliver", "keep", "publish"]
    ((name, tags, state, message),) = seen["flows"]
    assert state == "COMPLETED"
    assert name == f"ketamine-sud · clinicaltrials.gov of {report['runs'][0]['data_version_after']}"
    assert {"watch:ketamine-sud", "registry:clinicaltrials.gov", "outcome:complete"} <= set(tags)
    assert "complete, 1 trial" in message
    (row,) = json.loads(seen["artifacts"]["night"])
    assert (row["watch"], row["outcome"], row["trials"]) == ("ketamine-sud", "complete", 1)
    assert "passed: totals" in seen["artifacts"]["night-in-words"]
    assert not (house.folder / "data/told-to-prefect").exists(), "a server of this night's alone tells nobody"
    page = (house.folder / "data/published/index.html").as_uri()
    assert page in seen["artifacts"]["page"]
    assert f"[The page]({page})" in seen["artifacts"]["night-in-words"]


EVENTS = """
import json, os, time
from pathlib import Path
from flows.with_prefect import own_prefect
from flows.cli import main

with own_prefect.started(Path(os.environ["PREFECT_HOME"]), None) as url:
    os.environ["PREFECT_API_URL"] = url
    for _ in range(2):
        try:
            main(["run"])
        except SystemExit as ended:
            assert not ended.code

    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        asked = {"filter": {"event": {"prefix": ["trialwatch."]}}}
        for _ in range(120):  # a standing server writes events down every few seconds
            answer = client.request("POST", "/events/filter", json=asked)
            if answer.json()["events"]:
                break
            time.sleep(1)
    Path(os.environ["SEEN"]).write_text(answer.text)
"""
"""A night that finds something, a heartbeat, and the events that the server has of both."""


@pytest.mark.slow
def test_a_change_of_high_materiality_is_an_event_once(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(a_trial("NCT00000001"))
    registry.put(a_trial("NCT00000002"))
    house.night()
    registry.edit("NCT00000001", with_status("COMPLETED", posted="2026-09-12"))
    registry.edit("NCT00000002", with_status("ACTIVE_NOT_RECRUITING", posted="2026-09-12"))
    registry.night()
    done = run(house, tmp_path, EVENTS, SEEN=str(tmp_path / "seen.json"))
    assert done.returncode == 0, done.stderr
    (event,) = json.loads((tmp_path / "seen.json").read_text("utf-8"))["events"]
    (change,) = house.ask("SELECT change_id, observed_at FROM changes WHERE kind = 'completed'")
    assert event["event"] == "trialwatch.change.completed"
    assert event["resource"]["prefect.resource.id"] == "trialwatch.trial.NCT00000001"
    assert event["resource"]["trialwatch.substances"] == "alcohol"
    assert event["payload"]["change_id"] == change["change_id"]
    assert event["payload"]["new_value"] == "COMPLETED"
    assert event["occurred"][:19] == str(change["observed_at"])[:19]


@pytest.mark.slow
def test_a_dead_prefect_server_costs_a_warning_and_not_a_night(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(a_trial())
    done = run(house, tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.returncode == 0, done.stderr
    assert "Prefect could not start" in done.stderr
    assert house.ask("SELECT outcome FROM runs") == [{"outcome": "complete"}]


LET_GO = """
import threading
from prefect._internal.concurrency.cancellation import WatcherThreadCancelScope
from flows.with_prefect.orchestration import NightToRun
from flows.settings import configuration, from_environment

cancelled = []

def progress(*_):
    if not cancelled:
        cancelled.append(threading.Thread(target=scope.cancel))
        cancelled[0].start()
        cancelled[0].join()

settings = from_environment()
with WatcherThreadCancelScope() as scope:
    report = NightToRun(settings, configuration(settings.config), progress)(None)
print(int(report.ending.code), scope.cancelled())
"""
"""A night in whose midst Prefect does what it does when the lease of a concurrency slot is lost."""


@pytest.mark.slow
def test_a_night_that_prefect_lets_go_of_is_done_all_the_same(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(a_trial())
    done = subprocess.run(
        [sys.executable, "-c", LET_GO],
        env=environment(house, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.split() == ["0", "True"], done.stderr
    assert "Prefect let go of this run in its midst" in done.stderr
    assert house.ask("SELECT outcome FROM runs") == [{"outcome": "complete"}]


@pytest.mark.slow
@pytest.mark.parametrize("home", ["/dev/null/nowhere", "full"])
def test_a_home_that_cannot_be_written_costs_one_warning(
    house: House, registry: SimulatedRegistry, tmp_path: Path, home: str
) -> None:
    registry.put(a_trial())
    if home == "full":  # a file stands where the folder must be
        (tmp_path / "full").touch()
        home = str(tmp_path / "full" / "prefect")
    done = run(house, tmp_path, PREFECT_HOME=home)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the night runs without it") == 1
    assert done.stderr.count("trialwatch: ") == 4, "the warning, the night, the mail, where the page is"
    assert house.ask("SELECT outcome FROM runs") == [{"outcome": "complete"}]
