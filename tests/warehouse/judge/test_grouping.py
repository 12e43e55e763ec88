"""Which ties fall where some must stay apart, against every way there is between them."""

from collections.abc import Iterator
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from warehouse.judge.grouping import Apart, Groups, Tie, doubtful

PLACES = "abcdefg"
any_place = st.sampled_from(PLACES)
any_ties = st.lists(st.builds(Tie, any_place, any_place, st.sampled_from(["", "2"])), max_size=10, unique=True)
any_apart = st.lists(
    st.lists(any_place, min_size=2, max_size=3, unique=True).map(lambda few: Apart(tuple(few), "")), max_size=3
)


def ways(ties: list[Tie], one: str, other: str, been: frozenset[str] = frozenset()) -> Iterator[frozenset[Tie]]:
    """The ties of every way from one to another that comes to no place twice."""
    if one == other:
        yield frozenset()
        return
    for tie in ties:
        ends = {tie.one, tie.other}
        if one in ends and len(ends) == 2:
            (end,) = ends - {one}
            if end not in been:
                for rest in ways(ties, end, other, been | {one}):
                    yield rest | {tie}


def pairs(apart: list[Apart]) -> list[tuple[str, str]]:
    return [pair for each in apart for pair in combinations(each.trial_ids, 2)]


@given(any_ties, any_apart)
def test_those_fall_that_lie_on_a_way_between_two_that_must_stay_apart(
    ties: list[Tie], apart: list[Apart]
) -> None:
    alone = {tie for tie in ties if (tie.one, tie.other) in pairs(apart) or (tie.other, tie.one) in pairs(apart)}
    rest = [tie for tie in ties if tie not in alone]
    between = {tie for pair in pairs(apart) for way in ways(rest, *pair) for tie in way}
    assert set(doubtful(ties, apart, lambda each: each)) == alone | between


@given(any_ties, any_apart, any_ties)
def test_what_is_one_already_counts_as_one_place(ties: list[Tie], apart: list[Apart], before: list[Tie]) -> None:
    groups = Groups[str]()
    for tie in before:
        if tie not in doubtful(before, apart, lambda each: each):
            groups.join(tie.one, tie.other)
    fallen = doubtful(ties, apart, groups.root)
    for tie in ties:
        if tie not in fallen:
            groups.join(tie.one, tie.other)
    for one, other in pairs(apart):
        assert groups.root(one) != groups.root(other)


def test_a_tie_says_which_two_it_would_make_one() -> None:
    ties = [Tie("a", "b", ""), Tie("b", "c", ""), Tie("c", "d", "")]
    because = "they were parted"
    said = "it would make a and c one study, and they were parted"
    assert doubtful(ties, [Apart(("c", "a"), because)], lambda each: each) == dict.fromkeys(ties[:2], said)
