"""How a watch's terms become searches that ClinicalTrials.gov accepts.

Its query language (Essie) refuses an expression of more than a dozen alternatives as "too complicated", so a
long list becomes several searches whose union is what was asked for.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from connectors.registry import Part

MOST_ALTERNATIVES = 12
"""OR terms in one request, all parameters together: 12 pass, 14 do not (measured once, 2026)."""

FIRST_YEAR = 1999
"""The registry opened in February 2000; what it had before is first posted in 1999."""
LONG_AGO = date(1900, 1, 1)
FAR_OFF = date(2099, 12, 31)

_PLAIN = re.compile(r"[\w'-]+(?: [\w'-]+)*", re.UNICODE)
_OPERATOR = re.compile(r"\b(AND|OR|NOT|AREA|SEARCH|RANGE|EXPANSION|COVERAGE|MISSING|ALL|TILT)\b")
_NUMBER = re.compile(r"\bNCT\d+\b", re.IGNORECASE)
"""A query of nothing but these makes the registry forget the other parameters."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One search: the parameters it is asked with and the words by which people know it."""

    name: str
    params: dict[str, str]


def term(words: str) -> str:
    """A user's words as one term: operators, trial numbers and punctuation in them lose their power.

    Words without any are left bare, because only bare words are widened by the registry's synonyms.
    """
    words = " ".join(words.split())
    if _PLAIN.fullmatch(words) and not _OPERATOR.search(words) and not _NUMBER.search(words):
        return words
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def expressions(
    interventions: Sequence[str], conditions: Sequence[str], terms: Sequence[str] = ()
) -> Iterator[Expression]:
    """Every search of a watch: each chunk of one list with each chunk of the others.

    The chunk sizes are those that need the fewest requests. No list at all: one search for everything.
    """
    lists = {"query.intr": interventions, "query.cond": conditions, "query.term": terms}
    asked = {parameter: words for parameter, words in lists.items() if words}
    sizes = _chunk_sizes([len(words) for words in asked.values()])
    chunks = [list(_chunks(words, size)) for words, size in zip(asked.values(), sizes, strict=True)]
    for combination in itertools.product(*chunks):
        queries = [" OR ".join(map(term, words)) for words in combination]
        yield Expression(" with ".join(queries) or "everything", dict(zip(asked, queries, strict=True)))


def years(today: date) -> tuple[Part, ...]:
    """All that the registry holds, by year of first posting. The first part has no beginning, the last no end."""
    last = max(today.year, FIRST_YEAR)
    return tuple(
        Part(
            str(year),
            LONG_AGO if year == FIRST_YEAR else date(year, 1, 1),
            FAR_OFF if year == last else date(year, 12, 31),
        )
        for year in range(FIRST_YEAR, last + 1)
    )


def of_part(part: Part) -> Expression:
    return Expression(
        f"everything first posted in {part.name}", _dated("StudyFirstPost", part.first_on, part.last_on)
    )


def of_updates(since: date) -> Expression:
    return Expression(f"everything updated since {since}", _dated("LastUpdatePost", since, FAR_OFF))


def _dated(event: str, first_on: date, last_on: date) -> dict[str, str]:
    return {"filter.advanced": f"AREA[{event}Date]RANGE[{first_on},{last_on}]"}


def _chunk_sizes(lengths: Sequence[int]) -> tuple[int, ...]:
    """How many terms of each list a request takes, so that the fewest requests are needed."""
    splits = itertools.product(range(MOST_ALTERNATIVES, 0, -1), repeat=len(lengths))
    allowed = (split for split in splits if sum(split) <= MOST_ALTERNATIVES)

    def requests(split: tuple[int, ...]) -> int:
        return math.prod(-(-length // size) for length, size in zip(lengths, split, strict=True))

    return min(allowed, key=requests)


def _chunks(words: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    yield from (words[start : start + size] for start in range(0, len(words), size))
