"""A record of ISRCTN as plain values: objects, lists and texts, by the registry's own names. Pure.

What is no value is left out: what is empty, and the words by which the registry says that nothing was given.
"""

import re
from dataclasses import dataclass
from typing import Any

from connectors.isrctn.xml import NAMESPACE, Element, XmlError, local, tree
from connectors.spelling import compared
from connectors.trial import UnreadableError

NUMBER = re.compile("ISRCTN[0-9]{8}")
NUMBER_AT = "trial/@publicIdentifierCanonical"
LISTS = frozenset(
    {"primaryOutcomes", "secondaryOutcomes", "ethicsCommittees", "secondaryNumbers", "purposes", "trialTypes"}
    | {"trialSettings", "recruitmentCountries", "trialCentres", "participantTypes", "conditions", "interventions"}
    | {"pharmaceuticalStudyTypes", "dataPolicies", "outputs", "attachedFiles", "contactTypes"}
)
"""Elements that are lists of what stands in them."""
MEANT_FOR_MACHINES = frozenset({"id", "xmlns"})
"""Attributes that may be another at each edit, and say nothing of the trial."""
NO_VALUE = re.compile(
    r"(?:plain english summary of protocol )?not provided at time of registration\.?", re.IGNORECASE
)
LONGEST_NO_VALUE = 200
_A_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00(?::00(?:\.0+)?)?Z?", re.ASCII)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """A record that could be read: ``trial`` as in ``trial`` there; the others are those that stand beside it."""

    trial_id: str
    trial: Record
    contacts: list[Any]
    sponsors: list[Any]
    funders: list[Any]
    lead: str | None
    """The sponsor that the trial names first."""


def understood(payload: bytes) -> Understood:
    """Raises ``UnreadableError`` for bytes that are no record of a trial with one number."""
    try:
        root = tree(payload)
    except XmlError as error:
        raise UnreadableError(f"not XML: {error}", "$", _in_passing(payload)) from error
    trials = root.findall(f"{{{NAMESPACE}}}trial")
    if len(trials) != 1:
        raise UnreadableError("no trial in it" if not trials else "more than one trial in it", "trial", None)
    trial_id = number_of(root)
    if trial_id is None:
        raise UnreadableError("no number of ISRCTN, or two", NUMBER_AT, None)
    record = _object(trials[0])
    return Understood(
        trial_id, record, _beside(root, "contact"), _beside(root, "sponsor"), _beside(root, "funder"), _lead(root)
    )


def _beside(root: Element, tag: str) -> list[Any]:
    """What stands beside the trial, tied to it by ids."""
    found = [_value(each) for each in root.findall(f"{{{NAMESPACE}}}{tag}")]
    return [each for each in found if each is not None]


def number_of(full_trial: Element) -> str | None:
    """The number of a trial; None where there is none, or two that differ."""
    trial = full_trial.find(f"{{{NAMESPACE}}}trial")
    if trial is None:
        return None
    digits = (trial.findtext(f"{{{NAMESPACE}}}isrctn") or "").strip()
    written = {trial.get("publicIdentifierCanonical"), f"ISRCTN{digits}" if digits else None}
    numbers = {compared(each).upper() for each in written if each}
    number = numbers.pop() if len(numbers) == 1 else ""
    return number if NUMBER.fullmatch(number) else None


def _in_passing(payload: bytes) -> str | None:
    found = set(re.findall(rb'publicIdentifierCanonical="(ISRCTN[0-9]{8})"', payload))
    return found.pop().decode() if len(found) == 1 else None


def _lead(root: Element) -> str | None:
    """The name of the sponsor that the trial names first."""
    sponsors = {each.get("id"): each for each in root.findall(f"{{{NAMESPACE}}}sponsor")}
    named = [each.text for each in root.iter(f"{{{NAMESPACE}}}sponsorId")]
    first = next((sponsors[each] for each in named if each in sponsors), next(iter(sponsors.values()), None))
    return None if first is None else _text(first.findtext(f"{{{NAMESPACE}}}organisation"))


def _value(element: Element) -> Any:
    """A text, a list or an object; None for what says nothing."""
    if not len(element) and MEANT_FOR_MACHINES.issuperset(element.keys()):
        return _text(element.text)
    if local(element) in LISTS:
        return [value for each in element if (value := _value(each)) is not None]
    return _object(element) or None


def _object(element: Element) -> Record:
    """The attributes and parts of an element by name; ``text`` is its own. What comes twice is a list."""
    found: Record = {}
    parts = [(name, text) for name, text in element.attrib.items() if name not in MEANT_FOR_MACHINES]
    written = [(name, _text(text)) for name, text in [*parts, ("text", element.text)]]
    for name, value in [*written, *((local(each), _value(each)) for each in element)]:
        if value is None:
            continue
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name] += value if isinstance(value, list) else [value]
        else:
            found[name] = [found[name], value]
    return found


def _text(text: str | None) -> str | None:
    bare = text.strip() if text else ""
    if not bare or (len(bare) < LONGEST_NO_VALUE and NO_VALUE.fullmatch(" ".join(bare.split()))):
        return None
    day = _A_DAY.fullmatch(bare)
    return day[1] if day else bare
