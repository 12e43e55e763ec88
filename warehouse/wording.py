"""How words are found in a trial's text: whole words, whatever their case, with a hyphen or a blank between parts.

Pure. Rules are read from the vocabulary files; what they mean is decided in ``relevance``.
"""

import re
from collections.abc import Iterable
from functools import cache

from warehouse.vocabulary import rows

_BETWEEN = r"[\s\-–/]+"
# Words that may stand between a substance and its disorder: "alcohol and cocaine dependence", "alcohol use".
_LINK = r"(?:(?:and|or|&|use|using|type|prescription|severe|moderate|related|intravenous)\b[\s,]*|[\w-]+\s*,\s*)"


def phrase(words: str) -> str:
    """A pattern for one vocabulary entry; ``*`` at its end stands for the rest of the word."""
    parts = [re.escape(part) for part in re.split(r"[\s\-]+", words.removesuffix("*"))]
    rest = r"\w*" if words.endswith("*") else ""
    return rf"(?<![\w-]){_BETWEEN.join(parts)}{rest}(?!\w)"


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the entries; the longest first, so that the words found are the whole entry."""
    return re.compile("|".join(map(phrase, sorted(words, key=len, reverse=True))), re.IGNORECASE)


@cache
def context(name: str) -> re.Pattern[str]:
    """Finds the words of one of the contexts in ``contexts.csv``."""
    return any_of(tuple(row["word"] for row in rows("contexts.csv") if row["context"] == name))


@cache
def drug_name() -> re.Pattern[str]:
    """Finds ketamine by any of its names."""
    return any_of(tuple(row["name"] for row in rows("drugs.csv") if row["kind"] != "mesh"))


@cache
def disorders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each substance, what finds a disorder of it in a text."""
    named: dict[str, list[str]] = {}
    for row in rows("substances.csv"):
        named.setdefault(row["substance"], []).append(row["word"])
    return tuple((substance, _disorder_of(substance, words)) for substance, words in named.items())


def _disorder_of(substance: str, words: list[str]) -> re.Pattern[str]:
    named = _alternatives(words)
    # "Abuse potential" is measured in people without a disorder.
    disorder = f"{disorder_word()}(?!{_BETWEEN}(?:potential|liabilit|deterr))"
    before = _alternatives(row["word"] for row in rows("disorder_words.csv") if row["place"] == "before")
    patterns = [
        rf"{named}[\s\-,/]+(?:{_LINK}[\s\-/]*){{0,4}}?{disorder}",
        rf"{disorder}(?:\s*,\s*|\s+(?:on|to|of|from|for)\s+)(?:[\w-]+\s+){{0,2}}?{named}",
        rf"{before}\s+{named}\s+(?:use|consumption|intake|drinking|smoking)\b",
    ]
    patterns += [
        phrase(row["term"])
        for row in rows("disorder_terms.csv")
        if row["kind"] == "term" and row["substance"] == substance
    ]
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def whole_conditions() -> dict[str, str]:
    """Substance by condition, for those that count only where they are the whole condition."""
    return {row["term"]: row["substance"] for row in rows("disorder_terms.csv") if row["kind"] == "condition"}


@cache
def disorder_word() -> str:
    """A pattern for any word that makes a substance beside it a disorder."""
    return _alternatives(row["word"] for row in rows("disorder_words.csv") if row["place"] == "beside")


def _alternatives(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(phrase, sorted(words, key=len, reverse=True)))})"
