"""A record of ClinicalTrials.gov as it may be published: without the people that it names. Pure.

The rule is the one of changes (``what_counts.SHOWN``): a module is shown with its values where it names no people,
in parts where it also does, and not at all where nobody knows yet. In texts, what the record itself calls a
person, and every mail address and telephone number, gives way to a word.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.clinicaltrials_gov.persons import named_in, persons, value_of
from connectors.clinicaltrials_gov.what_counts import SHOWN
from connectors.lenient import decoded
from connectors.people import People

SECTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "protocolSection": {
        **dict.fromkeys(SHOWN, ()),
        "sponsorCollaboratorsModule": ("leadSponsor", "collaborators", "responsibleParty"),
        "contactsLocationsModule": ("locations",),
    },
    "resultsSection": {
        "participantFlowModule": (),
        "baselineCharacteristicsModule": (),
        "outcomeMeasuresModule": (),
        "adverseEventsModule": (),
        "moreInfoModule": ("limitationsAndCaveats", "certainAgreement"),
    },
    "documentSection": {"largeDocumentModule": ()},
    "derivedSection": {"miscInfoModule": (), "conditionBrowseModule": (), "interventionBrowseModule": ()},
}
"""What is shown: each section's modules, and of a module that also names people its parts; else all of it."""
MEMBERS: Mapping[str, frozenset[str]] = {
    "leadSponsor": frozenset({"name", "class"}),
    "collaborators": frozenset({"name", "class"}),
    "responsibleParty": frozenset({"type"}),
    "locations": frozenset({"facility", "status", "city", "state", "zip", "country", "geoPoint"}),
}
"""What is shown of the parts of modules that name people."""
OF_A_PERSON = frozenset(
    {"contacts", "centralContacts", "overallOfficials", "pointOfContact"}
    | {"investigatorFullName", "investigatorTitle", "investigatorAffiliation", "oldNameTitle", "oldOrganization"}
    | {"phone", "phoneExt", "email"}
)
"""Parts that are a person's wherever they stand."""
NO_TEXTS = frozenset({"nctId", "id", "pmid", "url", "link", "versionHolder"})
"""Numbers and links: a part of them is no telephone number."""

_OF_A_PERSON = re.compile(rb'"(?:%s)"' % "|".join(sorted(OF_A_PERSON)).encode())
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]] | dict[str, msgspec.Raw])
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode
Parts = dict[str, msgspec.Raw]


def impersonal(payload: bytes) -> bytes | None:
    """The record without people, as JSON; None for bytes that are no JSON object.

    Modules stand as they were sent unless something must be taken out of them: few are parsed at all.
    """
    record = _sections(payload)
    if record is None:
        return None
    sections = {name: _object(part) for name, part in record.items() if name in SECTIONS}
    found = persons(named_in(sections))
    shown: dict[str, Any] = {name: _shown(name, modules, found) for name, modules in sections.items()}
    if bytes(record.get("hasResults", b"")) in (b"true", b"false"):
        shown["hasResults"] = record["hasResults"]
    return _encode(shown)


def _sections(payload: bytes) -> Parts | None:
    try:
        if b"\\u" not in payload:  # in what is escaped no name could be found
            return _parts.decode(payload)
        plain = _encode(msgspec.json.decode(payload))
    except (ValueError, RecursionError):
        try:
            plain = _encode(decoded(payload)[0])
        except ValueError:
            return None
    return _object(msgspec.Raw(plain)) or None


def _object(raw: msgspec.Raw) -> Parts:
    """The members of an object; of anything else nothing."""
    try:
        return _parts.decode(raw)
    except ValueError:
        return {}


def _shown(section: str, modules: Parts, found: People) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, module in modules.items():
        parts = SECTIONS[section].get(name)
        if parts is not None:
            shown[name] = _cleared(_part_of(module, parts) if parts else module, found)
    return shown


def _part_of(module: msgspec.Raw, parts: tuple[str, ...]) -> msgspec.Raw:
    members = _object(module)
    kept: dict[str, Any] = {part: members[part] for part in parts if part in members}
    for part in kept.keys() & MEMBERS.keys():
        kept[part] = _members(kept[part], MEMBERS[part])
    return msgspec.Raw(_encode(kept))


def _members(raw: msgspec.Raw, wanted: frozenset[str]) -> Any:
    """Of an object, or of each in a list, what may be shown; of anything else nothing."""
    try:
        found = _objects.decode(raw)
    except msgspec.ValidationError:
        return None
    if isinstance(found, dict):
        return {name: part for name, part in found.items() if name in wanted}
    return [{name: part for name, part in each.items() if name in wanted} for each in found]


def _cleared(raw: msgspec.Raw, found: People) -> Any:
    """As it was sent where that is safe, else what may be shown of it."""
    sent = bytes(raw)
    there = found.within(sent)
    if there is None and not _OF_A_PERSON.search(sent):
        return raw
    value = _without_persons(value_of(raw))
    return _without(value, there) if there else value


def _without_persons(value: Any) -> Any:
    """Without what is a person's by its name, wherever it stands."""
    if isinstance(value, dict):
        return {name: _without_persons(part) for name, part in value.items() if name not in OF_A_PERSON}
    return list(map(_without_persons, value)) if isinstance(value, list) else value


def _without(value: Any, found: People, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _without(part, found, name) for name, part in value.items()}
        case list():
            return [_without(part, found, key) for part in value]
        case str():
            return found.removed_from(value, is_text=key not in NO_TEXTS)
    return value
