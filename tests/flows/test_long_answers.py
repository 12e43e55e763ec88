"""Answers of any length: never whole in memory, whole for a program, the beginning of it for a person."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.simulated import SimulatedRegistry
from flows.terminal.as_json import print_json
from flows.terminal.show import LETTERS_OF_A_CELL, MOST_ROWS
from tests.house import WATCH, House
from tests.records import a_trial
from warehouse.errors import QuestionError
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE

FORMATS = ("json", "csv", "table")
PEAK = """
from pathlib import Path
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
"""
"""Of this program alone, in kilobytes: what `getrusage` tells begins with that of whoever started it."""
BROKEN = (
    "SELECT CASE WHEN i = 100000 THEN CAST('x' || i AS INTEGER) ELSE i END AS n, repeat('y', 1000) AS y "
    "FROM range(400000) AS t (i)"
)
"""Its 100,001st row is an error, long after the first are out."""


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after one night; nobody here changes it."""
    with SimulatedRegistry([a_trial()]) as registry:
        made = House(tmp_path_factory.mktemp("house"), registry.url)
        made.configure(WATCH)
        made.night()
    return made


def begun(house: House, *words: str, afterwards: str = "") -> "subprocess.Popen[str]":
    script = (
        f"import sys, atexit\nfrom flows.cli import main\natexit.register(lambda: exec({afterwards!r}))\nmain()"
    )
    environment = {**os.environ, **house.variables}
    environment.pop("COLUMNS", None)
    words = (sys.executable, "-c", script, *words)
    return subprocess.Popen(words, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def typed(house: House, *words: str) -> Ended:
    with begun(house, *words) as process:
        out, err = process.communicate()
    return Ended(process.returncode, out, err)


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no other system tells a program's peak so")
@pytest.mark.parametrize("form", FORMATS)
def test_the_whole_of_an_answer_is_never_in_memory(house: House, form: str) -> None:
    sql = "SELECT repeat('x', 2000) || i AS x FROM range(250_000) AS t (i)"
    with begun(house, "query", sql, "--format", form, afterwards=PEAK) as process:
        assert process.stdout
        assert process.stderr
        letters = sum(map(len, process.stdout))
        peak = int(process.stderr.read().split()[-1]) >> 10
    assert form == "table" or letters > 500_000_000
    assert peak < 600, "megabytes; an answer of 500 beside what the command takes by itself would be more"


@pytest.mark.slow
def test_what_breaks_off_is_no_answer(house: House) -> None:
    whole = typed(house, "query", BROKEN, "--format", "csv")
    rows = list(csv.reader(io.StringIO(whole.out)))[1:]
    assert whole.code == 2
    assert 0 < len(rows) <= 100_000
    assert [int(row[0]) for row in rows] == list(range(len(rows))), "what is out is right"
    # Which of its threads DuckDB asks first, the one that failed or one that it stopped, is not ours to say.
    told = f"the answer is not whole, it breaks off after {len(rows):,} rows: "
    assert whole.err.partition(told)[2].startswith(("Conversion Error", "DuckDB met a row that it cannot make"))
    cut = typed(house, "query", BROKEN, "--format", "json")
    assert cut.code == 2
    assert cut.out
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(cut.out)
    none = typed(house, "query", BROKEN)
    assert (none.code, none.out) == (2, "")
    assert "not whole" in none.err


def test_what_duckdb_itself_stops_is_told_as_no_whole_answer(house: House) -> None:
    with questions.published(house.settings.published / FILE) as con:
        rows = questions.stream(con, "SELECT repeat('x', 1000) || i FROM range(3_000_000) AS t (i)").rows
        next(rows)
        con.interrupt()
        with pytest.raises(QuestionError, match=r"not whole.*a row that it cannot make"):
            list(rows)


@pytest.mark.parametrize("form", FORMATS)
def test_what_fails_in_its_first_rows_prints_nothing(house: House, form: str) -> None:
    ended = typed(house, "query", "SELECT CAST('x' || trial_id AS INTEGER) FROM trials", "--format", form)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("trialwatch: Conversion Error")


def test_a_table_shows_the_first_rows_and_says_how_to_get_all(house: House) -> None:
    sql = f"SELECT 'row ' || i AS x FROM range({MOST_ROWS + 1500}) AS t (i)"
    shown = typed(house, "query", sql)
    assert shown.code == 0
    assert shown.out.splitlines() == ["x", *(f"row {n}" for n in range(MOST_ROWS))]
    assert shown.err == "1,500 more are not shown; --format csv or --format json prints all\n"
    for form in ("csv", "json"):
        whole = typed(house, "query", sql, "--format", form)
        assert whole.out.count("row ") == MOST_ROWS + 1500
        assert whole.err == ""
    assert typed(house, "query", f"FROM range({MOST_ROWS})").err == ""


@pytest.mark.slow
def test_a_cell_of_a_table_is_bounded_and_others_are_not(house: House) -> None:
    sql = "SELECT repeat('word ', 1000) || 'end' AS x, 'short' AS y"
    (_, row) = typed(house, "query", sql).out.splitlines()
    assert "word… " in row
    assert len(row) < LETTERS_OF_A_CELL + 20
    assert row.endswith("short")
    for form in ("csv", "json"):
        assert "word end" in typed(house, "query", sql, "--format", form).out


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_who_has_read_enough_may_go(house: House, form: str) -> None:
    with begun(house, "query", "FROM range(100_000), trials", "--format", form) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() in (
            "",
            "99,000 more are not shown; --format csv or --format json prints all\n",
        )


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_is_closed_leads_nowhere(house: House, stream: str) -> None:
    shell = f'exec "$@" {1 if stream == "stdout" else 2}>&-'
    words = [sys.executable, "-c", "from flows.cli import main; main()", "query", "SELECT 1 AS x"]
    environment = {**os.environ, **house.variables}
    run = subprocess.run(
        ["sh", "-c", shell, "-", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == ("" if stream == "stdout" else "x\n1\n")


def test_an_output_that_is_full_is_a_sentence(house: House) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        words = [sys.executable, "-c", "from flows.cli import main; main()", "query", "FROM trials", "--json"]
        environment = {**os.environ, **house.variables}
        run = subprocess.run(words, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("trialwatch: where the data or the output go: the disk is full")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=4), st.text())
def test_row_by_row_is_to_the_letter_what_it_is_at_once(rows: list[dict[str, Any]], cursor: str) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def written(document: Any) -> str:
            patch.setattr(sys, "stdout", out := io.StringIO())
            print_json(document)
            return out.getvalue()

        coming: Iterator[Any] = iter(rows)
        at_once = written(rows)
        assert written(coming) == at_once
        assert json.loads(at_once) == rows
        around = {"changes": rows, "cursor": cursor}
        assert written({**around, "changes": iter(rows)}) == written(around)
        assert all(letter.isprintable() or letter == "\n" for letter in at_once)
        plainly = json.dumps(rows, ensure_ascii=False, indent=2)
        if all(letter.isprintable() or letter == "\n" for letter in plainly):
            assert at_once == f"{plainly}\n"
