"""What a text names ketamine as: a drug that is given, the drug abused, or one that is only named. Pure.

"Prior ketamine", "ketamine placebo", "a test for ketamine" are named and not given; "ketamine users" abuse it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from warehouse.judge.relevance.wording import alternatives, drug_name, entries
from warehouse.judge.relevance.words import Text

_NEAR = 60
"""How many letters around a name say what it is named for."""
_LISTED = r"(?:[\w-]+(?:,\s*(?:and|or)\s+|,\s*|\s+(?:and|or)\s+)){1,5}"
_ABUSE = r"(?:addict\w*|dependen\w+|abus\w+|misus\w+)(?!\s+(?:potential|liabilit))"
_ABUSE_AHEAD = re.compile(
    rf"(?:^\s*{_ABUSE}\s*,\s*|\b{_ABUSE}\s+(?:on|to|of)\s+(?:{_LISTED})?|\busing\s+{_LISTED})$", re.IGNORECASE
)
_USE_AHEAD = re.compile(rf"\buse\s+of\s+{_LISTED}$", re.IGNORECASE)
_FILLER = r"(?:(?!(?:and|or|plus|versus|vs|then|with)\b)[\w-]+\s+)?"


class Named(Enum):
    """What a record names ketamine as."""

    GIVEN = "given"
    ABUSED = "abused"
    ONLY = "only named"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a record names ketamine."""

    text: Text
    words: str
    named: Named


def mentions(text: Text) -> Iterator[Mention]:
    """Every name of ketamine in a text, with what it is named as."""
    for found in drug_name().finditer(text.words):
        before, after = text.words[: found.start()][-_NEAR:], text.words[found.end() :][:_NEAR]
        yield Mention(text, found[0], _named_as(before, after))


def _named_as(before: str, after: str) -> Named:
    if _user_behind().match(after) or _ABUSE_AHEAD.search(before):
        return Named.ABUSED
    if _only_behind().match(after) or _only_ahead().search(before) or _USE_AHEAD.search(before):
        return Named.ONLY
    return Named.GIVEN


def first_given(texts: Iterable[Text]) -> Mention | None:
    return next((each for text in texts for each in mentions(text) if each.named is Named.GIVEN), None)


@cache
def _only_ahead() -> re.Pattern[str]:
    near, right = alternatives(entries("not_before")), alternatives(entries("right_before"))
    return re.compile(rf"(?:{near}[\s-]+{_FILLER}|{right}[\s-]+)$", re.IGNORECASE)


@cache
def _only_behind() -> re.Pattern[str]:
    controlled = r"(?![\s-]+(?:controlled|group|arm|comparison))"
    return re.compile(rf"[\s-]+{alternatives(entries('not_after'))}{controlled}", re.IGNORECASE)


@cache
def _user_behind() -> re.Pattern[str]:
    not_measured = r"(?![\s-]+(?:potential|liabilit))"
    return re.compile(rf"[\s-]+{alternatives(entries('user_after'))}{not_measured}", re.IGNORECASE)
