"""What counts in a record, in a form in which equal contents are equal bytes.

The registry sends the same trial with another data version every day, with keys and lists in any order and
with other whitespace; none of that is a change. A hash that sees it makes tens of thousands of false ones.
"""

import hashlib
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.spelling import VANISHING, compared, plain, shown

_encode = msgspec.json.Encoder(order="deterministic").encode
A_SHORT_TEXT = 60
MOST_SHORT_TEXTS = 100_000


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
        return sorted(kept, key=_encode)
    if isinstance(value, str):
        return spelling(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def content_hash(value: Any) -> str:
    """BLAKE2b (128 bits, hexadecimal) of the value's canonical form, its texts spelt as they are compared."""
    return _hash(canonical(value) or {})


def _hash(content: Any) -> str:
    return hashlib.blake2b(_encode(content), digest_size=16).hexdigest()


# -- the usual record, in place ----------------------------------------------------------------------------
#
# The same in a third of the time, for a value that is nobody else's: its texts are spelt where they stand, first
# as they are stored, so that a trial can be read of them meanwhile, then as they are compared.


class RareError(ValueError):
    """Something in the value must be left out or written otherwise: only ``canonical`` does that."""


@dataclass(frozen=True, slots=True)
class InPlace:
    """A value, its texts as they are stored. ``others`` are the texts that are compared in another spelling.

    Of each: where it stands, its key there, and the name of that key, or of the list.
    """

    value: Any
    others: list[tuple[Any, Any, str]]

    def compare_alike(self, names: Container[str]) -> None:
        """Spell the texts of these names as they are compared."""
        for part, key, name in self.others:
            if name in names:
                part[key] = plain(part[key])

    def content_hash(self) -> str:
        """As the function of this name. Afterwards the value is in canonical form, its lists in another order."""
        for part, key, _ in self.others:
            part[key] = plain(part[key])
        _order(self.value)
        return _hash(self.value)


def stored_in_place(value: dict[str, Any]) -> InPlace:
    """Spell every text in the value as it is stored. Raises ``RareError``, having spelt some of them."""
    others: list[tuple[Any, Any, str]] = []
    _spell(value, "", others)
    return InPlace(value, others)


def _spell(value: Any, of: str, others: list[tuple[Any, Any, str]]) -> None:
    is_object = type(value) is dict
    parts: Iterable[tuple[Any, Any]] = value.items() if is_object else enumerate(value)
    for key, part in parts:
        kind = type(part)
        if kind is str:
            if len(part) < A_SHORT_TEXT and part in _plain_texts:
                continue
            spelt = shown(part)
            if spelt is not part:
                value[key] = spelt
            if not spelt:
                raise RareError
            if not spelt.isascii():
                if spelt[0] in VANISHING and not plain(spelt):
                    raise RareError
                others.append((value, key, key if is_object else of))
            elif spelt is part and len(part) < A_SHORT_TEXT and len(_plain_texts) < MOST_SHORT_TEXTS:
                _plain_texts.add(part)
        elif kind is dict or kind is list:
            if not part:
                raise RareError
            _spell(part, key if is_object else of, others)
        elif part is None or (kind is float and part.is_integer()):
            raise RareError


def _order(value: Any) -> None:
    for part in value.values() if type(value) is dict else value:
        kind = type(part)
        if kind is dict or kind is list:
            _order(part)
    if type(value) is list and len(value) > 1:
        value.sort(key=_encode)


_plain_texts: set[str] = set()
"""Short texts that are stored and compared as they are: most of a record's stand in thousands of others."""
