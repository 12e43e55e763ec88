"""People without the disorder: healthy ones, where they are the only ones, and people at risk of it. Pure."""

import re

from warehouse.judge.relevance.disorders import disorders_in
from warehouse.judge.relevance.wording import context
from warehouse.judge.relevance.words import Text, Words

_BEFORE = 60
_BETWEEN = 12
"""How many letters may stand between "family history of" and what it is a history of."""
_BESIDE = re.compile(
    r"\b(?:and|or|vs\.?|versus|unlike|than|compared\s+(?:to|with)|with)\s+(?:(?!(?:in|of|among|to|for)\b)[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^\s*(?:controls?\b|comparison\b|(?:and|or|vs\.?|versus)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:patients?|individuals|people|persons|subjects|participants|adults|those|drinkers|smokers|alcoholics|with)\b)",
    re.IGNORECASE,
)
_ONE_GROUP_OF = re.compile(r"\b(?:patients?|with and without|dependent|abusers?|users?)\b", re.IGNORECASE)


def is_only_a_risk(words: str, start: int) -> bool:
    """Whether what stands before a disorder makes it a risk ("family history of", "at risk for")."""
    before = words[max(0, start - _BEFORE) : start]
    return any(len(before) - each.end() <= _BETWEEN for each in context("at_risk").finditer(before))


def healthy_people(trial: Words) -> Text | None:
    """What says that the trial's people are healthy, where they are the only ones."""
    conditions = [text for text in trial.conditions if text.words.strip()]
    if conditions and all(context("healthy").match(text.words) for text in conditions):
        return Text(conditions[0].field, conditions[0].words)
    if any(_has_patients(each.label.words) for each in trial.groups):
        return None
    for title in trial.titles:
        for found in context("healthy").finditer(title.words):
            if " " in found[0] and not _is_one_group(title.words, found):
                return Text(title.field, found[0])
    return None


def _is_one_group(title: str, found: re.Match[str]) -> bool:
    before, after = title[: found.start()], title[found.end() :]
    return bool(_BESIDE.search(before) or _OTHERS.match(after) or _ONE_GROUP_OF.search(before + after))


def _has_patients(label: str) -> bool:
    if re.search(r"\bpatients?\b", label, re.IGNORECASE):
        return True
    return bool(disorders_in(label))


def at_risk(trial: Words) -> Text | None:
    """What says that people are at risk of the disorder, where no title names anybody who has it."""
    if any(_names_patients(title) for title in trial.titles):
        return None
    found = ((title, context("at_risk").search(title.words)) for title in trial.titles)
    return next((Text(title.field, match[0]) for title, match in found if match), None)


def _names_patients(title: Text) -> bool:
    """Whether a title names the disorder outside of what people are at risk of."""
    return any(not is_only_a_risk(title.words, found.start) for found in disorders_in(title.words))
