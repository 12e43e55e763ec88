"""A record of ICTRP as it may be published: without the people that it names. Pure.

Contacts go; in texts the names, mail addresses and telephone numbers of contacts give way to a word. A sponsor may
be a person: then the whole name does, while one that only contains such words is an organisation's.
"""

import re
from dataclasses import replace

import msgspec

from connectors.ictrp.record import NAMES, Understood, understood
from connectors.people import A_NAME, People, people
from connectors.trial import UnreadableError

CONTACTS = ("public_contact", "scientific_contact")
OF_A_PERSON = frozenset(name for name in NAMES if "contact" in name)
FREE = (
    *("public_title", "scientific_title", "acronym", "study_design", "conditions", "interventions"),
    *("inclusion_criteria", "exclusion_criteria", "primary_outcome", "secondary_outcomes", "results_summary"),
    *("results_ipd_plan", "results_ipd_description", "results_baseline_char", "results_participant_flow"),
    *("results_adverse_events", "results_outcome_measures"),
)
"""Texts that sponsors write, and may name people in."""
SPONSORS = ("primary_sponsor", "secondary_sponsors", "source_support")
_APART = re.compile(r"[;\n]")
_SPLIT = re.compile(r"[^;\n]+")


def impersonal(payload: bytes) -> bytes | None:
    """The record without people, as JSON; None for bytes that are no record."""
    try:
        found = understood(payload)
    except UnreadableError:
        return None
    shown = without_people(found).values
    return msgspec.json.encode({name: text for name, text in shown.items() if name not in OF_A_PERSON})


def without_people(found: Understood) -> Understood:
    """The record, nobody named in it but by its contacts."""
    named = named_in(found)

    def cleared(name: str, text: str) -> str:
        if name in SPONSORS:
            return _SPLIT.sub(lambda part: A_NAME if part[0].strip() in named.names else part[0], text)
        return text if name in OF_A_PERSON else named.removed_from(text, is_text=name in FREE)

    return replace(found, values={name: cleared(name, text) for name, text in found.values.items()})


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
