"""JSON taken apart by brackets and quotation marks alone, for what its readers refuse.

Nothing here calls itself, so that a record a thousand levels deep is one bad record and not a bad page.
"""

import re

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[]\[{},"]', re.DOTALL)
"""A whole text, or what divides: a quotation mark alone begins a text that never ends."""
_KEY = re.compile(rb'\s*("[^"\\]*")\s*:')
_CLOSERS = {b"[": b"]", b"{": b"}"}


def divided(text: bytes, at: int) -> tuple[list[bytes], int]:
    """What stands between the bracket at ``at`` and its partner, comma by comma, and where that ends.

    Raises ``ValueError`` when brackets do not match, or something stands between two commas that is nothing.
    """
    parts, start, closers = [], at + 1, []
    for token in _TOKEN.finditer(text, at):
        letter = token[0]
        if letter in _CLOSERS:
            closers.append(_CLOSERS[letter])
        elif letter in (b"]", b"}"):
            if closers.pop() != letter:
                raise ValueError("brackets that do not match")
            if not closers:
                parts.append(text[start : token.start()].strip())
                break
        elif letter == b"," and len(closers) == 1:
            parts.append(text[start : token.start()].strip())
            start = token.end()
        elif letter == b'"':
            raise ValueError("a text that never ends")
    else:
        raise ValueError("a bracket that is never closed")
    if parts == [b""]:
        parts = []
    if not all(parts):
        raise ValueError("nothing between two commas")
    return parts, token.end()


def named(member: bytes) -> tuple[bytes, bytes] | None:
    """The key of an object's member, in its quotation marks, and its value; None where it has no key."""
    key = _KEY.match(member)
    return (key[1], member[key.end() :].strip()) if key else None


def pruned(payload: bytes, deepest: int) -> bytes:
    """The bytes with ``NaN`` for whatever stands deeper than that many levels; themselves where nothing does."""
    kept, start, level = [], 0, 0
    for token in _TOKEN.finditer(payload):
        if token[0] in _CLOSERS:
            level += 1
            if level == deepest + 1:
                kept += [payload[start : token.start()], b"NaN"]
        elif token[0] in (b"]", b"}"):
            if level == deepest + 1:
                start = token.end()
            level -= 1
    return b"".join([*kept, payload[start:]]) if kept and level <= deepest else payload
