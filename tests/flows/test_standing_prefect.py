"""What only a standing Prefect does: it plans runs, a worker starts them, and every part of it may be killed.

It is set up by the commands of docs/operating.md. Slow (`make test-slow`): several minutes on two free cores.
"""

import json
import os
import re
import signal
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


def plan(prefect: StandingPrefect, times: int) -> None:
    """Deploy the night with a schedule of so many times, two seconds apart, a good minute ahead."""
    begin = datetime.now(UTC) + timedelta(seconds=75)
    rule = f"DTSTART:{begin:%Y%m%dT%H%M%SZ}\\nRRULE:FREQ=SECONDLY;INTERVAL=2;COUNT={times}"
    deployments = prefect.installed.home / "prefect.yaml"
    nightly, others = deployments.read_text("utf-8").split("  - name: deliver")
    nightly = re.sub(r'- (?:cron: "30 2|rrule: ").*"', lambda _: f'- rrule: "{rule}"', nightly)
    deployments.write_text(f"{nightly}  - name: deliver{others}", "utf-8")
    prefect.type(".venv/bin/prefect --no-prompt deploy --name nightly")
    wait_for(lambda: len(prefect.runs("SCHEDULED", deployment="nightly")) == times)


def due(prefect: StandingPrefect) -> list[dict[str, Any]]:
    """Planned nights whose time has come, in the order of their times."""
    now = datetime.now(UTC)
    nights = [run for run in prefect.runs(deployment="nightly") if run["auto_scheduled"]]
    return [run for run in nights if datetime.fromisoformat(run["expected_start_time"]) < now]


def ended(prefect: StandingPrefect, run: dict[str, Any]) -> dict[str, Any] | None:
    (now,) = (each for each in prefect.runs() if each["id"] == run["id"])
    return now if now["state"]["type"] in OVER else None


@pytest.mark.parametrize("prefect", [60], indirect=True)
def test_planned_nights_come_and_nothing_that_is_killed_stops_them(
    prefect: StandingPrefect, registry: SimulatedRegistry, post_office: PostOffice
) -> None:
    # Every deployed schedule yields planned runs.
    wait_for(lambda: len({run["deployment_id"] for run in prefect.runs("SCHEDULED")}) == 3)

    # A worker that was off: the newest planned night runs, the late ones end themselves.
    post_office.refused["team@example.org"] = "550 5.1.1 <team@example.org>: no such mailbox"
    plan(prefect, 3)
    wait_for(lambda: len(due(prefect)) == 3)
    registry.requests.clear()
    worker = prefect.start_worker()
    wait_for(lambda: all(run["state"]["type"] in OVER for run in due(prefect)))
    *late, newest = due(prefect)
    for run in late:
        assert (run["state"]["type"], run["state"]["name"]) == ("CANCELLED", "Skipped")
        assert run["state"]["message"].startswith("skipped: late")
    assert "complete, 1 trial" in newest["state"]["message"]
    assert sum("/studies" in request.path for request in registry.requests) > 0

    # Whom mail is for is told to nobody there.
    told = {kind: prefect.ask(f"{kind}/filter") for kind in ("flow_runs", "task_runs", "logs", "artifacts")}
    assert all(told.values())
    assert "@example.org" not in json.dumps(told)

    # SIGTERM to the worker alone kills its night: it is shown as crashed, and not as running for ever.
    registry.night()
    registry.fail(faults.slow(600, on="search"))
    first = a_night_that_is_asking(prefect, registry)
    os.kill(worker.pid, signal.SIGTERM)
    worker.wait()

    state = wait_for(lambda: ended(prefect, first))["state"]
    assert (state["type"], state["message"].startswith("no sign of life")) == ("CRASHED", True)


@pytest.mark.standing
@pytest.mark.parametrize("prefect", [60], indirect=True)
def test_the_next_planned_night_runs_after_server_worker_and_flow_died_at_once(
    prefect: StandingPrefect, registry: SimulatedRegistry
) -> None:
    registry.fail(faults.slow(600, on="search"))
    worker = prefect.start_worker()
    killed = a_night_that_is_asking(prefect, registry)
    prefect.kill_server()
    os.killpg(worker.pid, signal.SIGKILL)
    prefect.kill_flow(killed)
    registry.heal()
    prefect.start_server()
    prefect.start_worker()
    plan(prefect, 1)
    (next_night,) = wait_for(lambda: due(prefect))
    assert "complete, 1 trial" in wait_for(lambda: ended(prefect, next_night))["state"]["message"]
    state = wait_for(lambda: ended(prefect, killed))["state"]
    assert (state["type"], state["message"].startswith("no sign of life")) == ("CRASHED", True)


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
    state = wait_for(lambda: ended(prefect, night))["state"]
    assert (state["type"], "complete, 1 trial" in state["message"]) == ("COMPLETED", True)


def a_night_that_is_asking(prefect: StandingPrefect, registry: SimulatedRegistry) -> dict[str, Any]:
    """Start a night by hand and wait until it is in the midst of its work."""
    registry.requests.clear()
    (deployment,) = (each for each in prefect.ask("deployments/filter") if each["name"] == "nightly")
    run = prefect.ask(f"deployments/{deployment['id']}/create_flow_run")
    wait_for(lambda: any("/studies" in request.path for request in registry.requests))
    (now,) = (each for each in prefect.runs() if each["id"] == run["id"])
    return dict(now)
