"""A record of CTIS as it may be published: without the people that it names. Pure.

Contacts of sponsors, investigators, and whoever represents or is to be written to go, by the names of their
fields, new ones included; in texts, their names, mail addresses and telephone numbers give way to a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from connectors.ctis.record import Record, Understood, text, understood
from connectors.people import People, people
from connectors.trial import Spelling, UnreadableError

OF_A_PERSON = re.compile(
    r"person|contact|e-?mail|phone|fax|(?:first|last|middle|family|given|sur|full|functional)name|forename"
    r"|investigator|representative|department|^intl$|signatory|createdby|updatedby|username",
    re.IGNORECASE,
)
"""Names of fields that are a person's wherever they stand. Of organisations, the address stays."""
SECTIONS = frozenset(
    {"ctNumber", "ctStatus", "ctPublicStatusCode", "startDateEU", "endDateEU", "decisionDate", "publishDate"}
    | {"authorizedApplication", "events", "results", "documents", "correctiveMeasures", "trialRegion"}
    | {"trialRegionCode"}
)
ROW = frozenset(
    {"ctNumber", "ctStatus", "ctTitle", "shortTitle", "startDateEU", "endDateEU", "conditions", "trialCountries"}
    | {
        "decisionDateOverall",
        "decisionDate",
        "therapeuticAreas",
        "sponsor",
        "sponsorType",
        "trialPhase",
        "endPoint",
    }
    | {"product", "ageRangeSecondary", "ageGroup", "gender", "trialRegion", "totalNumberEnrolled", "lastUpdated"}
    | {"primaryEndPoint", "resultsFirstReceived", "lastPublicationUpdate"}
)
APPLICATION = frozenset(
    {"authorizedPartI", "authorizedPartsII", "applicationInfo", "trialGlobalEnd", "memberStatesConcerned"}
    | {"eudraCt"}
)
"""What is shown of each part; a part that nobody knows yet may name people."""
NO_TEXTS = frozenset(
    {"uuid", "documentUuid", "number", "ctNumber", "businessKey", "businessKeyForDisplay", "euMpNumber"}
)


def impersonal(payload: bytes) -> bytes | None:
    """The record without people, as JSON; None for bytes that are no record."""
    try:
        found = understood(payload)
    except UnreadableError:
        return None
    named = named_in(found)
    retrieved = _only(found.retrieved, SECTIONS)
    if "authorizedApplication" in retrieved:
        retrieved["authorizedApplication"] = _only(found.application, APPLICATION)
    record = {"ctNumber": found.number, "row": _only(found.row, ROW), "retrieved": retrieved}
    return msgspec.json.encode(_cleared(record, named))


def named_in(found: Understood) -> People:
    """Whom the record names; what bears an organisation's name too is none."""
    names: set[tuple[str, str]] = set()
    phones: set[str] = set()
    mails: set[str] = set()
    places: set[str] = set()
    for each in _all_objects(found.retrieved):
        names |= {
            ("", text(each.get("functionalName"))),
            (text(each.get("firstName")), text(each.get("lastName"))),
        }
        phones |= _at(each, r"phone|^fax")
        mails |= _at(each, r"e-?mail")
        places |= {text(each.get("name")), text(each.get("organisationName"))}
    spelt = (each for first, last in names for each in _spellings(first, last) if each not in places)
    known = people((), phones, mails)
    return replace(known, names=frozenset(spelt))


def _spellings(first: str, last: str) -> Iterator[str]:
    """The ways in which a text may write a person's name; none for an office's.

    Of a name in one piece the last word is the family's.
    """
    for name in people([f"{first} {last}"], (), ()).names:
        family = last if first and name.endswith(last) else name.split()[-1]
        given = name.removesuffix(family).strip()
        for each in dict.fromkeys((family, family.upper())):
            yield from (f"{given} {each}", f"{each} {given}", f"{each}, {given}")


def without_people(written: str | None, named: People) -> str | None:
    there = named.within(written.encode("utf-8", "replace")) if written else None
    return there.removed_from(written) if there and written else written or None


def unnamed(spelling: Spelling, named: People) -> Spelling:
    """A spelling of texts that may be told: without the people that the record names."""
    return lambda written: without_people(spelling(written), named) or ""


def _at(entry: Record, pattern: str) -> set[str]:
    return {text(value) for key, value in entry.items() if _bears(pattern, key)}


@lru_cache(maxsize=4096)
def _bears(pattern: str, key: str) -> bool:
    """Whether a field is called so: the same few hundred names stand in every record."""
    return re.search(pattern, key, re.IGNORECASE) is not None


def _all_objects(value: Any) -> Iterator[Record]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _all_objects(part)


def _only(record: Record, names: Iterable[str]) -> Record:
    return {name: record[name] for name in names if name in record}


def _cleared(value: Any, named: People, key: str = "") -> Any:
    match value:
        case dict():
            return {
                name: _cleared(part, named, name) for name, part in value.items() if not OF_A_PERSON.search(name)
            }
        case list():
            return [_cleared(part, named, key) for part in value]
        case str():
            return named.removed_from(value, is_text=key not in NO_TEXTS)
    return value
