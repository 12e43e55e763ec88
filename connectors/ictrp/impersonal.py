"""A record of ICTRP as it may be published: without the people that it names. Pure.

Contacts go; in texts the names, mail addresses and telephone numbers of contacts give way to a word.
"""

import re

import msgspec

from connectors.ictrp.record import NAMES, Understood, understood
from connectors.people import People, people
from connectors.trial import UnreadableError

CONTACTS = ("public_contact", "scientific_contact")
OF_A_PERSON = frozenset(name for name in NAMES if "contact" in name)
NO_TEXTS = frozenset(
    {"trial_id", "url", "secondary_ids", "internal_number", "results_url_link", "results_url_protocol"}
)
_APART = re.compile(r"[;\n]")


def impersonal(payload: bytes) -> bytes | None:
    """The record without people, as JSON; None for bytes that are no record."""
    try:
        found = understood(payload)
    except UnreadableError:
        return None
    named = named_in(found)
    shown = {
        name: named.removed_from(text, is_text=name not in NO_TEXTS)
        for name, text in found.values.items()
        if name not in OF_A_PERSON
    }
    return msgspec.json.encode(shown)


def named_in(found: Understood) -> People:
    """Whom the contacts name: several stand in one field, divided by semicolons."""
    names = [name for contact in CONTACTS for name in _names(found, contact)]
    names += _parts(found["ethics_contact_name"])
    phones = [each for contact in CONTACTS for each in _parts(found[f"{contact}_tel"])]
    mails = [each for contact in CONTACTS for each in _parts(found[f"{contact}_email"])]
    phones += _parts(found["ethics_contact_phone"])
    return people(names, phones, mails + _parts(found["ethics_contact_email"]))


def _names(found: Understood, contact: str) -> list[str]:
    """The first names with their family names; a name that stands in one field alone is whole."""
    first, last = (_parts(found[f"{contact}_{name}name"]) for name in ("first", "last"))
    pairs = [f"{one} {other}" for one, other in zip(first, last, strict=False)]
    return [*pairs, *first, *last, f"{found[f'{contact}_firstname']} {found[f'{contact}_lastname']}".strip()]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _APART.split(text) if part.strip()]
