"""What one list has and another lacks. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Entry = TypeVar("Entry")


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
