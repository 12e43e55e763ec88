"""Marks: whatever changes in the store changes them, and nothing else does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.keep.twins import REGISTERED_TRIAL
from warehouse.publish.kept import kept_tables
from warehouse.publish.marks import Marks, published_columns
from warehouse.publish.views import VIEWS
from warehouse.store.file import opened
from warehouse.store.tables import PUBLIC_TABLES, columns, insert, sql

A_DAY = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored
FACTS = {"published_at": A_DAY, "run_id": "r", "is_complete": True, "watched": None, "notice": ""}
VALUES: dict[str, tuple[Any, Any]] = {
    "VARCHAR[]": (["a"], ["a", "b"]),
    "BIGINT": (1, 2),
    "DOUBLE": (1.5, 2.5),
    "BOOLEAN": (False, True),
    "DATE": (date(2026, 9, 12), date(2026, 9, 13)),
    "TIMESTAMP WITHOUT TIME ZONE": (A_DAY, A_DAY.replace(hour=3)),
    "VARCHAR": ("a", "b"),
}
"""For each type of column a value, and another."""


def types_of(table: str) -> dict[str, str]:
    return {column.name: column.type for column in columns(table)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A store with one row in each public table; what a test does to it is undone."""
    folder: Path = tmp_path_factory.mktemp("store")
    with opened(folder) as con:
        for table in PUBLIC_TABLES:
            row = {column: VALUES[kind][0] for column, kind in types_of(table).items()}
            insert(con, table, [row], folder / "work")
        yield con


EMPTY: dict[str, list[Any]] = {
    "VARCHAR[]": [[], [None], [""], ["NULL"]],
    "BIGINT": [0],
    "BOOLEAN": [False],
    "DATE": [date(1970, 1, 1)],
    "VARCHAR": [""],
}


@contextmanager
def undone(con: duckdb.DuckDBPyConnection, statement: str, *values: Any) -> Iterator[None]:
    con.execute("BEGIN TRANSACTION")
    try:
        con.execute(statement, list(values))
        yield
    finally:
        con.execute("ROLLBACK")


def marks(con: duckdb.DuckDBPyConnection) -> Marks:
    found = Marks(con)
    for table in kept_tables(FACTS):
        found.add_table(table.name, table.text, table.values)
    for view in VIEWS:
        found.add_view(view, sql(f"publish/views/{view}"))
    return found


@pytest.mark.sampled
@pytest.mark.parametrize("table", PUBLIC_TABLES)
def test_each_published_column_moves_the_mark_of_all_that_shows_it(
    store: duckdb.DuckDBPyConnection, table: str
) -> None:
    before, published = marks(store), {column.name for column in published_columns(table)}
    for column, kind in types_of(table).items():
        with undone(store, f"UPDATE {table} SET {column} = ?", VALUES[kind][1]):
            after = marks(store)
        moved = {name for name, mark in after.kept.items() if mark != before.kept[name]}
        seen = {view for view, mark in after.views.items() if mark != before.views[view]}
        if column not in published:
            assert (moved, seen) == (set(), set()), column
            continue
        assert table in moved or table == "trial", column
        assert seen, column
        if table == "trial":
            is_registered = column in REGISTERED_TRIAL
            assert ("trial_version" in moved, "trial_now" in moved) == (is_registered, True), column


@pytest.mark.parametrize("column", ["phases", "why_stopped", "enrollment", "has_results", "start_date_latest"])
def test_nothing_is_not_taken_for_something_empty(store: duckdb.DuckDBPyConnection, column: str) -> None:
    empty = EMPTY[types_of("trial_version")[column]]
    found = []
    for value in [None, *empty]:
        with undone(store, f"UPDATE trial_version SET {column} = ?", value):
            found.append(marks(store).kept["trial_version"])
    assert len(set(found)) == 1 + len(empty)


def rows(con: duckdb.DuckDBPyConnection, *found: tuple[str, str]) -> None:
    con.execute("DELETE FROM trial_keyword")
    for place, (trial_id, keyword) in enumerate(found):
        con.execute("INSERT INTO trial_keyword VALUES (?, 'k', 1, ?)", [f"{trial_id}{place // 9}", keyword])


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda con: rows(con, ("b", "y"), ("a", "x")), False),
        (lambda con: rows(con, ("a", "y"), ("b", "x")), True),
        (lambda con: rows(con, ("a", "x")), True),
        (lambda con: rows(con, ("a", "x"), ("b", "y"), ("c", "x")), True),
        (lambda con: rows(con), True),
    ],
    ids=["in another order", "values exchanged", "one less", "one more", "none"],
)
def test_rows_are_what_counts_and_not_their_order(
    store: duckdb.DuckDBPyConnection, change: Callable[[duckdb.DuckDBPyConnection], None], moves: bool
) -> None:
    with undone(store, "SELECT 1"):
        rows(store, ("a", "x"), ("b", "y"))
        before = marks(store)
    with undone(store, "SELECT 1"):
        change(store)
        after = marks(store)
    assert (after.kept["trial_keyword"] != before.kept["trial_keyword"]) is moves
    assert (after.views["trial_keywords"] != before.views["trial_keywords"]) is moves
    assert after.views["trial_sites"] == before.views["trial_sites"]
