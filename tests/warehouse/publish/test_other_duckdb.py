"""The published file opens in other DuckDBs than ours: `make test-duckdb` brings them, else this is skipped."""

import subprocess
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from docs.refresh import recipes
from tests.house import House
from tests.records import a_trial
from warehouse.publish.analysts_file import FILE, VIEWS

OTHERS = Path(__file__).parents[3] / ".tools" / "duckdb"
QUESTIONS = [
    *(f"SELECT * FROM {view}" for view in VIEWS),
    *recipes().values(),
    "SELECT * FROM trials_as_of(TIMESTAMP '2026-09-12 12:00')",
    "SELECT * FROM trials_as_of(DATE '2026-09-12', TIMESTAMP '2026-09-12 12:00')",
]
ASK = """
import sys, duckdb
path, *questions = sys.argv[1:]
con = duckdb.connect(path, read_only=True)
for question in questions:
    con.execute(question).fetchall()
con.close()
con = duckdb.connect()
con.execute(f"ATTACH '{path}' AS mine (READ_ONLY)")
con.execute("USE mine")
print(len(con.execute(questions[-1]).fetchall()))
"""


@pytest.fixture
def file(house: House, registry: SimulatedRegistry) -> str:
    """Published twice: most of the second is the first, taken over."""
    registry.put(a_trial())
    house.night()
    registry.night()
    house.night()
    return str(house.settings.published / FILE)


@pytest.mark.parametrize("python", sorted(OTHERS.glob("[0-9]*/bin/python")), ids=lambda path: path.parts[-3])
def test_every_view_macro_and_question_answers_from_python(file: str, python: Path) -> None:
    done = subprocess.run([python, "-c", ASK, file, *QUESTIONS], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("1", "")


@pytest.mark.parametrize(
    "duckdb", sorted(OTHERS.glob("cli/bin/duckdb")), ids=["cli"] * OTHERS.joinpath("cli").exists()
)
def test_every_view_macro_and_question_answers_on_the_command_line(file: str, duckdb: Path) -> None:
    done = subprocess.run(
        [duckdb, "-readonly", "-csv", file, *(word for each in QUESTIONS for word in ("-c", each))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\ntrial_id,registry_name,") >= 2
