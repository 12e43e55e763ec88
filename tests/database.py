"""A PostgreSQL on loopback: Debian's own, in a folder of its own, as a user who is not root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.loopback import free_port

PASSWORD = "c0rrect/h0rse"
USER = "trialwatch"


@dataclass(frozen=True)
class Database:
    """Where it listens. Each test makes itself a database of its own in it."""

    port: int
    programs: Path
    user: str = USER
    password: str = PASSWORD

    def make(self, name: str) -> str:
        """A new database; returns its address without the password."""
        there = ["-h", "127.0.0.1", "-p", str(self.port), "-U", self.user]
        environment = {**os.environ, "PGPASSWORD": self.password}
        subprocess.run([self.programs / "createdb", *there, name], env=environment, check=True, timeout=60)
        return f"//{self.user}@127.0.0.1:{self.port}/{name}"


@contextmanager
def open_database(user: str = USER, password: str = PASSWORD) -> Iterator[Database]:
    """Skips the test where there is no PostgreSQL."""
    programs = _programs()
    account = "nobody" if os.getuid() == 0 else None
    with TemporaryDirectory(prefix="pg") as folder:
        place = Path(folder)
        (place / "password").write_text(password)
        if account:
            number = pwd.getpwnam(account).pw_uid
            for path in (place, place / "password"):
                os.chown(path, number, -1)
        run: dict[str, Any] = {
            "user": account,
            "cwd": folder,
            "check": True,
            "capture_output": True,
            "timeout": 120,
        }
        made: list[Any] = [
            "-D",
            place / "data",
            "-U",
            user,
            "-A",
            "scram-sha-256",
            f"--pwfile={place / 'password'}",
            "-N",
        ]
        subprocess.run([programs / "initdb", *made], **run)
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        control: list[Any] = [programs / "pg_ctl", "-D", place / "data", "-w"]
        subprocess.run([*control, "-l", place / "log", "-o", options, "start"], **{**run, "capture_output": False})
        try:
            yield Database(port, programs, user, password)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)


def _programs() -> Path:
    found = [Path(each).resolve().parent for each in (shutil.which("initdb"),) if each]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for each in found:
        if (each / "initdb").exists() and (each / "pg_ctl").exists():
            return each
    pytest.skip("no PostgreSQL is installed here (apt-get install postgresql)")
