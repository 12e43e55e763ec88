"""Whose results are asked for tonight, and in which order; what is read has a column each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from connectors.clinicaltrials_gov.reading import Reader
from connectors.results import TABLES, Results
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Night
from warehouse.keep.results import MOST_A_NIGHT, owed
from warehouse.store.file import opened
from warehouse.store.tables import columns, insert

NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone
NIGHT = Night("r", Watch("w", ("clinicaltrials.gov",)), "clinicaltrials.gov", NOW, lambda: NOW, Path(), Reader())


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(tmp_path) as con:
        yield con


def put(con: duckdb.DuckDBPyConnection, work: Path, trial_id: str, *, reading: Any = None, **more: Any) -> None:
    """A relevant trial with results in its second version; ``reading`` is what is noted of the last one."""
    of_all = {"trial_id": trial_id, "version_number": 2, "observed_at": NOW, "run_id": "r", **more}
    seen = {"registry_name": "clinicaltrials.gov", "first_seen_at": NOW, "last_seen_at": NOW}
    state = {"has_results": True, "source": "nightly", "content_hash": "h"}
    member = {"watch": "w", "stay": 1, "is_relevant": True, "entered_at": NOW, "why_entered": "x"}
    for table, row in (("trial", seen), ("trial_version", state), ("watch_member", member)):
        known = {column.name for column in columns(table)}
        insert(con, table, [{name: value for name, value in {**row, **of_all}.items() if name in known}], work)
    if reading:
        told = {"trial_id": trial_id, "version_number": 2, "failures": 0, "edition": 1, **reading}
        insert(con, "trial_result_reading", [told], work)


def ago(days: float, **more: Any) -> dict[str, Any]:
    return {"asked_at": NOW - timedelta(days=days), "read_at": NOW - timedelta(days=days), **more}


def test_what_presses_most_comes_first(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    put(con, tmp_path, "A read long ago", reading=ago(9))
    put(con, tmp_path, "B read longest ago", reading=ago(20))
    put(con, tmp_path, "C read lately", reading=ago(6))
    put(con, tmp_path, "D of another version", reading=ago(1, version_number=1))
    put(con, tmp_path, "E never read")
    put(con, tmp_path, "F asked for in vain", reading={"asked_at": NOW - timedelta(days=1), "failures": 4})
    put(con, tmp_path, "G read in the future", reading=ago(-30))
    put(con, tmp_path, "H removed", fate="removed")
    put(con, tmp_path, "I without results", has_results=False)
    put(con, tmp_path, "J not ours", is_relevant=False)
    put(con, tmp_path, "K of another registry", registry_name="isrctn")
    new, in_vain = ["E never read", "D of another version"], ["F asked for in vain", "L again and again"]
    put(con, tmp_path, "L again and again", reading=ago(0.5, read_at=NOW - timedelta(days=30), failures=9))
    assert owed(con, NIGHT, corrections=False) == [*new, "F asked for in vain"]
    assert owed(con, NIGHT, corrections=True) == [
        *new,
        "B read longest ago",
        "A read long ago",
        *in_vain,
        "G read in the future",
    ]


def test_a_night_asks_for_so_many(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    put(con, tmp_path, "T")
    for table in ("trial", "trial_version", "watch_member"):
        con.execute(
            f"INSERT INTO {table} SELECT {table}.* REPLACE (trial_id || number AS trial_id) "
            f"FROM {table}, range({MOST_A_NIGHT}) AS t(number)"
        )
    assert len(owed(con, NIGHT, corrections=False)) == MOST_A_NIGHT


def test_each_row_that_is_read_has_its_columns() -> None:
    lists = {part.name: part.type for part in msgspec.structs.fields(Results)}
    assert lists.keys() == TABLES.keys()
    for name, table in TABLES.items():
        (row,) = lists[name].__args__
        read = {part.name for part in msgspec.structs.fields(row)}
        assert {column.name for column in columns(table)} == {"trial_id", *read}, table
