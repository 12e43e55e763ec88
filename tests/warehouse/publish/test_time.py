"""Time in the published file: stays in a status, how late the registry says so, when a trial will lapse."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.dates import span
from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status
from tests.shelf import Shelf
from warehouse.store import models

T = "NCT00000001"


def at(day: int) -> datetime:
    return datetime(2026, 9, day, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone


def on(written: str) -> date:
    return date.fromisoformat(written)


def stays(shelf: Shelf) -> list[tuple[Any, ...]]:
    return shelf.ask(
        "SELECT overall_status, from_date::VARCHAR, to_date::VARCHAR, days, is_start_known "
        "FROM status_history ORDER BY from_date, to_date NULLS LAST"
    )


@pytest.mark.slow
def test_there_and_back_is_three_stays_and_the_last_one_lasts(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(T, overallStatus="COMPLETED"))
    house.night()
    for status, posted in (("ACTIVE_NOT_RECRUITING", "2026-09-14"), ("COMPLETED", "2026-09-15")):
        registry.night()
        registry.edit(T, with_status(status, posted=posted))
        house.night()
    registry.night()
    registry.edit(T, with_status("COMPLETED", posted="2026-09-16", whyStopped="a word"))
    house.night()
    rows = house.ask("SELECT overall_status, from_date, to_date, days, days_so_far FROM status_history")
    assert [tuple(row.values()) for row in rows] == [
        ("COMPLETED", "2026-06-04", "2026-09-14", 102, 102),
        ("ACTIVE_NOT_RECRUITING", "2026-09-14", "2026-09-15", 1, 1),
        ("COMPLETED", "2026-09-15", None, None, 0),
    ]


@pytest.mark.slow
def test_a_lapse_begins_with_its_data_version_and_ends_with_the_next_posting(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial(T))
    house.night()
    registry.night("2026-10-01T09:00:04")
    registry.edit(T, with_status("UNKNOWN", lastKnownStatus="RECRUITING"))
    house.night()
    registry.night("2026-10-05T09:00:04")
    registry.edit(T, with_status("RECRUITING", posted="2026-10-02"))
    house.night()
    rows = house.ask("SELECT overall_status, from_date, to_date FROM status_history")
    assert [tuple(row.values()) for row in rows] == [
        ("RECRUITING", "2026-06-04", "2026-10-01"),
        ("UNKNOWN", "2026-10-01", "2026-10-02"),
        ("RECRUITING", "2026-10-02", None),
    ]


def test_what_was_seen_later_came_later_whatever_date_it_bears(shelf: Shelf) -> None:
    shelf.trial(T, observed_at=at(1), registry_date=on("2026-08-01"))
    shelf.version(T, 2, observed_at=at(2), registry_date=on("2026-09-01"), overall_status="UNKNOWN")
    shelf.version(T, 3, observed_at=at(3), registry_date=on("2026-08-20"), overall_status="COMPLETED")
    shelf.version(T, 4, observed_at=at(4), registry_date=on("2026-09-03"), overall_status="COMPLETED")
    assert stays(shelf) == [
        ("RECRUITING", "2026-08-01", "2026-09-01", 31, False),
        ("UNKNOWN", "2026-09-01", "2026-09-01", 0, True),
        ("COMPLETED", "2026-09-01", None, None, True),
    ]
    assert shelf.ask("SELECT overall_status FROM trials") == [("COMPLETED",)]


def test_history_goes_in_by_its_own_dates(shelf: Shelf) -> None:
    shelf.trial(T, observed_at=at(1), registry_date=on("2026-08-01"), overall_status="COMPLETED")
    later: dict[str, Any] = {"source": "history", "observed_at": at(5), "superseded_at": at(5)}
    later["registry_date_basis"] = "submitted"
    shelf.version(T, 2, registry_date=on("2025-01-01"), overall_status="RECRUITING", **later)
    shelf.version(T, 3, registry_date=on("2024-01-01"), overall_status="NOT_YET_RECRUITING", **later)
    shelf.version(T, 4, registry_date=on("2026-08-01"), overall_status="ACTIVE_NOT_RECRUITING", **later)
    assert stays(shelf) == [
        ("NOT_YET_RECRUITING", "2024-01-01", "2025-01-01", 366, False),
        ("RECRUITING", "2025-01-01", "2026-08-01", 577, True),
        ("ACTIVE_NOT_RECRUITING", "2026-08-01", "2026-08-01", 0, True),
        ("COMPLETED", "2026-08-01", None, None, True),
    ]


def test_a_version_without_a_date_counts_from_the_night_that_saw_it(shelf: Shelf) -> None:
    shelf.trial(T, observed_at=at(1), registry_date=None)
    shelf.version(T, 2, observed_at=at(9), registry_date=None, overall_status=None)
    assert stays(shelf) == [
        ("RECRUITING", "2026-09-01", "2026-09-09", 8, False),
        (None, "2026-09-09", None, None, True),
    ]


def completed(*, completion: str, earliest: str = "", **more: Any) -> dict[str, Any]:
    return {
        "overall_status": "COMPLETED",
        "lead_sponsor": "A University",
        "completion_date": completion,
        "completion_date_type": "ACTUAL",
        "completion_date_earliest": on(earliest or completion),
        "completion_date_latest": on(completion),
        **more,
    }


def lags(shelf: Shelf) -> dict[str, tuple[Any, ...]]:
    return {
        row[0]: row[1:]
        for row in shelf.ask(
            "SELECT trial_id, said_on::VARCHAR, is_exact, lag_days, lag_days_at_least, lag_days_at_most "
            "FROM registry_lag"
        )
    }


def test_how_long_the_registry_took_to_say_so(shelf: Shelf) -> None:
    seen, first_seen_done, late_registered, taken_back, undated, expected, running = (
        f"NCT0000000{number}" for number in range(1, 8)
    )
    shelf.trial(seen, observed_at=at(1), registry_date=on("2026-06-01"), lead_sponsor="A University")
    shelf.version(
        seen,
        2,
        observed_at=at(4),
        registry_date=on("2026-09-03"),
        **completed(completion="2026-05-31", earliest="2026-05-01"),
    )
    # Another version that still says so moves nothing.
    shelf.version(
        seen,
        3,
        observed_at=at(6),
        registry_date=on("2026-09-05"),
        **completed(completion="2026-05-31", earliest="2026-05-01"),
    )
    shelf.trial(
        first_seen_done,
        registry_date=on("2023-02-01"),
        **completed(completion="2022-05-20", first_posted_on=on("2018-01-01")),
    )
    shelf.trial(
        late_registered,
        registry_date=on("2023-02-01"),
        **completed(completion="2022-05-20", first_posted_on=on("2022-06-20")),
    )
    shelf.trial(
        taken_back,
        observed_at=at(1),
        registry_date=on("2025-02-01"),
        **completed(completion="2025-01-01"),
    )
    shelf.version(taken_back, 2, observed_at=at(2), registry_date=on("2026-01-01"))
    shelf.version(
        taken_back,
        3,
        observed_at=at(3),
        registry_date=on("2026-09-02"),
        **completed(completion="2026-09-01"),
    )
    shelf.trial(undated, overall_status="COMPLETED")
    shelf.trial(expected, **completed(completion="2027-01-01") | {"completion_date_type": "ESTIMATED"})
    shelf.trial(running)
    assert lags(shelf) == {
        seen: ("2026-09-03", True, 95, 95, 125),
        first_seen_done: ("2023-02-01", False, None, 0, 257),
        late_registered: ("2023-02-01", False, None, 31, 257),
        taken_back: ("2026-09-02", True, 1, 1, 1),
    }
    assert shelf.ask("FROM registry_lag_by_sponsor") == [("A University", None, 4, 2, 48.0, 95, 257)]


def test_overdue_is_the_expected_day_and_nothing_else(shelf: Shelf) -> None:
    late, gone = shelf.now.date() - timedelta(days=3), "NCT00000009"

    def ends(day: date, kind: str | None, which: str = "completion_date") -> dict[str, Any]:
        return {f"{which}_latest": day, f"{which}_type": kind}

    for number, (status, dates, expected) in enumerate(
        [
            ("RECRUITING", ends(late, "ESTIMATED"), 3),
            ("NOT_YET_RECRUITING", ends(late, None), 3),
            ("ACTIVE_NOT_RECRUITING", ends(late, "ESTIMATED", "primary_completion_date"), 3),
            ("RECRUITING", ends(shelf.now.date(), "ESTIMATED"), None),
            ("RECRUITING", ends(late, "ACTUAL"), None),
            (
                "RECRUITING",
                ends(late, "ESTIMATED", "primary_completion_date") | ends(shelf.now.date(), None),
                None,
            ),
            ("COMPLETED", ends(late, "ESTIMATED"), None),
            ("UNKNOWN", ends(late, "ESTIMATED"), None),
            ("SUSPENDED", ends(late, "ESTIMATED"), None),
            ("A_NEW_STATUS", ends(late, "ESTIMATED"), None),
            ("RECRUITING", {}, None),
        ]
    ):
        trial_id = f"NCT1000{number:04d}"
        shelf.trial(trial_id, overall_status=status, title=str(expected), **dates)
    shelf.trial(gone, title="None", **ends(late, "ESTIMATED"))
    shelf.rows[models.Trial][-1]["fate"] = "removed"
    rows = shelf.ask("SELECT trial_id, is_overdue, days_overdue, title FROM trials ORDER BY trial_id")
    assert [(row[0], str(row[2])) for row in rows] == [(row[0], row[3]) for row in rows]
    assert [row[1] for row in rows] == [row[2] is not None for row in rows]


def dates(module: dict[str, Any]) -> dict[str, Any]:
    """The days that a status module's dates can mean, as they are stored."""
    found = {
        "status_verified_date": span(module.get("statusVerifiedDate")),
        "completion_date": span((module.get("completionDateStruct") or {}).get("date")),
        "primary_completion_date": span((module.get("primaryCompletionDateStruct") or {}).get("date")),
    }
    return {
        f"{column}_{end}": getattr(days, end)
        for column, days in found.items()
        if days
        for end in ("earliest", "latest")
    }


@pytest.fixture
def lapses(shelf: Shelf, real_records: list[dict[str, Any]]) -> list[tuple[str, str, date | None, str]]:
    """Number, status, the day our file says it lapses if it were open, and the data version it was seen in."""
    versions = {}
    for record in real_records:
        if "derivedSection" not in record:  # then nothing says in which data version it stood so
            continue
        protocol = record["protocolSection"]
        module = protocol["statusModule"]
        number = protocol["identificationModule"]["nctId"]
        status = module.get("overallStatus")
        # An UNKNOWN trial is put back to what it last was: the rule must foretell what the registry did.
        was = module.get("lastKnownStatus") if status == "UNKNOWN" else status
        shelf.trial(number, overall_status=was, **dates(module))
        versions[number] = (status, record["derivedSection"]["miscInfoModule"]["versionHolder"])
    rows = shelf.ask("SELECT trial_id, lapses_on FROM trials")
    return [(number, versions[number][0], lapses_on, versions[number][1]) for number, lapses_on in rows]


def test_the_day_of_the_lapse_is_the_registrys_own_on_every_real_record(
    lapses: list[tuple[str, str, date | None, str]],
) -> None:
    judged = [each for each in lapses if each[2] is not None]
    wrong = [
        (number, status, str(lapses_on), version)
        for number, status, lapses_on, version in judged
        if (status == "UNKNOWN") != (lapses_on is not None and lapses_on <= on(version))
    ]
    assert wrong == []
    assert sum(status == "UNKNOWN" for _, status, *_ in judged) >= 20
    assert sum(status != "UNKNOWN" for _, status, *_ in judged) >= 50


def test_the_lapses_that_were_seen_to_happen_fall_on_the_foretold_day(shelf: Shelf, shared: Path) -> None:
    seen = {}
    for path in sorted((shared / "registry/transitions").glob("*.json")):
        pair = json.loads(path.read_text("utf-8"))
        before, after = (pair[side]["study"]["protocolSection"]["statusModule"] for side in ("before", "after"))
        if after["overallStatus"] == "UNKNOWN" != before["overallStatus"]:
            shelf.trial(pair["nct"], overall_status=before["overallStatus"], **dates(before))
            seen[pair["nct"]] = [on(day) for day in path.stem.split("__")[1:]]
    assert len(seen) == 2
    for number, lapses_on in shelf.ask("SELECT trial_id, lapses_on FROM trials"):
        last_open, first_unknown = seen[number]
        assert last_open < lapses_on <= first_unknown, number


# -- a trial first seen as UNKNOWN -------------------------------------------------------------------------


def lapsed(shelf: Shelf, trial_id: str = T, *, posted: str = "2019-09-24", **more: Any) -> None:
    shelf.trial(
        trial_id,
        **{
            "registry_date": on(posted),
            "overall_status": "UNKNOWN",
            "last_known_status": "RECRUITING",
            "status_verified_date": "2019-09",
            "status_verified_date_earliest": on("2019-09-01"),
            "status_verified_date_latest": on("2019-09-30"),
            "completion_date": "2020-12",
            "completion_date_type": "ESTIMATED",
            "completion_date_latest": on("2020-12-31"),
            **more,
        },
    )


LAPSES = [
    pytest.param({}, "2021-10-01", id="25 months after its verification"),
    pytest.param({"completion_date_latest": on("2022-04-30")}, "2022-05-02", id="its end later, a Sunday first"),
    pytest.param({"completion_date_latest": on("2021-12-31")}, "2022-01-03", id="a Saturday first"),
    pytest.param({"completion_date": None, "completion_date_latest": None}, "2021-10-01", id="no end given"),
    pytest.param({"completion_date_latest": on("2031-12-31")}, "2026-09-12", id="never later than first seen"),
]


@pytest.mark.sampled
@pytest.mark.parametrize(("more", "lapsed_on"), LAPSES)
def test_a_trial_first_seen_as_unknown_had_lapsed_by_the_registrys_rule(
    shelf: Shelf, more: dict[str, Any], lapsed_on: str
) -> None:
    lapsed(shelf, **more)
    assert shelf.ask(
        "SELECT overall_status, from_date::VARCHAR, to_date::VARCHAR, from_basis, is_start_known "
        "FROM status_history"
    ) == [
        ("RECRUITING", "2019-09-24", lapsed_on, "posted", False),
        ("UNKNOWN", lapsed_on, None, "inferred", False),
    ]
    assert shelf.ask("SELECT version_number, valid_from_on::VARCHAR, valid_from_basis FROM trial_versions") == [
        (1, lapsed_on, "inferred")
    ]
    assert shelf.ask("SELECT count(*) FROM trial_states") == [(1,)]
    said = "SELECT overall_status, last_known_status, status_group, version_number "
    said += "FROM trials_as_of(?::DATE, ?::TIMESTAMP)"
    now = "2026-09-12 02:30"
    assert shelf.ask(said, "2019-09-23", now) == []
    assert shelf.ask(said, "2019-09-24", now) == [("RECRUITING", None, "recruiting", None)]
    assert shelf.ask(said, str(on(lapsed_on) - timedelta(days=1)), now) == [
        ("RECRUITING", None, "recruiting", None)
    ]
    assert shelf.ask(said, lapsed_on, now) == [("UNKNOWN", "RECRUITING", "unknown", 1)]
    assert shelf.ask(said, "2026-09-12", "2026-09-12 02:29") == [], "nobody had seen it yet"
    assert shelf.ask("SELECT overall_status FROM trials_as_of(?::TIMESTAMP)", now) == [("UNKNOWN",)]


NOT_INFERRED = [
    pytest.param({"last_known_status": None}, id="nothing says what it last was"),
    pytest.param({"last_known_status": "COMPLETED"}, id="what it last was does not lapse"),
    pytest.param({"status_verified_date_earliest": None}, id="it was never verified"),
    pytest.param({"registry_name": "isrctn"}, id="another registry"),
    pytest.param({"posted": "2026-09-01"}, id="posted after the rule held"),
]


@pytest.mark.sampled
@pytest.mark.parametrize("more", NOT_INFERRED)
def test_where_the_rule_says_nothing_the_registrys_date_stands(shelf: Shelf, more: dict[str, Any]) -> None:
    lapsed(shelf, **more)
    assert shelf.ask("SELECT overall_status, from_date::VARCHAR, from_basis FROM status_history") == [
        ("UNKNOWN", more.get("posted", "2019-09-24"), "posted")
    ]


def test_what_came_after_a_lapse_that_is_inferred_keeps_its_day(shelf: Shelf) -> None:
    lapsed(shelf, observed_at=at(1))
    shelf.version(T, 2, observed_at=at(3), registry_date=on("2026-09-02"), overall_status="COMPLETED")
    assert [row[:3] for row in stays(shelf)] == [
        ("RECRUITING", "2019-09-24", "2021-10-01"),
        ("UNKNOWN", "2021-10-01", "2026-09-02"),
        ("COMPLETED", "2026-09-02", None),
    ]


def test_history_learnt_later_says_itself_what_came_before_a_lapse(shelf: Shelf) -> None:
    lapsed(shelf, observed_at=at(1))
    shelf.version(
        T, 2, source="history", observed_at=at(5), registry_date=on("2018-01-01"), overall_status="SUSPENDED"
    )
    shelf.version(T, 3, source="history", observed_at=at(5), registry_date=on("2019-09-24"))
    assert [row[:3] for row in stays(shelf)] == [
        ("SUSPENDED", "2018-01-01", "2019-09-24"),
        ("RECRUITING", "2019-09-24", "2021-10-01"),
        ("UNKNOWN", "2021-10-01", None),
    ]


def test_real_unknown_trials_are_dated_by_the_rule_within_what_we_know(
    shelf: Shelf, real_records: list[dict[str, Any]]
) -> None:
    unknown = 0
    for record in real_records:
        protocol = record["protocolSection"]
        module = protocol["statusModule"]
        if module.get("overallStatus") == "UNKNOWN":
            unknown += 1
            shelf.trial(
                protocol["identificationModule"]["nctId"],
                overall_status="UNKNOWN",
                last_known_status=module["lastKnownStatus"],
                registry_date=on(module["lastUpdatePostDateStruct"]["date"]),
                **dates(module),
            )
    assert unknown >= 20
    stayed = shelf.ask("SELECT trial_id, overall_status, from_date, to_date, from_basis FROM status_history")
    assert len(stayed) == 2 * unknown
    for _, status, since, until, basis in stayed:
        if status == "UNKNOWN":
            assert (basis, until) == ("inferred", None)
            assert since.day <= 3
            assert since.isoweekday() <= 5
        else:
            assert until - since > timedelta(days=365)
