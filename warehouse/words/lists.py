"""Lists of whatever there is: some entries at a time, and what one has and another lacks. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

Entry = TypeVar("Entry")


def batches(entries: Iterable[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    """So many entries at a time, in their order; none that would be empty.

    >>> list(batches("banana", 4))
    [('b', 'a', 'n', 'a'), ('n', 'a')]
    """
    rest = iter(entries)
    while some := tuple(islice(rest, size)):
        yield some


def lacking(some: Iterable[Entry], among: Iterable[Entry], key: Callable[[Entry], Hashable]) -> list[Entry]:
    """Entries that the other list does not have, or not as often; a list may be long without end.

    >>> lacking("banana", "ban", key=str)
    ['a', 'n', 'a']
    """
    there = Counter(map(key, among))
    found = []
    for entry in some:
        known_by = key(entry)
        if there[known_by]:
            there[known_by] -= 1
        else:
            found.append(entry)
    return found
