"""A trial's arms and interventions for the rules: what is given in which arm, and which of it is our drug. Pure.

Interventions and arms are tied as the record ties them, by the arms that an intervention names or by the
interventions that an arm lists. Their texts are folded and bounded as everywhere (``relevance.words``).
"""

from dataclasses import dataclass, field
from functools import cached_property

from connectors.trial import Arm, Trial
from warehouse.judge.relevance.given import COMPARATORS, Ketamine, gift
from warehouse.judge.relevance.words import Text, Words, folded_text

MOST = 60
"""Arms, interventions and outcomes of one trial that are read: nobody reads on."""
DRUGS = {"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT", "GENETIC", ""}
"""Types of interventions that may be drugs; of other registries' no type is known."""


@dataclass(frozen=True, slots=True)
class GivenIntervention:
    """An intervention: its type, its names (the first is its own), what is said of it, whether it is our drug."""

    kind: str
    names: tuple[Text, ...]
    description: Text
    arms: frozenset[str]
    is_ours: bool

    @property
    def name(self) -> Text:
        return self.names[0]

    @property
    def texts(self) -> tuple[Text, ...]:
        return (*self.names, self.description)

    @property
    def may_be_a_drug(self) -> bool:
        return self.kind in DRUGS


@dataclass(frozen=True, slots=True)
class Branch:
    """An arm: its type, its label, what is said of it, what it gives, and whether our drug is part of it."""

    kind: str
    label: Text
    description: Text
    gives: tuple[GivenIntervention, ...]
    is_ours: bool

    @property
    def compares(self) -> bool:
        return self.kind in COMPARATORS

    @property
    def is_of_one_drug(self) -> bool:
        """Whether ours is the only drug in it: then what its texts say of a dose is said of ours."""
        return all(each.is_ours or not each.may_be_a_drug for each in self.gives)


@dataclass(frozen=True)
class Layout:
    """What a trial that gives our drug says of its arms, its interventions and itself."""

    trial: Trial
    words: Words = field(repr=False)
    drug: Ketamine

    @cached_property
    def given(self) -> tuple[GivenIntervention, ...]:
        return tuple(
            GivenIntervention(each.kind, each.names, each.description, each.arms, each in self.drug.gifts)
            for each in self.words.gifts[:MOST]
            if each.names
        )

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        groups = zip(self.words.groups[:MOST], self.trial.arms, strict=False)
        return tuple(
            Branch(
                group.kind,
                group.label,
                Text("trial_arms", folded_text(arm.description)),
                self._gives(arm),
                group in self.drug.groups,
            )
            for group, arm in groups
        )

    @property
    def titles(self) -> tuple[Text, ...]:
        return self.words.titles

    @cached_property
    def prose(self) -> tuple[Text, ...]:
        """What the sponsor tells of it at length."""
        told = (
            ("brief_summary", self.trial.brief_summary),
            ("detailed_description", self.trial.detailed_description),
        )
        return tuple(Text(place, words) for place, text in told if (words := folded_text(text)))

    def _gives(self, arm: Arm) -> tuple[GivenIntervention, ...]:
        label = folded_text(arm.label)
        listed = [folded_text(name).casefold() for name in (arm.intervention_names or [])[:MOST]]
        named = {*listed, *(name.partition(": ")[2] for name in listed)}
        return tuple(each for each in self.given if label in each.arms or each.name.words.casefold() in named)


def layout(trial: Trial) -> Layout:
    words = Words(trial)
    return Layout(trial, words, gift(words))
