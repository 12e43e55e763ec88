"""An installation as docs/operating.md makes it, under a folder that stands for the machine's root."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house import WATCH, House

REPOSITORY = Path(__file__).parents[1]
DEPLOY = REPOSITORY / "deploy"
FOLDERS = ("/srv/trialwatch", "/var/lib/trialwatch", "/etc")
COPIED = ("prefect.yaml", "trialwatch.toml", "deploy")
LINKED = ("flows", "connectors", "warehouse")


@dataclass
class Installation:
    """``root`` stands for ``/``; nothing is outside of it but the programs of this machine."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "srv/trialwatch"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/trialwatch"

    def here(self, text: str) -> str:
        """Text of a file of deploy/ or of a page, with the paths of this installation."""
        for folder in FOLDERS:
            text = text.replace(f"{folder}/", f"{self.root}{folder}/").replace(
                f"{folder} ", f"{self.root}{folder} "
            )
            text = text.replace(f"{folder}\n", f"{self.root}{folder}\n")
        return text

    def read(self, name: str) -> str:
        return self.here((DEPLOY / name).read_text("utf-8"))

    def clean_environment(self) -> dict[str, str]:
        """What cron and systemd give a job: next to nothing, and a home in which nothing is yet."""
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "trialwatch"}

    def shell(self, command: str) -> "subprocess.CompletedProcess[str]":
        """A command as cron runs it: by /bin/sh, in the user's home."""
        environment = self.clean_environment()
        return subprocess.run(
            ["/bin/sh", "-c", command],
            env=environment,
            cwd=environment["HOME"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=240,
        )

    def settings(self) -> dict[str, str]:
        """The environment file as systemd reads it: a line a setting, quotes taken off."""
        lines = (self.home / "trialwatch.env").read_text("utf-8").splitlines()
        named = [line.split("=", 1) for line in lines if line and line[0] not in "#;"]
        return {name: " ".join(shlex.split(value)) for name, value in named}


def fitted(root: Path, house: House) -> Installation:
    """What the page's own commands leave, but for the virtual environment, which is this one."""
    made = Installation(root)
    for folder in (made.home, made.data):
        folder.mkdir(parents=True)
    for name in COPIED:
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, made.home / name)
    fit(made, house)
    return made


def fit(made: Installation, house: House) -> None:
    """Give an installation this virtual environment, the paths it has here, and the registry on loopback."""
    for name in LINKED:
        if not (made.home / name).exists():
            (made.home / name).symlink_to(REPOSITORY / name)
    (made.home / ".venv").symlink_to(Path(sys.executable).parents[1])
    for path in filter(Path.is_file, (made.home / "deploy").rglob("*")):
        path.write_text(made.here(path.read_text("utf-8")), "utf-8")
    (made.home / "trialwatch.toml").write_text(WATCH, "utf-8")
    pace = {
        name: value
        for name, value in house.variables.items()
        if name.rpartition("_")[2] in ("URL", "SECOND", "SECONDS")
    }
    written = "".join(f"{name}={value}\n" for name, value in pace.items())
    (made.home / "trialwatch.env").write_text(made.read("trialwatch.env") + written, "utf-8")


def is_root() -> bool:
    return os.geteuid() == 0
