"""What titles aim ketamine at: the disorder, or pain, anaesthesia and sedation. Pure.

A title is cut where it turns from an aim ("for", "to reduce") to people and settings ("in", "with", "after"): what
stands in an aim is what ketamine is given for; a surgery or a pain among the people's marks decides nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from warehouse.judge.relevance.disorders import Disorder, disorders_in
from warehouse.judge.relevance.given import Ketamine, acute_gift
from warehouse.judge.relevance.mentions import first_given
from warehouse.judge.relevance.verdict import Evidence
from warehouse.judge.relevance.wording import alternatives, context, drug_name, entries, without_harmless
from warehouse.judge.relevance.words import Text, Words

_TURN = re.compile(
    r"\b(?P<aim>for|to|treat\w*|management of|prevent\w*|prevention of|reduc\w*|facilitat\w*|support\w*|assist\w*"
    r"|enhanc\w*|against|effects? of|on(?!\s+(?:methadone|buprenorphine|opioid|medication|maintenance|chronic)))\b"
    r"|\b(?P<people>in|among|patients?|people|individuals|subjects|adults|adolescents|women|men|veterans|persons|with"
    r"|users|undergoing|receiving|taking|after|following|during|at|on)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:dependent|addicts?|addicted|abusers?|users?|misusers|alcoholics?|drinkers?|smokers?|maintained)$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:\band\b|&|\bplus\b|,|/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TitlePart:
    """A stretch of a title, and whether it says what something is for or who the people are."""

    words: str
    is_aim: bool
    is_explicit: bool


def acute_words(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...]) -> Text | None:
    own = acute_gift(trial, ketamine)
    if own and not any(first_given([title]) for title in trial.titles):
        return own
    if any(aims_at_disorder(title.words) for title in trial.titles):
        return None
    return (
        own
        or _found(trial.titles, "acute")
        or _undergoing(trial)
        or _ache_aimed_at(trial)
        or _found(tuple(text for text in trial.conditions if not disorders_in(text.words)), "acute")
        or (None if _is_registered(people) else _found((*trial.titles, *trial.conditions), "ache", "setting"))
    )


def _is_registered(people: tuple[Evidence, ...]) -> bool:
    """Whether conditions or headings say whom it is for, not a title alone."""
    return any(each.field in ("trial_conditions", "trial_mesh_terms") for each in people)


def _found(texts: tuple[Text, ...], *kinds: str) -> Text | None:
    for text in texts:
        found = context(*kinds).search(without_harmless(text.words.replace(",", " ")))
        if found:
            return Text(text.field, found[0])
    return None


def _undergoing(trial: Words) -> Text | None:
    for title in trial.titles:
        found = _operation().search(title.words)
        if found:
            return Text(title.field, found[0])
    return None


@cache
def _operation() -> re.Pattern[str]:
    operations = rf"(?:{alternatives(entries('setting'))}|\w+(?:ectomy|plasty|scopy|otomy|ostomy)\b)"
    return re.compile(rf"\b(?:undergoing|scheduled for)\s+(?:[\w-]+\s+){{0,5}}?{operations}", re.IGNORECASE)


def _ache_aimed_at(trial: Words) -> Text | None:
    for title in trial.titles:
        for piece in _pieces(without_harmless(title.words)):
            kinds = ("ache", "setting") if piece.is_explicit else ("ache",)
            found = context(*kinds).search(piece.words) if piece.is_aim else None
            if found:
                return Text(title.field, found[0])
    return None


def aims_at_disorder(title: str) -> bool:
    """Whether a title says that something is for the disorder, with no pain or anaesthesia before it."""
    pieces = [piece for piece in _pieces(without_harmless(title)) if piece.is_aim]
    explicit = [piece for piece in pieces if piece.is_explicit]
    if any(_is_acute_aim(piece.words) for piece in explicit):
        return False
    return any(_reaches_disorder(piece.words) for piece in pieces)


def _is_acute_aim(words: str) -> bool:
    return bool(context("acute").search(words)) and not _reaches_disorder(words)


def _reaches_disorder(words: str) -> bool:
    found = _disorder_aimed_at(words)
    if found is None:
        return False
    before = words[: found.start]
    if context("acute").search(before):
        return False
    ache = context("ache").search(before)
    return ache is None or bool(_JOINED.search(before, ache.end()))


def _disorder_aimed_at(words: str) -> Disorder | None:
    aims = (each for each in disorders_in(words) if not _PERSON.search(each.words))
    return next((each for each in aims if not drug_name().search(each.words)), None)


def _pieces(title: str) -> Iterator[TitlePart]:
    """A title cut where it turns from what something is for to whom and where, and back."""
    start, is_aim, is_explicit = 0, True, False
    for turn in _TURN.finditer(title):
        yield TitlePart(title[start : turn.start()], is_aim, is_explicit)
        start, is_aim = turn.end(), turn["aim"] is not None
        is_explicit = is_aim
    yield TitlePart(title[start:], is_aim, is_explicit)
