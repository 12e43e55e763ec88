"""What counts in a record, in a form in which equal contents are equal bytes.

The registry sends the same trial with another data version every day, with keys and lists in any order and
with other whitespace; none of that is a change. A hash that sees it makes tens of thousands of false ones.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from connectors.spelling import compared

_encoder = msgspec.json.Encoder(order="deterministic")
A_SHORT_TEXT = 60


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


def content_hash(value: Any) -> str:
    """BLAKE2b (128 bits, hexadecimal) of the value's canonical form, its texts spelt as they are compared."""
    return hashlib.blake2b(_encoded(value) or b"{}", digest_size=16).hexdigest()


def _encoded(value: Any) -> bytes | None:
    """The canonical form as JSON, made from below so that nothing is encoded twice; None where nothing is left."""
    kind = type(value)
    if kind is str:
        return _text(value) if len(value) < A_SHORT_TEXT else _encoded_text(value)
    if kind is dict:
        parts = []
        for key in sorted(value):
            part = _encoded(value[key])
            if part is not None:
                parts.append(b"%b:%b" % (_key(key), part))
        return b"{%b}" % b",".join(parts) if parts else None
    if kind is list:
        kept = sorted(filter(None, map(_encoded, value)))
        return b"[%b]" % b",".join(kept) if kept else None
    if kind is float and value.is_integer():
        value = int(value)
    return None if value is None else _encoder.encode(value)


def _encoded_text(text: str) -> bytes | None:
    spelt = compared(text)
    return _encoder.encode(spelt) if spelt else None


_key = lru_cache(maxsize=4096)(_encoder.encode)
_text = lru_cache(maxsize=65_536)(_encoded_text)
"""Most short texts of a record stand in thousands of others."""
