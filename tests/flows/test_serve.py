"""``trialwatch serve`` as a machine starts it: ended, killed, restarted, with files that change under it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulated import SimulatedRegistry, faults
from connectors.simulated.ctis import SimulatedCtis
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.with_prefect import own_prefect
from flows.with_prefect.missed_runs import missed_night
from tests.house import WATCH, House
from tests.installation import REPOSITORY
from tests.loopback import free_port
from tests.records import a_trial
from tests.standing_prefect import wait_for

TRIALWATCH = str(Path(sys.executable).with_name("trialwatch"))
NEVER_TODAY = "0 0 1 1 *"


@dataclass
class Served:
    """A ``trialwatch serve`` in a process of its own; asked over Prefect's API."""

    process: "subprocess.Popen[bytes]"
    output: Path

    def said(self) -> str:
        return self.output.read_text("utf-8")

    def url(self) -> str:
        def found() -> str | None:
            assert self.process.poll() is None, self.said()
            told = re.findall(r"Prefect's pages are at (\S+?);", self.said())
            return told[-1] if told else None

        return str(wait_for(found))

    def server(self) -> int:
        """The process of its own server."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        (server,) = (each for each in children if b"own_prefect" in Path(f"/proc/{each}/cmdline").read_bytes())
        return int(server)

    def ask(self, path: str, **body: Any) -> Any:
        """Ask its server; one that is busy answers 503 or hangs up, and is asked again."""
        url = f"{self.url()}/api/{path}"

        def answered() -> httpx.Response | None:
            with suppress(httpx.TransportError):
                answer = httpx.post(url, json=body, timeout=60, trust_env=False)
                return None if answer.is_server_error else answer
            return None

        return wait_for(answered).raise_for_status().json()

    def deployments(self) -> dict[str, dict[str, Any]]:
        return {each["name"]: each for each in self.ask("deployments/filter")}

    def night(self) -> dict[str, Any]:
        """Have a night run now; the state in which it ended."""
        run = self.ask(f"deployments/{self.deployments()['nightly']['id']}/create_flow_run")
        return dict(wait_for(lambda: self._ended(run["id"])))

    def ended(self, deployment: str) -> list[dict[str, Any]]:
        runs = self.ask("flow_runs/filter", deployments={"name": {"any_": [deployment]}})
        return [run for run in runs if run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")]

    def _ended(self, run_id: str) -> dict[str, Any] | None:
        (run,) = self.ask("flow_runs/filter", flow_runs={"id": {"any_": [run_id]}})
        return run["state"] if run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    def end(self, by: int = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        return self.process.wait(120)


def is_gone(url: str) -> bool:
    return not own_prefect.is_reachable(f"{url}/api")


@pytest.fixture
def env_file(house: House, registry: SimulatedRegistry, tmp_path: Path) -> Path:
    registry.put(a_trial())
    settings = {name: value for name, value in house.variables.items() if name != "TRIALWATCH_NOW"}
    path = tmp_path / "trialwatch.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), "utf-8")
    return path


@contextmanager
def serving(env_file: Path, *words: str, **environment: str) -> Iterator[Served]:
    folder = env_file.parent
    output = folder / f"said-{len(list(folder.glob('said-*')))}"
    clean = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "PREFECT_API_URL": "", **environment}
    with output.open("wb") as said:
        process = subprocess.Popen(
            [TRIALWATCH, "--env-file", str(env_file), "serve", "--night", NEVER_TODAY, *words],
            env={name: value for name, value in clean.items() if value},
            cwd=folder,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # whoever runs the tests may ignore it
        )
    try:
        yield Served(process, output)
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def outcome(data: Path) -> str | None:
    with suppress(OSError, ValueError, IndexError):
        return str(json.loads((data / "status.json").read_bytes())["runs"][0]["outcome"])
    return None


@pytest.mark.prefect
@pytest.mark.slow
def test_files_that_change_under_it_are_used_by_the_next_run_and_it_ends_and_starts_again(
    house: House, registry: SimulatedRegistry, env_file: Path
) -> None:
    data, dead = house.settings.data_dir, f"http://127.0.0.1:{free_port()}/api"
    registry.fail(faults.slow(600, on="search", times=None))
    with serving(env_file, PREFECT_API_URL=dead) as served:
        url = served.url()
        assert f"no Prefect server answers at {dead}" in served.said()
        # There was no night yet: one is made up for. In its midst all is killed.
        wait_for(lambda: any("/studies" in request.path for request in registry.requests))
        os.killpg(served.process.pid, signal.SIGKILL)
        wait_for(lambda: is_gone(url))  # its server does not outlive it
    registry.heal()

    with serving(env_file, "--deliver", "* * * * *") as served:
        url = served.url()
        assert {name: len(each["schedules"]) for name, each in served.deployments().items()} == {
            "nightly": 1,
            "deliver": 1,
            "watchdog": 1,
        }
        wait_for(lambda: outcome(data) == "complete")  # it is made up for again
        (died,) = (run["state"] for run in served.ended("nightly") if run["state"]["type"] == "CRASHED")
        assert died["message"] == "it died with trialwatch serve"

        house.configure(WATCH.replace("to =", "too ="))
        state = served.night()
        assert (state["type"], "did you mean 'to'" in state["message"]) == ("FAILED", True)

        house.configure(WATCH.replace("ketamine-sud", "renamed"))
        written = env_file.read_text("utf-8")
        env_file.write_text(written.replace(str(data), f"{data}-2"), "utf-8")
        state = served.night()
        assert state["type"] == "COMPLETED", state
        assert "renamed on clinicaltrials.gov: complete, 1 trial" in state["message"]
        assert outcome(Path(f"{data}-2")) == "complete"
        env_file.write_text(written, "utf-8")

        # The schedule itself fires, and no failure was told by a traceback.
        wait_for(lambda: any(run["auto_scheduled"] for run in served.ended("deliver")))
        assert "Traceback" not in served.said()

        with serving(env_file) as another:
            assert another.process.wait(120) == 6
            assert "another one serves these data already" in another.said()

        # Its server is killed: another one is where it was, and nights go on.
        os.kill(served.server(), signal.SIGKILL)
        wait_for(lambda: is_gone(url))
        wait_for(lambda: not is_gone(url))
        house.configure(WATCH)
        assert served.night()["type"] == "COMPLETED"
        assert served.end() == 0
        assert is_gone(url)


@pytest.mark.prefect
@pytest.mark.slow
def test_a_server_that_was_set_up_is_used_and_left_standing(
    house: House, registry: SimulatedRegistry, env_file: Path, tmp_path: Path
) -> None:
    with own_prefect.started(tmp_path / "standing", None) as url:
        with env_file.open("a", encoding="utf-8") as settings:
            settings.write(f"PREFECT_API_URL={url}\n")
        with serving(env_file, "--watchdog", "* * * * *") as served:
            assert f"{served.url()}/api" == url
            wait_for(lambda: outcome(house.settings.data_dir) == "complete")
            wait_for(lambda: served.ended("watchdog"))

            # In the midst of a night: it ends with us, and Prefect says so.
            registry.night()
            registry.fail(faults.slow(600, on="search", times=None))
            registry.requests.clear()
            run = served.ask(f"deployments/{served.deployments()['nightly']['id']}/create_flow_run")
            wait_for(lambda: any("/studies" in request.path for request in registry.requests))
            assert served.end(signal.SIGINT) == 0
            assert "Traceback" not in served.said()
            answer = httpx.get(f"{url}/flow_runs/{run['id']}", timeout=60, trust_env=False)
            assert answer.raise_for_status().json()["state"]["type"] == "CANCELLED"
        assert not is_gone(url.removesuffix("/api"))


@pytest.mark.prefect
@pytest.mark.slow
def test_a_schedule_that_is_none_is_told(env_file: Path) -> None:
    with serving(env_file, "--deliver", "hourly please") as served:
        assert served.process.wait(300) == 2
        assert "'hourly please' is no schedule for deliver" in served.said()


def test_a_port_that_another_has_is_left_to_it(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as another,
        pytest.raises(own_prefect.NoPrefectError, match="cannot be had"),
        own_prefect.started(tmp_path, another.getsockname()[1]),
    ):
        raise AssertionError("it took another's server for its own")


def test_what_is_wrong_from_the_start_is_told_at_once(house: House, env_file: Path) -> None:
    house.configure("[watch")
    with serving(env_file) as served:
        assert served.process.wait(120) == 2
        assert "is not valid TOML" in served.said()


def test_a_night_that_should_have_been_is_known(house: House, registry: SimulatedRegistry) -> None:
    assert missed_night(house.settings, "30 2 * * *") == house.now, "the first"
    registry.put(a_trial())
    house.night()
    house.now -= timedelta(hours=1)
    assert missed_night(house.settings, "30 2 * * *") is None
    house.now += timedelta(days=2)
    assert missed_night(house.settings, "30 2 * * *") == datetime(2026, 9, 13, 2, 30, tzinfo=UTC)
    house.settings.status_file.write_bytes(b"{")
    assert missed_night(house.settings, "30 2 * * *") == house.now, "what cannot be read was none"


@pytest.mark.prefect
@pytest.mark.slow
def test_what_the_page_says_of_one_machine_works_in_an_empty_folder(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(a_trial())
    page = (REPOSITORY / "docs/operating.md").read_text("utf-8")
    by_questions, by_flags = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    make, *typed, serve = by_questions.splitlines()
    assert (make, serve) == ("make .venv/ready", "trialwatch serve")
    typed[typed.index("trialwatch init")] = by_flags.strip()
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / ".venv").symlink_to(Path(sys.executable).parents[1])  # what make leaves
    with SimulatedIsrctn() as isrctn, SimulatedCtis() as ctis:
        done = subprocess.run(
            ["/bin/bash", "-e", "-u", "-c", "\n".join(typed)],
            env={
                "HOME": str(tmp_path),
                "PATH": "/usr/bin:/bin",
                "TRIALWATCH_CTGOV_URL": registry.url,
                "TRIALWATCH_ISRCTN_URL": isrctn.url,
                "TRIALWATCH_CTIS_URL": ctis.url,
                "TRIALWATCH_REQUESTS_PER_SECOND": "1000",
            },
            cwd=clone,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=500,
        )
    assert done.returncode == 0, done.stdout
    assert "a night would succeed" in done.stdout
    assert "complete, 1 trial" in done.stdout
