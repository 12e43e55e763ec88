"""How words are found in a trial's text: whole words, whatever their case, with a hyphen or a blank between parts.

Pure. Rules are read from the vocabulary files; what they mean is decided in ``relevance``.
"""

import re
from collections.abc import Iterable
from functools import cache

from warehouse.vocabulary import rows

_BETWEEN = r"[\s\-–/]+"
_NOT_DENIED = r"(?<!\w)(?<!non-)(?<!non )(?<!anti-)(?<!sub-)(?<!sub )"
"""Neither inside of another word (hydroxynorketamine) nor denied (non-alcoholic, sub-anesthetic)."""
_LAYOUT = r"[\s\-–,;:/()]+"
_LINKS = ("and", "or", "&", "use", "using", "type", "prescription", "severe", "moderate", "related")
"""What may stand between a substance and its disorder, as another substance may ("cocaine and opioid abuse")."""


def phrase(words: str, between: str = _BETWEEN) -> str:
    """A pattern for one vocabulary entry; ``*`` at its end stands for the rest of the word."""
    parts = [re.escape(part) for part in re.split(r"[\s\-]+", words.removesuffix("*"))]
    rest = r"\w*" if words.endswith("*") else ""
    return rf"{_NOT_DENIED}{between.join(parts)}{rest}(?!\w)"


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
    """Finds ketamine by any of its names; codes are written with and without their hyphens."""
    names = [row["name"] for row in rows("drugs.csv") if row["kind"] != "mesh"]
    loose = (phrase(name, r"[\s\-–/]*") for name in sorted(names, key=len, reverse=True))
    return re.compile("|".join(loose), re.IGNORECASE)


@cache
def any_substance() -> re.Pattern[str]:
    """Finds any word of ``disorders``' patterns that names a substance; where it finds none, neither do they."""
    terms = [row["term"] for row in rows("disorder_terms.csv") if row["kind"] == "term"]
    return any_of((*(row["word"] for row in rows("substances.csv")), *terms))


@cache
def disorders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each substance, what finds a disorder of it in a text."""
    named: dict[str, list[str]] = {}
    for row in rows("substances.csv"):
        named.setdefault(row["substance"], []).append(row["word"])
    return tuple((substance, _disorder_of(substance, words)) for substance, words in named.items())


def _disorder_of(substance: str, words: list[str]) -> re.Pattern[str]:
    named = _alternatives(words)
    behind = "|".join(phrase(row["word"]) for row in rows("contexts.csv") if row["context"] == "followed_by")
    end = rf"(?!{_BETWEEN}(?:{behind}))"
    disorder = f"{_alternatives(_disorder_words('beside'))}{end}"
    link = _alternatives((*_LINKS, *(row["word"] for row in rows("substances.csv"))))
    patterns = [
        rf"{named}{_LAYOUT}(?:{link}{_LAYOUT}){{0,4}}?{disorder}",
        rf"{disorder}(?:\s*,\s*|\s+(?:on|to|of|from|for)\s+)(?:[\w-]+\s+){{0,2}}?{named}",
        rf"{_alternatives(_disorder_words('before'))}\s+{named}\s+(?:use|consumption|intake|drinking|smoking)\b",
    ]
    patterns += [
        phrase(row["term"]) + end
        for row in rows("disorder_terms.csv")
        if row["kind"] == "term" and row["substance"] == substance
    ]
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def whole_conditions() -> dict[str, str]:
    """Substance by condition, for those that count only where they are the whole condition."""
    return {row["term"]: row["substance"] for row in rows("disorder_terms.csv") if row["kind"] == "condition"}


def _disorder_words(place: str) -> list[str]:
    return [row["word"] for row in rows("disorder_words.csv") if row["place"] == place]


def _alternatives(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(phrase, sorted(words, key=len, reverse=True)))})"
