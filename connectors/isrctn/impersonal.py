"""A record of ISRCTN as it may be published: without the people that it names. Pure.

Contacts go, and whom to write to at sponsors and committees; in texts, the names, mail addresses and telephone
numbers of contacts give way to a word, and so does the end of a summary, which says who the main contact is.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from connectors.isrctn.record import Record, Understood, understood
from connectors.isrctn.values import objects, part, text
from connectors.people import A_NAME, People, people
from connectors.trial import UnreadableError

OF_A_PERSON = frozenset(
    {"contactDetails", "contact", "contacts", "email", "telephone", "phone", "privacy", "createdBy", "contactId"}
    | {"forename", "surname", "orcid", "ethicsApproval", "statusChangedBy"}
)
"""Parts that are a person's wherever they stand."""
SECTIONS = frozenset(
    {"trialDescription", "externalRefs", "trialDesign", "participants", "conditions", "interventions", "results"}
    | {"outputs", "attachedFiles", "miscellaneous", "parties", "isrctn", "lastUpdated", "version", "isPublished"}
    | {"publicIdentifierType", "publicIdentifierCanonical", "publicIdentifierDateAssigned"}
)
"""What of a trial is shown; a part that nobody knows yet may name people."""
OF_A_SPONSOR = ("organisation", "website", "sponsorType", "rorId", "commercialStatus")
NO_TEXTS = frozenset({"url", "downloadUrl", "doi", "text", "canonicalSecondaryNumber", "md5sum", "fileId"})
_MAIN_CONTACT = re.compile(r"(Who is the main contact\?)\s*\S.*\Z", re.DOTALL | re.IGNORECASE)


def impersonal(payload: bytes) -> bytes | None:
    """The record without people, as JSON; None for bytes that are no record."""
    try:
        found = understood(payload)
    except UnreadableError:
        return None
    named = named_in(found)
    shown = {name: value for name, value in found.trial.items() if name in SECTIONS}
    sponsors = [{key: each[key] for key in OF_A_SPONSOR if key in each} for each in objects(found.sponsors)]
    record = {"trial": shown, "sponsors": sponsors, "funders": found.funders}
    return msgspec.json.encode(_cleared(record, named))


def named_in(found: Understood) -> People:
    """Whom the contacts name; what bears an organisation's name too is none."""
    contacts = objects(found.contacts)
    details = [part(each, "contactDetails") for each in contacts]
    names = [f"{text(each.get('forename'))} {text(each.get('surname'))}" for each in contacts]
    places = {text(each.get("organisation")) for each in objects(found.sponsors)}
    return people(set(names) - places, _at(details, "telephone"), _at(details, "email"))


def without_people(written: str | None, named: People) -> str | None:
    """A text without them, and without whoever its end says is to be asked."""
    if not written:
        return written
    return named.removed_from(_MAIN_CONTACT.sub(rf"\1\n{A_NAME}", written))


def _at(details: Iterable[Record], key: str) -> list[str]:
    return [text(each.get(key)) for each in details]


def _cleared(value: Any, named: People, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _cleared(part, named, name) for name, part in value.items() if name not in OF_A_PERSON}
        case list():
            return [_cleared(part, named, key) for part in value]
        case str():
            return named.removed_from(value, is_text=False) if key in NO_TEXTS else without_people(value, named)
    return value
