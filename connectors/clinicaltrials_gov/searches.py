"""How a watch's terms become searches that ClinicalTrials.gov accepts.

Its query language (Essie) refuses an expression of more than a dozen alternatives as "too complicated", so a
long list becomes several searches whose union is what was asked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_ALTERNATIVES = 12
"""OR terms in one request, all parameters together: 12 pass, 14 do not (measured once, 2026)."""

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


def expressions(interventions: Sequence[str], conditions: Sequence[str]) -> Iterator[Expression]:
    """Every search of a watch: each chunk of interventions with each chunk of conditions.

    The chunk sizes are those that need the fewest requests. Neither list: one search for everything.
    """
    most_i, most_c = _chunk_sizes(len(interventions), len(conditions))
    for some in _chunks(interventions, most_i):
        for others in _chunks(conditions, most_c):
            intr = " OR ".join(term(words) for words in some)
            cond = " OR ".join(term(words) for words in others)
            params = {"query.intr": intr, "query.cond": cond}
            name = " with ".join(part for part in (intr, cond) if part)
            yield Expression(name or "everything", {key: value for key, value in params.items() if value})


def _chunk_sizes(interventions: int, conditions: int) -> tuple[int, int]:
    if not interventions or not conditions:
        return MOST_ALTERNATIVES, MOST_ALTERNATIVES
    splits = [(size, MOST_ALTERNATIVES - size) for size in range(1, MOST_ALTERNATIVES)]
    return min(splits, key=lambda split: -(-interventions // split[0]) * -(-conditions // split[1]))


def _chunks(terms: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    yield from (terms[start : start + size] for start in range(0, len(terms), size)) if terms else [()]
