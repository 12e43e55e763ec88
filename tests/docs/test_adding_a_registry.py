"""docs/adding-a-registry.md, done as it says in a copy of the house: a night then reads the registry."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import OnLoopback
from tests.house import WATCH, House
from tests.installation import REPOSITORY

PAGE = (REPOSITORY / "docs/adding-a-registry.md").read_text("utf-8")
TRIAL = {
    "id": "DRKS00000001",
    "title": "Ketamine for alcohol use disorder",
    "status": "RECRUITING",
    "end": "2027-03",
    "illness": "alcohol use disorder",
    "drug": "ketamine",
}


class Drks(OnLoopback):
    def _respond(self, request: Request, address_length: int) -> Reply:
        return Reply(
            200, {"Content-Type": "application/json"}, json.dumps({"total": 1, "trials": [TRIAL]}).encode()
        )


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) < 60


def with_the_registry(made: Path, address: str) -> None:
    """A copy of our packages, in which everything is done that the page says."""
    for package in ("connectors", "warehouse", "flows"):
        shutil.copytree(REPOSITORY / package, made / package, ignore=shutil.ignore_patterns("__pycache__"))
    module, line = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (made / "connectors/drks.py").write_text(module, "utf-8")
    changed(made / "connectors/registry.py", '"ictrp"]', '"ictrp", "drks"]')
    registries = made / "flows/registries.py"
    imported = "from connectors.drks import Drks, DrksReader\n"
    changed(registries, "from connectors.http", f"{imported}from connectors.http")
    changed(registries, "Served] = {\n", "Served] = {\n" + line.replace("https://drks.example", address))


@pytest.mark.slow
def test_what_it_says_adds_a_registry(tmp_path: Path) -> None:
    house = House(tmp_path, "http://127.0.0.1:9")
    house.configure(WATCH.replace("[watch.ketamine-sud]", '[watch.ketamine-sud]\nregistries = ["drks"]'))
    with Drks() as registry:
        with_the_registry(tmp_path / "packages", registry.url)
        for _ in range(2):
            ours = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "packages")}
            typed = [sys.executable, "-c", "from flows.cli import main; main(['run'])"]
            done = subprocess.run(
                typed,
                env=ours | house.variables,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            house.now += timedelta(days=1)
    columns = "trial_id, registry_name, status_group, completion_date_latest, is_relevant"
    (held,) = house.ask(f"SELECT {columns} FROM trials")
    assert tuple(held.values()) == ("DRKS00000001", "drks", "recruiting", "2027-03-31", True)
    assert house.changes() == []
