"""A file that WHO's ICTRP exported, record by record: XML, or the CSV without a header.

It may be of any size: never more of it is in memory than one record may have. Of the XML only where a trial begins
and ends is looked for here, so that neither a broken trial nor a file that was cut short costs any other.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import msgspec

from connectors.errors import ExportError
from connectors.ictrp.numbers import number
from connectors.ictrp.record import COLUMNS
from connectors.xml import DECLARES_TYPES, declares_types

ROOT = b"Trials_downloaded_from_ICTRP"
MOST_BYTES = 4 << 20
"""Of one record, and of one field of a row: a usual record has 7 kB."""
A_PIECE = 1 << 18
A_HEAD = 1 << 12
AN_EXCERPT = 2_000
A_FEW = 100
"""So many rows, none of which is a trial, are no export."""
_BEGIN = re.compile(rb"<Trial(?=[\s>])")
_END = b"</Trial>"
_BEGINS_A_ROW = re.compile(r'"?[A-Za-z]{2,}[A-Za-z/-]*[0-9][0-9A-Za-z/.-]{3,}"?,', re.ASCII)
_TAG_OR_BREAK = re.compile(rb"<[^<>]*>|\r\n|\r|\n")
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK": "zip",
    b"BZ": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
    b"7z\xbc": "7z",
}
_A_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_A_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
HOW = "save one at trialsearch.who.int (search, then Export results to XML) and import it as it is"


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was looked at. ``is_xml`` tells its form, ``trials`` how many whole ones are in it."""

    path: Path
    is_xml: bool
    trials: int = 0


@dataclass(slots=True)
class Pass:
    """One pass over a file. ``is_cut`` says, once its records are through, whether it ended before its end."""

    export: Export
    is_cut: bool = False

    def records(self) -> Iterator[bytes]:
        """Every record as it is kept, one that cannot be read too. Raises ``ExportError``."""
        try:
            with self.export.path.open("rb") as file:
                yield from self._elements(file) if self.export.is_xml else self._rows(file)
        except OSError as error:
            raise _unread(self.export.path, error) from error

    def _elements(self, file: BinaryIO) -> Iterator[bytes]:
        rest = b""
        while piece := file.read(A_PIECE):
            rest += piece
            start = 0
            while (end := rest.find(_END, start)) >= 0:
                end += len(_END)
                yield from map(one_line, self._begun(rest[start:end]))
                start = end
            rest = rest[start:]
            if len(rest) > MOST_BYTES:  # set aside by its beginning; where the next one begins we go on
                yield from (one_line(each[:AN_EXCERPT]) for each in self._begun(rest))
                rest = rest[-len(_END) :]
        self.is_cut = b"</" + ROOT not in rest or bool(_BEGIN.search(rest))

    def _begun(self, text: bytes) -> list[bytes]:
        """The trials that begin in a text; all but the last of them never ended."""
        begun = [found.start() for found in _BEGIN.finditer(text)]
        _refuse_types(self.export.path, text[: begun[0]] if begun else text)
        return [text[start:end] for start, end in pairwise([*begun, len(text)])]

    def _rows(self, file: BinaryIO) -> Iterator[bytes]:
        """A row is known for the last when the next one does not come."""
        last: list[str] | None = None
        for row in _rows(file):
            if last is not None:
                yield msgspec.json.encode(last)
            last = row
        if last is None or len(last) != len(COLUMNS):
            self.is_cut = True
        else:
            yield msgspec.json.encode(last)


def looked_at(path: Path) -> Export:
    """Raises ``ExportError`` for a file that is no export, or has no whole trial."""
    try:
        with path.open("rb") as file:
            head = file.read(A_HEAD)
    except OSError as error:
        raise _unread(path, error) from error
    is_xml = _is_xml(path, head)
    trials = 0
    for place, record in enumerate(Pass(Export(path, is_xml)).records(), 1):
        trials += is_xml or _is_aligned(record)
        if not trials and place >= A_FEW:
            break
    if not trials:
        what = "there is no whole trial in it" if is_xml else f"no row of it is a trial of {len(COLUMNS)} columns"
        raise ExportError(f"{path} cannot be imported: {what}; {HOW}")
    return Export(path, is_xml, trials)


def one_line(element: bytes) -> bytes:
    """The element as it is kept: what breaks a line in a text is a character reference, which means the same."""
    return _TAG_OR_BREAK.sub(lambda found: b"&#10;" if found[0][:1] in b"\r\n" else found[0], element)


def _rows(file: BinaryIO) -> Iterator[list[str]]:
    """The rows; what is none is its own beginning.

    A quotation mark too many makes one row of many. So where a row is none, it is looked for lines with which
    another begins: each is a row by itself, but for the last, which may go on.
    """
    csv.field_size_limit(MOST_BYTES)
    again: list[str] = []
    while True:
        lines: list[str] = []
        row = _row(_noted(_lines(file, again), lines))
        if not lines:
            return
        again = []
        if len(row) != len(COLUMNS):
            *others, again = _divided(lines)
            if not others:
                others, again = [again], []
            yield from filter(None, map(_by_itself, others))
        elif row[0] != COLUMNS[0]:  # somebody's own header is none of WHO's
            yield row


def _row(lines: Iterable[str]) -> list[str]:
    """The first row of some lines; an empty one where a field of it has no end."""
    try:
        return next(csv.reader(lines), [])
    except csv.Error:
        return []


def _lines(file: BinaryIO, again: Iterable[str]) -> Iterator[str]:
    yield from again
    while line := file.readline(MOST_BYTES):
        yield line.decode("utf-8", "replace").removeprefix("\ufeff")


def _noted(lines: Iterable[str], into: list[str]) -> Iterator[str]:
    for line in lines:
        into.append(line)
        yield line


def _divided(lines: list[str]) -> list[list[str]]:
    begun = [0, *(place for place, line in enumerate(lines) if place and _BEGINS_A_ROW.match(line))]
    return [lines[start:end] for start, end in pairwise([*begun, len(lines)])]


def _by_itself(lines: list[str]) -> list[str]:
    row = _row(lines)
    if len(row) == len(COLUMNS):
        return row
    text = "".join(lines)[:AN_EXCERPT].strip()
    return row if row and len(msgspec.json.encode(row)) < AN_EXCERPT else [text] if text else []


def _is_aligned(record: bytes) -> bool:
    row = msgspec.json.decode(record, type=list[str])
    return len(row) == len(COLUMNS) and number(row[0]) is not None


def _is_xml(path: Path, head: bytes) -> bool:
    """Raises ``ExportError`` for what is neither XML of WHO's nor text."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    packed = next((name for magic, name in _PACKED.items() if text.startswith(magic)), None)
    if not text.strip():
        raise ExportError(f"{path} is empty; {HOW}")
    if packed:
        raise ExportError(f"{path} is packed ({packed}); unpack it, and import what is in it")
    if b"\0" in text:
        raise ExportError(f"{path} is no text in UTF-8; {HOW}")
    if _A_PAGE.match(text):
        raise ExportError(f"{path} is a web page and no export; {HOW}")
    if text.lstrip()[:1] != b"<":
        return False
    _refuse_types(path, text)
    if not _A_DECLARATION.sub(b"", text, count=1).lstrip().startswith(b"<" + ROOT):
        raise ExportError(f"{path} is XML, but no export of WHO ICTRP ({ROOT.decode()}); {HOW}")
    return True


def _refuse_types(path: Path, text: bytes) -> None:
    if declares_types(text):
        raise ExportError(f"{path} {DECLARES_TYPES}; {HOW}")


def _unread(path: Path, error: OSError) -> ExportError:
    return ExportError(
        f"{path} cannot be read ({error.strerror}); name a file that is there, and that may be read"
    )
