"""What make does for a newcomer: the list, the last word when a night fails, and what it removes.

Make is the real one; in its folder a program that only ends with a given code stands where trialwatch would be.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make on this machine")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the Makefile, in which everything has been brought already."""
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".tools/bin").mkdir(parents=True)
    for stamp in (".tools/bin/uv", ".venv/for-use", ".venv/for-development"):
        (tmp_path / stamp).touch(mode=0o755)
    return tmp_path


def ends_with(clone: Path, code: int) -> None:
    program = clone / ".venv/bin/trialwatch"
    program.write_text(f"#!/bin/sh\necho the night said why >&2\nexit {code}\n")
    program.chmod(0o755)


def make(clone: Path, *words: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()


def test_make_alone_lists_what_readme_names(clone: Path) -> None:
    code, lines = make(clone)
    listed = {line.split()[1] for line in lines if line.startswith("make ")}
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text("utf-8")))
    assert code == 0
    assert named & listed >= {"demo", "test", "run", "explore", "check"}
    assert named - listed <= {"alone"}


def test_readmes_first_two_commands_are_the_demo_and_the_tests() -> None:
    first = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert first
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make demo", "make test"]


def test_without_a_registry_the_last_word_names_the_demo(clone: Path) -> None:
    ends_with(clone, 3)
    code, lines = make(clone, "run")
    assert code == 2
    assert lines[0] == "the night said why"
    assert "`make demo`" in lines[-1]
    assert len(lines) == 2


def test_extras_are_brought_without_what_only_tests_need(clone: Path) -> None:
    code, lines = make(clone, "--dry-run", "extras")
    assert code == 0
    assert any(line.endswith("sync --frozen --inexact --no-dev --all-extras") for line in lines)


def test_a_night_that_went_well_is_left_to_speak_for_itself(clone: Path) -> None:
    ends_with(clone, 0)
    assert make(clone, "run") == (0, ["the night said why"])


@pytest.mark.parametrize("code", [1, 2, 4, 5, 6])
def test_any_other_end_fails_and_speaks_of_no_demo(clone: Path, code: int) -> None:
    ends_with(clone, code)
    ended, lines = make(clone, "run")
    assert ended == 2
    assert f"Error {code}" in lines[-1]
    assert "demo" not in lines[-1]


def test_clean_leaves_what_make_did_not_bring(clone: Path) -> None:
    for stamp in (".tools/bin/uv", ".venv/for-use", ".venv/for-development"):
        (clone / stamp).unlink()
    for name in ("demo/thesis.txt", ".venv/thesis.txt", ".tools/thesis.txt"):
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).write_text("a thesis")
    assert make(clone, "clean")[0] == 0
    assert len(list(clone.rglob("thesis.txt"))) == 3


@pytest.mark.slow
@pytest.mark.parametrize("target", ["test", "test-slow", "test-all", "fuzz", "test-duckdb"])
def test_a_target_that_plays_tests_finds_some(clone: Path, target: str) -> None:
    """A test that becomes slow is still found by who names its file."""
    code, lines = make(clone, "--dry-run", target)
    assert code == 0
    (typed,) = re.findall(r"[^\n]*bin/pytest(?:[^\n]*\\\n)*[^\n]*", "\n".join(lines))
    collected = subprocess.run(
        ["/bin/bash", "-c", typed.replace(".venv/bin/pytest", f"{sys.executable} -m pytest --collect-only -q")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert collected.returncode == 0, collected.stdout[-500:]
