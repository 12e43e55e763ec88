"""Tables to attach to a mail: CSV that a spreadsheet opens without harm, and a mail server does not refuse.

Pure. It does not know what a row tells, or whom: columns and rows are the caller's.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from warehouse.words.harmless import defused, plain, shortened
from warehouse.words.phrases import utc

ATTACHMENT_BYTES = 5_000_000
"""Mail servers refuse what is too large for them. A larger table is packed; one that is too large even so has
its cells shortened, never its rows."""
CELL_LETTERS = (1000, 200, 60)
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the letters of Windows."""
TIME_IN_THE_ZIP = (1980, 1, 1, 0, 0, 0)
"""The time that a packed file bears: the earliest that the format can say."""


class AttachedTable(NamedTuple):
    """CSV (RFC 4180), plain or in a ZIP file; ``is_shortened`` when cells had to be."""

    file: str
    content: bytes
    is_shortened: bool


def table(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> AttachedTable:
    """The table as ``<name>.csv``, or ``<name>.zip`` with that inside."""
    whole = _csv(columns, rows, None)
    if len(whole) <= ATTACHMENT_BYTES:
        return AttachedTable(f"{name}.csv", whole, False)
    packed = _zip(f"{name}.csv", whole)
    if len(packed) <= ATTACHMENT_BYTES:
        return AttachedTable(f"{name}.zip", packed, False)
    for limit in CELL_LETTERS:
        packed = _zip(f"{name}.csv", _csv(columns, rows, limit))
        if len(packed) <= ATTACHMENT_BYTES:
            break
    return AttachedTable(f"{name}.zip", packed, True)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int | None) -> bytes:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(columns)
    lines.writerows([_cell(value, limit) for value in row] for row in rows)
    return f"{BYTE_ORDER_MARK}{written.getvalue()}".encode()


def _zip(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, TIME_IN_THE_ZIP), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _cell(value: Any, limit: int | None) -> str:
    if isinstance(value, datetime):
        return f"{utc(value):%Y-%m-%dT%H:%M:%SZ}"
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    whole = plain(text)
    return defused(whole if limit is None else shortened(whole, limit)[0])
