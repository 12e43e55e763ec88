"""What of a record that is held may stand for what the registry holds tonight. Pure.

A row that says the same in another order is the row that we hold: then the record lands as it landed before, and
nobody reads it. What is retrieved is believed for a week while the row stays; each trial has its own day of it.
Where the registry does not know the number of a row that moved, the former record stands beside the row, marked as
older, and is asked for every night until it is answered.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from connectors.canonical import canonical
from connectors.ctis import course
from connectors.ctis.dates import as_iso
from connectors.ctis.record import Record, Understood, inner, is_answered, joined, number, text, texts
from connectors.dates import day
from connectors.lenient import decoded

A_WEEK = 7
_BETWEEN = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record that is held, in its two parts. ``row`` and ``retrieved`` are empty where it has none.

    ``is_answered`` where what is retrieved is as new as the row.
    """

    payload: bytes
    row: Record
    retrieved: Record
    is_answered: bool = True

    @property
    def number(self) -> str | None:
        """Its whole number, of the latest submission."""
        found = [each[1] for part in (self.row, self.retrieved) if (each := number(part.get("ctNumber")))]
        return max(found, default=None)

    @property
    def is_whole(self) -> bool:
        return bool(self.retrieved) and self.is_answered

    def has_row(self, row: bytes) -> bool:
        return bool(self.row) and _in_any_order(self.row) == _in_any_order(_value(row))

    def whole(self, row: bytes | None, retrieved: bytes) -> bytes:
        """The record with tonight's parts; as it is held where they say the same."""
        same_row = self.has_row(row) if row else not self.row
        same = self.is_answered and canonical(self.retrieved) == canonical(_value(retrieved))
        return self.payload if same_row and same else joined(row, retrieved)

    def by_number(self, retrieved: bytes) -> bytes:
        """The record where no search shows its row: the one that is held stays, but for what this tells."""
        row = self.row | _told_of(self.row, inner(_value(retrieved))) if self.row else {}
        return self.whole(_encoded(row), retrieved)

    def unanswered(self, row: bytes, today: date) -> bytes:
        """The record with tonight's row, whose number the registry does not know.

        An end waits for its record, with all of its row: whether it came before its time only the record tells.
        After a week it is told as the row has it, for some records never come.
        """
        if self.has_row(row) or not self.payload:
            return self.payload or joined(row, None)
        found = inner(_value(row))
        is_new = _has_ended(found, {}) and not _has_ended(self.row, self.retrieved)
        waits = is_new and _is_of_this_week(found, today)
        return joined(_encoded(self.row) if waits else row, _encoded(self.retrieved), is_answered=False)


NOTHING = HeldRecord(b"", {}, {})


def held(payload: bytes | None) -> HeldRecord:
    value = _value(payload) if payload else None
    return HeldRecord(payload or b"", inner(value, "row"), inner(value, "retrieved"), is_answered(value))


def is_due(trial_id: str, last_on: date | None, today: date) -> bool:
    """Whether the trial's day of the week has come since the last complete night."""
    nights = A_WEEK if last_on is None else min((today - last_on).days, A_WEEK)
    turn = zlib.crc32(trial_id.encode()) % A_WEEK
    return any((today - timedelta(days=ago)).toordinal() % A_WEEK == turn for ago in range(nights))


def _value(payload: bytes) -> Any:
    try:
        return decoded(payload)[0]
    except ValueError:
        return None


def _told_of(row: Record, retrieved: Record) -> Record:
    """What a record says of its row, where it is something else than the row says."""
    states = course.countries(Understood("", "", {}, retrieved))
    said = {
        "ctStatus": retrieved.get("ctPublicStatusCode"),
        "trialCountries": [f"{each.name}:{each.code}" for each in states if each.code],
        "lastPublicationUpdate": retrieved.get("publishDate"),
        **{key: retrieved.get(key) for key in ("startDateEU", "endDateEU")},
    }
    return {key: value for key, value in said.items() if value and _meant(value) != _meant(row.get(key))}


def _meant(value: Any) -> Any:
    return sorted(texts(value)) if isinstance(value, list) else as_iso(text(value))


def _encoded(part: Record) -> bytes | None:
    return msgspec.json.encode(part) if part else None


def _has_ended(row: Record, retrieved: Record) -> bool:
    return course.code_of(Understood("", "", row, retrieved)) == course.ENDED


def _is_of_this_week(row: Record, today: date) -> bool:
    published_on = day(as_iso(row.get("lastPublicationUpdate")))
    return published_on is not None and today - published_on <= timedelta(days=A_WEEK)


def _in_any_order(row: Any) -> Any:
    """A row's values, each with its parts in one order: the registry joins them with commas as they come."""
    if isinstance(row, dict):
        return canonical({key: _in_any_order(value) for key, value in row.items()})
    return sorted(_BETWEEN.split(row.strip())) if isinstance(row, str) else row
