"""How words are found in a folded text: whole words, whatever their case, with a hyphen or a blank between.

Pure. Rules are read from the vocabulary files; what they mean is decided in the modules of the three questions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

_BETWEEN = r"[\s\-/]+"
_LOOSE = r"[\s\-/]*"
_NOT_DENIED = r"(?<!\w)(?<!non-)(?<!non )(?<!anti-)(?<!sub-)(?<!sub )(?<!nor-)"
"""Neither inside of another word (hydroxynorketamine) nor denied (non-alcoholic, sub-anesthetic)."""
_WORD = re.compile(r"[a-z0-9_]+")
A_LONG_TEXT = 400
"""Letters from which on looking for the words costs as much as looking for the entries."""
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


@dataclass(frozen=True)
class Finder:
    """Finds any of some vocabulary entries, as ``re`` does. That a text holds none, a look at sets tells first.

    An entry is there only where its longest word is (``keys``), or that word's beginning (``stems``). None of both
    where an entry has no word of ours: then every text is searched.
    """

    pattern: str
    keys: frozenset[str] | None
    stems: tuple[str, ...] = ()

    def search(self, words: str) -> re.Match[str] | None:
        return self._regex.search(words) if self.may_be_in(words) else None

    def match(self, words: str) -> re.Match[str] | None:
        return self._regex.match(words) if self.may_be_in(words) else None

    def fullmatch(self, words: str) -> re.Match[str] | None:
        return self._regex.fullmatch(words) if self.may_be_in(words) else None

    def finditer(self, words: str) -> Iterator[re.Match[str]]:
        return self._regex.finditer(words) if self.may_be_in(words) else iter(())

    def without(self, words: str) -> str:
        """The text with a blank in the place of each entry."""
        return self._regex.sub(" ", words) if self.may_be_in(words) else words

    def may_be_in(self, words: str) -> bool:
        """False where surely no entry is. A text of foreign letters, or a long one, is searched at once."""
        if self.keys is None or len(words) > A_LONG_TEXT or not words.isascii():
            return True
        return self.may_be_among(_words_of(words), words.lower())

    def may_be_among(self, words: frozenset[str], lower: str) -> bool:
        """As ``may_be_in``, of a text in lower case and its words (``words_of``)."""
        is_there = self.keys is None or not self.keys.isdisjoint(words)
        return is_there or any(stem in lower for stem in self.stems)

    def __or__(self, other: "Finder") -> "Finder":
        keys = None if self.keys is None or other.keys is None else self.keys | other.keys
        return Finder(f"{self.pattern}|{other.pattern}", keys, (*self.stems, *other.stems))

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)


def words_of(lower: str) -> frozenset[str]:
    """The words of a text in lower case, as far as they are of ASCII letters."""
    return frozenset(_WORD.findall(lower))


@lru_cache(maxsize=4096)
def _words_of(text: str) -> frozenset[str]:
    return words_of(text.lower())


def finder(words: Iterable[str], between: str = _BETWEEN) -> Finder:
    """Finds any of the entries; the longest first, so that the words found are the whole entry."""
    listed = tuple(words)
    keys: set[str] = set()
    stems: set[str] = set()
    for entry in filter(str.isascii, map(folded, listed)):
        found = _WORD.findall(entry.lower())
        if not found:
            return Finder(alternatives(listed, between), None)
        goes_on = found[-1] if entry.endswith("*") else None
        key = max(found, key=lambda word: (word != goes_on, len(word)))
        (stems if between == _LOOSE or key == goes_on else keys).add(key)
    shortest = (stem for stem in stems if not any(other in stem for other in stems - {stem}))
    return Finder(alternatives(listed, between), frozenset(keys), tuple(sorted(shortest)))


@cache
def any_of(words: tuple[str, ...]) -> Finder:
    return finder(words)


def entries(context_name: str) -> tuple[str, ...]:
    return tuple(row["word"] for row in rows("contexts.csv") if row["context"] == context_name)


@cache
def context(*names: str) -> Finder:
    """Finds the words of some of the contexts in ``contexts.csv``."""
    return any_of(tuple(word for name in names for word in entries(name)))


@cache
def drug_name() -> Finder:
    """Finds ketamine by any of its names; codes are written with and without their hyphens."""
    names = [row["name"] for row in rows("drugs.csv") if row["kind"] not in ("mesh", "abbreviation")]
    return finder(names, _LOOSE)


@cache
def drug_abbreviation() -> Finder:
    return any_of(tuple(row["name"] for row in rows("drugs.csv") if row["kind"] == "abbreviation"))


def without_harmless(words: str) -> str:
    """A text without what only sounds like pain or anaesthesia ("psychological pain")."""
    return context("harmless").without(words)
