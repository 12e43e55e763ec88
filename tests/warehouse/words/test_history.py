"""A trial's history: versions and changes in one order, whether they come as dates or as ISO text."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from warehouse.instants import naive_utc
from warehouse.words.history import moments


def at_night(day: int) -> datetime:
    return naive_utc(datetime(2026, 9, day, 2, 30, tzinfo=UTC))


def version(number: int, on: date | None, seen: datetime) -> dict[str, Any]:
    dated = {"registry_date": on, "valid_from_on": on, "valid_from_basis": "posted"}
    return {"version_number": number, **dated, "observed_at": seen, "overall_status": "RECRUITING"}


def change(kind: str, seen: datetime, versions: tuple[int | None, int | None]) -> dict[str, Any]:
    return {"kind": kind, "observed_at": seen, "from_version": versions[0], "to_version": versions[1]}


FIRST, SECOND = at_night(12), at_night(16)
VERSIONS = [version(1, date(2026, 6, 4), FIRST), version(2, date(2026, 9, 15), SECOND)]
CHANGES = [
    change("overdue", at_night(14), (1, 1)),
    change("left_watch", at_night(14), (None, None)),
    change("completed", SECOND, (1, 2)),
    change("date_actual", SECOND, (1, 2)),
]


def told(versions: list[dict[str, Any]], changes: list[dict[str, Any]]) -> list[tuple[str, int | None, list[str]]]:
    return [
        (
            moment.on,
            moment.version["version_number"] if moment.version else None,
            [one["kind"] for one in moment.changes],
        )
        for moment in moments(versions, changes)
    ]


def as_text(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in rows
    ]


@pytest.mark.parametrize(("versions", "changes"), [(VERSIONS, CHANGES), (as_text(VERSIONS), as_text(CHANGES))])
def test_a_change_stands_with_the_version_that_brought_it_and_the_calendars_by_itself(
    versions: list[dict[str, Any]], changes: list[dict[str, Any]]
) -> None:
    assert told(versions, changes) == [
        ("2026-06-04", 1, []),
        ("2026-09-14", None, ["overdue", "left_watch"]),
        ("2026-09-15", 2, ["completed", "date_actual"]),
    ]


def test_versions_of_the_past_stand_where_the_registry_dates_them() -> None:
    """Back-fill finds older versions later and gives them higher numbers."""
    past = version(3, date(2014, 4, 8), at_night(17))
    assert [number for _, number, _ in told([*VERSIONS, past], [])] == [3, 1, 2]


def test_a_version_without_a_date_stands_where_we_saw_it() -> None:
    assert told([version(1, None, FIRST)], []) == [("2026-09-12", 1, [])]


def test_a_version_that_the_calendar_turned_stands_where_it_did() -> None:
    turned = {"valid_from_on": date(2026, 8, 1), "valid_from_basis": "calendar"}
    assert told([version(1, date(2026, 2, 11), FIRST) | turned, version(2, None, SECOND)], []) == [
        ("2026-08-01", 1, []),
        ("2026-09-16", 2, []),
    ]


def test_a_change_whose_version_is_not_at_hand_is_told_all_the_same() -> None:
    assert told([], CHANGES[2:]) == [("2026-09-16", None, ["completed", "date_actual"])]
