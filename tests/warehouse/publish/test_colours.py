"""Whoever draws beside the page has its colours."""

import pytest

from connectors.statuses import GROUPS
from warehouse.publish.page.colours import STYLE, colours


def test_every_status_group_has_a_colour_of_its_own_by_day_and_by_night() -> None:
    for scheme in (colours("light"), colours("dark")):
        assert len({scheme[group] for group in GROUPS}) == len(GROUPS)
    assert all(colours("light")[group] != colours("dark")[group] for group in GROUPS)


@pytest.mark.parametrize("name", ["text", "ground", "card", "late", "link"])
def test_they_are_those_of_the_style(name: str) -> None:
    assert f"--{name}: {colours()[name]};" in STYLE.read_text("utf-8")
