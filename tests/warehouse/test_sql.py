"""What files of SQL write out is what the rest of the house means by it."""

import re
from pathlib import Path

import pytest

from connectors.statuses import COURSE, OPEN
from warehouse.words.outcomes import IS_COMPLETE

FILES = sorted((Path(__file__).parents[2] / "warehouse").rglob("*.sql"))
OPEN_GROUPS = f"status_group IN {tuple(group for group in COURSE if group in OPEN)}"


@pytest.mark.parametrize(("column", "meant"), [("outcome", IS_COMPLETE), ("status_group", OPEN_GROUPS)])
def test_a_condition_on_it_is_the_one_that_python_knows(column: str, meant: str) -> None:
    written = re.compile(rf"\b{column} IN \([^)]*\)")
    found = [each for path in FILES for each in written.findall(path.read_text("utf-8"))]
    assert found
    assert set(found) == {meant}
