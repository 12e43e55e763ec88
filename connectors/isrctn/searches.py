"""How a watch's terms become searches of ISRCTN.

Its query language has fields, quoted phrases, AND, OR and brackets. It knows no synonyms, and what it does not
understand it drops, or finds nothing by, in silence: so nothing is asked but phrases in fields that are known to
work, and every list of a watch is also looked for in titles.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

FIELDS = {"interventions": ("intervention", "title"), "conditions": ("condition", "title"), "terms": ("",)}
"""Where each list of a watch is looked for; terms may stand anywhere."""
LONGEST = 6000
"""Letters of a query in an address: many servers refuse one of 8,000."""
FIRST_YEAR = 2000
"""Nothing was edited before: the registry opened in that year."""
ANY_TRIAL = f"lastEdited GE {FIRST_YEAR}-01-01T00:00:00"
_POWERS = re.compile(r'["\\]+')
"""What ends a phrase before its end."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One search: its query, and the words by which people know it."""

    name: str
    query: str


def expressions(
    interventions: Sequence[str], conditions: Sequence[str], terms: Sequence[str] = ()
) -> Iterator[Expression]:
    """Every search of a watch; one, unless its address would be too long."""
    asked = {"interventions": interventions, "conditions": conditions, "terms": terms}
    lists = {name: [spelt for each in words if (spelt := _spelt(each))] for name, words in asked.items()}
    yield from _divided({name: words for name, words in lists.items() if words})


def of_years(this_year: int) -> Iterator[Expression]:
    """All that the registry holds, by year of last edit, the last without an end.

    The oldest first: whoever is edited meanwhile moves into a year that is still to be asked for.
    """
    for year in range(FIRST_YEAR, this_year + 1):
        bounds = [f"lastEdited GE {year}-01-01T00:00:00"] if year > FIRST_YEAR else []
        bounds += [f"lastEdited LT {year + 1}-01-01T00:00:00"] if year < this_year else []
        yield Expression(f"everything last edited in {year}", " AND ".join(bounds))


def _spelt(words: str) -> str:
    return " ".join(_POWERS.sub(" ", words).split())


def _divided(lists: dict[str, list[str]]) -> Iterator[Expression]:
    """Searches whose union is what was asked for: where one is too long, its longest list is cut in two."""
    found = _expression(lists)
    longest = max(lists, key=lambda name: len(lists[name]), default=None)
    if longest is None:
        return
    if len(quote_plus(found.query)) <= LONGEST or len(lists[longest]) == 1:
        yield found
        return
    middle = len(lists[longest]) // 2
    for half in (lists[longest][:middle], lists[longest][middle:]):
        yield from _divided({**lists, longest: half})


def _expression(lists: dict[str, list[str]]) -> Expression:
    parts = [" OR ".join(_in_fields(FIELDS[name], words)) for name, words in lists.items()]
    named = [" OR ".join(words) for words in lists.values()]
    query = " AND ".join(f"({part})" if len(parts) > 1 else part for part in parts)
    return Expression(" with ".join(named), query)


def _in_fields(fields: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    for word, name in itertools.product(words, fields):
        yield f'{name}:"{word}"' if name else f'"{word}"'
