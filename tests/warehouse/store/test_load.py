"""Trials into tables: the same of one part as of many, and never more memory for more of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.clinicaltrials_gov.reading import Reader
from tests.records import a_trial
from warehouse.keep.intake import Read, as_held
from warehouse.store.file import opened, transaction
from warehouse.store.load import Stage, in_columns, load, load_again, replace_payloads, row_of

NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored
DATED = (date(2026, 9, 11), "posted")


def state(number: int, words: str = "") -> Read:
    trial = a_trial(f"NCT{number:08d}")
    trial["protocolSection"]["descriptionModule"] = {"briefSummary": words, "detailedDescription": words[::-1]}
    payload = json.dumps(trial).encode()
    return as_held(Reader().read(payload, date(2026, 9, 12)), payload, f"f{number}")


@contextmanager
def staged(work: Path, states: list[Read], parts: int) -> Iterator[Stage]:
    """The states, staged in so many parts."""
    work.mkdir(exist_ok=True)
    with Stage(work, registry_name="clinicaltrials.gov", run_id="r", observed_at=NOW, edition=1) as stage:
        for part in range(parts):
            lines = stage.lines(str(part))
            for each in states[part::parts]:
                lines.add(stage.of_all | row_of(each, 1, DATED))
            with duckdb.connect() as con:
                stage.take(in_columns(con, lines), lines.count)
        yield stage
    assert list(work.iterdir()) == []


def held(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    return {name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in tables if name != "store_schema"}


@pytest.mark.parametrize("parts", [2, 5])
def test_many_parts_make_what_one_makes(tmp_path: Path, parts: int) -> None:
    made = []
    for number in (1, parts):
        (tmp_path / str(number)).mkdir()
        states = [state(each) for each in range(9)]
        with opened(tmp_path / str(number)) as con, staged(tmp_path / "work", states, number) as stage:
            load(con, stage)
            con.execute("DELETE FROM trial_condition")
            load_again(con, stage)
            replace_payloads(con, stage)
            made.append(held(con))
            assert con.execute("SELECT count(*), max(revision) FROM trial_payload").fetchone() == (9, 1)
    assert made[0] == made[1]


@pytest.mark.slow
def test_many_trials_do_not_stay_in_memory_until_the_night_ends(tmp_path: Path) -> None:
    states = [state(number, f"words of the trial {number}, " * 200) for number in range(6000)]
    with opened(tmp_path) as con, staged(tmp_path / "work", states, 40) as stage:
        con.execute("SET memory_limit = '100MB'")
        with transaction(con):
            load(con, stage)
        assert con.execute("SELECT count(*) FROM trial_detail").fetchone() == (6000,)
