"""One odd value at any place of any type, next to a completion, through real nights: it costs that value."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from flows.endings import Code
from tests.house import House
from tests.rawregistry import RawRegistry
from tests.readings import content_hash
from tests.records import a_trial
from warehouse.store.file import FILE

Record = dict[str, Any]
Place = tuple[str | int, ...]

WATCH = """
[watch.all]
everything = true
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "all"
to = ["team@example.org"]
kinds = ["completed"]
"""
ODD: tuple[bytes, ...] = (
    b"7",
    b"-1",
    b"60.5",
    b"true",
    b'"words"',
    b"[]",
    b"{}",
    b'[null, 7, {"a": [null]}]',
    b'{"a": 7}',
)
ODD += (b"1e400", b"NaN", rb'"\ud800"', b'"\xff"', b"[" * 300 + b"]" * 300)
HERE = "this is where it stands"


def places(part: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in a record, but for those that lead to its number and to its status."""
    items: Any = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, inner in items:
        yield (*place, key)
        yield from places(inner, (*place, key))


KEPT = ("protocolSection", "identificationModule"), ("protocolSection", "statusModule")
WITHIN = {"nctId", "overallStatus"}
TRIAL = a_trial("NCT00000000", whyStopped="none", lastKnownStatus="RECRUITING")
PLACES = [
    place for place in places(TRIAL) if place not in (*KEPT, ("protocolSection",)) and place[-1] not in WITHIN
]


def wounded(number: str, place: Place, odd: bytes) -> bytes:
    record = completed(number)
    part: Any = record
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = HERE
    return json.dumps(record).encode().replace(json.dumps(HERE).encode(), odd)


def healthy(number: str) -> Record:
    record = copy.deepcopy(TRIAL)
    record["protocolSection"]["identificationModule"]["nctId"] = number
    return record


def completed(number: str) -> Record:
    record = healthy(number)
    record["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    return record


def a_night(house: House, registry: RawRegistry, records: dict[str, bytes], day: int) -> None:
    registry.records = list(records.values())
    registry.named = records
    registry.data_version = f"2026-09-{day}T09:00:04"
    report = house.night()
    assert report.ending.code is Code.DONE, report.ending.sentences


@pytest.mark.slow
def test_a_completion_is_told_whatever_stands_beside_it_and_the_value_is_flagged(house: House) -> None:
    house.configure(WATCH)
    wounds = [(place, ODD[(at + more) % len(ODD)]) for at, place in enumerate(PLACES) for more in (0, 5, 9)]
    numbers = {f"NCT1{n:07d}": wound for n, wound in enumerate(wounds)}
    neighbour = "NCT20000000"
    everyone = [*numbers, neighbour]
    with RawRegistry(page_cap=1000) as registry:
        house.registry_url = registry.url
        a_night(house, registry, {each: json.dumps(healthy(each)).encode() for each in everyone}, 11)
        tonight = {number: wounded(number, *wound) for number, wound in numbers.items()}
        a_night(house, registry, {**tonight, neighbour: json.dumps(completed(neighbour)).encode()}, 14)
    assert house.ask("SELECT * FROM quarantine") == []
    told = house.ask("SELECT DISTINCT trial_id FROM changes WHERE kind = 'completed'")
    assert {row["trial_id"] for row in told} == set(everyone)
    flagged: dict[str, list[str]] = {}
    for row in house.ask("SELECT trial_id, path FROM trial_flags"):
        flagged.setdefault(row["trial_id"], []).append(row["path"])
    assert neighbour not in flagged
    for number, (place, odd) in numbers.items():
        if odd in (b"NaN", b"1e400", rb'"\ud800"', b"[" * 300 + b"]" * 300):
            path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
            assert any(each.startswith(path) for each in flagged[number]), (number, place, odd)
    columns_are_those_of_the_healthy(house, numbers, neighbour)


def columns_are_those_of_the_healthy(
    house: House, numbers: dict[str, tuple[Place, bytes]], neighbour: str
) -> None:
    """Every column of a wounded trial but those that its wound can have touched is that of its neighbour."""
    trials = {row["trial_id"]: row for row in house.ask("SELECT * FROM trials")}
    touches = {
        "briefTitle": {"title"},
        "officialTitle": {"official_title"},
        "enrollmentInfo": {"enrollment", "enrollment_type"},
        "count": {"enrollment"},
        "designModule": {"phases", "enrollment", "enrollment_type", "study_type"},
        "phases": {"phases"},
        "studyType": {"study_type"},
        "locations": {"countries"},
        "contactsLocationsModule": {"countries"},
        "leadSponsor": {"lead_sponsor", "lead_sponsor_class"},
        "sponsorCollaboratorsModule": {"lead_sponsor", "lead_sponsor_class"},
        "hasResults": {"has_results"},
        "whyStopped": {"why_stopped"},
        "lastKnownStatus": {"last_known_status"},
        "statusVerifiedDate": {"status_verified", "lapses"},
        "descriptionModule": {"brief_summary"},
        "eligibilityModule": {"eligibility_criteria", "sex"},
    }
    dates = {
        "start": "start_date",
        "primaryCompletion": "primary_completion_date",
        "completion": "completion_date",
        "studyFirstPost": "first_posted_on",
        "lastUpdatePost": "last_update_posted_on",
    }
    touches |= {f"{name}DateStruct": {column} for name, column in dates.items()}
    for name in ("primaryCompletionDateStruct", "completionDateStruct"):
        touches[name] |= {"expected_end", "is_overdue", "days_overdue", "lapses_on"}
    by_words = {"conditionsModule", "armsInterventionsModule", "derivedSection"}
    told_by_words = {"outcomesModule", "descriptionModule", "designModule"}
    for number, (place, _) in numbers.items():
        may = (
            {"trial_id", "title", "official_title", "url", "acronym"}
            if "identificationModule" in place
            else {"trial_id", "title", "official_title", "url"}
        )
        for step in place:
            may |= touches.get(str(step), set())
        if by_words & set(place) or "identificationModule" in place:
            may |= {"substances", "drug_role", "is_relevant"}
        if (by_words | told_by_words) & set(place) or "identificationModule" in place:
            may |= {"routes", "doses", "comparators", "psychotherapies", "outcome_instruments"}
        for column, value in trials[neighbour].items():
            if not any(column.startswith(each) for each in may):
                assert trials[number][column] == value, (number, place, column)


@pytest.mark.slow
def test_a_store_that_another_version_of_us_fingerprinted_has_a_quiet_night(house: House, registry: Any) -> None:
    import duckdb

    trials = [a_trial(f"NCT3000000{n}") for n in range(5)]
    registry.put(*trials)
    house.configure(WATCH)
    house.night()
    with duckdb.connect(str(house.settings.store / FILE)) as con:
        con.execute("UPDATE trial_version SET content_hash = 'as it was made in 2025-' || trial_id")
        con.execute("UPDATE trial SET fingerprint = '0-' || fingerprint")  # by a reader of another edition
    trials[0]["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    registry.put(*trials)
    registry.night()
    house.night()
    assert house.changes("trial_id", "kind") == [("NCT30000000", "completed")]
    rows = house.ask("SELECT trial_id, version_number, content_hash FROM trial_versions ORDER BY ALL")
    assert [(row["trial_id"][-1], row["version_number"]) for row in rows] == [
        *(("0", 1), ("0", 2), ("1", 1), ("2", 1), ("3", 1), ("4", 1)),
    ]
    hashes = {row["trial_id"]: row["content_hash"] for row in rows if row["version_number"] == 1}
    for trial in trials[1:]:
        assert hashes[trial["protocolSection"]["identificationModule"]["nctId"]] == content_hash(trial)
    registry.night()
    house.night()
    assert len(house.changes()) == 1
