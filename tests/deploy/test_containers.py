"""What stands in deploy/docker and deploy/kubernetes is linted, and what can be run without an engine is run.

Slow, since an image is to be made (scope="module" in conftest.py). The linters come with `make deploy-linters`.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.simulated import SimulatedRegistry
from tests.deploy.conftest import linter
from tests.deploy.image import FOLDERS, Image, instructions
from tests.house import WATCH, House
from tests.installation import DEPLOY, REPOSITORY
from tests.records import a_trial

DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text("utf-8")
JOBS = list(YAML(typ="safe").load_all((DEPLOY / "kubernetes/trialwatch.yaml").read_text("utf-8")))


@pytest.fixture
def inhabited(image: Image, house: House, registry: SimulatedRegistry) -> Iterator[Image]:
    """The image beside a registry of one trial, with a trialwatch.toml and an empty volume."""
    registry.put(a_trial())
    data, config = (Path(image.here(folder)) for folder in FOLDERS[1:3])
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    config.mkdir(parents=True, exist_ok=True)
    (config / "trialwatch.toml").write_text(WATCH, "utf-8")
    kept = {"TRIALWATCH_DATA_DIR", "TRIALWATCH_CONFIG"}
    before = dict(image.environment)
    image.environment |= {name: value for name, value in house.variables.items() if name not in kept}
    yield image
    image.environment = before


def lint(name: str, *words: str | Path) -> None:
    done = subprocess.run([linter(name), *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_finds_nothing_to_say_of_the_dockerfile() -> None:
    lint("hadolint", "--failure-threshold", "style", DEPLOY / "docker/Dockerfile")


def test_the_compose_file_is_one_by_its_schema() -> None:
    lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "docker/compose.yaml")


def test_the_cron_jobs_are_some_by_kubernetes_own_schemas() -> None:
    lint("kubernetes-validate", "--strict", DEPLOY / "kubernetes/trialwatch.yaml")


def test_the_image_holds_no_secret_no_root_and_no_tag_that_moves_by_itself() -> None:
    parts = list(instructions(DOCKERFILE))
    bases = [rest.split()[0] for name, rest in parts if name == "FROM"]
    assert len(set(bases)) == 1
    assert bases[0].startswith("python:3.13-slim-")
    assert [rest for name, rest in parts if name == "USER"] == ["10001:10001"]
    assert not [rest for name, rest in parts if name in ("ARG", "ADD")]


@pytest.mark.slow
def test_the_image_runs_a_night_and_is_healthy_then(inhabited: Image) -> None:
    health = inhabited.words["HEALTHCHECK"]
    assert inhabited.execute(health).returncode == 7
    night = inhabited.run("run", "--no-prefect")
    assert night.returncode == 0, night.stderr
    assert inhabited.execute(health).returncode == 0


@pytest.mark.slow
def test_the_image_holds_what_the_lock_names_and_no_tool_of_the_tests(image: Image) -> None:
    listed = "import importlib.metadata as m; print(*{d.name.lower() for d in m.distributions()})"
    names = image.execute(["python", "-P", "-c", listed]).stdout.split()
    assert {"trialwatch", "prefect", "duckdb"} <= set(names)
    assert not {"pytest", "hypothesis", "mypy", "ruff", "playwright", "marimo", "pip", "uv"} & set(names)
    where = image.execute(["python", "-P", "-c", "import flows, os; print(os.path.realpath(flows.__file__))"])
    assert "/site-packages/flows/" in where.stdout
    assert list(Path(image.here("/opt/trialwatch")).rglob("jinja-*.cache")), "templates are compiled"


@pytest.mark.slow
def test_every_cron_job_runs_with_what_its_container_is_given(inhabited: Image) -> None:
    names = []
    for job in (each for each in JOBS if each["kind"] == "CronJob"):
        names.append(job["metadata"]["name"])
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        assert job["spec"]["timeZone"] == "Etc/UTC"
        done = run(inhabited, job["spec"]["jobTemplate"]["spec"]["template"]["spec"])
        assert done.returncode == 0, done.stderr
    assert names == [f"trialwatch-{job}" for job in ("run", "deliver", "watchdog", "backup")]
    backups = Path(inhabited.here("/var/lib/trialwatch/backups"))
    assert len(list(backups.glob("store-[1-7].duckdb"))) == 1


def run(image: Image, pod: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    """Run a pod's container: its words after the image's entry point, or a command in place of that."""
    (container,) = pod["containers"]
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == image.user
    volumes = {each["name"] for each in pod["volumes"]}
    mounted = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    assert (mounted["data"], mounted["config"]) == FOLDERS[1:3]
    assert mounted.keys() == volumes
    named = {each["name"]: each["value"] for each in container["env"]}
    return image.execute([*container.get("command", image.words["ENTRYPOINT"]), *container["args"]], **named)


def test_what_is_copied_into_an_image_is_of_the_repository() -> None:
    sources = [
        word
        for name, rest in instructions(DOCKERFILE)
        if name == "COPY" and "--from" not in rest
        for word in rest.split()[:-1]
    ]
    assert {"uv.lock", "pyproject.toml", "flows", "connectors", "warehouse", "trialwatch.toml"} <= {
        source.removeprefix("./") for source in sources
    }
    assert all(list(REPOSITORY.glob(source)) for source in sources if "*" not in source)
