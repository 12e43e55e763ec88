"""What deploy/ holds is executed, line by line, as cron and systemd would: a clean home, and nothing set."""

import configparser
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House
from tests.installation import Installation, fitted
from tests.records import a_trial
from tests.standing_prefect import wait_for

WHEN = r"(?:[\d*/,-]+\s+){5}"


@pytest.fixture
def installed(house: House, registry: SimulatedRegistry, tmp_path: Path) -> Installation:
    registry.put(a_trial())
    return fitted(tmp_path / "machine", house)


def jobs(installed: Installation, name: str) -> list[str]:
    """The commands of a cron file, as cron hands them to the shell."""
    user = r"trialwatch\s+" if name == "cron/cron.d" else ""
    found = [re.fullmatch(rf"{WHEN}{user}(\S.*)", line) for line in installed.read(name).splitlines()]
    return [match[1].replace("\\%", "%") for match in found if match]


@pytest.mark.parametrize("name", ["cron/crontab", "cron/cron.d"])
@pytest.mark.slow
def test_every_cron_job_runs_where_nothing_is_yet_and_is_silent(installed: Installation, name: str) -> None:
    commands = jobs(installed, name)
    assert [command.split()[1] for command in commands] == ["run", "deliver", "watchdog", "backup"]
    for command in commands:
        done = installed.shell(command)
        assert (done.returncode, done.stdout) == (0, ""), command
    assert "complete, 1 trial" in (installed.data / "jobs.log").read_text("utf-8")
    assert len(list((installed.data / "backups").glob("store-[1-7].duckdb"))) == 1


def test_a_cron_job_that_fails_says_so_with_its_code(installed: Installation, registry: SimulatedRegistry) -> None:
    registry.fail(faults.empty_body(on="search"))
    done = installed.shell(jobs(installed, "cron/cron.d")[0])
    assert done.returncode == 3
    assert "ketamine-sud on clinicaltrials.gov: incomplete" in done.stdout


def test_a_cron_job_without_settings_says_which_file_is_missing(installed: Installation) -> None:
    (installed.home / "trialwatch.env").unlink()
    done = installed.shell(jobs(installed, "cron/cron.d")[0])
    assert done.returncode == 2
    assert f"{installed.home}/trialwatch.env is not there" in done.stdout


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Trial Watch <watch@example.org>", "Trial Watch <watch@example.org>"),
        ('"Trial Watch <watch@example.org>"', "Trial Watch <watch@example.org>"),
        ("'Trial Watch <watch@example.org>'", "Trial Watch <watch@example.org>"),
        ("watch@example.org", "watch@example.org"),
        ("smtp://u:p$(id)`id`&;=@host:587", "smtp://u:p$(id)`id`&;=@host:587"),
        ("", ""),
    ],
)
def test_a_setting_is_what_is_written_and_no_shell(installed: Installation, written: str, meant: str) -> None:
    with (installed.home / "trialwatch.env").open("a", encoding="utf-8") as settings:
        settings.write(f"TRIALWATCH_MAIL_FROM={written}")  # and no line's end
    done = installed.shell(f"{installed.home}/deploy/with-settings printenv TRIALWATCH_MAIL_FROM")
    assert (done.returncode, done.stdout) == (0, f"{meant}\n")


def test_the_settings_to_begin_with_are_read_alike_by_systemd_and_by_with_settings(
    installed: Installation,
) -> None:
    done = installed.shell(f"{installed.home}/deploy/with-settings printenv")
    read = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert installed.settings().items() <= read.items()
    assert installed.settings()["TRIALWATCH_MAIL_FROM"] == "trialwatch <trialwatch@example.org>"


def unit(installed: Installation, name: str) -> configparser.SectionProxy:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str  # type: ignore[method-assign,assignment]  # as its documentation says
    parsed.read_string(installed.read(f"systemd/{name}"))
    return parsed["Service"]


def as_systemd_does(installed: Installation, name: str) -> tuple[list[str], dict[str, str]]:
    """The command of a service, which no shell reads, and its environment; its folder is there."""
    service = unit(installed, name)
    assert (service["StateDirectory"], service["StateDirectoryMode"]) == ("trialwatch", "0755")
    installed.data.mkdir(mode=0o755, parents=True, exist_ok=True)
    assert Path(service["WorkingDirectory"]) == installed.home
    environment = installed.clean_environment()
    if "Environment" in service:
        environment |= dict([service["Environment"].split("=", 1)])
    if "EnvironmentFile" in service:
        assert Path(service["EnvironmentFile"]) == installed.home / "trialwatch.env"
        environment |= installed.settings()
    return shlex.split(service["ExecStart"].replace("%%", "%").replace("$$", "$")), environment


def start(installed: Installation, name: str) -> "subprocess.CompletedProcess[str]":
    command, environment = as_systemd_does(installed, name)
    return subprocess.run(
        command,
        env=environment,
        cwd=installed.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.slow
def test_every_service_starts_where_nothing_is_yet(installed: Installation) -> None:
    for name in (f"trialwatch-{job}.service" for job in ("run", "deliver", "watchdog", "backup")):
        done = start(installed, name)
        assert done.returncode == 0, done.stderr
    assert len(list((installed.data / "backups").glob("store-[1-7].duckdb"))) == 1


@pytest.mark.prefect
@pytest.mark.slow
def test_the_service_that_serves_starts_and_ends_when_it_is_told_to(installed: Installation) -> None:
    command, environment = as_systemd_does(installed, "trialwatch-serve.service")
    said = installed.root / "serve.log"
    with said.open("wb") as log:
        serving = subprocess.Popen(command, env=environment, cwd=installed.home, stdout=log, stderr=log)
    try:
        wait_for(lambda: serving.poll() is not None or "Prefect's pages are at" in said.read_text("utf-8"))
        assert serving.poll() is None, said.read_text("utf-8")
        assert (installed.data / "prefect").is_dir()
        serving.terminate()
        assert serving.wait(240) in (0, -signal.SIGTERM), said.read_text("utf-8")
    finally:
        serving.kill()
    assert not (Path(environment["HOME"]) / ".prefect").exists()


def test_systemd_finds_nothing_to_say_of_the_units(installed: Installation) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not on this machine")
    units = installed.root / "etc/systemd/system"
    units.mkdir(parents=True)
    for path in (installed.home / "deploy/systemd").iterdir():
        shutil.copy(path, units)
    names = sorted(units.iterdir())
    assert len(names) == 9
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False, timeout=60
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "trialwatch" in line]
    assert (done.returncode, ours) == (0, [])
