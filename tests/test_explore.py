"""The notebook runs whole on a published file, shows what is relevant, and says what to do where there is none."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House
from tests.records import a_trial, with_status

NOTEBOOK = Path(__file__).parents[1] / "docs" / "explore.py"


@pytest.mark.slow
@pytest.mark.skipif(find_spec("marimo") is None, reason="marimo is not installed (uv sync --group explore)")
def test_every_cell_of_the_notebook_runs(house: House, registry: SimulatedRegistry) -> None:
    script = f"""
import runpy, sys
app = runpy.run_path({str(NOTEBOOK)!r})["app"]
outputs, defined = app.run()
print(len([each for each in outputs if each is not None]), sorted(defined)[:2], "rows" in defined)
print([row["kind"] for row in defined.get("changed", [])])
print(*([row["trial_id"] for row in defined.get(name, [])] for name in ("found", "spans", "coming")))
"""

    def run() -> list[str]:
        environment = {**os.environ, "TRIALWATCH_DATA_DIR": str(house.settings.data_dir)}
        command = [sys.executable, "-W", "ignore", "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    house.configure(WATCH.replace("conditions =", 'relevance = "ketamine-substance-use"\nconditions ='))
    nothing = run()
    registry.put(a_trial("NCT10000001"))
    registry.put(a_trial("NCT10000002", completionDateStruct={"date": "2026-12", "type": "ESTIMATED"}))
    of_nobodys_use = a_trial("NCT10000003")
    of_nobodys_use["protocolSection"]["conditionsModule"] = {"conditions": ["Healthy Volunteers"]}
    registry.put(of_nobodys_use)
    house.night()
    registry.night()
    for trial_id in ("NCT10000001", "NCT10000003"):
        registry.edit(trial_id, with_status("COMPLETED"))
    house.night()
    something = run()
    assert int(something[0].split()[0]) > int(nothing[0].split()[0])
    assert something[1] == "['completed']"
    assert nothing[1] == "[]"
    open_and_relevant = "['NCT10000002']"
    assert something[2] == " ".join([open_and_relevant] * 3)
