"""What only a standing Prefect does: it plans runs, a worker starts them, and every part of it may be killed.

It is set up by the commands of docs/operating.md. Slow (`make test-slow`): several minutes on two free cores.
"""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House
from tests.installation import REPOSITORY, fitted
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial
from tests.standing_prefect import StandingPrefect, standing, wait_for

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]

OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def the_pages_commands() -> list[str]:
    page = (REPOSITORY / "docs/operating.md").read_text("utf-8")
    (block,) = (
        block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "prefect server start" in block
    )
    return [line for line in block.splitlines() if line]


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    with open_post_office() as office:
        yield office


@pytest.fixture
def prefect(
    request: pytest.FixtureRequest,
    house: House,
    registry: SimulatedRegistry,
    post_office: PostOffice,
    tmp_path: Path,
) -> Iterator[StandingPrefect]:
    """Beside a registry of one trial. Its parameter: after how many silent seconds a run has crashed."""
    registry.put(a_trial())
    installed = fitted(tmp_path / "machine", house)
    crashed = installed.home / "deploy/crashed-runs.yaml"
    crashed.write_text(
        crashed.read_text("utf-8").replace("within: 600", f"within: {getattr(request, 'param', 600)}"), "utf-8"
    )
    with (installed.home / "trialwatch.env").open("a", encoding="utf-8") as settings:
        settings.write(f"TRIALWATCH_SMTP_URL={post_office.url}\n")
    with standing(installed, the_pages_commands()) as running:
        yield running


def missed(prefect: StandingPrefect, name: str, times: int, apart: timedelta) -> None:
    """Leave planned runs of a deployment as a server leaves them whose worker is off: all late, none begun."""
    now = datetime.now(UTC)
    span = {"start_time": (now - times * apart).isoformat(), "end_time": now.isoformat()}
    prefect.ask(f"deployments/{prefect.deployment(name)['id']}/schedule", **span, min_runs=times)
    assert len(due(prefect, name)) >= times


def plan_every_other_minute(prefect: StandingPrefect) -> None:
    """Deploy the night with a schedule for which nobody needs to wait till morning."""
    deployments = prefect.installed.home / "prefect.yaml"
    deployments.write_text(deployments.read_text("utf-8").replace("30 2 * * *", "*/2 * * * *"), "utf-8")
    prefect.type(".venv/bin/prefect --no-prompt deploy --name nightly")


def due(prefect: StandingPrefect, name: str) -> list[dict[str, Any]]:
    """Planned runs of a deployment whose time has come, in the order of their times."""
    now = datetime.now(UTC)
    planned = [run for run in prefect.runs(deployment=name) if run["auto_scheduled"]]
    return [run for run in planned if datetime.fromisoformat(run["expected_start_time"]) < now]


def all_ended(runs: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return runs if all(run["state"]["type"] in OVER for run in runs) else None


def ended(prefect: StandingPrefect, run: dict[str, Any]) -> dict[str, Any] | None:
    """The state in which a run ended, once it did."""
    state: dict[str, Any] = prefect.run(run["id"])["state"]
    return state if state["type"] in OVER else None


def test_a_worker_that_was_off_runs_the_newest_and_the_late_ones_end_themselves(
    prefect: StandingPrefect, post_office: PostOffice
) -> None:
    # A server that has to warn of something goes on, and its warning can be read.
    with socket.create_connection(("127.0.0.1", prefect.port)) as line:
        line.sendall(b"this is no HTTP\r\n\r\n")
    wait_for(lambda: "Invalid HTTP request" in (prefect.installed.data / "prefect.log").read_text("utf-8"))

    # Every deployed schedule yields planned runs.
    wait_for(lambda: len({run["deployment_id"] for run in prefect.runs("SCHEDULED")}) == 3)

    post_office.refused["team@example.org"] = "550 5.1.1 <team@example.org>: no such mailbox"
    missed(prefect, "nightly", 38, timedelta(days=1))
    missed(prefect, "deliver", 38, timedelta(hours=1))
    prefect.start_worker()
    for name in ("nightly", "deliver"):
        runs = wait_for(lambda: all_ended(due(prefect, name)))  # noqa: B023 - at once
        # Where the machine is so busy that Prefect could not even start a late run, it says so itself.
        not_started = [run for run in runs if run["state"]["type"] == "CRASHED" and not run["flow_version"]]
        assert all("Failed to submit" in run["state"]["message"] for run in not_started)
        runs = [run for run in runs if run not in not_started]
        late = [run for run in runs if run["state"]["type"] == "CANCELLED"]
        done = [run for run in runs if run["state"]["type"] == "COMPLETED"]
        assert runs == late + done
        assert len(late + not_started) >= 37
        assert len(done) <= 2, "the newest of all; and one more, if an hour of the clock's came meanwhile"
        for run in late:
            assert run["state"]["name"] == "Skipped"
            assert run["state"]["message"].startswith("skipped: late")
        assert name == "deliver" or "complete, 1 trial" in done[-1]["state"]["message"]

    # Whom mail is for is told to nobody there.
    told = {kind: prefect.ask(f"{kind}/filter") for kind in ("flow_runs", "task_runs", "logs", "artifacts")}
    assert all(told.values())
    assert "@example.org" not in json.dumps(told)


@pytest.mark.parametrize("prefect", [90], indirect=True)
def test_whatever_is_killed_the_next_planned_night_runs_and_flow_runs_say_the_truth(
    prefect: StandingPrefect, registry: SimulatedRegistry
) -> None:
    registry.fail(faults.slow(600, on="search", times=None))
    worker = prefect.start_worker()

    # The flow's process alone: the worker sees it.
    alone = a_night_that_is_asking(prefect, registry)
    prefect.kill_flow(alone)
    state = wait_for(lambda: ended(prefect, alone))
    assert (state["type"], "no sign of life" in state["message"]) == ("CRASHED", False)

    # SIGTERM to the worker alone: its night dies with it, and nobody says so, or goes on to its own end.
    with_its_worker = a_night_that_is_asking(prefect, registry)
    prefect.stop_worker(worker)
    prefect.kill_flow(with_its_worker)  # where it went on: it would hold the store

    # Server, worker and flow at once.
    worker = prefect.start_worker()
    with_all = a_night_that_is_asking(prefect, registry)
    prefect.kill_server()
    os.killpg(worker.pid, signal.SIGKILL)
    prefect.kill_flow(with_all)

    registry.heal()
    prefect.start_server()
    prefect.start_worker()
    plan_every_other_minute(prefect)
    wait_for(lambda: any("complete, 1 trial" in str(run["state"]["message"]) for run in due(prefect, "nightly")))
    state = wait_for(lambda: ended(prefect, with_all))
    assert (state["type"], state["message"].startswith("no sign of life")) == ("CRASHED", True)
    state = wait_for(lambda: ended(prefect, with_its_worker))
    assert state["type"] in ("CRASHED", "FAILED"), "by Prefect at once, by its silence, or by itself"


def test_a_night_goes_on_while_the_server_is_dead_and_is_shown_as_it_ended(
    prefect: StandingPrefect, registry: SimulatedRegistry
) -> None:
    prefect.start_worker()
    registry.fail(faults.slow(20, on="search", times=1))
    night = a_night_that_is_asking(prefect, registry)
    prefect.kill_server()
    status = prefect.installed.data / "status.json"
    wait_for(status.exists)
    assert json.loads(status.read_bytes())["runs"][0]["outcome"] == "complete"
    prefect.start_server()
    state = wait_for(lambda: ended(prefect, night))
    assert (state["type"], "complete, 1 trial" in state["message"]) == ("COMPLETED", True)


def test_a_cancelled_night_is_cancelled_and_the_next_one_waits_for_its_slot_and_is_whole(
    prefect: StandingPrefect, registry: SimulatedRegistry
) -> None:
    prefect.start_worker()
    registry.fail(faults.slow(600, on="search", times=None))
    night = a_night_that_is_asking(prefect, registry)
    second = prefect.ask(f"deployments/{prefect.deployment('nightly')['id']}/create_flow_run")
    wait_for(lambda: prefect.run(second["id"])["state"]["type"] == "RUNNING")
    registry.heal()
    prefect.type(f".venv/bin/prefect flow-run cancel {night['id']}")
    cancelled = wait_for(lambda: ended(prefect, night))
    assert cancelled["type"] == "CANCELLED"
    state = wait_for(lambda: ended(prefect, second))
    assert (state["type"], "complete, 1 trial" in state["message"]) == ("COMPLETED", True)
    (slot,) = prefect.ask("v2/concurrency_limits/filter")
    assert (slot["name"], slot["active_slots"]) == ("trialwatch-store", 0)


def a_night_that_is_asking(prefect: StandingPrefect, registry: SimulatedRegistry) -> dict[str, Any]:
    """Start a night by hand and wait until it is in the midst of its work."""
    registry.requests.clear()
    run = prefect.ask(f"deployments/{prefect.deployment('nightly')['id']}/create_flow_run")
    wait_for(lambda: any("/studies" in request.path for request in registry.requests))
    return prefect.run(run["id"])
