"""JSON as it is read here: strictly first, and where that fails, for all of it that can be read.

One value that no JSON writer should have sent (NaN, 1e999, half a surrogate pair, a thousand brackets) costs that
value. Pure: it knows neither a registry nor what the values are for.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.brackets import pruned

DEEPEST = 100
"""Levels of a record, of which real ones have a dozen: who walks through one later must not run out of stack."""
MOST_DIGITS = 400
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_REFUSED = (msgspec.DecodeError, RecursionError, UnicodeError)


@dataclass(frozen=True, slots=True)
class Odd:
    """A value that is not as it should be: where it stands (``a.b[0]``), what it is, what is wrong with it."""

    path: str
    value: str
    reason: str


def decoded(payload: bytes) -> tuple[Any, list[Odd]]:
    """The value that the bytes are, and what had to be left out of it.

    Raises ``ValueError`` for bytes that are no JSON: cut off, a web page, a comma too many.
    """
    refusal = f"more than {DEEPEST} levels deep"
    try:
        value = msgspec.json.decode(payload)
        if not (_may_be_deep(payload) and _is_deeper_than(DEEPEST, value)):
            return value, []
    except _REFUSED as error:
        refusal = str(error)
    try:
        text = pruned(payload, DEEPEST).decode("utf-8-sig", "replace")
        value = json.loads(text, strict=False, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise ValueError(refusal) from error
    odd: list[Odd] = []
    return _mended(value, "", odd), odd


def said(value: Any) -> str:
    """What a value is, without a word of it: it may name people."""
    match value:
        case str():
            return f"a text of {len(value)} letters"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "an object"
    return json.dumps(value)


def _may_be_deep(payload: bytes) -> bool:
    """Whether so many brackets may be open at once anywhere; those in texts count too.

    Each round takes away the innermost pairs, and with them one level. What is left is no deeper than it is long.
    """
    brackets = payload.translate(None, _NO_BRACKETS)
    for levels in range(DEEPEST):
        if levels + len(brackets) <= DEEPEST:
            return False
        shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return True


_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def _is_deeper_than(levels: int, value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _whole(digits: str) -> float | int:
    return int(digits) if len(digits) < MOST_DIGITS else math.inf


def _mended(value: Any, path: str, odd: list[Odd]) -> Any:
    """The value without what is none; a list loses what cannot be read, an object's member becomes null."""
    match value:
        case float() if not math.isfinite(value):
            odd.append(Odd(path, str(value), f"no number, or more than {DEEPEST} levels deep: left out"))
            return None
        case str() if _HALF_A_PAIR.search(value):
            odd.append(Odd(path, said(value), "half a letter in it: read as \ufffd"))
            return _HALF_A_PAIR.sub("\ufffd", value)
        case list():
            return [_mended(part, f"{path}[{place}]", odd) for place, part in enumerate(value)]
        case dict():
            return {
                _HALF_A_PAIR.sub("\ufffd", key): _mended(part, f"{path}.{key}".lstrip("."), odd)
                for key, part in value.items()
            }
    return value
