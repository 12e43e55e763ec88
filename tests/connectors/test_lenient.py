"""JSON that is strictly read, and what of it must be left out: nothing deeper than a walk may go."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.lenient import DEEPEST, decoded

LEAVES: some.SearchStrategy[Any] = some.sampled_from(["", "[", "}]{[", '\\"{', 7, None, [], {}])


def nested(leaf: Any, lists: list[bool]) -> Any:
    """The leaf, within as many lists and objects."""
    for is_list in lists:
        leaf = [leaf, "]"] if is_list else {"{": leaf, "b": []}
    return leaf


@given(leaf=LEAVES, lists=some.lists(some.booleans(), min_size=DEEPEST - 8, max_size=DEEPEST + 8))
def test_what_is_too_deep_is_left_out_and_all_else_is_read_whatever_brackets_stand_in_its_texts(
    leaf: Any, lists: list[bool]
) -> None:
    value = nested(leaf, lists)
    read, odd = decoded(json.dumps(value).encode())
    depth = len(lists) + isinstance(leaf, list | dict)
    if depth < DEEPEST:
        assert (read, odd) == (value, [])
    if depth > DEEPEST:
        assert read != value
        assert all("levels deep" in each.reason for each in odd)
        assert odd


@pytest.mark.parametrize("text", ["[" * 5_000_000, "[}" * 2_500_000, "{}" * 2_500_000])
def test_a_text_of_brackets_is_a_text(text: str) -> None:
    assert decoded(json.dumps({"a": text}).encode()) == ({"a": text}, [])
