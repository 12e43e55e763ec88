"""deploy/docker/compose.yaml: each command, with its environment, on a real PostgreSQL; only addresses are others.

Slow: Prefect's server, a worker and a night, in the image that tests/deploy/image.py makes (scope="module" there).
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from connectors.simulated import SimulatedRegistry
from tests.database import open_database
from tests.deploy.image import FOLDERS, Image
from tests.house import WATCH, House
from tests.installation import DEPLOY
from tests.loopback import free_port
from tests.records import a_trial
from tests.standing_prefect import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.prefect]
COMPOSE = YAML(typ="safe").load((DEPLOY / "docker/compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PASSWORD = "0123456789abcdef"
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@contextmanager
def postgresql() -> Iterator[int]:
    """The server that the image `postgres` makes of its environment, found healthy as the file asks; its port."""
    said = SERVICES["database"]["environment"]
    with open_database(said["POSTGRES_USER"], PASSWORD) as database:
        asked = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(database.port), "PGPASSWORD": PASSWORD}
        _, *health = SERVICES["database"]["healthcheck"]["test"]
        wait_for(lambda: subprocess.run(health, env=asked, check=False, timeout=60).returncode == 0)
        database.make(said["POSTGRES_DB"])
        yield database.port


class Composed:
    """The services of the file, as processes: each the image's, with the addresses of this machine."""

    def __init__(self, image: Image, database: int, house: House) -> None:
        self.image = image
        self.port = free_port()
        self.said = (image.root / "composed.log").open("ab")
        self.database = database
        self.registry = {
            name: value
            for name, value in house.variables.items()
            if name.rpartition("_")[2] in ("URL", "SECOND", "SECONDS")
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def here(self, text: str) -> str:
        for name, value in {
            "${POSTGRES_PASSWORD}": PASSWORD,
            "database:5432": f"127.0.0.1:{self.database}",
            "server:4200": f"127.0.0.1:{self.port}",
            "0.0.0.0": "127.0.0.1",
            "4200": str(self.port),
            "/tmp/prefect": f"{self.image.root}/prefect",  # noqa: S108 - the file's own
        }.items():
            text = text.replace(name, value)
        return self.image.here(text)

    def environment(self, service: dict[str, Any]) -> dict[str, str]:
        own = {name: self.here(value) for name, value in service["environment"].items()}
        for each in service.get("env_file", ()):
            assert each["format"] == "raw"
            lines = (DEPLOY / "docker" / each["path"]).read_text("utf-8").splitlines()
            own |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
            own |= self.registry
        return self.image.variables(**own)

    def command(self, service: dict[str, Any], words: list[str]) -> dict[str, Any]:
        environment = self.environment(service)
        return {
            "args": self.image.typed(list(map(self.here, words)), environment),
            "env": environment,
            "cwd": self.image.here(service.get("working_dir", self.image.workdir)),
            "stdout": self.said,
            "stderr": subprocess.STDOUT,
        }

    def start(self, name: str) -> None:
        service = SERVICES[name]
        words = [*service["entrypoint"], *service["command"]]
        self.running.append(subprocess.Popen(**self.command(service, words), start_new_session=True))

    def run(self, name: str, words: list[str] | None = None) -> bool:
        """Run a service that ends, or other words as one; whether it went well."""
        service = SERVICES[name]
        words = words or [*service["entrypoint"], *service["command"]]
        return subprocess.run(**self.command(service, words), check=False, timeout=500).returncode == 0

    def stop(self) -> None:
        for process in reversed(self.running):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.said.close()

    def ask(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"http://127.0.0.1:{self.port}/api/{path}", json=body, timeout=60, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def composed(image: Image, house: House, registry: SimulatedRegistry) -> Iterator[Composed]:
    registry.put(a_trial())
    for folder in FOLDERS[1:3]:
        Path(image.here(folder)).mkdir(parents=True, exist_ok=True)
    (Path(image.here(FOLDERS[2])) / "trialwatch.toml").write_text(WATCH, "utf-8")
    with postgresql() as port:
        composed = Composed(image, port, house)
        try:
            yield composed
        finally:
            composed.stop()


def test_a_night_runs_on_the_worker_and_the_server_keeps_it_in_postgresql(composed: Composed) -> None:
    log = composed.image.root / "composed.log"
    composed.start("server")
    _, *health = SERVICES["server"]["healthcheck"]["test"]
    wait_for(lambda: composed.run("server", health))
    assert composed.run("deploy"), log.read_text("utf-8")
    assert composed.run("deploy"), "as it is at each `up`"
    assert composed.ask("automations/count") == 1
    composed.start("worker")
    (nightly,) = composed.ask("deployments/filter", deployments={"name": {"any_": ["nightly"]}})
    run = composed.ask(f"deployments/{nightly['id']}/create_flow_run", state={"type": "SCHEDULED"})

    def ended() -> Any:
        (seen,) = composed.ask("flow_runs/filter", flow_runs={"id": {"any_": [run["id"]]}})
        return seen["state"] if seen["state"]["type"] in OVER else None

    state = wait_for(ended)
    assert state["type"] == "COMPLETED", log.read_text("utf-8")
    assert composed.image.execute(composed.image.words["HEALTHCHECK"]).returncode == 0


def test_nothing_but_the_database_is_anybody_elses_image() -> None:
    images = {name: service["image"] for name, service in SERVICES.items() if service["image"] != "trialwatch"}
    assert images == {"database": "postgres:17-bookworm"}
    assert [service["ports"] for service in SERVICES.values() if "ports" in service] == [["127.0.0.1:4200:4200"]]
    assert all(service["read_only"] for name, service in SERVICES.items() if name not in images)
