"""Facts as one JSON document on standard output, however long: what comes row by row is written row by row.

A document whose rows break off is left without its end, so that no reader takes it for the whole.
"""

import json
import sys
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from flows.terminal.charset import knows

A_STEP = "  "


def print_json(document: Any) -> None:
    """Print a document. An iterator, or one among its values, is written as a list while it is gone through."""
    for piece in _pieces(document, ""):
        sys.stdout.write(piece)
    sys.stdout.write("\n")


def _pieces(document: Any, margin: str) -> Iterator[str]:
    if isinstance(document, Iterator):
        rows = (indent(_text(each), margin + A_STEP) for each in document)
        yield from _listed("[", rows, f"{margin}]")
    elif isinstance(document, dict) and any(isinstance(each, Iterator) for each in document.values()):
        yield "{"
        for place, (name, value) in enumerate(document.items()):
            yield f"{',' if place else ''}\n{A_STEP}{_text(name)}: "
            yield from _pieces(value, A_STEP)
        yield "\n}"
    else:
        yield indent(_text(document), margin).removeprefix(margin)


def _listed(begin: str, entries: Iterator[str], end: str) -> Iterator[str]:
    """As ``json.dumps`` lays a list out; an empty one on one line."""
    yield begin
    is_empty = True
    for entry in entries:
        yield "\n" if is_empty else ",\n"
        yield entry
        is_empty = False
    yield end.strip() if is_empty else f"\n{end}"


def _text(value: Any) -> str:
    """What could steer a terminal is written as an escape, which means the same to every reader of JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=len(A_STEP), default=str, allow_nan=False)
    return "\n".join(line if line.isprintable() and knows(line) else _escaped(line) for line in text.split("\n"))


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() and knows(c) else json.dumps(c)[1:-1] for c in line)
