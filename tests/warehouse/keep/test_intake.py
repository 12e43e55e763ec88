"""Reading what has landed: what cannot be read is set aside with its place and reason, what is odd is flagged."""

import copy
import itertools
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from connectors.clinicaltrials_gov.fitting import understood
from connectors.simulated import SimulatedRegistry
from connectors.trial import Flag
from flows.endings import Code
from tests.house import House
from tests.readings import read
from tests.records import a_trial
from warehouse.judge.changes import compare
from warehouse.keep.intake import Read, Unreadable

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
    return dict(record)


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
    return read(payloads)


# -- what cannot be read -----------------------------------------------------------------------------------

DEEP = b"[" * 5000 + b"]" * 5000

# fmt: off
UNREADABLE = [
    pytest.param(sent(without(f"{NAMES}.nctId")), None, f"$.{NAMES}.nctId", "no trial number", id="no id"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", None)), None, f"$.{NAMES}.nctId", "no trial number",
                 id="an id that is null"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", True)), None, f"$.{NAMES}.nctId", "no trial number",
                 id="an id that is true"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", -7)), None, f"$.{NAMES}.nctId", "no trial number",
                 id="a negative id"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", "  ")), None, f"$.{NAMES}.nctId", "no trial number",
                 id="a blank id"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", "../../etc/passwd")), None, f"$.{NAMES}.nctId",
                 "no trial number", id="an id that is a path"),
    pytest.param(sent(with_value(f"{NAMES}.nctId", [NUMBER, "NCT00000009"])), None, f"$.{NAMES}.nctId",
                 "no trial number", id="two ids"),
    pytest.param(sent(without(NAMES)), None, f"$.{NAMES}.nctId", "no trial number", id="no identification"),
    pytest.param(sent(with_value("protocolSection", "text")), None, f"$.{NAMES}.nctId", "no trial number",
                 id="a protocol section that is a text"),
    pytest.param(sent(without("protocolSection")), None, f"$.{NAMES}.nctId", "no trial number",
                 id="no protocol section"),
    pytest.param(sent(a_trial(NUMBER))[:400], NUMBER, "$", "truncated", id="JSON cut off after the id"),
    pytest.param(sent(a_trial(NUMBER))[:40], None, "$", "truncated", id="JSON cut off before the id"),
    pytest.param(b"", None, "$", "truncated", id="an empty line"),
    pytest.param(b"[]", None, "$", "no JSON object but a list of 0", id="a list"),
    pytest.param(b"null", None, "$", "no JSON object but null", id="null"),
    pytest.param(b"NaN", None, "$", "no JSON object but null", id="not a number and nothing else"),
    pytest.param(b"<html>Are you human?</html>", None, "$", "malformed", id="a web page"),
    pytest.param(sent(a_trial(NUMBER)) + b"}", NUMBER, "$", "malformed", id="a brace too many"),
    pytest.param(raw(f"{DESIGN}.enrollmentInfo.count", b"01"), NUMBER, "$", "malformed",
                 id="a number that no JSON knows"),
    pytest.param(raw(f"{NAMES}.orgStudyIdInfo", b'{"id":{"x":[1,]}}'), NUMBER, "$", "malformed",
                 id="a comma too many beside the id"),
]

ODD = [
    pytest.param(f"{STATUS}.overallStatus", b"5", "5", "not a text", id="a status that is a number"),
    pytest.param(f"{STATUS}.statusVerifiedDate", b'["2026-09"]', "a list of 1", "not a text",
                 id="a date in a list"),
    pytest.param(f"{STATUS}.startDateStruct", b'"2026-09"', "a text of 7 letters", "not an object",
                 id="a date without its struct"),
    pytest.param(f"{STATUS}.completionDateStruct.date", b'{"y": 2026}', "an object", "not a text",
                 id="a date that is an object"),
    pytest.param(f"{DESIGN}.phases", b'"PHASE2"', "a text of 6 letters", "not a list",
                 id="phases that are no list"),
    pytest.param(f"{PLACES}.locations", b'{"city": "Leeds"}', "an object", "not a list",
                 id="sites that are no list"),
    pytest.param(f"{PLACES}.locations.0.city", b"7", "7", "not a text", id="a city that is a number"),
    pytest.param(STATUS, b'"RECRUITING"', "a text of 10 letters", "not an object", id="a module that is a text"),
    pytest.param("derivedSection", b"[]", "a list of 0", "not an object", id="a section that is a list"),
    pytest.param("derivedSection.conditionBrowseModule.meshes.0", b'"Alcoholism"', "a text of 10 letters",
                 "not an object", id="a MeSH term that is a text"),
    pytest.param("derivedSection.conditionBrowseModule.meshes.0.id", b"437", "437", "not a text",
                 id="a MeSH id that is a number"),
    pytest.param("protocolSection.conditionsModule.conditions.0", b"null", "null", "in a list",
                 id="a null in a list"),
    pytest.param(f"{DESIGN}.designInfo", b'"DOUBLE"', "a text of 6 letters", "not an object",
                 id="a design that is a text"),
    pytest.param("protocolSection.eligibilityModule.sex", b"1", "1", "not a text", id="a sex that is a number"),
    pytest.param("protocolSection.eligibilityModule.healthyVolunteers", b'"Accepts Healthy Volunteers"',
                 "Accepts Healthy Volunteers", "not true or false", id="volunteers in words"),
    pytest.param("protocolSection.descriptionModule.briefSummary", b'["a"]', "a list of 1", "not a text",
                 id="a summary that is a list"),
    pytest.param("documentSection", b'"Prot.pdf"', "a text of 8 letters",
                 "not an object", id="documents that are a text"),
    pytest.param("hasResults", b'"yes"', "yes", "not true or false", id="results that are a text"),
    pytest.param("hasResults", b"1", "1", "not true or false", id="results that are a number"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"1e30", "1e+30", "count", id="an enrollment of 1e30"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"1e400", "inf", "no number", id="an enrollment without end"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"NaN", "nan", "no number", id="an enrollment that is none"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"9" * 5000, "inf", "no number", id="5,000 digits"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"1" + b"0" * 30, "1" + "0" * 30, "count", id="thirty noughts"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"-1", "-1", "count", id="a negative enrollment"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"60.5", "60.5", "count", id="half a participant"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"true", "True", "count", id="an enrollment that is true"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b'"sixty"', "sixty", "count", id="an enrollment in words"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b'"%s"' % (b"a name " * 9), "a text of 63 letters", "count",
                 id="an enrollment in too many words"),
    pytest.param("protocolSection.aNewModule.x", b"NaN", "nan", "no number", id="not a number"),
    pytest.param("protocolSection.aNewModule.x", b"-Infinity", "-inf", "no number", id="infinity"),
    pytest.param("protocolSection.aNewModule.x", rb'"\ud800"', "a text of 1 letters", "half a letter",
                 id="half a surrogate pair where we do not look"),
    pytest.param(f"{NAMES}.briefTitle", rb'"\ud800 trial"', "a text of 7 letters", "half a letter",
                 id="half a surrogate pair in the title"),
    pytest.param("protocolSection.aNewModule.x", DEEP, "nan", "100 levels", id="five thousand lists deep"),
    pytest.param("aNewSection", b'{"a":' * 5000 + b"1" + b"}" * 5000, "nan", "100 levels",
                 id="5,000 objects deep"),
]
MEANT = [
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b"60.0", "60.0", "read as 60", id="sixty with a point"),
    pytest.param(f"{DESIGN}.enrollmentInfo.count", b'" 60 "', " 60 ", "read as 60", id="sixty in quotes"),
    pytest.param("hasResults", b'"False"', "False", "read as false", id="no results, in quotes"),
]
# fmt: on


@pytest.mark.slow
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
        content = parameters.values[0]
        assert isinstance(content, bytes)
        (found,) = judged(content)
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
        pytest.param(raw("protocolSection.aNewModule.x", b"1e30"), id="a large number where we do not look"),
        pytest.param(raw("protocolSection.aNewModule.x", b"9" * 40), id="forty digits where we do not look"),
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
    same, stranger = read([sent(moved), sent(AFTER)], known)
    (other,) = read([sent(edited)], known)
    assert [each.is_new for each in (same, other, stranger) if isinstance(each, Read)] == [False, True, True]


def test_of_two_records_of_one_trial_the_first_is_believed_and_the_second_told() -> None:
    first, second = judged(sent(a_trial(NUMBER)), sent(with_value(f"{NAMES}.nctId", f" {NUMBER.lower()}")))
    assert isinstance(first, Read)
    assert isinstance(second, Unreadable)
    assert (second.trial_id, second.path) == (NUMBER, f"$.{NAMES}.nctId")
    assert second.reason == "another record of this number came before it"


def test_a_record_that_cannot_be_read_stands_in_the_way_of_no_other_of_its_number() -> None:
    first, second = judged(sent(a_trial(NUMBER)) + b"}", sent(a_trial(NUMBER)))
    assert isinstance(first, Unreadable)
    assert isinstance(second, Read)


# -- one odd value costs that value ------------------------------------------------------------------------


def read_of(payload: bytes) -> Read:
    before, found, after = judged(sent(BEFORE), payload, sent(AFTER))
    assert isinstance(found, Read)
    assert [each.trial_id for each in (before, after)] == ["NCT00000001", "NCT00000003"]
    return found


def beside(path: str, record: Any) -> Any:
    """A record without what stands at the path, or in the list that the path leads through."""
    part, kept = record, copy.deepcopy(record)
    part = kept
    for step, following in itertools.pairwise([*path.split("."), "0"]):
        if part.get(step) is None or following.isdigit():
            part.pop(step, None)
            return kept
        part = part[step]
    return kept


@pytest.mark.parametrize(("path", "text", "value", "reason"), ODD)
def test_an_odd_value_is_left_out_and_flagged_and_the_rest_is_read(
    path: str, text: bytes, value: str, reason: str
) -> None:
    found, healthy = read_of(raw(path, text)), read_of(sent(a_trial(NUMBER)))
    assert found.trial_id == NUMBER
    studies = [
        beside(path, msgspec.to_builtins(each.typed))
        for each in (understood(found.payload), understood(healthy.payload))
    ]
    assert studies[0] == studies[1]
    where = re.sub(r"\.([0-9]+)", r"[\1]", path)
    told = [flag for flag in found.reading.flags() if flag.path.startswith(where)]
    assert told[0].value == value
    assert re.search(reason, told[0].reason)
    assert found.reading.flags() == told


@pytest.mark.parametrize(("path", "text", "value", "reason"), MEANT)
def test_what_is_plainly_meant_is_read_and_flagged_and_no_change(
    path: str, text: bytes, value: str, reason: str
) -> None:
    found, healthy = read_of(raw(path, text)), read_of(sent(a_trial(NUMBER)))
    assert found.trial == healthy.trial
    assert compare(healthy.reading, found.reading) == []
    assert found.content_hash == healthy.content_hash
    (flag,) = found.reading.flags()
    assert (flag.path, flag.value) == (path, value)
    assert flag.reason.endswith(reason)


def test_a_null_in_a_list_costs_its_place_and_not_the_list() -> None:
    found = read_of(sent(with_value(f"{DESIGN}.phases", ["PHASE1", None, "PHASE2", 3])))
    assert found.trial.phases == ["PHASE1", "PHASE2"]
    assert [(flag.path, flag.value) for flag in found.reading.flags()] == [
        (f"{DESIGN}.phases[1]", "null"),
        (f"{DESIGN}.phases[3]", "3"),
    ]


@pytest.mark.parametrize("odd", [7, "00000002", [NUMBER], {"value": NUMBER}, 2.0])
def test_a_number_that_is_not_written_as_one_is_the_trials_all_the_same(odd: Any) -> None:
    number = "NCT00000007" if odd == 7 else NUMBER
    assert read_of(sent(with_value(f"{NAMES}.nctId", odd))).trial_id == number


def test_bytes_that_are_no_text_cost_a_letter() -> None:
    found = read_of(raw(f"{NAMES}.briefTitle", b'"\xff trial"'))
    assert found.trial.title == "\ufffd trial"


def test_an_odd_value_never_publishes_a_word_of_the_record() -> None:
    named = {"locations": {"contacts": [{"name": "Dr. A. Person", "phone": "555 0100"}]}}
    for odd in (named, [named], "Dr. A. Person, 555 0100"):
        for path in (PLACES, f"{PLACES}.locations", f"{PLACES}.locations.0", f"{NAMES}.briefTitle.0"):
            found = with_value(path, odd) if not path.endswith("0") else with_value(path[:-2], [odd])
            assert "Person" not in "".join(flag.value for flag in read_of(sent(found)).reading.flags())


@pytest.mark.parametrize(("levels", "is_odd"), [(97, False), (98, True)])
def test_a_record_is_read_down_to_a_hundred_levels(levels: int, is_odd: bool) -> None:
    found = read_of(raw("protocolSection.aNewModule.x", b"[" * levels + b"]" * levels))
    assert bool(found.reading.flags()) is is_odd


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
    return found.reading.flags()


@pytest.mark.parametrize(("path", "value", "flagged_at", "flagged", "reason"), FLAGGED)
def test_what_is_odd_is_kept_as_sent_and_flagged(
    path: str, value: Any, flagged_at: str, flagged: str, reason: str
) -> None:
    assert flags_of(with_value(path, value)) == [Flag(flagged_at, flagged, reason)]


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
    dates = ("start_date", "primary_completion_date", "completion_date", "status_verified_date")
    days = {
        each: (getattr(found.trial, f"{each}_earliest"), getattr(found.trial, f"{each}_latest")) for each in dates
    }
    return {
        each: dict(zip(("earliest", "latest"), span, strict=True)) if span[0] else None
        for each, span in days.items()
    }


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


@pytest.mark.slow
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
    found = read([named, nameless])
    assert [each.trial_id for each in found] == ["NCT00000001", None]


def test_a_record_whose_section_bears_another_name_is_set_aside_with_its_number() -> None:
    record = a_trial("NCT10000001")
    record["section"] = record.pop("protocolSection")
    nameless = a_trial("NCT10000002")
    nameless["protocolSection"]["identificationModule"]["nctId"] = None
    aside = read(json.dumps(each).encode() for each in (record, nameless))
    assert [each.trial_id for each in aside if isinstance(each, Unreadable)] == ["NCT10000001", None]
