"""How words are found in a folded text: whole words, whatever their case, with a hyphen or a blank between.

Pure. Rules are read from the vocabulary files; what they mean is decided in the modules of the three questions.
"""

import re
from collections.abc import Iterable
from functools import cache

from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

_BETWEEN = r"[\s\-/]+"
_LOOSE = r"[\s\-/]*"
_NOT_DENIED = r"(?<!\w)(?<!non-)(?<!non )(?<!anti-)(?<!sub-)(?<!sub )(?<!nor-)"
"""Neither inside of another word (hydroxynorketamine) nor denied (non-alcoholic, sub-anesthetic)."""
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Letters of languages that set no blanks between words."""


def alternatives(words: Iterable[str], between: str = _BETWEEN) -> str:
    """A pattern for any of some vocabulary entries, the longest first; ``*`` ends a word that may go on."""
    longest_first = sorted(map(folded, words), key=len, reverse=True)
    apart = "|".join(_entry(each, between) for each in longest_first if not _WITHOUT_BLANKS.search(each))
    within = [re.escape(each) for each in longest_first if _WITHOUT_BLANKS.search(each)]
    return "(?:" + "|".join([f"{_NOT_DENIED}(?:{apart})(?!\\w)", *within]) + ")"


def _entry(words: str, between: str) -> str:
    parts = [re.escape(part) for part in re.split(r"[\s\-]+", words.removesuffix("*"))]
    pattern = between.join(parts) + (r"\w*" if words.endswith("*") else "")
    is_abbreviation = words.isalpha() and words.isupper()
    return f"(?-i:{pattern})" if is_abbreviation else pattern


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the entries; the longest first, so that the words found are the whole entry."""
    return re.compile(alternatives(words), re.IGNORECASE)


def entries(context_name: str) -> tuple[str, ...]:
    return tuple(row["word"] for row in rows("contexts.csv") if row["context"] == context_name)


@cache
def context(*names: str) -> re.Pattern[str]:
    """Finds the words of some of the contexts in ``contexts.csv``."""
    return any_of(tuple(word for name in names for word in entries(name)))


@cache
def drug_name() -> re.Pattern[str]:
    """Finds ketamine by any of its names; codes are written with and without their hyphens."""
    names = [row["name"] for row in rows("drugs.csv") if row["kind"] not in ("mesh", "abbreviation")]
    return re.compile(alternatives(names, _LOOSE), re.IGNORECASE)


@cache
def drug_abbreviation() -> re.Pattern[str]:
    return any_of(tuple(row["name"] for row in rows("drugs.csv") if row["kind"] == "abbreviation"))


def without_harmless(words: str) -> str:
    """A text without what only sounds like pain or anaesthesia ("psychological pain")."""
    return context("harmless").sub(" ", words)
