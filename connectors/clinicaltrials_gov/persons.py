"""Whom a record of ClinicalTrials.gov names, and where they can be reached. Pure.

A part of a wrong type names nobody; those beside it still do.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from connectors.lenient import decoded
from connectors.people import People, digits_of, people
from connectors.spelling import shown

SECTIONS = ("protocolSection", "resultsSection")
"""The sections with modules that name people."""
NAMING = {"contactsLocationsModule": "name", "moreInfoModule": "title", "sponsorCollaboratorsModule": ""}
"""By what key a module that names people calls them; nowhere else is a name a person's."""
NAMES = frozenset({"investigatorFullName", "oldNameTitle"})
ORGANISATIONS = frozenset({"leadSponsor", "collaborators"})
PLACES = frozenset({"facility", "affiliation", "organization"})


Named = Sequence[tuple[str, str]]
"""What a record says of people: each a ``name``, ``phone`` or ``email``, or a ``place``, with its text."""


def named_in(sections: Mapping[str, Any]) -> Named:
    """What the modules that name people say of them, as they were sent or decoded."""
    named: list[tuple[str, str]] = []
    for section in SECTIONS:
        modules = sections.get(section)
        if isinstance(modules, dict):
            for module, called in NAMING.items():
                if module in modules:
                    named += _named_in(modules[module], called)
    return named


def persons(named: Named) -> People:
    """Those that are meant; a name that an organisation bears too is nobody's."""
    by = {what: [text for kind, text in named if kind == what] for what in ("name", "phone", "email", "place")}
    return people(set(by["name"]) - set(by["place"]), by["phone"], by["email"])


def persons_within(text: str, named: Named) -> People | None:
    """``persons(named).within(text)`` for a text that is spelt as it is stored, at a small part of its cost.

    A record may name a thousand people, and hardly any text one: who surely is not there is left out first.
    """
    sent = text.encode("utf-8", "replace")
    digits, has_mails = digits_of(sent), b"@" in sent
    likely: list[tuple[str, str]] = []
    for kind, written in dict.fromkeys((kind, shown(each)) for kind, each in named if kind != "place"):
        if kind == "name":
            is_likely = any(last.encode() in sent for last in written.partition(",")[0].split()[-1:])
        elif kind == "phone":
            is_likely = digits_of(written.encode()) in digits
        else:
            is_likely = has_mails or "@" not in written
        if is_likely and written:
            likely.append((kind, written))
    places = [(kind, shown(each)) for kind, each in named if kind == "place"] if likely else []
    return persons([*likely, *places]).within(sent)


class _Contact(msgspec.Struct):
    name: str = ""
    phone: str = ""
    email: str = ""
    affiliation: str = ""


class _Place(msgspec.Struct):
    facility: str = ""
    contacts: list[_Contact] = []


class _Contacts(msgspec.Struct, rename="camel"):
    """The module as it nearly always is: it may name a thousand people."""

    locations: list[_Place] = []
    central_contacts: list[_Contact] = []
    overall_officials: list[_Contact] = []


_contacts = msgspec.json.Decoder(_Contacts)


def _named_in(module: Any, called: str) -> Iterator[tuple[str, str]]:
    """What the module calls people, and places; it is given as it was sent, or decoded."""
    found = _as_usual(module) if called == "name" else None
    if not found:
        yield from _named(value_of(module) if isinstance(module, msgspec.Raw) else module, called)
        return
    persons = [*found.central_contacts, *found.overall_officials]
    for place in found.locations:
        persons += place.contacts
        yield "place", place.facility
    for person in persons:
        yield from (("name", person.name), ("phone", person.phone), ("email", person.email))
        yield "place", person.affiliation


def value_of(raw: msgspec.Raw) -> Any:
    """What stands there; without what no JSON writer should have sent (a number beyond all numbers).

    Nor deeper than can be walked through: from Python 3.13 on a decoder goes deeper than Python's own functions.
    """
    return decoded(bytes(raw))[0]


def _as_usual(module: Any) -> _Contacts | None:
    try:
        is_sent = isinstance(module, msgspec.Raw)
        return _contacts.decode(module) if is_sent else msgspec.convert(module, _Contacts)
    except msgspec.ValidationError:
        return None


def _named(value: Any, called: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for part in value:
            yield from _named(part, called)
    elif isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(part, str):
                yield from _named(part, "organisation" if key in ORGANISATIONS else called)
            elif key in PLACES or (key == "name" and called == "organisation"):
                yield "place", part
            elif key == called or key in NAMES:
                yield "name", part
            elif key in ("phone", "email"):
                yield key, part
