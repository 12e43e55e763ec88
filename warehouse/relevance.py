"""Is a trial ours, and why: its substances, what ketamine does in it, and the words that say so. Pure.

The registry's own MeSH terms are looked at first, then conditions, titles and keywords for the disorder, and
interventions, arms, titles and keywords for the drug. Eligibility text is never read: there, a disorder is what
keeps people out. The words are data (``vocabulary/``); the rules are the small functions below, in their order.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warehouse.study import Study
from warehouse.vocabulary import rows
from warehouse.wording import any_substance, context, disorders, drug_name, whole_conditions

RULE_SETS = ("ketamine-substance-use",)
RELEVANT_ROLES = ("treatment", "comparator", "adjunct")
GENERAL = "unspecified"
MOST_LETTERS = 2000
"""Of one text: a title that goes on for megabytes says no more than its beginning."""

MOST_LETTERS_OF_A_LIST = 50_000
"""Of all texts of one list: thousands of conditions say no more than the first hundreds."""

_COMPARED = re.compile(r"\b(?:vs\.?|versus|compared\s+(?:to|with)|against|relative\s+to)\s+", re.IGNORECASE)
_PLACEBO = re.compile(r"\b(?:placebo|saline|sham|no treatment|waitlist)\b", re.IGNORECASE)
_AIMED_AT = re.compile(
    r"\b(?:for|in the treatment of|to treat|treating|prevention of|reduce|facilitate|assisted|enhanced)\b",
    re.IGNORECASE,
)
_POPULATION = re.compile(r"\b(?:in|among|patients|people|individuals|subjects|adults|users)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of a trial's own words, and where it stands."""

    field: str
    words: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.words[:MOST_LETTERS])


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for one substance: where it stands, the words, the rule and how sure it is."""

    substance: str
    field: str
    matched_text: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Role:
    """What the drug does in the trial, and the words that say so."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules' word on one trial. ``reason`` is for readers and says which words decided."""

    evidence: tuple[Evidence, ...]
    drug_role: str
    is_relevant: bool
    reason: str

    @property
    def substances(self) -> tuple[str, ...]:
        return tuple(sorted({each.substance for each in self.evidence}))


def judge(study: Study) -> Judgement:
    """What a trial's own words say of it."""
    evidence = tuple(_evidence(study))
    role = _role(study, evidence)
    is_relevant = bool(evidence) and role.name in RELEVANT_ROLES
    if is_relevant:
        because = f"{role.reason}, and it is about {_told(evidence[0])}"
    elif role.name in RELEVANT_ROLES:
        because = f"{role.reason}, but neither conditions, titles nor keywords name a substance use disorder"
    else:
        because = role.reason
    return Judgement(evidence, role.name, is_relevant, because)


@cache
def rules_version() -> str:
    """Fingerprint of the rules: when a word or a rule changes, what is stored is judged again."""
    folder = files("warehouse")
    words = sorted(part.name for part in (folder / "vocabulary").iterdir() if part.name.endswith(".csv"))
    parts = [(folder / "vocabulary" / name).read_bytes() for name in words]
    parts += [(folder / name).read_bytes() for name in ("relevance.py", "wording.py")]
    return hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()


# -- the disorder --------------------------------------------------------------------------------------


def _evidence(study: Study) -> Iterator[Evidence]:
    """Every reason for every substance; a general word ("drug abuse") only where none is more particular."""
    found = dict.fromkeys((*_by_mesh(study), *_by_words(study)))
    particular = [each for each in found if each.substance != GENERAL]
    yield from particular or found


def _by_mesh(study: Study) -> Iterator[Evidence]:
    browse = study.derivedSection and study.derivedSection.conditionBrowseModule
    for mesh in (browse and browse.meshes) or []:
        for row in rows("disorder_terms.csv"):
            if row["kind"] == "mesh" and mesh.id and _same_heading(mesh.id, row["term"]):
                rule = f"the registry's MeSH heading {row['term']}"
                yield Evidence(row["substance"], "trial_mesh_terms", mesh.term or mesh.id, rule, "high")


def _by_words(study: Study) -> Iterator[Evidence]:
    for text in _about(study):
        confidence = "high" if text.field == "trial_conditions" else "medium"
        place = text.field.removeprefix("trial_").removesuffix("s").replace("_", " ")
        if text.field == "trial_conditions":
            bare = re.sub(r"[\s;,/-]+", " ", text.words).strip().casefold()
            if bare in whole_conditions():
                substance = whole_conditions()[bare]
                rule = f"the whole {place} is use of {substance}"
                yield Evidence(substance, text.field, text.words, rule, "medium")
        if not any_substance().search(text.words):
            continue
        for substance, pattern in disorders():
            found = pattern.search(text.words)
            if found and not drug_name().match(found[0]) and not _is_no_substance(substance, text.words):
                yield Evidence(substance, text.field, found[0], f"the {place} names a disorder of it", confidence)


def _is_no_substance(substance: str, words: str) -> bool:
    """Whether a general word is about another addiction than one to a substance ("internet addiction")."""
    return substance == GENERAL and bool(context("other_addiction").search(words))


def _about(study: Study) -> Iterator[Text]:
    protocol = study.protocolSection
    listed = protocol.conditionsModule
    yield from _enough(Text("trial_conditions", condition) for condition in (listed and listed.conditions) or [])
    yield from _titles(study)
    yield from _enough(Text("trial_keywords", keyword) for keyword in (listed and listed.keywords) or [])


def _enough(texts: Iterator[Text]) -> Iterator[Text]:
    """The texts of one list, until they are more than anyone would read."""
    letters = 0
    for text in texts:
        letters += len(text.words) + 1
        if letters > MOST_LETTERS_OF_A_LIST:
            return
        yield text


def _titles(study: Study) -> Iterator[Text]:
    names = study.protocolSection.identificationModule
    for field, words in (("title", names.briefTitle), ("official_title", names.officialTitle)):
        if words:
            yield Text(field, words)


def _told(evidence: Evidence) -> str:
    return f"{evidence.substance} ({evidence.field} says {evidence.matched_text!r})"


# -- the drug ------------------------------------------------------------------------------------------


def _role(study: Study, evidence: tuple[Evidence, ...]) -> Role:
    """The first rule that speaks; each looks for one thing."""
    named = _drug_in(study)
    if named is None:
        return Role("none", "neither interventions, arms, titles nor keywords name ketamine")
    for rule in (_abused, _challenged, _against_pain, _compared, _beside):
        role = rule(study, named, evidence)
        if role:
            return role
    return Role("treatment", f"ketamine is given ({named.field} says {named.words!r})")


def _drug_in(study: Study) -> Text | None:
    browse = study.derivedSection and study.derivedSection.interventionBrowseModule
    headings = [row["name"] for row in rows("drugs.csv") if row["kind"] == "mesh"]
    for mesh in (browse and browse.meshes) or []:
        if mesh.id and any(_same_heading(mesh.id, heading) for heading in headings):
            return Text("trial_mesh_terms", mesh.term or mesh.id)
    return next((text for text in _given(study) if drug_name().search(text.words)), None)


def _given(study: Study) -> Iterator[Text]:
    """Where a drug that is given can stand."""
    yield from _enough(_interventions(study))
    yield from _enough(_arms(study))
    yield from _titles(study)
    listed = study.protocolSection.conditionsModule
    yield from _enough(Text("trial_keywords", keyword) for keyword in (listed and listed.keywords) or [])


def _interventions(study: Study) -> Iterator[Text]:
    module = study.protocolSection.armsInterventionsModule
    for intervention in (module and module.interventions) or []:
        for name in (intervention.name, *(intervention.otherNames or [])):
            if name:
                yield Text("trial_interventions", name)


def _arms(study: Study) -> Iterator[Text]:
    module = study.protocolSection.armsInterventionsModule
    for arm in (module and module.armGroups) or []:
        for words in (arm.label, *(arm.interventionNames or [])):
            if words:
                yield Text("trial_arms", words)


def _abused(study: Study, named: Text, evidence: tuple[Evidence, ...]) -> Role | None:
    """Ketamine is what people are treated for: a condition or title names its disorder, and nobody is given it."""
    is_given = named.field in ("trial_mesh_terms", "trial_interventions", "trial_arms")
    particular = any(each.substance != GENERAL for each in evidence)
    for text in _about(study):
        found = _ketamine_disorder().search(text.words)
        if found and not (is_given and particular):
            return Role("abused", f"ketamine is the substance abused ({text.field} says {found[0]!r})")
    return None


def _challenged(study: Study, named: Text, evidence: tuple[Evidence, ...]) -> Role | None:
    """Nobody is treated: abuse liability, healthy volunteers, people at risk by family history."""
    for text in _about(study):
        found = context("challenge").search(text.words)
        if found:
            is_abuse = "abuse" in found[0].lower() or "liking" in found[0].lower()
            return Role(
                "abused" if is_abuse else "none",
                f"ketamine is studied in people who are not treated with it ({text.field} says {found[0]!r})",
            )
    return None


def _against_pain(study: Study, named: Text, evidence: tuple[Evidence, ...]) -> Role | None:
    """Ketamine is given against pain, for anaesthesia or sedation, unless the title aims it at the disorder."""
    for text in _about(study):
        found = context("pain").search(text.words)
        if found and not any(_aims_at_disorder(title.words) for title in _titles(study)):
            return Role(
                "anaesthetic",
                f"ketamine is given against pain, for anaesthesia or sedation ({text.field} says {found[0]!r})",
            )
    return None


def _aims_at_disorder(title: str) -> bool:
    """Whether a title says "for", or the like, and then a disorder with neither pain nor people in between."""
    for aim in _AIMED_AT.finditer(title):
        for _, pattern in disorders():
            found = pattern.search(title, aim.end())
            if found:
                between = title[aim.end() : found.start()]
                if not context("pain").search(between) and not _POPULATION.search(between):
                    return True
    return False


def _compared(study: Study, named: Text, evidence: tuple[Evidence, ...]) -> Role | None:
    """Ketamine is what something else is measured against."""
    for title in _titles(study):
        versus = _COMPARED.search(title.words)
        if versus:
            before, after = title.words[: versus.start()], title.words[versus.end() :]
            if drug_name().search(after) and not drug_name().search(before):
                return Role(
                    "comparator", f"ketamine is what it is compared with ({title.field} says {title.words!r})"
                )
    module = study.protocolSection.armsInterventionsModule
    arms = [arm for arm in (module and module.armGroups) or [] if arm.type]
    holding = [
        arm for arm in arms if drug_name().search(" ".join([arm.label or "", *(arm.interventionNames or [])]))
    ]
    held = set(map(id, holding))
    others = [arm for arm in arms if id(arm) not in held and arm.type == "EXPERIMENTAL"]
    if holding and others and all(arm.type == "ACTIVE_COMPARATOR" for arm in holding):
        return Role("comparator", f"ketamine is only in the comparator arm {holding[0].label!r}")
    return None


def _beside(study: Study, named: Text, evidence: tuple[Evidence, ...]) -> Role | None:
    """Ketamine is given beside another treatment, and the trial says so."""
    for title in _titles(study):
        found = context("adjunct").search(title.words)
        if found:
            return Role("adjunct", f"ketamine is given beside another treatment ({title.field} says {found[0]!r})")
    return None


@cache
def _ketamine_disorder() -> re.Pattern[str]:
    # Not "ketamine and relapse prevention", not "ketamine withdrawal" of a drip: only what is said of abuse.
    disorder = r"(?:use disorder|dependen\w+|addict\w*|abuse|misuse)\b(?!\s+(?:potential|liabilit))"
    before, after = rf"\bketamine[\s-]+{disorder}", rf"\b{disorder}(?:\s*,\s*|\s+(?:on|to|of)\s+)ketamine\b"
    return re.compile(f"{before}|{after}", re.IGNORECASE)


def _same_heading(mesh_id: str, other: str) -> bool:
    """MeSH ids come in two lengths, D000437 and D000000437, for the same heading."""
    return mesh_id[:1].upper() == other[:1] and mesh_id[1:].lstrip("0") == other[1:].lstrip("0")
