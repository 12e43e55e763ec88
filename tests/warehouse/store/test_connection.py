"""Connections to DuckDB: what holds for all of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOME = ROOT / "warehouse/store/connection.py"
BY_HAND = """
import duckdb
from warehouse.store import connection
for con in ({}):
    print(con.execute("SELECT current_setting('enable_progress_bar')").fetchone()[0])
"""
"""Code without a file of its own, which DuckDB takes for somebody who types."""


def test_every_connection_begins_in_one_place() -> None:
    files = [path for room in ("connectors", "flows", "warehouse") for path in (ROOT / room).rglob("*.py")]
    assert HOME in files
    makers = re.compile(r"duckdb\.connect\(|import connect\b.*duckdb|create_engine\(")
    assert [path for path in files if makers.search(path.read_text("utf-8"))] == [HOME]


@pytest.mark.parametrize(
    ("connections", "said"),
    [("duckdb.connect(),", ["True"]), ("connection.connect(), connection.connect(threads=1)", ["False", "False"])],
)
def test_no_connection_draws_a_progress_bar(connections: str, said: list[str]) -> None:
    code = BY_HAND.format(connections)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.split() == said
