"""What counts in a record, in a form in which equal contents are equal bytes.

The registry sends the same trial with another data version every day, with keys and lists in any order and
with other whitespace; none of that is a change. A hash that sees it makes tens of thousands of false ones.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from connectors.spelling import compared

_encoder = msgspec.json.Encoder(order="deterministic")

BROWSE_MODULES = ("conditionBrowseModule", "interventionBrowseModule")
"""The only part of the derived section that counts, and of it only terms and their ancestors."""


def canonical(value: Any, spelling: Callable[[str], str] = compared) -> Any:
    """The value with its texts in one spelling, lists ordered by content, and everything empty left out.

    No list in a record has an order that means anything to a reader: sites, arms, outcomes and conditions
    come back from the registry reordered without having changed.
    """
    if isinstance(value, dict):
        parts = ((key, canonical(part, spelling)) for key, part in value.items())
        return {key: part for key, part in parts if part not in (None, "", [], {})}
    if isinstance(value, list):
        parts_of_list = (canonical(part, spelling) for part in value)
        kept = [part for part in parts_of_list if part not in (None, "", [], {})]
        return sorted(kept, key=_encoder.encode)
    if isinstance(value, str):
        return spelling(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def what_counts(record: dict[str, Any], spelling: Callable[[str], str] = compared) -> dict[str, Any]:
    """The canonical parts of a record whose change makes a new version."""
    derived = record.get("derivedSection") or {}
    mesh = {
        module: {part: (derived.get(module) or {}).get(part) for part in ("meshes", "ancestors")}
        for module in BROWSE_MODULES
    }
    counted: dict[str, Any] = canonical(
        {
            "protocolSection": record.get("protocolSection"),
            "hasResults": record.get("hasResults"),
            "derivedSection": mesh,
        },
        spelling,
    )
    return counted


def content_hash(record: dict[str, Any]) -> str:
    """BLAKE2b (128 bits, hexadecimal) of what counts in the record."""
    return hashlib.blake2b(_encoder.encode(what_counts(record)), digest_size=16).hexdigest()
