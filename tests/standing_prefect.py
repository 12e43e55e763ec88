"""A standing Prefect as docs/operating.md sets it up: a server on loopback and a worker, with a home of their own.

Asked over its REST API, so that no test imports Prefect.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.installation import Installation
from tests.loopback import free_port

LONGEST_WAIT_S = 480.0
LIVELY = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # the least that Prefect allows
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


def wait_for(what: Callable[[], Any], longest_wait_s: float = LONGEST_WAIT_S) -> Any:
    """What ``what`` returns once it is something. That it never is, is the failure, not how long it takes."""
    give_up_at = time.monotonic() + longest_wait_s
    while time.monotonic() < give_up_at:
        if found := what():
            return found
        time.sleep(0.5)
    raise AssertionError("what was waited for did not come about")


@dataclass
class StandingPrefect:
    """``lines`` are the page's commands; the last starts the worker."""

    installed: Installation
    lines: list[str]
    port: int = field(default_factory=free_port)
    server: int | None = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        exported = [line.removeprefix("export ") for line in self.lines if line.startswith("export ")]
        named = [each.split("=", 1) for each in shlex.split(self.here(" ".join(exported)))]
        return {**self.installed.clean_environment(), **LIVELY, **dict(named)}

    def type(self, line: str) -> str:
        """Type a line of the page, or one like it, in the installation's folder."""
        done = subprocess.run(
            ["/bin/bash", "-c", self.here(line)],
            env=self.environment,
            cwd=self.installed.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=LONGEST_WAIT_S,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def here(self, line: str) -> str:
        return self.installed.here(f"{line.replace('4200', str(self.port))}\n").strip()

    def start_server(self) -> None:
        start, wait = (line for line in self.lines if "prefect server" in line)
        self.server = int(self.type(f"{start}\necho $!"))
        self.type(wait)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        with (self.installed.root / "worker.log").open("ab") as said:
            worker = subprocess.Popen(
                shlex.split(self.here(self.lines[-1])),
                env=self.environment,
                cwd=self.installed.home,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def stop_worker(self, worker: "subprocess.Popen[bytes]") -> None:
        """End a worker as systemd does, only sooner: SIGTERM, and what is still there after a while is killed."""
        os.kill(worker.pid, signal.SIGTERM)
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def kill_server(self) -> None:
        if self.server:
            with suppress(ProcessLookupError):
                os.kill(self.server, signal.SIGKILL)
            wait_for(lambda: not self._is_healthy())

    def kill_flow(self, run: dict[str, Any]) -> None:
        """Kill a run's process. One that has ended may still be waiting for a server to take its log."""
        process = str(run["infrastructure_pid"]).rpartition(":")[2]
        with suppress(OSError):
            if run["id"].encode() in Path(f"/proc/{process}/environ").read_bytes():
                os.kill(int(process), signal.SIGKILL)

    def stop(self) -> None:
        for run in self.runs() if self._is_healthy() else ():
            self.kill_flow(run)
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.kill_server()

    def ask(self, path: str, **body: Any) -> Any:
        """Ask the server. One that is busy answers 500 or hangs up, and is asked again."""
        url = f"http://127.0.0.1:{self.port}/api/{path}"
        give_up_at = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < give_up_at:
            with suppress(httpx.TransportError):
                answer = httpx.post(url, json=body, timeout=60, trust_env=False)
                if not answer.is_server_error:
                    assert answer.is_success, answer.text
                    return answer.json() if answer.content else None
            time.sleep(1)
        raise AssertionError(f"{url} could not be asked")

    def runs(self, *states: str, deployment: str | None = None) -> list[dict[str, Any]]:
        """Flow runs, in the order of their times; of some states (types) or of one deployment, where named."""
        among = {"state": {"type": {"any_": list(states)}}} if states else {}
        of = {"name": {"any_": [deployment]}} if deployment else {}
        asked = {"sort": "EXPECTED_START_TIME_ASC", "flow_runs": among, "deployments": of}
        return list(self.ask("flow_runs/filter", **asked))

    def run(self, id_: str) -> dict[str, Any]:
        (run,) = self.ask("flow_runs/filter", flow_runs={"id": {"any_": [id_]}})
        return dict(run)

    def deployment(self, name: str) -> dict[str, Any]:
        (deployment,) = self.ask("deployments/filter", deployments={"name": {"any_": [name]}})
        return dict(deployment)

    def _is_healthy(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/health", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False


@contextmanager
def standing(installed: Installation, lines: list[str], port: int | None = None) -> Iterator[StandingPrefect]:
    """A server with our deployments, work pool and automation, as the page makes them; no worker yet."""
    prefect = StandingPrefect(installed, lines, port or free_port())
    try:
        prefect.start_server()
        begin = next(number for number, line in enumerate(lines) if "work-pool create" in line)
        for line in lines[begin:-1]:
            prefect.type(line)
        yield prefect
    finally:
        prefect.stop()
