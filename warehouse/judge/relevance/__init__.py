"""Is a trial ours, and why? Three questions, each of which has a module. Pure.

Is ketamine **given** (``given``)? To **whom** (``population``)? **For what** (``purpose``)? They are asked of the
record's structure first - interventions and arms, conditions and headings, the registered purpose - and of its
words last. Eligibility text is never read: there, a disorder is what keeps people out. The words are data
(``vocabulary/``).
"""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from connectors.trial import Trial
from warehouse.judge.relevance.given import NOT_GIVEN, gift
from warehouse.judge.relevance.population import evidence_of
from warehouse.judge.relevance.purpose import role_of
from warehouse.judge.relevance.screen import may_name_a_disorder, may_name_ketamine
from warehouse.judge.relevance.verdict import RELEVANT_ROLES, Evidence, Judgement, verdict
from warehouse.judge.relevance.words import Words

__all__ = ["RELEVANT_ROLES", "RULE_SETS", "Evidence", "Judgement", "judge", "rules_version"]

EDITION = 3
"""Raised with every rule that judges otherwise, ``concepts`` among them. Vocabulary counts by itself."""
RULE_SETS = ("ketamine-substance-use",)


def judge(trial: Trial) -> Judgement:
    """What a trial's own record says of it."""
    words = Words(trial)
    ketamine = gift(words) if may_name_ketamine(trial) else NOT_GIVEN
    people = evidence_of(words) if may_name_a_disorder(trial) else ()
    return verdict(words, ketamine, people, role_of(words, ketamine, people))


@cache
def rules_version() -> str:
    """Fingerprint of the rules: when a word or a rule changes, what is stored is judged again."""
    words = b"\0".join(each.read_bytes() for each in _lists())
    return hashlib.blake2b(b"%d\0%b" % (EDITION, words), digest_size=8).hexdigest()


def _lists() -> list[Traversable]:
    """The vocabulary's files, in one order on every machine."""
    parts = (part for part in files("warehouse.words.vocabulary").iterdir() if part.name.endswith(".csv"))
    return sorted(parts, key=lambda part: part.name)
