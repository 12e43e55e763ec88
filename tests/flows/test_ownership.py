"""Whose the files are, and who may read them: whatever the umask, and also after a night that root ran."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House, Typed
from tests.records import a_trial
from warehouse.publish.analysts_file import FILE

NOBODY = 65534
RUN = """
import contextlib, os, sys
from flows import own_process
from flows.cli import main
own_process.is_wanted = False  # what is loaded below is loaded here
user, theirs = int(sys.argv[1]), os.environ["TRIALWATCH_DATA_DIR"]
if user != os.geteuid():
    # A night elsewhere first loads what may lie where only root looks, as root's own interpreter does.
    os.environ["TRIALWATCH_DATA_DIR"] = sys.argv[2]
    with contextlib.suppress(SystemExit):
        main(["run", "--no-prefect"])
    os.environ["TRIALWATCH_DATA_DIR"] = theirs
    os.setgid(user)
    os.setuid(user)
main(["run", "--no-prefect"])
"""


def run_as(house: House, user: int, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """A night of another user, whose day is the house's."""
    return subprocess.run(
        [sys.executable, "-c", RUN, str(user), str(house.folder / "of-root")],
        env={**os.environ, **house.variables},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def readers_files(house: House) -> list[Path]:
    published = house.settings.published
    return [house.settings.status_file, *published.glob("*.*"), *(published / "parquet").iterdir()]


@pytest.fixture(scope="module")
def nobodys_first() -> Iterator[House]:
    """A house of the user nobody, who has run a night in it; not in pytest's folder, where only root may look."""
    if os.geteuid() != 0:
        pytest.skip("only root may run a night as another user")
    with SimulatedRegistry([a_trial("NCT10000001")]) as registry, TemporaryDirectory() as folder:
        house = House(Path(folder), registry.url)
        house.configure(WATCH)
        os.chown(folder, NOBODY, NOBODY)
        done = run_as(house, NOBODY)
        assert done.returncode == 0, done.stderr
        yield house


@pytest.fixture
def nobodys(registry: SimulatedRegistry, nobodys_first: House) -> Iterator[House]:
    """The same, to do with as one likes."""
    registry.put(a_trial("NCT10000001"))
    with TemporaryDirectory() as folder:
        subprocess.run(["cp", "--archive", f"{nobodys_first.folder}/.", folder], check=True)
        yield House(Path(folder), registry.url)


@pytest.fixture
def house_typed(nobodys: House, typed: Typed) -> Typed:
    """A command of root's, typed in nobody's house."""

    def run(*words: str) -> tuple[int, str, str]:
        return typed(*words, **nobodys.variables)

    return run


@pytest.mark.slow
def test_a_night_of_root_leaves_the_service_its_files(nobodys: House) -> None:
    assert run_as(nobodys, 0, umask=0o077).returncode == 0
    assert {path.stat().st_uid for path in readers_files(nobodys)} == {NOBODY}
    nobodys.now += timedelta(days=1)
    done = run_as(nobodys, NOBODY)
    assert done.returncode == 0, done.stderr
    assert len(list((nobodys.settings.published / "earlier").glob("trialwatch-*.duckdb"))) == 2


@pytest.mark.slow
def test_a_published_file_of_another_user_is_copied_where_it_may_not_be_linked(nobodys: House) -> None:
    published = nobodys.settings.published / FILE
    os.chown(published, 0, 0)
    done = run_as(nobodys, NOBODY)
    assert done.returncode == 0, done.stderr
    assert published.stat().st_uid == NOBODY
    assert len(list((nobodys.settings.published / "earlier").glob("trialwatch-*.duckdb"))) == 1


@pytest.mark.slow
def test_one_that_may_not_be_read_either_costs_its_generation_and_is_named(nobodys: House) -> None:
    published = nobodys.settings.published / FILE
    os.chown(published, 0, 0)
    published.chmod(0o600)
    done = run_as(nobodys, NOBODY)
    assert done.returncode == 0, done.stderr
    assert f"is not kept among the earlier ones: {published} (root's): this user may not do that" in done.stderr


@pytest.mark.slow
def test_what_may_not_be_written_names_its_owner_and_is_trouble_to_status(
    nobodys: House, house_typed: Typed
) -> None:
    typed = house_typed
    published = nobodys.settings.published
    os.chown(published, 0, 0)
    nobodys.now += timedelta(days=1)
    done = run_as(nobodys, NOBODY)
    assert done.returncode == 2, done.stderr
    assert "root's): this user may not do that; give it the right" in done.stderr
    code, _, said = typed("status")
    assert code == 7
    assert "stored is not published" in said
    assert typed("deliver")[0] == 0
    assert typed("watchdog")[0] == 7, "a delivery does not forget it"
    os.chown(published, NOBODY, NOBODY)
    assert run_as(nobodys, NOBODY).returncode == 0
    assert typed("status")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_readers_may_read_whatever_the_umask(house: House, registry: SimulatedRegistry, umask: int) -> None:
    registry.put(a_trial())
    assert run_as(house, os.geteuid(), umask).returncode == 0
    assert {mode(path) for path in readers_files(house)} == {0o644}
    folders = (house.settings.data_dir, house.settings.published, house.settings.published / "parquet")
    assert {mode(folder) for folder in folders} == {0o755}
    assert mode(house.settings.store) == 0o700


@pytest.mark.slow
def test_rights_that_were_given_stay(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()
    for path in readers_files(house):
        path.chmod(0o640)
    (house.settings.published / "parquet").resolve().chmod(0o750)
    house.night()
    assert {mode(path) for path in readers_files(house)} == {0o640}
    assert mode(house.settings.published / "parquet") == 0o750


@pytest.mark.slow
def test_what_is_stored_and_not_published_is_no_good_night(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial())
    house.night()
    registry.night()
    earlier = house.settings.published / "earlier"
    earlier.rename(house.folder / "aside")
    earlier.touch()
    code, _, said = typed("run", "--no-prefect")
    assert (code, "is in the way" in said) == (2, True)
    facts = json.loads(house.settings.status_file.read_text("utf-8"))
    assert "is in the way" in facts["not_published"]
    assert facts["unpublished_since"] == facts["nights"][0]["last_complete_at"]
    assert typed("status")[0] == 7
