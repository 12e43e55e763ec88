"""Ketamine's part in a treatment: is it what another is compared with, or what stands beside another? Pure."""

import re
from functools import cache

from warehouse.judge.relevance.given import COMPARATORS, Ketamine
from warehouse.judge.relevance.wording import alternatives, context, drug_name, entries
from warehouse.judge.relevance.words import Gift, Words

_MOST_ARMS = 50
_VERSUS = re.compile(r"\b(?:vs\.?|versus|compared\s+(?:to|with)|against|relative\s+to)\s+", re.IGNORECASE)


def is_comparator(trial: Words, ketamine: Ketamine) -> bool:
    """Whether it is what something else is measured against, as arms say, or else a title."""
    arms = _by_arms(trial, ketamine)
    if arms is None:
        return any(_is_compared_with(title.words) for title in trial.titles)
    return arms == "comparator"


def _by_arms(trial: Words, ketamine: Ketamine) -> str | None:
    """Whether only comparator arms hold it, or only experimental ones; None where the arms do not tell."""
    holding = {id(each) for each in ketamine.groups}
    kinds = {each.kind for each in ketamine.groups}
    others = {each.kind for each in trial.groups if id(each) not in holding}
    if kinds and kinds <= {*COMPARATORS, "OTHER"} and "EXPERIMENTAL" in others:
        return "comparator"
    if kinds == {"EXPERIMENTAL"} and others and "EXPERIMENTAL" not in others:
        return "treatment"
    return None


def _is_compared_with(title: str) -> bool:
    versus = _VERSUS.search(title)
    if versus is None:
        return False
    before, after = title[: versus.start()], title[versus.end() :]
    return (
        bool(drug_name().search(after))
        and not drug_name().search(before)
        and not context("control").search(before)
    )


def is_adjunct(trial: Words, ketamine: Ketamine) -> bool:
    """Whether it stands beside another treatment: a title says so, or every arm has it and another differs."""
    return any(_adjunct().search(title.words) for title in trial.titles) or _is_background(trial, ketamine)


@cache
def _adjunct() -> re.Pattern[str]:
    names, word = drug_name().pattern, alternatives(entries("adjunct"))
    ahead, behind = r"(?:(?!to\b)\w[\w-]*\s+){0,3}", r"(?:(?!and\b)\w[\w-]*\s+){0,3}"
    patterns = (rf"{word}\s+{ahead}{names}", rf"{names}[\s-]\s*{behind}{word}(?!\s+to\s+ketamine)")
    return re.compile("|".join(patterns), re.IGNORECASE)


def _is_background(trial: Words, ketamine: Ketamine) -> bool:
    """Whether all arms have ketamine, and another drug or device makes the difference between them."""
    in_all = 2 <= len(trial.groups) == len(ketamine.groups) <= _MOST_ARMS
    if not in_all or len(ketamine.gifts) != 1:
        return False
    shared = {each.label.words for each in trial.groups}
    differing = [each for each in trial.gifts if each.kind in ("DRUG", "DEVICE") and each not in ketamine.gifts]
    return any(_labels(each, trial) < shared and _labels(each, trial) for each in differing)


def _labels(each: Gift, trial: Words) -> set[str]:
    names = {name.words for name in each.names}
    listed = {
        group.label.words
        for group in trial.groups
        if any(what.words.partition(": ")[2] in names or what.words in names for what in group.gives)
    }
    return listed | (set(each.arms) & {group.label.words for group in trial.groups})
