"""What is coming up, for people's calendars (iCalendar, RFC 5545), made from the published file.

It reads the contract's views and no clock: the same file makes the same calendar. An event keeps its UID when its
day moves, so that a calendar moves it too; its stamp is when the state of the record that says so was first seen.
"""

import uuid
from typing import Any

import duckdb

from warehouse.publish.page import agenda
from warehouse.store.tables import sql
from warehouse.words.harmless import plain, web_address
from warehouse.words.phrases import NOT_ADVICE, utc
from warehouse.words.sources import origin

NAMES = uuid.UUID("0b8a2c5e-6a47-5d0e-8d0c-4a5f0e6f3c11")
"""Under which our events are named; another value would make every one a new one to every calendar."""


def render(con: duckdb.DuckDBPyConnection) -> bytes:
    """The whole calendar, from an open published file."""
    result = con.execute(sql("publish/page/coming_up"), [agenda.DAYS, agenda.MOST])
    columns = [column[0] for column in result.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    fresh = con.execute("SELECT registry_names, data_versions, read_times FROM freshness").fetchone()
    return calendar(agenda.entries(rows), rows[0]["all_of_them"] if rows else 0, origin(*(fresh or ([], [], []))))


def calendar(entries: list[agenda.CalendarEntry], all_of_them: int, said: str = "") -> bytes:
    """The calendar of these entries, of which there are ``all_of_them`` before those of one day are joined.

    ``said`` is where they come from.
    """
    from icalendar import Calendar  # a quarter of a second, which only a publication is to wait for

    told = Calendar()
    told.add("prodid", "-//trialwatch//coming up//EN")
    told.add("version", "2.0")
    told.add("calscale", "GREGORIAN")
    told.add("method", "PUBLISH")
    told.add("x-wr-calname", "trialwatch: coming up")
    cut = f" The next {agenda.MOST:,} of {all_of_them:,}." if all_of_them > agenda.MOST else ""
    told.add("x-wr-caldesc", " ".join(filter(None, (NOT_ADVICE, plain(said)))) + cut)
    for entry in entries:
        told.add_component(_event(entry))
    return bytes(told.to_ical())


def _event(entry: agenda.CalendarEntry) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uuid.uuid5(NAMES, f'{entry.trial_id} {entry.what}')}@trialwatch")
    event.add("dtstamp", utc(entry.observed_at))
    event.add("dtstart", entry.on)
    event.add("summary", f"{entry.words}: {entry.title} ({entry.trial_id})")
    event.add("description", _described(entry))
    event.add("categories", [entry.words])
    event.add("transp", "TRANSPARENT")
    if url := web_address(entry.url):
        event.add("url", url)
    return event


def _described(entry: agenda.CalendarEntry) -> str:
    by = f"The registry says {entry.written}; this is its last day. " if entry.is_by else ""
    return f"{by}{NOT_ADVICE}"
