"""The three answers in one sentence that a clinician accepts, and whether they make a trial ours. Pure."""

from dataclasses import dataclass

from warehouse.judge.relevance.given import COMPARATORS, Ketamine
from warehouse.judge.relevance.words import Words

RELEVANT_ROLES = ("treatment", "comparator", "adjunct")
_GENERAL = "unspecified"
_QUOTED_LETTERS = 48
"""Of the words that decided: the sentence is quoted in mails, before and after."""

PLACES = {
    "trial_conditions": "the conditions name",
    "trial_mesh_terms": "the registry's heading is",
    "title": "the title says",
    "official_title": "the official title says",
    "trial_keywords": "the keywords name",
    "trial_interventions": "an intervention is called",
    "trial_arms": "an arm is called",
}
_SUREST = ("trial_conditions", "title", "official_title", "trial_mesh_terms", "trial_keywords")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for one substance: where it stands, the words, which question they answer, and how sure it is."""

    substance: str
    field: str
    matched_text: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Role:
    """What the drug does in the trial, and the clause that says why."""

    name: str
    clause: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules' word on one trial. ``reason`` is for readers and says which words answered which question.

    ``is_given``: whether anybody is given ketamine, whatever for.
    """

    evidence: tuple[Evidence, ...]
    drug_role: str
    is_relevant: bool
    reason: str
    is_given: bool = False

    @property
    def substances(self) -> tuple[str, ...]:
        return tuple(sorted({each.substance for each in self.evidence}))


def verdict(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...], role: Role) -> Judgement:
    """Whether the trial is ours: ketamine given, to people with a disorder, as a part of its treatment."""
    if role.name == "abused":
        people = tuple(each for each in people if each.substance != _GENERAL)
    is_relevant = bool(people) and role.name in RELEVANT_ROLES
    return Judgement(people, role.name, is_relevant, _reason(trial, ketamine, people, role), ketamine.is_given)


def _reason(trial: Words, ketamine: Ketamine, people: tuple[Evidence, ...], role: Role) -> str:
    if not ketamine.is_given:
        return role.clause
    given = _given(trial, ketamine)
    if role.name not in RELEVANT_ROLES:
        return f"{given}, but {role.clause}"
    if not people:
        return f"{given}, but neither conditions nor titles name a substance use disorder"
    return f"{_whom(people)}; {given}; {role.clause}"


def _whom(people: tuple[Evidence, ...]) -> str:
    """The words that say it surest, and beside them the other substances'."""
    by_place = sorted(people, key=lambda each: _SUREST.index(each.field))
    first = by_place[0]
    others = [
        each.matched_text for each in by_place if each.field == first.field and each.substance != first.substance
    ]
    told = [quoted(first.matched_text), *map(quoted, others[:1])]
    return f"{PLACES[first.field]} {' and '.join(told)}" + (" and more" if len(others) > 1 else "")


def _given(trial: Words, ketamine: Ketamine) -> str:
    """How it is given: by which name, as an intervention of which arm."""
    mention = ketamine.mention
    is_plain = mention is None or mention.words.casefold() == "ketamine"
    name = "ketamine" if mention is None or is_plain else f"ketamine ({quoted(mention.words)})"
    return ketamine.how.format(name=name, arms=_arms(trial, ketamine))


def _arms(trial: Words, ketamine: Ketamine) -> str:
    """Which arms give it, in words: "of the experimental arm", "of every arm"; nothing where arms do not say."""
    kinds = {each.kind for each in ketamine.groups}
    if len(trial.groups) > 1 and len(ketamine.groups) == len(trial.groups):
        return " of every arm"
    if kinds == {"EXPERIMENTAL"}:
        return " of the experimental arm" + ("s" if len(ketamine.groups) > 1 else "")
    if kinds and kinds <= COMPARATORS:
        return " of a comparator arm"
    return ""


def quoted(words: str) -> str:
    """Some words of a record, short enough to be read within a sentence."""
    if len(words) > _QUOTED_LETTERS:
        words = words[:_QUOTED_LETTERS].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return f"“{words}”"
