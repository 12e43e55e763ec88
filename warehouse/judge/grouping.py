"""What is one with what, where some must stay apart: ties are followed but for those that lie between the apart.

Pure; it does not know what is tied, nor by what. Which of several ties that lead from one to another that must
stay apart is to blame cannot be told, so none of them is followed. A tie that leads nowhere between them is:
of A–B–C–D where A and C must stay apart, C–D stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """Two trials, or a trial and a number that none of ours bears, that something says are one."""

    one: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Apart:
    """Trials no two of which may be one, and why, as the end of a sentence that names two of them."""

    trial_ids: tuple[str, ...]
    because: str

    def sentence(self, one: str, other: str) -> str:
        return f"it would make {' and '.join(sorted((one, other)))} one study, and {self.because}"


Member = TypeVar("Member", str, Tie)


class Groups(Generic[Member]):
    """What is one with what: a union–find. Only roots are ever tied, so that no shape of ties makes a circle."""

    def __init__(self) -> None:
        self._parents: dict[Member, Member] = {}

    def root(self, one: Member) -> Member:
        while (parent := self._parents.setdefault(one, one)) != one:
            self._parents[one] = one = self._parents[parent]
        return one

    def join(self, one: Member, other: Member) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parents[second] = first


class KeptApart:
    """What must stay apart, by what it is one with already: asked of many pairs, it is gathered once."""

    def __init__(self, apart: Iterable[Apart], root: Callable[[str], str]) -> None:
        self._root = root
        self._in: dict[str, list[tuple[str, Apart]]] = defaultdict(list)
        for each in apart:
            for trial_id in each.trial_ids:
                self._in[root(trial_id)].append((trial_id, each))

    def between(self, one: str, other: str) -> str | None:
        """Why these two cannot be one; None where, by themselves, they could."""
        in_one, in_other = (self._in.get(self._root(each), ()) for each in (one, other))
        for first, each in in_one:
            for second, another in in_other:
                if each is another:
                    return each.sentence(first, second)
        return None


def doubtful(ties: Iterable[Tie], apart: list[Apart], root: Callable[[str], str]) -> dict[Tie, str]:
    """The ties that would make one what must stay apart, alone or together, each with why it is not followed.

    ``root`` says what is one already.
    """
    open_ties = [tie for tie in sorted(set(ties)) if root(tie.one) != root(tie.other)]
    held = KeptApart(apart, root) if open_ties else KeptApart((), root)
    alone = {tie: said for tie in open_ties if (said := held.between(tie.one, tie.other))}
    forest = _Forest([tie for tie in open_ties if tie not in alone], root)
    together: dict[Tie, str] = {}
    for each in apart if forest.ties else ():
        for (first, one), (second, other) in forest.bound(each):
            for tie in forest.path(first, second):
                together.setdefault(forest.block(tie), each.sentence(one, other))
    blocks = {tie: forest.block(tie) for tie in forest.ties}
    return alone | {tie: together[block] for tie, block in blocks.items() if block in together}


class _Forest:
    """Ties as trees over what is one already, and the ties beside them, each of which closes a loop.

    Ties whose loops have one in common are a block: whoever passes through a block can pass by any of them.
    """

    def __init__(self, ties: list[Tie], root: Callable[[str], str]) -> None:
        self._root = root
        self._ends = {tie: (root(tie.one), root(tie.other)) for tie in ties}
        self.ties = ties
        self._up: dict[str, tuple[str, Tie]] = {}
        self._depth: dict[str, int] = {}
        self._tree: dict[str, str] = {}
        self._grow()
        self._blocks = Groups[Tie]()
        self._close()

    def block(self, tie: Tie) -> Tie:
        """The first tie of its block."""
        return self._blocks.root(tie)

    def path(self, one: str, other: str) -> Iterator[Tie]:
        """The ties of the tree that lead from one to another of it."""
        while one != other:
            if self._depth[one] < self._depth[other]:
                one, other = other, one
            one, tie = self._up[one]
            yield tie

    def bound(self, apart: Apart) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
        """What must stay apart and is in one tree, the first of each tree with each other: where, and who."""
        first: dict[str, tuple[str, str]] = {}
        places = {self._root(each): each for each in sorted(apart.trial_ids, reverse=True)}
        for place in sorted(places):
            if place in self._tree:
                start = first.setdefault(self._tree[place], (place, places[place]))
                if start[0] != place:
                    yield start, (place, places[place])

    def _grow(self) -> None:
        beside: dict[str, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            for end in self._ends[tie]:
                beside[end].append(tie)
        for start in sorted(beside):
            if start not in self._tree:
                self._grow_from(start, beside)

    def _grow_from(self, start: str, beside: dict[str, list[Tie]]) -> None:
        self._tree[start], self._depth[start] = start, 0
        reached = [start]
        for place in reached:  # which grows meanwhile
            for tie in beside[place]:
                one, other = self._ends[tie]
                end = other if place == one else one
                if end not in self._tree:
                    self._tree[end], self._depth[end], self._up[end] = start, self._depth[place] + 1, (place, tie)
                    reached.append(end)

    def _close(self) -> None:
        in_tree = {tie for _, tie in self._up.values()}
        for tie in self.ties:
            if tie not in in_tree:
                for each in self.path(*self._ends[tie]):
                    self._blocks.join(tie, each)
