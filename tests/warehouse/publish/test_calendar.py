"""The calendar of what is coming up, as a reader of calendars has it: the same for the same file; events stay."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from icalendar import Calendar

from tests.shelf import NOW, Shelf
from tests.warehouse.publish.published import as_tables
from warehouse.publish.calendar import render
from warehouse.publish.page import agenda
from warehouse.store import models

HOSTILE = "Ketamine;\r\nEND:VCALENDAR\r\n\u2028\u202eBEGIN:VEVENT, a \\n title that goes on, über die Zeile hinaus"


def member(shelf: Shelf, trial_id: str) -> None:
    stay = {"watch": "w", "trial_id": trial_id, "stay": 1, "is_relevant": True, "why_entered": "found"}
    shelf.put(models.WatchMember, **stay, entered_at=NOW)


def expecting(shelf: Shelf, trial_id: str, end: str, on: date, **version: Any) -> None:
    written = {"completion_date": end, "completion_date_type": "ESTIMATED", "completion_date_latest": on}
    url = {"title": f"Ketamine ({trial_id})", "status_verified_date_latest": date(2026, 6, 30)}
    shelf.trial(trial_id, **{**url, **written, **version})
    member(shelf, trial_id)


def filled(shelf: Shelf) -> Shelf:
    expecting(shelf, "NCT10000001", "2027-01", date(2027, 1, 31))
    both = {"primary_completion_date": "2026-12-24", "primary_completion_date_latest": date(2026, 12, 24)}
    expecting(shelf, "NCT10000002", "2026-12-24", date(2026, 12, 24), **both, title=HOSTILE)
    expecting(shelf, "NCT10000003", "2029-01", date(2029, 1, 31))
    expecting(shelf, "NCT10000004", "2026-11", date(2026, 11, 30), overall_status="COMPLETED")
    shelf.trial("NCT10000005", completion_date="2026-11", completion_date_latest=date(2026, 11, 30))  # not ours
    return shelf


@pytest.fixture
def con(shelf: Shelf) -> Iterator[duckdb.DuckDBPyConnection]:
    with filled(shelf).open() as con:
        yield con


def events(text: bytes) -> dict[str, Any]:
    return {str(each["summary"]): each for each in Calendar.from_ical(text).walk("VEVENT")}


def test_it_tells_what_our_open_trials_expect_within_a_year(con: duckdb.DuckDBPyConnection) -> None:
    told = events(render(con))
    assert [summary.partition(":")[0] for summary in told] == ["Completion and primary completion", "Completion"]
    january = told["Completion: Ketamine (NCT10000001) (NCT10000001)"]
    assert january["dtstart"].dt == date(2027, 1, 31)
    assert "The registry says 2027-01; this is its last day." in january["description"]
    assert january["dtstamp"].dt.isoformat() == "2026-09-12T02:30:00+00:00"
    assert january["transp"] == "TRANSPARENT"


def test_it_is_as_the_standard_wants_it_whatever_a_title_is(con: duckdb.DuckDBPyConnection) -> None:
    text = render(con)
    assert text.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(map(len, text.split(b"\r\n"))) <= 75
    whole = Calendar.from_ical(text)
    assert whole["version"] == "2.0"
    assert whole.errors == []
    assert len(whole.walk("VEVENT")) == text.count(b"\r\nBEGIN:VEVENT\r\n") == 2
    (hostile,) = (summary for summary in events(text) if "NCT10000002" in summary)
    assert "Ketamine; END:VCALENDAR BEGIN:VEVENT, a \\n title" in hostile


def test_the_same_file_makes_the_same_calendar(con: duckdb.DuckDBPyConnection, shelf: Shelf) -> None:
    made = render(con)
    assert made == render(con)
    assert (shelf.folder / "published" / "coming-up.ics").read_bytes() == made


@pytest.mark.slow
def test_an_event_moves_with_its_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    found: list[Any] = []
    for end, on in (("2027-01", date(2027, 1, 31)), ("2027-03", date(2027, 3, 31))):
        shelf = Shelf(tmp_path_factory.mktemp("shelf"))
        expecting(shelf, "NCT10000001", end, on)
        with shelf.open() as con:
            found += events(render(con)).values()
    before, after = found
    assert before["uid"] == after["uid"]
    assert (before["dtstart"].dt, after["dtstart"].dt) == (date(2027, 1, 31), date(2027, 3, 31))


DONE = (
    "results_first_submitted_on = DATE '2026-08-01'",
    "results_waived = true",
    "results_delay_requested_on = DATE '2027-02-01'",
)
"""Why no results fall due on 2027-02-01, though none are posted."""


def test_what_falls_due_is_told_once_the_file_knows_it(shelf: Shelf) -> None:
    filled(shelf)
    lapsing = {"status_verified_date": "2025-01", "status_verified_date_latest": date(2025, 1, 31)}
    expecting(shelf, "NCT10000006", "2029-01", date(2029, 1, 31), **lapsing, start_date="2024-01")
    with shelf.open(), duckdb.connect() as con:
        as_tables(shelf.folder / "published", con)
        con.execute("ALTER TABLE trials ADD COLUMN IF NOT EXISTS results_due_on DATE")
        con.execute("UPDATE trials SET results_due_on = DATE '2027-02-01', lapses_on = NULL")
        con.execute("UPDATE trials SET lapses_on = DATE '2027-02-01' WHERE trial_id = 'NCT10000006'")
        for place, done in enumerate(DONE, 1):
            con.execute(f"UPDATE trials SET {done} WHERE trial_id = 'NCT1000000{place}'")
        con.execute("UPDATE trials SET has_results = true WHERE trial_id > 'NCT10000004'")
        told = [summary for summary, event in events(render(con)).items() if event["dtstart"].dt.month == 2]
    assert told == [
        "Results due (estimate): Ketamine (NCT10000004) (NCT10000004)",
        "Becomes unknown unless verified: Ketamine (NCT10000006) (NCT10000006)",
    ]


def test_too_many_are_cut_and_that_is_said(con: duckdb.DuckDBPyConnection, shelf: Shelf) -> None:
    with duckdb.connect() as large:
        as_tables(shelf.folder / "published", large)
        large.execute(
            "INSERT INTO trials SELECT trials.* REPLACE (printf('NCT2%07d', number) AS trial_id) "
            "FROM trials, range(600) AS more (number) WHERE trial_id = 'NCT10000001'"
        )
        large.execute(
            "INSERT INTO trial_versions SELECT trial_versions.* REPLACE (printf('NCT2%07d', number) AS trial_id) "
            "FROM trial_versions, range(600) AS more (number) WHERE trial_id = 'NCT10000001'"
        )
        whole = Calendar.from_ical(render(large))
    assert f"The next {agenda.MOST:,} of 603." in str(whole["x-wr-caldesc"])


def entry(on: date, what: str, trial_id: str = "NCT10000001", written: str = "") -> dict[str, Any]:
    at = datetime(2026, 9, 12) - timedelta(days=3)  # noqa: DTZ001 - as stored
    told = {"title": "A title", "url": None, "written": written, "observed_at": at}
    return {"due_on": on, "what": what, "trial_id": trial_id, **told}


def test_a_month_tells_what_trials_expect_before_what_befalls_them() -> None:
    told = agenda.entries(
        [
            entry(date(2026, 12, 1), "lapses_on"),
            entry(date(2026, 12, 31), "completion_date_latest", written="2026-12"),
            entry(date(2027, 2, 1), "primary_completion_date_latest", "NCT10000002", written="2027-02-01"),
        ]
    )
    december, february = agenda.months(told)
    assert [each.what for each in december.entries] == ["completion_date_latest", "lapses_on"]
    assert [each.is_by for each in (*december.entries, *february.entries)] == [True, False, False]
    assert (december.first, february.first) == (date(2026, 12, 1), date(2027, 2, 1))
