"""Tables to attach to a mail: CSV that a spreadsheet opens without harm, and a mail server does not refuse.

Pure. It does not know what a row tells, or whom: columns and rows are the caller's.
"""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from warehouse.foreign import defused, plain, shortened
from warehouse.phrases import utc

ATTACHMENT_BYTES = 5_000_000
"""A longer table has its cells shortened, never its rows: mail servers refuse what is too large for them."""
CELL_LETTERS = (None, 1000, 200, 60)


class Table(NamedTuple):
    """CSV (RFC 4180), and whether cells had to be shortened for the whole to be sent."""

    text: str
    is_shortened: bool


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    for limit in CELL_LETTERS:
        written = io.StringIO()
        lines = csv.writer(written)
        lines.writerow(columns)
        lines.writerows([_cell(value, limit) for value in row] for row in rows)
        if len(written.getvalue().encode()) <= ATTACHMENT_BYTES:
            break
    return Table(written.getvalue(), limit is not None)


def _cell(value: Any, limit: int | None) -> str:
    if isinstance(value, datetime):
        return f"{utc(value):%Y-%m-%dT%H:%M:%SZ}"
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    whole = plain(text)
    return defused(whole if limit is None else shortened(whole, limit)[0])
