"""A record of WHO's ICTRP as plain texts, by the names of the columns of its CSV, in whichever form it came. Pure.

An element of the XML stands as it was sent, on one line; a row of the CSV as the list of its texts, as JSON.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
from lxml import etree

from connectors.ictrp.numbers import number
from connectors.lists import read_rows
from connectors.spelling import in_lines
from connectors.trial import UnreadableError
from connectors.xml import DECLARES_TYPES, SAFELY, declares_types, said

NUMBER_AT = "trial_id"
_ROWS = read_rows(Path(__file__).parent / "columns.csv")
_NAMES = {element: row["column"] for row in _ROWS for element in row["elements"].split()}
NAMES = frozenset(row["column"] for row in _ROWS)
COLUMNS = tuple(
    row["column"] for row in _ROWS[: next(n for n, row in enumerate(_ROWS) if row["column"] == "export_date")]
)
"""Those of a row of the CSV, in their order."""
_LESS_OR_GREATER = re.compile(r"&?#(gt|lt);?", re.IGNORECASE)
_A_BREAK = re.compile(r"</?\s*(?:br|p)\s*/?>", re.IGNORECASE)
_NO_VALUE = frozenset({"null", "-", "."})

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Understood:
    """A record that could be read. ``unknown`` are names of elements that nobody knows yet."""

    trial_id: str
    values: Record
    unknown: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        """The text under a name; empty where there is none."""
        return self.values.get(name, "")


def understood(payload: bytes) -> Understood:
    """Raises ``UnreadableError`` for bytes that are no record of a trial with a number."""
    sent = _of_row(payload) if payload[:1] == b"[" else _of_element(payload)
    values = {name: text for name, each in sent if name in NAMES and (text := cleared(each))}
    written = values.get(NUMBER_AT)
    trial_id = number(written) if written else None
    if trial_id is None:
        raise UnreadableError(f"no trial's number: {written or 'none'}", NUMBER_AT, None)
    return Understood(trial_id, values, tuple(name for name, each in sent if name not in NAMES and cleared(each)))


def _of_row(payload: bytes) -> list[tuple[str, str]]:
    try:
        row = msgspec.json.decode(payload, type=list[str])
    except msgspec.DecodeError as error:
        raise UnreadableError(f"no row: {error}", "$", None) from error
    if len(row) != len(COLUMNS):
        told = f"a row of {len(row)} columns, where {len(COLUMNS)} belong: it is misaligned"
        raise UnreadableError(told, "$", number(row[0]) if row else None)
    return list(zip(COLUMNS, row, strict=True))


def _of_element(payload: bytes) -> list[tuple[str, str]]:
    if declares_types(payload):
        raise UnreadableError(f"it {DECLARES_TYPES}", "$", None)
    try:
        root = etree.fromstring(payload, etree.XMLParser(**SAFELY))
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not XML: {said(error)}", "$", None) from error
    if any(len(each) for each in root):
        raise UnreadableError("elements within the elements of a trial", "$", None)
    tags = [str(each.tag).rpartition("}")[2].lower() for each in root]
    if len(set(tags)) != len(tags):
        raise UnreadableError("an element comes twice", "$", None)
    return [(_NAMES.get(tag, tag), each.text or "") for tag, each in zip(tags, root, strict=True)]


def cleared(written: str) -> str:
    """A text without what was done to it on the way: entities, marks of a line's end, blanks behind it.

    >>> cleared("Age #gt;18;&#x0D;&lt;br&gt;drinks  \\n    "), cleared("NULL\\n    ")
    ('Age >18;\\ndrinks', '')
    """
    text = written
    if "&" in text or "#" in text:
        text = html.unescape(html.unescape(_LESS_OR_GREATER.sub(r"&\1;", text)))
    text = _A_BREAK.sub("\n", text) if "<" in text else text
    text = in_lines(text)
    return "" if text.lower() in _NO_VALUE else text
