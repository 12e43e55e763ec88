"""What finds a substance use disorder in a text: a substance and a word for a disorder, side by side. Pure.

A text is cut once into the words that count, and the rest is a walk over them: as long as the text, never longer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from warehouse.judge.relevance.wording import Finder, alternatives, any_of, entries
from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

GENERAL = "unspecified"
_MOST_BETWEEN = 4
_LINKS = ("and", "or", "&", "use", "using", "type", "prescription", "severe", "moderate", "related")
"""What may stand between a substance and its disorder, as another substance may ("cocaine and opioid abuse")."""
_JOINS = ("and", "or", "&")
_LAYOUT = re.compile(r"[\s\-,;:/()]+")
_OF = re.compile(r"(?:\s*,\s*|\s+(?:on|to|of|from|for)\s+)(?:[\w-]+\s+){0,2}")
_USE = re.compile(r"\s+(?:use|consumption|intake|drinking|smoking)\b", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\-/]+")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Disorder:
    """A substance's disorder, as a text names it, and where."""

    substance: str
    start: int
    words: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that counts, where it stands, and what it may be."""

    start: int
    end: int
    substances: tuple[str, ...]
    places: tuple[str, ...]
    is_link: bool
    joins: bool

    def is_disorder_of(self, substance: str) -> bool:
        """Whether it makes a substance beside it a disorder: "discontinuation" only of one that is named."""
        return "beside" in self.places or ("beside_particular" in self.places and substance != GENERAL)


@lru_cache(maxsize=1024)
def disorders_in(words: str) -> tuple[Disorder, ...]:
    """Every disorder that a folded text names, in their order."""
    if not _any_name_or_term().search(words):
        return ()
    units = tuple(_units(words))
    found = {*_terms_in(words), *_beside(words, units), *_of(words, units), *_used_badly(words, units)}
    return tuple(sorted(found, key=lambda each: (each.start, each.substance, each.words)))


def _units(words: str) -> Iterator[Unit]:
    for found in _any_unit().finditer(words):
        key = _key(found[0])
        substances, places = _substances().get(key, ()), _places().get(key, ())
        is_link = bool(substances) or key in _LINKS
        yield Unit(found.start(), found.end(), substances, places, is_link, key in _JOINS)


def _beside(words: str, units: tuple[Unit, ...]) -> Iterator[Disorder]:
    """ "Alcohol use disorder", "cocaine and opioid abuse"."""
    for place, unit in enumerate(units):
        for substance in unit.substances:
            end = _end_of_disorder(words, units[place : place + _MOST_BETWEEN + 2], substance)
            if end and not _is_denied(words, unit.start):
                yield Disorder(substance, unit.start, words[unit.start : end])


def _end_of_disorder(words: str, units: tuple[Unit, ...], substance: str) -> int | None:
    if len(units) > 2 and units[1].joins and not units[2].substances:
        return None  # "sedatives and craving" are two things, "cocaine and opioid abuse" is not
    for before, unit in pairwise(units):
        if not _LAYOUT.fullmatch(words, before.end, unit.start):
            return None
        if unit.is_disorder_of(substance) and not _goes_on(words, unit.end):
            return unit.end
        if not unit.is_link:
            return None
    return None


def _of(words: str, units: tuple[Unit, ...]) -> Iterator[Disorder]:
    """ "Dependence on cocaine", "abuse, alcohol"."""
    for place, unit in enumerate(units):
        for other in units[place + 1 : place + 4]:
            if not _OF.fullmatch(words, unit.end, other.start) or _is_denied(words, other.start):
                continue
            for substance in other.substances:
                if unit.is_disorder_of(substance) and not _goes_on(words, unit.end):
                    yield Disorder(substance, unit.start, words[unit.start : other.end])


def _used_badly(words: str, units: tuple[Unit, ...]) -> Iterator[Disorder]:
    """ "Problematic alcohol use"."""
    for unit, other in pairwise(units):
        use = _USE.match(words, other.end) if "before" in unit.places and other.substances else None
        if use and words[unit.end : other.start].isspace():
            yield from (Disorder(each, unit.start, words[unit.start : use.end()]) for each in other.substances)


def _terms_in(words: str) -> Iterator[Disorder]:
    """Terms that name a disorder by themselves: "alcoholism"."""
    for found in _any_term().finditer(words):
        if not _goes_on(words, found.end()) and not _is_denied(words, found.start()):
            yield from (Disorder(each, found.start(), found[0]) for each in _terms()[_key(found[0])])


def _goes_on(words: str, end: int) -> bool:
    """Whether what stands behind makes it another thing: "alcohol abuse liability"."""
    return _behind().match(words, end) is not None


def _is_denied(words: str, start: int) -> bool:
    """Whether what stands right before denies it: "social drinkers", "without alcohol use disorder"."""
    return _before().search(words[max(0, start - 12) : start]) is not None


# -- a condition that is nothing but the use of a substance --------------------------------------------


def used_in(condition: str) -> tuple[str, ...]:
    """The substances of a condition that says nothing but their use, as registered for want of better words."""
    bare = " ".join(_WORDS.findall(condition)).casefold()
    return _terms("condition").get(bare) or tuple(dict.fromkeys(_used(bare)))


def _used(bare: str) -> Iterator[str]:
    uses = frozenset(_words_for("use"))
    if uses.isdisjoint(bare.split()):
        return
    rest = frozenset(_any_name().without(bare).split())
    if not rest & uses or not rest <= uses | frozenset(_words_for("filler")):
        return
    named = [each for found in _any_name().finditer(bare) for each in _substances()[_key(found[0])]]
    yield from named or (each for word in sorted(rest & uses) for each in _substances().get(word, ()))


# -- the vocabulary ------------------------------------------------------------------------------------


def _key(words: str) -> str:
    return _BLANKS.sub(" ", folded(words)).casefold()


@cache
def _substances() -> dict[str, tuple[str, ...]]:
    return {_key(row["word"]): (row["substance"],) for row in rows("substances.csv")}


@cache
def _places() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("disorder_words.csv"):
        found[_key(row["word"])] = (*found.get(_key(row["word"]), ()), row["place"])
    return found


@cache
def _terms(kind: str = "term") -> dict[str, tuple[str, ...]]:
    return {_key(row["term"]): (row["substance"],) for row in rows("disorder_terms.csv") if row["kind"] == kind}


@cache
def _words_for(*places: str) -> tuple[str, ...]:
    return tuple(row["word"] for row in rows("disorder_words.csv") if row["place"] in places)


@cache
def _any_unit() -> Finder:
    counting = _words_for("beside", "beside_particular", "before")
    return any_of(tuple({*_LINKS, *counting, *(row["word"] for row in rows("substances.csv"))}))


@cache
def _any_term() -> Finder:
    return any_of(tuple(row["term"] for row in rows("disorder_terms.csv") if row["kind"] == "term"))


@cache
def _any_name_or_term() -> Finder:
    """The screen: most texts name no substance."""
    return _any_term() | any_of(tuple(_substances()))


@cache
def any_word() -> Finder:
    """Finds whatever may tell of a substance or its disorder: a text without any of it tells of none."""
    return _any_name_or_term() | any_of(tuple(_terms("condition")))


@cache
def _any_name() -> Finder:
    """Finds names of substances, without the words that are a use as well ("smoking")."""
    uses = _words_for("use")
    return any_of(tuple(row["word"] for row in rows("substances.csv") if row["word"] not in uses))


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"[\s\-/]+{alternatives(entries('followed_by'))}", re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(entries('preceded_by'))})[ -]$", re.IGNORECASE)
