"""Reading what has landed: what cannot be read is set aside with its place and reason, what is odd is flagged."""

import copy
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial
from warehouse.intake import Flag, Read, Unreadable, flags, read, spans

Record = dict[str, Any]

NUMBER = "NCT00000002"
BEFORE, AFTER = a_trial("NCT00000001"), a_trial("NCT00000003")
STATUS = "protocolSection.statusModule"
DESIGN = "protocolSection.designModule"
NAMES = "protocolSection.identificationModule"
PLACES = "protocolSection.contactsLocationsModule"


def with_value(path: str, value: Any) -> Record:
    """A trial with this value at the path; a number in the path is a place in a list."""
    record: Any = a_trial(NUMBER)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part = record
    for step in way:
        part = part[step] if isinstance(step, int) else part.setdefault(step, {})
    part[last] = value
    return record


def without(path: str) -> Record:
    record = a_trial(NUMBER)
    *way, last = path.split(".")
    part: Any = record
    for step in way:
        part = part[step]
    del part[last]
    return record


def sent(record: Any) -> bytes:
    return json.dumps(record).encode()


def raw(path: str, text: bytes) -> bytes:
    """A trial in which these very bytes stand as the value at the path."""
    return sent(with_value(path, "HERE")).replace(b'"HERE"', text)


def judged(*payloads: bytes) -> list[Read | Unreadable]:
    return list(read(iter(payloads), {}))


# -- what cannot be read -----------------------------------------------------------------------------------

ANY_REASON = "."
DEEP = b"[" * 5000 + b"]" * 5000

# fmt: off
UNREADABLE = [
    pytest.param(sent(with_value(f"{STATUS}.overallStatus", 5)), NUMBER,
                 f"$.{STATUS}.overallStatus", "str.*int", id="a status that is a number"),
    pytest.param(sent(with_value(f"{STATUS}.statusVerifiedDate", ["2026-09"])), NUMBER,
                 f"$.{STATUS}.statusVerifiedDate", "str.*array", id="a date in a list"),
    pytest.param(sent(with_value(f"{STATUS}.startDateStruct", "2026-09")), NUMBER,
                 f"$.{STATUS}.startDateStruct", "object.*str", id="a date without its struct"),
    pytest.param(sent(with_value(f"{DESIGN}.phases", "PHASE2")), NUMBER,
                 f"$.{DESIGN}.phases", "array.*str", id="phases that are no list"),
    pytest.param(sent(with_value(f"{DESIGN}.phases", ["PHASE2", None])), NUMBER,
                 f"$.{DESIGN}.phases[1]", "str.*null", id="a phase that is null"),
    pytest.param(sent(with_value(f"{PLACES}.locations", [{"city": "Leeds"}, {"city": 7}])), NUMBER,
                 f"$.{PLACES}.locations[1].city", "str.*int", id="a number in the second site's city"),
    pytest.param(sent(with_value(f"{PLACES}.locations", {"city": "Leeds"})), NUMBER,
                 f"$.{PLACES}.locations", "array.*object", id="sites that are no list"),
    pytest.param(sent(with_value(STATUS, "RECRUITING")), NUMBER,
                 f"$.{STATUS}", "object.*str", id="a module that is a text"),
    pytest.param(sent(with_value("derivedSection", [])), NUMBER,
                 "$.derivedSection", "object.*array", id="a section that is a list"),
    pytest.param(sent(with_value("derivedSection.conditionBrowseModule.meshes.0", "Alcoholism")), NUMBER,
                 "$.derivedSection.conditionBrowseModule.meshes[0]", "object.*str",
                 id="a MeSH term that is a text"),
    pytest.param(sent(with_value("hasResults", "yes")), NUMBER,
                 "$.hasResults", "bool.*str", id="results that are a text"),
    pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", 1e30)), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", "int", id="an enrollment of 1e30"),
    pytest.param(raw(f"{DESIGN}.enrollmentInfo.count", b"1" + b"0" * 30), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", "int", id="an enrollment of thirty noughts"),
    pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", -1)), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", ">= 0", id="a negative enrollment"),
    pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", 60.5)), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", "int", id="half a participant"),
    pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", "60")), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", "int.*str", id="an enrollment in quotes"),
    pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", True)), NUMBER,
                 f"$.{DESIGN}.enrollmentInfo.count", "int.*bool", id="an enrollment that is true"),
    pytest.param(sent(without(f"{NAMES}.nctId")), None,
                 f"$.{NAMES}", "nctId", id="no id"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", None)), None,
                 f"$.{NAMES}.nctId", "str.*null", id="an id that is null"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", 7)), None,
                 f"$.{NAMES}.nctId", "str.*int", id="an id that is a number"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", "  ")), None,
                 f"$.{NAMES}.nctId", "no trial number", id="a blank id"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", "../../etc/passwd")), None,
                 f"$.{NAMES}.nctId", "no trial number", id="an id that is a path"),
    pytest.param(sent(without(NAMES)), None,
                 "$.protocolSection", "identificationModule", id="no identification"),
    pytest.param(sent(without("protocolSection")), None, "$", "protocolSection", id="no protocol section"),
    pytest.param(sent(a_trial(NUMBER))[:400], NUMBER, "$", "truncated", id="JSON cut off after the id"),
    pytest.param(sent(a_trial(NUMBER))[:40], None, "$", "truncated", id="JSON cut off before the id"),
    pytest.param(b"", None, "$", "truncated", id="an empty line"),
    pytest.param(b"[]", None, "$", "object.*array", id="a list"),
    pytest.param(b"null", None, "$", "object.*null", id="null"),
    pytest.param(b"<html>Are you human?</html>", None, "$", "malformed", id="a web page"),
    pytest.param(sent(a_trial(NUMBER)) + b"}", NUMBER, "$", "malformed", id="a brace too many"),
    pytest.param(raw("protocolSection.oversightModule.x", b"NaN"), NUMBER, "$", "malformed", id="not a number"),
    pytest.param(raw(f"{DESIGN}.enrollmentInfo.count", b"NaN"), NUMBER, "$", "malformed",
                 id="an enrollment that is not a number"),
    pytest.param(raw("protocolSection.oversightModule.x", b"-Infinity"), NUMBER, "$", "malformed", id="infinity"),
    pytest.param(raw("protocolSection.oversightModule.x", rb'"\ud800"'), NUMBER, "$", "malformed",
                 id="half a surrogate pair where we do not look"),
    pytest.param(raw(f"{NAMES}.briefTitle", rb'"\ud800 trial"'), NUMBER, "$", "malformed",
                 id="half a surrogate pair in the title"),
    pytest.param(raw(f"{NAMES}.briefTitle", b'"\xff\xfe"'), NUMBER, "$", "utf-8|UTF-8",
                 id="bytes that are no text"),
    pytest.param(raw("protocolSection.oversightModule.x", DEEP), NUMBER, "$", "recursion",
                 id="five thousand lists deep where we do not look"),
    pytest.param(raw(f"{PLACES}.locations", DEEP), NUMBER, f"$.{PLACES}.locations[0]", ANY_REASON,
                 id="five thousand lists deep where we look"),
    pytest.param(raw("aNewSection", b'{"a":' * 5000 + b"1" + b"}" * 5000), NUMBER, "$", "recursion",
                 id="five thousand objects deep"),
]
# fmt: on


@pytest.mark.parametrize(("payload", "trial_id", "path", "reason"), UNREADABLE)
def test_an_unreadable_record_is_set_aside_and_its_neighbours_are_read(
    payload: bytes, trial_id: str | None, path: str, reason: str
) -> None:
    before, found, after = judged(sent(BEFORE), payload, sent(AFTER))
    assert isinstance(found, Unreadable)
    assert (found.trial_id, found.path) == (trial_id, path)
    assert re.search(reason, found.reason)
    assert found.payload == payload
    assert isinstance(before, Read)
    assert isinstance(after, Read)
    assert [before.trial_id, after.trial_id] == ["NCT00000001", "NCT00000003"]


def test_a_reason_is_one_short_line_that_does_not_repeat_the_record() -> None:
    for parameters in UNREADABLE:
        (found,) = judged(parameters.values[0])  # type: ignore[arg-type] - pytest calls it an object
        assert isinstance(found, Unreadable)
        assert "\n" not in found.reason
        assert 0 < len(found.reason) < 200


# -- what can be read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(sent(a_trial(NUMBER)), id="a small trial"),
        pytest.param(
            sent({"protocolSection": {"identificationModule": {"nctId": NUMBER}}}), id="nothing but its number"
        ),
        pytest.param(sent(with_value(f"{NAMES}.nctId", f" {NUMBER.lower()} ")), id="its number in small letters"),
        pytest.param(sent(with_value(STATUS, None)), id="a module that is null"),
        pytest.param(sent(with_value(f"{STATUS}.startDateStruct", None)), id="a date that is null"),
        pytest.param(sent(with_value(f"{STATUS}.overallStatus", "PAUSED")), id="a status that nobody knows"),
        pytest.param(sent(with_value(f"{STATUS}.startDateStruct.date", "2024-13")), id="a date that is none"),
        pytest.param(sent(with_value("protocolSection.aNewModule.x", [1, {"y": None}])), id="a new module"),
        pytest.param(sent(with_value("protocolSection.eligibilityModule", ["text"])), id="a module unlike itself"),
        pytest.param(raw("protocolSection.oversightModule.x", b"1e30"), id="a large number where we do not look"),
        pytest.param(raw("protocolSection.oversightModule.x", b"9" * 40), id="forty digits where we do not look"),
        pytest.param(sent(with_value(f"{NAMES}.briefTitle", "a\x00b\u2028c\U0001f600")), id="odd characters"),
        pytest.param(sent(with_value(f"{DESIGN}.enrollmentInfo.count", 0)), id="nobody enrolled"),
    ],
)
def test_what_is_only_odd_is_read(payload: bytes) -> None:
    (found,) = judged(payload)
    assert isinstance(found, Read)
    assert found.trial_id == NUMBER
    assert found.payload == payload


def test_a_record_is_new_unless_we_hold_that_very_state() -> None:
    (first,) = judged(sent(a_trial(NUMBER)))
    assert isinstance(first, Read)
    assert first.is_new
    moved = with_value("derivedSection.miscInfoModule.versionHolder", "2026-09-14")
    edited = with_value(f"{STATUS}.overallStatus", "COMPLETED")
    known = {NUMBER: first.content_hash}
    same, stranger = read(iter([sent(moved), sent(AFTER)]), known)
    (other,) = read(iter([sent(edited)]), known)
    assert [each.is_new for each in (same, other, stranger) if isinstance(each, Read)] == [False, True, True]


def test_of_two_records_of_one_trial_the_first_is_believed_and_the_second_told() -> None:
    first, second = judged(sent(a_trial(NUMBER)), sent(with_value(f"{NAMES}.nctId", f" {NUMBER.lower()}")))
    assert isinstance(first, Read)
    assert isinstance(second, Unreadable)
    assert (second.trial_id, second.path) == (NUMBER, f"$.{NAMES}.nctId")
    assert second.reason == "another record of this number came before it"


def test_a_record_that_cannot_be_read_stands_in_the_way_of_no_other_of_its_number() -> None:
    first, second = judged(sent(with_value(f"{STATUS}.overallStatus", 5)), sent(a_trial(NUMBER)))
    assert isinstance(first, Unreadable)
    assert isinstance(second, Read)


@pytest.mark.parametrize(("levels", "is_read"), [(97, True), (98, False)])
def test_a_record_is_read_down_to_a_hundred_levels(levels: int, is_read: bool) -> None:
    (found,) = judged(raw("protocolSection.oversightModule.x", b"[" * levels + b"]" * levels))
    assert isinstance(found, Read) is is_read
    if isinstance(found, Unreadable):
        assert found.reason == "more than 100 levels deep"


# -- flags -------------------------------------------------------------------------------------------------

UNKNOWN = "a value that trialwatch does not know"
NO_STATUS = "a status that trialwatch does not know"
NO_DATE = "a date that is none"

# fmt: off
FLAGGED = [
    pytest.param(f"{STATUS}.overallStatus", "PAUSED", f"{STATUS}.overallStatus", "PAUSED", NO_STATUS,
                 id="a status"),
    pytest.param(f"{STATUS}.lastKnownStatus", "HALTED", f"{STATUS}.lastKnownStatus", "HALTED", NO_STATUS,
                 id="a last known status"),
    pytest.param(f"{STATUS}.overallStatus", "recruiting", f"{STATUS}.overallStatus", "recruiting", NO_STATUS,
                 id="a known status in small letters"),
    pytest.param(f"{DESIGN}.studyType", "REGISTRY", f"{DESIGN}.studyType", "REGISTRY", UNKNOWN, id="a study type"),
    pytest.param(f"{DESIGN}.phases", ["PHASE2", "PHASE5"], f"{DESIGN}.phases[]", "PHASE5", UNKNOWN, id="a phase"),
    pytest.param(f"{DESIGN}.enrollmentInfo.type", "ANTICIPATED", f"{DESIGN}.enrollmentInfo.type", "ANTICIPATED",
                 UNKNOWN, id="a type of enrollment"),
    pytest.param(f"{STATUS}.startDateStruct.type", "ANTICIPATED", f"{STATUS}.startDateStruct.type", "ANTICIPATED",
                 UNKNOWN, id="a type of date"),
    pytest.param("protocolSection.sponsorCollaboratorsModule.leadSponsor.class", "ARMY",
                 "protocolSection.sponsorCollaboratorsModule.leadSponsor.class", "ARMY", UNKNOWN,
                 id="a sponsor's class"),
    pytest.param("protocolSection.sponsorCollaboratorsModule.collaborators", [{"name": "X", "class": "ARMY"}],
                 "protocolSection.sponsorCollaboratorsModule.collaborators[].class", "ARMY", UNKNOWN,
                 id="a collaborator's class"),
    pytest.param("protocolSection.armsInterventionsModule.armGroups.0.type", "WAITING",
                 "protocolSection.armsInterventionsModule.armGroups[].type", "WAITING", UNKNOWN,
                 id="a type of arm"),
    pytest.param("protocolSection.armsInterventionsModule.interventions.0.type", "DREAM",
                 "protocolSection.armsInterventionsModule.interventions[].type", "DREAM", UNKNOWN,
                 id="a type of intervention"),
    pytest.param(f"{PLACES}.locations.0.status", "PAUSED", f"{PLACES}.locations[].status", "PAUSED", UNKNOWN,
                 id="a site's status"),
    pytest.param("protocolSection.referencesModule.references", [{"pmid": "1", "type": "RUMOUR"}],
                 "protocolSection.referencesModule.references[].type", "RUMOUR", UNKNOWN,
                 id="a type of publication"),
    pytest.param(f"{NAMES}.secondaryIdInfos", [{"id": "1", "type": "NHS"}], f"{NAMES}.secondaryIdInfos[].type",
                 "NHS", UNKNOWN, id="a type of number"),
    pytest.param(f"{STATUS}.startDateStruct.date", "2024-13", f"{STATUS}.startDateStruct.date", "2024-13", NO_DATE,
                 id="a start in the thirteenth month"),
    pytest.param(f"{STATUS}.primaryCompletionDateStruct.date", "0000-00",
                 f"{STATUS}.primaryCompletionDateStruct.date", "0000-00", NO_DATE,
                 id="a primary completion of noughts"),
    pytest.param(f"{STATUS}.completionDateStruct.date", "2025-02-29", f"{STATUS}.completionDateStruct.date",
                 "2025-02-29", NO_DATE, id="a completion on a day that never was"),
    pytest.param(f"{STATUS}.statusVerifiedDate", "June 2026", f"{STATUS}.statusVerifiedDate", "June 2026", NO_DATE,
                 id="a verification in words"),
    pytest.param(f"{STATUS}.lastUpdatePostDateStruct.date", "soon", f"{STATUS}.lastUpdatePostDateStruct.date",
                 "soon", NO_DATE, id="a posting in words"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", 99999999, f"{DESIGN}.enrollmentInfo.count", "99999999",
                 "the registry's sentinel for unknown", id="the sentinel"),
]
# fmt: on


def flags_of(record: Record) -> list[Flag]:
    (found,) = judged(sent(record))
    assert isinstance(found, Read)
    return list(flags(found))


@pytest.mark.parametrize(("path", "value", "flagged_at", "flagged", "reason"), FLAGGED)
def test_what_is_odd_is_kept_as_sent_and_flagged(
    path: str, value: Any, flagged_at: str, flagged: str, reason: str
) -> None:
    assert flags_of(with_value(path, value)) == [Flag(NUMBER, flagged_at, flagged, reason)]


def test_a_trial_in_which_nothing_is_odd_has_no_flag() -> None:
    assert flags_of(a_trial(NUMBER)) == []
    assert flags_of({"protocolSection": {"identificationModule": {"nctId": NUMBER}}}) == []


def test_every_status_and_phase_that_the_registry_documents_is_known() -> None:
    groups = {
        *("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED"),
        *("TERMINATED", "WITHDRAWN", "SUSPENDED", "UNKNOWN", "WITHHELD"),
        *("AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"),
    }
    for status in groups:
        assert flags_of(with_value(f"{STATUS}.overallStatus", status)) == []
    phases = ["NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"]
    assert flags_of(with_value(f"{DESIGN}.phases", phases)) == []


def test_two_odd_values_are_two_flags() -> None:
    record = with_value(f"{DESIGN}.phases", ["PHASE5", "PHASE6"])
    assert [flag.value for flag in flags_of(record)] == ["PHASE5", "PHASE6"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda record: record["protocolSection"].update(statusModule=None), id="no status module"),
        pytest.param(lambda record: record["protocolSection"].update(designModule={}), id="an empty design"),
        pytest.param(
            lambda record: record["protocolSection"]["designModule"].update(phases=None), id="null phases"
        ),
        pytest.param(
            lambda record: record["protocolSection"]["contactsLocationsModule"].update(locations=[{}]),
            id="a site of which nothing is said",
        ),
    ],
)
def test_what_is_missing_is_not_odd(damage: Callable[[Record], None]) -> None:
    record = copy.deepcopy(a_trial(NUMBER))
    damage(record)
    assert flags_of(record) == []


# -- spans -------------------------------------------------------------------------------------------------


def spans_of(record: Record) -> dict[str, dict[str, date] | None]:
    (found,) = judged(sent(record))
    assert isinstance(found, Read)
    return spans(found.study)


def test_each_written_date_has_its_own_span() -> None:
    assert spans_of(a_trial(NUMBER)) == {
        "start_date": {"earliest": date(2025, 3, 1), "latest": date(2025, 3, 1)},
        "primary_completion_date": {"earliest": date(2027, 10, 1), "latest": date(2027, 10, 31)},
        "completion_date": {"earliest": date(2027, 12, 1), "latest": date(2027, 12, 31)},
        "status_verified_date": {"earliest": date(2026, 6, 1), "latest": date(2026, 6, 30)},
    }


def test_a_date_that_is_none_and_one_that_is_missing_have_no_span() -> None:
    record = with_value(f"{STATUS}.startDateStruct.date", "2024-13")
    del record["protocolSection"]["statusModule"]["completionDateStruct"]
    found = spans_of(record)
    assert found["start_date"] is None
    assert found["completion_date"] is None
    assert found["primary_completion_date"] == {"earliest": date(2027, 10, 1), "latest": date(2027, 10, 31)}


def test_a_record_without_a_status_module_has_no_spans() -> None:
    found = spans_of({"protocolSection": {"identificationModule": {"nctId": NUMBER}}})
    assert list(found.values()) == [None] * 4


# -- what becomes of them in a night -----------------------------------------------------------------------

NO_DAYS = [
    "0044-03-15 (BC)",
    "12345-01-01",
    "infinity",
    "-infinity",
    "epoch",
    "2025-1-5",
    "2025-01-15 09:00",
    "2025",
]


def test_a_posting_date_that_is_none_is_no_day_and_stops_no_night(
    house: House, registry: SimulatedRegistry
) -> None:
    odd = {f"NCT{90000000 + place}": written for place, written in enumerate(NO_DAYS)}
    registry.put(
        a_trial(NUMBER),
        *(a_trial(each, studyFirstPostDateStruct={"date": written}) for each, written in odd.items()),
    )
    house.configure(f'[watch.all]\neverything = true\n[watch.some]\nfollow = ["{NUMBER}"]\n')
    assert house.night().ending.code is Code.DONE
    found = house.ask("SELECT trial_id, first_posted_on FROM trials")
    assert {row["trial_id"]: row["first_posted_on"] for row in found} == {NUMBER: "2025-01-15"} | dict.fromkeys(
        odd
    )
    house.configure(f"[watch.all]\neverything = true\n[watch.some]\nfollow = {json.dumps([NUMBER, *odd])}\n")
    registry.night()
    assert house.night().ending.code is Code.DONE
    assert house.changes("trial_id", "kind") == [(each, "discovered") for each in odd]


def test_an_unreadable_record_is_not_taken_for_its_expanded_access() -> None:
    access = b'"statusModule":{"expandedAccessInfo":{"hasExpandedAccess":true,"nctId":"NCT00000009"}}'
    named = b'{"protocolSection":{%s,"identificationModule":{"nctId":"NCT00000001"}},"n":NaN}' % access
    nameless = b'{"protocolSection":{%s},"n":NaN}' % access
    found = list(read(iter([named, nameless]), {}))
    assert [each.trial_id for each in found] == ["NCT00000001", None]
