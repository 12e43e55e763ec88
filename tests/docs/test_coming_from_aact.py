"""Whoever comes from elsewhere is sent to names that exist, and the questions on that page have answers."""

import re
from collections.abc import Iterator

import pytest

from docs.refresh import FOLDER
from tests.shelf import Shelf
from warehouse.publish.views import MACROS

PAGE = FOLDER / "coming-from-aact.md"
CODE = re.compile(r"`([^`]+)`")


@pytest.fixture
def names(shelf: Shelf) -> set[str]:
    """Every view, ``view.column`` and macro of a published file."""
    rows = shelf.ask("SELECT view_name, view_name || '.' || column_name FROM data_dictionary")
    return {*MACROS, *(name for row in rows for name in row)}


def cells() -> Iterator[list[str]]:
    """The rows of the page's tables: theirs, ours, what differs."""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("| ") and " | here | " not in line:
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_name_of_ours_exists(names: set[str]) -> None:
    rows = list(cells())
    assert {len(row) for row in rows} == {3}
    ours = [row[1] for row in rows]
    assert all(cell == "—" or CODE.search(cell) for cell in ours)
    assert {name for cell in ours for name in CODE.findall(cell)} - names == set()


def test_what_is_said_beside_the_tables_names_nothing_else_either(names: set[str]) -> None:
    text = re.sub(r"(?m)^\| [^|]*\|", "|", PAGE.read_text("utf-8"))
    views = {name for name in names if "." not in name}
    said = [name for name in CODE.findall(text) if re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)?", name)]
    meant = {name for name in said if name.startswith("trial_") or ("." in name and name.split(".")[0] in views)}
    assert meant - names - {"trial_id"} == set()
