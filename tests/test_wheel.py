"""The wheel holds all that it needs: it is built, compared with the repository, installed elsewhere, and used.

Slow. Pythons are those that PATH knows by their names (python3.12), and those that the variable PYTHONS lists; one
that is not there is skipped. What uv has in its cache is taken from there, the rest comes from the package index.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installation import REPOSITORY

pytestmark = pytest.mark.slow
PACKAGES = ("flows", "connectors", "warehouse")
VERSIONS = ("3.11", "3.12", "3.13")
Done = subprocess.CompletedProcess[str]


def uv(*words: str | Path, **environment: str) -> Done:
    """Offline where the cache has it all, as on a second run."""
    program = shutil.which("uv") or shutil.which("uv", path=REPOSITORY / ".tools/bin")
    if not program:
        pytest.skip("uv is not on this machine")
    for offline in ("1", "0"):
        done = subprocess.run(
            [program, *words],
            env={**os.environ, "UV_SYSTEM_CERTS": "true", **environment, "UV_OFFLINE": offline},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        if done.returncode == 0:
            return done
    raise AssertionError(done.stderr)


def pythons() -> dict[str, str]:
    """Interpreters by their version. One that is found and does not start (a shim of pyenv's) is none."""
    named = [shutil.which(f"python{version}") for version in VERSIONS]
    found: dict[str, str] = {}
    for path in (sys.executable, *os.environ.get("PYTHONS", "").split(os.pathsep), *named):
        asked = "import sys; print('%d.%d' % sys.version_info[:2])"
        told = path and subprocess.run(
            [path, "-c", asked], capture_output=True, text=True, check=False, timeout=60
        )
        if path and told and told.returncode == 0:
            found.setdefault(told.stdout.strip(), path)
    return found


@dataclass
class Bare:
    """A machine with the system's own programs, a home in which nothing is, and an empty folder to be in."""

    folder: Path

    def type(self, *words: str | Path, **environment: str) -> Done:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            words,
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return Bare(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which ``make wheel`` leaves the wheel and the source that it was built from."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def locked(built: Path) -> Path:
    """The versions that uv.lock names, for who installs the wheel as it was tested; no extra, no tool of ours."""
    file = built / "constraints.txt"
    uv("export", "--frozen", "--quiet", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", file)
    return file


def in_the_repository() -> set[str]:
    """All that the three packages consist of, and what was only compiled from it is not."""
    paths = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*") if path.is_file()]
    files = [path.relative_to(REPOSITORY) for path in paths if "__pycache__" not in path.parts]
    return {path.as_posix() for path in files if path.suffix not in {".pyc", ".cache"}}


def test_it_holds_every_file_of_the_packages_and_the_default_watch(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert archive.read("flows/trialwatch.toml") == (REPOSITORY / "trialwatch.toml").read_bytes()
    assert held == in_the_repository() | {"flows/trialwatch.toml"}


def test_vendored_code_comes_with_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.rpartition("/")[0] for name in archive.namelist() if "/vendor/" in name}
        texts = [archive.read(f"{folder}/LICENSE").decode("utf-8") for folder in folders]
    assert texts
    assert all("Copyright" in text for text in texts)


def test_the_source_distribution_can_be_worked_on(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    asked = {
        "Makefile",
        "uv.lock",
        "trialwatch.toml",
        "tests/conftest.py",
        "docs/operating.md",
        "deploy/trialwatch.env",
    }
    assert in_the_repository() | asked <= held
    assert not [name for name in held if name.startswith((".venv", ".tools", "data/", "demo/"))]


@pytest.mark.prefect
@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_used_where_nothing_else_is(version: str, wheel: Path, locked: Path, bare: Bare) -> None:
    python = pythons().get(version)
    if not python:
        pytest.skip(f"Python {version} is neither on PATH nor in PYTHONS")
    uv("venv", "--quiet", "--python", python, bare.folder / "its")
    there = bare.folder / "its/bin"
    uv("pip", "install", "--quiet", "--python", there / "python", "--constraint", locked, wheel)
    trialwatch = there / "trialwatch"

    done = bare.type(trialwatch, "demo")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("over to Prefect") == 11
    assert "runs without" not in done.stderr
    commands = [line.strip() for line in done.stdout.splitlines() if re.match(r"  (TRIALWATCH_|cat )", line)]
    assert len(commands) >= 5
    for command in commands:
        looked = bare.type("/bin/sh", "-c", command)
        assert (looked.returncode, looked.stderr, bool(looked.stdout)) == (0, "", True), command
    assert "make" not in done.stdout.splitlines()[-1]

    refused = bare.type(trialwatch, "run")
    assert refused.returncode == 2
    (default,) = re.findall(r"\S+/trialwatch\.toml", refused.stderr)
    assert Path(default).is_relative_to(bare.folder)
    assert not (bare.folder / "data").exists()


def test_it_is_used_by_uvx_and_installed_as_a_tool(wheel: Path, locked: Path, bare: Bare) -> None:
    cache = uv("cache", "dir").stdout.strip()
    program = shutil.which("uv") or str(REPOSITORY / ".tools/bin/uv")
    environment = {
        "UV_CACHE_DIR": cache,
        "UV_SYSTEM_CERTS": "true",
        "UV_PYTHON": sys.executable,
        "UV_CONSTRAINT": str(locked),
    }
    demo = bare.type(program, "tool", "run", "--from", wheel, "trialwatch", "demo", "--no-prefect", **environment)
    assert demo.returncode == 0, demo.stderr
    assert (bare.folder / "demo/data/published/index.html").is_file()

    installed = bare.type(program, "tool", "install", "--quiet", wheel, **environment)
    assert installed.returncode == 0, installed.stderr
    asked = bare.type(bare.folder / "home/.local/bin/trialwatch", "--version")
    assert (asked.returncode, asked.stdout.strip()) == (0, wheel.name.split("-")[1])
