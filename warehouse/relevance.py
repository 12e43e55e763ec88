"""Is a trial ours, and why: substances, and what ketamine does in it. Pure.

For now the registry's MeSH terms and the registered conditions decide; eligibility text never does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from warehouse.study import Study
from warehouse.vocabulary import rows

RULES_VERSION = "1"
"""Moved whenever a rule changes: what is stored is then judged again, with cause ``normaliser``."""

RULE_SETS = ("ketamine-substance-use",)
KETAMINE_MESH = "D007649"
_KETAMINE = re.compile(r"ketamin|ketalar|spravato|\bci-?581", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for one substance: where it stands, the words, the rule and how sure it is."""

    substance: str
    field: str
    matched_text: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    evidence: tuple[Evidence, ...]
    drug_role: str
    reason: str

    @property
    def substances(self) -> tuple[str, ...]:
        return tuple(sorted({each.substance for each in self.evidence}))

    @property
    def is_relevant(self) -> bool:
        return bool(self.evidence) and self.drug_role != "none"


def judge(study: Study) -> Judgement:
    """What a trial's own words say of it."""
    evidence = tuple(dict.fromkeys((*_by_mesh(study), *_by_conditions(study))))
    named = _ketamine_in(study)
    if named is None:
        return Judgement(evidence, "none", "no intervention of the trial is ketamine")
    return Judgement(evidence, "treatment", f"an intervention is {named!r}")


def _by_mesh(study: Study) -> Iterator[Evidence]:
    browse = study.derivedSection and study.derivedSection.conditionBrowseModule
    for mesh in (browse and browse.meshes) or []:
        for substance, pattern in _patterns("mesh"):
            if mesh.id and _mesh_number(mesh.id) == _mesh_number(pattern):
                yield Evidence(substance, "trial_mesh_terms", mesh.term or mesh.id, f"MeSH {pattern}", "high")


def _by_conditions(study: Study) -> Iterator[Evidence]:
    module = study.protocolSection.conditionsModule
    for condition in (module and module.conditions) or []:
        for substance, pattern in _patterns("words"):
            if re.search(pattern, condition, re.IGNORECASE):
                yield Evidence(substance, "trial_conditions", condition, f"condition names {substance}", "medium")


def _ketamine_in(study: Study) -> str | None:
    browse = study.derivedSection and study.derivedSection.interventionBrowseModule
    for mesh in (browse and browse.meshes) or []:
        if mesh.id and _mesh_number(mesh.id) == _mesh_number(KETAMINE_MESH):
            return mesh.term or mesh.id
    module = study.protocolSection.armsInterventionsModule
    for intervention in (module and module.interventions) or []:
        for name in (intervention.name, *(intervention.otherNames or [])):
            if name and _KETAMINE.search(name):
                return name
    return None


def _mesh_number(mesh_id: str) -> int | None:
    """MeSH ids come in two lengths, D000437 and D000000437, for the same heading."""
    digits = mesh_id.lstrip("Dd")
    return int(digits) if digits.isdigit() else None


@cache
def _patterns(kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((row["substance"], row["pattern"]) for row in rows("substances.csv") if row["kind"] == kind)
