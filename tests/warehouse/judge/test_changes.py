"""What two states of one trial say has changed: the contract's kinds, case by case, and what is never a change."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.canonical import canonical
from connectors.dates import Span, span
from tests.readings import compare, content_hash
from tests.records import a_trial
from warehouse.instants import next_at
from warehouse.judge.changes import Finding, overdue, registry_date, status_kind
from warehouse.words.values import old_and_new

Record = dict[str, Any]
Edit = Callable[[Record], object]
Told = tuple[str, str, Any, Any, str]

NUMBER = "NCT00000001"
STATUS = "protocolSection.statusModule"
DESIGN = "protocolSection.designModule"
ARMS = "protocolSection.armsInterventionsModule"
OUTCOMES = "protocolSection.outcomesModule"
NAMES = "protocolSection.identificationModule"
SPONSORS = "protocolSection.sponsorCollaboratorsModule"
PLACES = "protocolSection.contactsLocationsModule"
REFERENCES = "protocolSection.referencesModule"
CONDITIONS = "protocolSection.conditionsModule"
ELIGIBILITY = "protocolSection.eligibilityModule"
SOME = ...
"""Stands for a set or list too long to write out: any JSON will do."""


# -- building two states -----------------------------------------------------------------------------------


def put(path: str, value: Any) -> Edit:
    """An edit that sets the value at a path, making the modules on the way."""
    *way, last = path.split(".")

    def edit(record: Record) -> None:
        for step in way:
            record = record.setdefault(step, {})
        record[last] = copy.deepcopy(value)

    return edit


def drop(path: str) -> Edit:
    *way, last = path.split(".")

    def edit(record: Record) -> None:
        for step in way:
            record = record[step]
        del record[last]

    return edit


def posted(day: str = "2026-09-11") -> Edit:
    """Another posted version, verified that month."""

    def edit(record: Record) -> None:
        record["protocolSection"]["statusModule"].update(
            lastUpdatePostDateStruct={"date": day, "type": "ACTUAL"},
            lastUpdateSubmitDate="2026-09-08",
            statusVerifiedDate="2026-09",
        )

    return edit


def state(*edits: Edit) -> Record:
    record = a_trial(NUMBER)
    for edit in edits:
        edit(record)
    return record


def told(findings: list[Finding]) -> list[Told]:
    """Kind, field, values and materiality of each, in the order of the fields; sets and lists read from JSON."""
    rows = [
        (each.kind, each.field, _read(each.old_value), _read(each.new_value), each.materiality)
        for each in findings
    ]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def _read(value: str | None) -> Any:
    return json.loads(value) if value and value[0] in "[{" else value


def says(found: list[Told], expected: list[Told]) -> bool:
    """Whether every row is the expected one; ``SOME`` stands for a list or set, or for there being none."""
    return len(found) == len(expected) and all(
        (kind, field, weight) == (other_kind, other_field, other_weight)
        and all(
            value == wanted or (wanted is SOME and (value is None or isinstance(value, list | dict)))
            for value, wanted in ((old, other_old), (new, other_new))
        )
        for (kind, field, old, new, weight), (other_kind, other_field, other_old, other_new, other_weight) in zip(
            found, sorted(expected, key=lambda row: (row[1], row[0])), strict=True
        )
    )


# -- status ------------------------------------------------------------------------------------------------

STATUS_CHANGES = [
    pytest.param("RECRUITING", "COMPLETED", "completed", "high", id="recruiting to completed"),
    pytest.param(
        "UNKNOWN", "COMPLETED", "completed", "high", id="unknown to completed is completed, not returned"
    ),
    pytest.param("TERMINATED", "COMPLETED", "completed", "high", id="stopped to completed"),
    pytest.param("NOT_YET_RECRUITING", "COMPLETED", "completed", "high", id="planned straight to completed"),
    pytest.param("PAUSED", "COMPLETED", "completed", "high", id="an unknown status to completed"),
    pytest.param("AVAILABLE", "COMPLETED", "completed", "high", id="expanded access to completed"),
    pytest.param("RECRUITING", "TERMINATED", "stopped", "high", id="recruiting to terminated"),
    pytest.param("RECRUITING", "SUSPENDED", "stopped", "high", id="recruiting to suspended"),
    pytest.param("NOT_YET_RECRUITING", "WITHDRAWN", "stopped", "high", id="planned to withdrawn"),
    pytest.param("TERMINATED", "SUSPENDED", "stopped", "high", id="terminated to suspended stays stopped"),
    pytest.param("SUSPENDED", "TERMINATED", "stopped", "high", id="suspended to terminated stays stopped"),
    pytest.param("COMPLETED", "WITHDRAWN", "stopped", "high", id="completed to withdrawn"),
    pytest.param("UNKNOWN", "WITHDRAWN", "stopped", "high", id="unknown to withdrawn is stopped, not returned"),
    pytest.param("WITHHELD", "TERMINATED", "stopped", "high", id="withheld to terminated"),
    pytest.param("RECRUITING", "UNKNOWN", "lapsed", "medium", id="recruiting to unknown"),
    pytest.param("COMPLETED", "UNKNOWN", "lapsed", "medium", id="completed to unknown"),
    pytest.param("SUSPENDED", "UNKNOWN", "lapsed", "medium", id="suspended to unknown"),
    pytest.param("PAUSED", "UNKNOWN", "lapsed", "medium", id="a status nobody knows to unknown"),
    pytest.param("UNKNOWN", "RECRUITING", "returned", "medium", id="unknown to recruiting"),
    pytest.param("UNKNOWN", "NOT_YET_RECRUITING", "returned", "medium", id="unknown to planned"),
    pytest.param("UNKNOWN", "ACTIVE_NOT_RECRUITING", "returned", "medium", id="unknown to active"),
    pytest.param("UNKNOWN", "PAUSED", "returned", "medium", id="unknown to a status nobody knows"),
    pytest.param("UNKNOWN", "NO_LONGER_AVAILABLE", "returned", "medium", id="unknown to expanded access"),
    pytest.param("ACTIVE_NOT_RECRUITING", "RECRUITING", "resumed", "high", id="active back to recruiting"),
    pytest.param("ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION", "resumed", "high", id="active to invitation"),
    pytest.param("RECRUITING", "NOT_YET_RECRUITING", "resumed", "high", id="recruiting back to planned"),
    pytest.param("ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "resumed", "high", id="invitation to planned"),
    pytest.param("COMPLETED", "RECRUITING", "resumed", "high", id="completed back to recruiting"),
    pytest.param("COMPLETED", "ACTIVE_NOT_RECRUITING", "resumed", "high", id="completed back to active"),
    pytest.param("SUSPENDED", "RECRUITING", "resumed", "high", id="suspended back to recruiting"),
    pytest.param("TERMINATED", "ACTIVE_NOT_RECRUITING", "resumed", "high", id="terminated back to active"),
    pytest.param("WITHDRAWN", "NOT_YET_RECRUITING", "resumed", "high", id="withdrawn back to planned"),
    pytest.param("NOT_YET_RECRUITING", "RECRUITING", "recruiting", "medium", id="planned to recruiting"),
    pytest.param("NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "recruiting", "medium", id="planned to invited"),
    pytest.param("RECRUITING", "ENROLLING_BY_INVITATION", "status_changed", "medium", id="within recruiting"),
    pytest.param("ENROLLING_BY_INVITATION", "RECRUITING", "status_changed", "medium", id="and back within it"),
    pytest.param("RECRUITING", "ACTIVE_NOT_RECRUITING", "status_changed", "medium", id="recruiting to active"),
    pytest.param(
        "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "status_changed", "medium", id="planned to active"
    ),
    pytest.param("AVAILABLE", "NO_LONGER_AVAILABLE", "status_changed", "medium", id="within expanded access"),
    pytest.param("AVAILABLE", "APPROVED_FOR_MARKETING", "status_changed", "medium", id="approved for marketing"),
    pytest.param("RECRUITING", "WITHHELD", "status_changed", "medium", id="recruiting to withheld"),
    pytest.param("WITHHELD", "RECRUITING", "status_changed", "medium", id="withheld to recruiting"),
    pytest.param("RECRUITING", "PAUSED", "status_changed", "medium", id="recruiting to a status nobody knows"),
    pytest.param("PAUSED", "RECRUITING", "status_changed", "medium", id="from a status nobody knows"),
    pytest.param("PAUSED", "HALTED", "status_changed", "medium", id="between two statuses nobody knows"),
    pytest.param("COMPLETED", "recruiting", "status_changed", "medium", id="a known status in small letters"),
    pytest.param(None, "RECRUITING", "status_changed", "medium", id="a status where there was none"),
    pytest.param(None, "COMPLETED", "completed", "high", id="completed where there was none"),
    pytest.param("RECRUITING", None, "status_changed", "medium", id="a status that is gone"),
]


def with_overall(status: str | None) -> Edit:
    return drop(f"{STATUS}.overallStatus") if status is None else put(f"{STATUS}.overallStatus", status)


@pytest.mark.parametrize(("old", "new", "kind", "weight"), STATUS_CHANGES)
def test_a_status_change_is_exactly_one_change(old: str | None, new: str | None, kind: str, weight: str) -> None:
    assert status_kind(old, new) == kind
    found = compare(state(with_overall(old)), state(with_overall(new), posted()))
    assert told(found) == [(kind, "overall_status", old, new, weight)]


def test_there_and_back_again_is_a_change_each_way() -> None:
    recruiting, suspended = state(), state(with_overall("SUSPENDED"), posted())
    assert told(compare(recruiting, suspended)) == [
        ("stopped", "overall_status", "RECRUITING", "SUSPENDED", "high")
    ]
    assert told(compare(suspended, recruiting)) == [
        ("resumed", "overall_status", "SUSPENDED", "RECRUITING", "high")
    ]


def test_a_lapse_is_the_registrys_doing_and_its_last_known_status_no_change_of_its_own() -> None:
    lapsed = state(with_overall("UNKNOWN"), put(f"{STATUS}.lastKnownStatus", "RECRUITING"))
    (found,) = compare(state(), lapsed)
    assert (found.kind, found.cause) == ("lapsed", "registry")
    assert (found.old_value, found.new_value) == ("RECRUITING", "UNKNOWN")
    (back,) = compare(lapsed, state(posted()))
    assert (back.kind, back.cause) == ("returned", "sponsor")


def test_a_status_that_nobody_knows_is_told_as_sent() -> None:
    (found,) = compare(state(), state(with_overall("PAUSED"), posted()))
    assert found.new_value == "PAUSED"


def test_a_stop_with_its_reason_tells_both() -> None:
    stopped = state(with_overall("TERMINATED"), put(f"{STATUS}.whyStopped", "FDA"), posted())
    assert told(compare(state(), stopped)) == [
        ("stopped", "overall_status", "RECRUITING", "TERMINATED", "high"),
        ("why_stopped_changed", "why_stopped", None, "FDA", "low"),
    ]


# -- dates -------------------------------------------------------------------------------------------------


def a_date(written: str | None, kind: str | None) -> Record | None:
    if written is None and kind is None:
        return None
    return {key: value for key, value in (("date", written), ("type", kind)) if value}


# fmt: off
DATE_CHANGES = [
    pytest.param(("2027-10-01", "ESTIMATED"), ("2027-10-01", "ACTUAL"), "date_actual", "low",
                 id="the expected day came true"),
    pytest.param(("2027-10", "ESTIMATED"), ("2028-10-14", "ACTUAL"), "date_actual", "low",
                 id="it came true a year later: still only date_actual"),
    pytest.param(("2027-10", "ESTIMATED"), ("2026-01-02", "ACTUAL"), "date_actual", "low",
                 id="it came true earlier than expected"),
    pytest.param(("2024-13", "ESTIMATED"), ("2024-12-01", "ACTUAL"), "date_actual", "low",
                 id="nonsense that was expected came true"),
    pytest.param(("2026-10", "ESTIMATED"), ("2026-10-31", "ESTIMATED"), "date_refined", "low",
                 id="a month gains its last day"),
    pytest.param(("2026-10", "ESTIMATED"), ("2026-10-01", "ESTIMATED"), "date_refined", "low",
                 id="a month gains its first day"),
    pytest.param(("2026-10-31", "ESTIMATED"), ("2026-10", "ESTIMATED"), "date_refined", "low",
                 id="a day becomes its month"),
    pytest.param(("2026", "ESTIMATED"), ("2026-03", "ESTIMATED"), "date_refined", "low",
                 id="a year gains a month"),
    pytest.param(("2027-10-01", None), ("2027-10-01", "ACTUAL"), "date_refined", "low",
                 id="the same day gains its type"),
    pytest.param(("2027-10-01", "ACTUAL"), ("2027-10-01", "ESTIMATED"), "date_refined", "low",
                 id="the same day is only expected after all"),
    pytest.param(("2027-10", "ACTUAL"), ("2027-10-05", "ACTUAL"), "date_refined", "low",
                 id="an actual month gains its day"),
    pytest.param((None, None), ("2027-10", "ESTIMATED"), "date_refined", "low",
                 id="a date appears from nothing"),
    pytest.param((None, None), ("2027-10", "ACTUAL"), "date_refined", "low",
                 id="an actual date appears from nothing"),
    pytest.param(("2027-10-01", "ESTIMATED"), ("2027-10-02", "ESTIMATED"), "date_slipped", "low",
                 id="one day later"),
    pytest.param(("2027-10-01", "ESTIMATED"), ("2027-12-29", "ESTIMATED"), "date_slipped", "low",
                 id="89 days later"),
    pytest.param(("2027-10-01", "ESTIMATED"), ("2027-12-30", "ESTIMATED"), "date_slipped", "medium",
                 id="90 days later"),
    pytest.param(("2027-10", "ESTIMATED"), ("2028-01", "ESTIMATED"), "date_slipped", "medium",
                 id="three months later, 92 days from last day to last day"),
    pytest.param(("2027-11-30", "ESTIMATED"), ("2028-02", "ESTIMATED"), "date_slipped", "medium",
                 id="a month counts by its last day, 91 days later in a leap year"),
    pytest.param(("2027-12", "ESTIMATED"), ("2028-03-30", "ESTIMATED"), "date_slipped", "medium",
                 id="from the last day of a month to a day 90 days later"),
    pytest.param(("2027-10-15", "ESTIMATED"), ("2027-11", "ESTIMATED"), "date_slipped", "low",
                 id="a day to the next month"),
    pytest.param(("2027-10-01", None), ("2028-10-01", "ACTUAL"), "date_slipped", "medium",
                 id="without a type before, a later actual day is a slip"),
    pytest.param(("2027-10-01", "ACTUAL"), ("2028-10-01", "ESTIMATED"), "date_slipped", "medium",
                 id="an actual day that is expected again, later"),
    pytest.param(("2027-10-01", "ESTIMATED"), ("2027-09-30", "ESTIMATED"), "date_advanced", "low",
                 id="one day earlier"),
    pytest.param(("2030-10-30", "ESTIMATED"), ("2026-03-31", "ESTIMATED"), "date_advanced", "low",
                 id="years earlier"),
    pytest.param(("2027-10", "ACTUAL"), ("2027-08", "ACTUAL"), "date_advanced", "low",
                 id="an actual month corrected to an earlier one"),
]
VANISHED = [
    pytest.param(("2027-10", "ESTIMATED"), (None, None), id="the date vanishes"),
    pytest.param(("2027-10", "ESTIMATED"), (None, "ESTIMATED"), id="only its type is left"),
    pytest.param(("2027-10", "ESTIMATED"), ("0000-00", "ESTIMATED"), id="nonsense takes its place"),
    pytest.param(("2024-13", "ESTIMATED"), ("2024-14", "ESTIMATED"), id="nonsense gives way to nonsense"),
    pytest.param(("2027-10", "ESTIMATED"), ("2024-02-30", "ACTUAL"), id="nonsense that came true"),
    pytest.param(("2024-13", "ESTIMATED"), (None, None), id="nonsense vanishes"),
]
# fmt: on
DATES = [
    ("startDateStruct", "start_date"),
    ("primaryCompletionDateStruct", "primary_completion_date"),
    ("completionDateStruct", "completion_date"),
]
Written = tuple[str | None, str | None]


def with_date(key: str, written: Written) -> Edit:
    found = a_date(*written)
    return drop(f"{STATUS}.{key}") if found is None else put(f"{STATUS}.{key}", found)


@pytest.mark.parametrize(("key", "field"), DATES)
@pytest.mark.parametrize(("old", "new", "kind", "weight"), DATE_CHANGES)
def test_a_date_moves(key: str, field: str, old: Written, new: Written, kind: str, weight: str) -> None:
    found = compare(state(with_date(key, old)), state(with_date(key, new), posted()))
    assert told(found) == [(kind, field, old[0], new[0], weight)]


@pytest.mark.parametrize("key", [key for key, _ in DATES])
@pytest.mark.parametrize(("old", "new"), VANISHED)
def test_a_date_that_is_one_no_longer_is_a_changed_record(key: str, old: Written, new: Written) -> None:
    found = compare(state(with_date(key, old)), state(with_date(key, new), posted()))
    assert says(told(found), [("record_changed", "statusModule", SOME, SOME, "low")])


def test_three_dates_that_move_are_three_changes_each_by_its_name() -> None:
    moved = state(
        with_date("startDateStruct", ("2025-03-02", "ACTUAL")),
        with_date("primaryCompletionDateStruct", ("2027-10-31", "ACTUAL")),
        with_date("completionDateStruct", ("2028-12", "ESTIMATED")),
        posted(),
    )
    assert told(compare(state(), moved)) == [
        ("date_slipped", "completion_date", "2027-12", "2028-12", "medium"),
        ("date_actual", "primary_completion_date", "2027-10", "2027-10-31", "low"),
        ("date_slipped", "start_date", "2025-03-01", "2025-03-02", "low"),
    ]


def test_two_dates_that_vanish_are_one_changed_module() -> None:
    without = state(drop(f"{STATUS}.startDateStruct"), drop(f"{STATUS}.completionDateStruct"), posted())
    assert says(told(compare(state(), without)), [("record_changed", "statusModule", SOME, SOME, "low")])


# -- enrollment --------------------------------------------------------------------------------------------


def people(count: int | float | None, kind: str | None = "ESTIMATED") -> Edit:
    info = {key: value for key, value in (("count", count), ("type", kind)) if value is not None}
    return put(f"{DESIGN}.enrollmentInfo", info)


# fmt: off
ENROLLMENTS = [
    pytest.param(people(60), people(74), [("enrollment_changed", "enrollment", "60", "74", "low")],
                 id="less than a quarter more"),
    pytest.param(people(60), people(75), [("enrollment_changed", "enrollment", "60", "75", "medium")],
                 id="a quarter more"),
    pytest.param(people(60), people(46), [("enrollment_changed", "enrollment", "60", "46", "low")],
                 id="less than a quarter fewer"),
    pytest.param(people(60), people(45), [("enrollment_changed", "enrollment", "60", "45", "medium")],
                 id="a quarter fewer"),
    pytest.param(people(60), people(0), [("enrollment_changed", "enrollment", "60", "0", "medium")],
                 id="down to nobody"),
    pytest.param(people(0), people(10), [("enrollment_changed", "enrollment", "0", "10", "medium")],
                 id="up from nobody"),
    pytest.param(people(99999999), people(60), [("enrollment_changed", "enrollment", None, "60", "low")],
                 id="the sentinel gives way to a number"),
    pytest.param(people(60), people(99999999), [("enrollment_changed", "enrollment", "60", None, "low")],
                 id="a number gives way to the sentinel"),
    pytest.param(people(60), drop(f"{DESIGN}.enrollmentInfo"),
                 [("enrollment_changed", "enrollment", "60", None, "low")], id="the number vanishes"),
    pytest.param(drop(f"{DESIGN}.enrollmentInfo"), people(60),
                 [("enrollment_changed", "enrollment", None, "60", "low")], id="a number appears"),
    pytest.param(people(60), people(60, "ACTUAL"),
                 [("enrollment_changed", "enrollment_type", "ESTIMATED", "ACTUAL", "low")],
                 id="only the type changes"),
    pytest.param(people(60, None), people(60, "ACTUAL"),
                 [("enrollment_changed", "enrollment_type", None, "ACTUAL", "low")], id="a type appears"),
    pytest.param(people(60), people(58, "ACTUAL"), [("enrollment_changed", "enrollment", "60", "58", "low")],
                 id="number and type together are one change"),
    pytest.param(people(60), people(60.0), [], id="the same number written with a point"),
    pytest.param(people(0), people(0, "ESTIMATED"), [], id="nobody, still"),
]
# fmt: on


@pytest.mark.parametrize(("before", "after", "expected"), ENROLLMENTS)
def test_enrollment_changes(before: Edit, after: Edit, expected: list[Told]) -> None:
    assert told(compare(state(before), state(after, posted()))) == expected


# -- every other kind --------------------------------------------------------------------------------------

A_PAPER = {"pmid": "111", "type": "BACKGROUND", "citation": "Roe. Ketamine. 2020."}
ANOTHER = {"pmid": "222", "type": "DERIVED", "citation": "Poe. Esketamine. 2021."}
A_CLINIC = {"facility": "A Clinic", "city": "Exeter", "country": "United Kingdom"}
KETAMINE_ARM = {"label": "Ketamine", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Ketamine"]}
PLACEBO_ARM = {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Drug: Saline"]}
DRINKING = {"measure": "Heavy drinking days", "timeFrame": "6 months"}


def papers(*entries: Record) -> Edit:
    return put(f"{REFERENCES}.references", list(entries))


# fmt: off
OTHER_CHANGES = [
    pytest.param([], [put("hasResults", True)],
                 [("results_posted", "has_results", "false", "true", "high")], id="results are posted"),
    pytest.param([put("hasResults", True)], [],
                 [("results_withdrawn", "has_results", "true", "false", "high")], id="results are withdrawn"),
    pytest.param([], [put(f"{STATUS}.whyStopped", "FDA")],
                 [("why_stopped_changed", "why_stopped", None, "FDA", "low")], id="a reason for stopping appears"),
    pytest.param([put(f"{STATUS}.whyStopped", "FDA")], [put(f"{STATUS}.whyStopped", "No funds")],
                 [("why_stopped_changed", "why_stopped", "FDA", "No funds", "low")], id="another reason"),
    pytest.param([put(f"{STATUS}.whyStopped", "FDA")], [],
                 [("why_stopped_changed", "why_stopped", "FDA", None, "low")], id="the reason vanishes"),
    pytest.param([], [put(f"{NAMES}.briefTitle", "Another")],
                 [("title_changed", "title", f"Ketamine for Alcohol Use Disorder ({NUMBER})", "Another", "low")],
                 id="another title"),
    pytest.param([], [drop(f"{NAMES}.officialTitle")],
                 [("title_changed", "official_title",
                   f"A Randomised Trial of Ketamine for Alcohol Use Disorder ({NUMBER})", None, "low")],
                 id="the official title vanishes"),
    pytest.param([], [put(f"{NAMES}.acronym", "KARE")],
                 [("title_changed", "acronym", None, "KARE", "low")], id="an acronym appears"),
    pytest.param([], [put(f"{NAMES}.briefTitle", "ketamine for alcohol use disorder")],
                 [("title_changed", "title", f"Ketamine for Alcohol Use Disorder ({NUMBER})",
                   "ketamine for alcohol use disorder", "low")], id="small letters are another title"),
    pytest.param([], [put(f"{OUTCOMES}.primaryOutcomes", [{**DRINKING, "timeFrame": "12 months"}])],
                 [("outcomes_changed", "trial_outcomes", SOME, SOME, "medium")], id="another time frame"),
    pytest.param([], [put(f"{OUTCOMES}.primaryOutcomes", [DRINKING, {"measure": "Craving"}]),
                      put(f"{OUTCOMES}.secondaryOutcomes", [{"measure": "Mood"}]),
                      put(f"{OUTCOMES}.otherOutcomes", [{"measure": "Sleep"}])],
                 [("outcomes_changed", "trial_outcomes", SOME, SOME, "medium")],
                 id="primary, secondary and other outcomes are one change"),
    pytest.param([], [drop("protocolSection.outcomesModule")],
                 [("outcomes_changed", "trial_outcomes", SOME, SOME, "medium")], id="all outcomes vanish"),
    pytest.param([], [put(f"{ARMS}.armGroups", [KETAMINE_ARM, PLACEBO_ARM])],
                 [("arms_changed", "trial_arms", [KETAMINE_ARM], SOME, "medium")], id="an arm more"),
    pytest.param([], [put(f"{ARMS}.interventions", [{"type": "DRUG", "name": "Esketamine"}])],
                 [("arms_changed", "trial_interventions", [{"type": "DRUG", "name": "Ketamine"}],
                   [{"type": "DRUG", "name": "Esketamine"}], "medium")], id="another drug"),
    pytest.param([], [put(f"{ARMS}.armGroups", []), put(f"{ARMS}.interventions", [])],
                 [("arms_changed", "trial_arms", SOME, SOME, "medium"),
                  ("arms_changed", "trial_interventions", SOME, SOME, "medium")], id="no arm and no drug is left"),
    pytest.param([], [put(f"{ELIGIBILITY}.eligibilityCriteria", "Adults who smoke.")],
                 [("eligibility_changed", "eligibilityModule", SOME, SOME, "low")], id="other criteria"),
    pytest.param([], [put(f"{ELIGIBILITY}.sex", "MALE"), put(f"{ELIGIBILITY}.minimumAge", "18 Years")],
                 [("eligibility_changed", "eligibilityModule", {"sex": "ALL"},
                   {"sex": "MALE", "minimumAge": "18 Years"}, "low")], id="sex and age are one change"),
    pytest.param([], [put(f"{SPONSORS}.leadSponsor.name", "B University")],
                 [("sponsor_changed", "trial_sponsors", SOME, SOME, "low")], id="another lead sponsor"),
    pytest.param([], [put(f"{SPONSORS}.leadSponsor.class", "NIH")],
                 [("sponsor_changed", "trial_sponsors", SOME, SOME, "low")], id="the sponsor's class"),
    pytest.param([], [put(f"{SPONSORS}.collaborators", [{"name": "NIAAA", "class": "NIH"}])],
                 [("sponsor_changed", "trial_sponsors", SOME, SOME, "low")], id="a collaborator joins"),
    pytest.param([], [put(f"{PLACES}.locations", [A_CLINIC, {"facility": "B", "city": "Leeds"}])],
                 [("sites_changed", "trial_sites", [A_CLINIC], SOME, "low")], id="a site more"),
    pytest.param([], [put(f"{PLACES}.locations", [{**A_CLINIC, "status": "RECRUITING"}])],
                 [("sites_changed", "trial_sites", SOME, SOME, "low")], id="a site's status"),
    pytest.param([], [drop(f"{PLACES}.locations")],
                 [("sites_changed", "trial_sites", [A_CLINIC], SOME, "low")], id="all sites vanish"),
    pytest.param([], [put(f"{CONDITIONS}.conditions", ["Alcohol Use Disorder", "Depression"])],
                 [("conditions_changed", "trial_conditions", ["Alcohol Use Disorder"],
                   ["Alcohol Use Disorder", "Depression"], "low")], id="a condition more"),
    pytest.param([papers(A_PAPER)], [papers(ANOTHER, A_PAPER)],
                 [("publication_added", "trial_publications", [A_PAPER], SOME, "low")], id="a publication more"),
    pytest.param([], [papers(A_PAPER, ANOTHER)],
                 [("publication_added", "trial_publications", SOME, SOME, "low")],
                 id="the first two publications are one change"),
    pytest.param([papers(A_PAPER, ANOTHER)], [papers(A_PAPER)],
                 [("record_changed", "referencesModule", SOME, SOME, "low")], id="a publication less"),
    pytest.param([papers(A_PAPER)],
                 [papers({**A_PAPER, "type": "RESULT"})],
                 [("record_changed", "referencesModule", SOME, SOME, "low")],
                 id="the same publication, of another type"),
    pytest.param([papers(A_PAPER)], [papers(ANOTHER)],
                 [("publication_added", "trial_publications", SOME, SOME, "low"),
                  ("record_changed", "referencesModule", SOME, SOME, "low")],
                 id="a publication in place of another is one added and one lost"),
    pytest.param([], [put(f"{REFERENCES}.seeAlsoLinks", [{"url": "https://example.org"}])],
                 [("record_changed", "referencesModule", SOME, SOME, "low")], id="a link"),
    pytest.param([], [put(f"{CONDITIONS}.keywords", ["craving"])],
                 [("record_changed", "conditionsModule", {"keywords": ["relapse"]},
                   {"keywords": ["craving"]}, "low")], id="other keywords"),
    pytest.param([], [put("protocolSection.descriptionModule.briefSummary", "Another."),
                      put("protocolSection.descriptionModule.detailedDescription", "More.")],
                 [("record_changed", "descriptionModule", SOME, SOME, "low")],
                 id="summary and description are one change"),
    pytest.param([], [put(f"{DESIGN}.phases", ["PHASE2", "PHASE3"]), put(f"{DESIGN}.studyType", "OBSERVATIONAL")],
                 [("record_changed", "designModule", {"phases": ["PHASE2"], "studyType": "INTERVENTIONAL"},
                   {"phases": ["PHASE2", "PHASE3"], "studyType": "OBSERVATIONAL"}, "low")],
                 id="phases and study type are one change"),
    pytest.param([], [put(f"{STATUS}.expandedAccessInfo", {"hasExpandedAccess": True})],
                 [("record_changed", "statusModule", SOME, SOME, "low")], id="expanded access"),
    pytest.param([], [put(f"{NAMES}.nctIdAliases", ["NCT00000009"])],
                 [("record_changed", "identificationModule", SOME, SOME, "low")], id="an alias"),
    pytest.param([], [put(f"{NAMES}.orgStudyIdInfo.id", "ORG-2"),
                      put(f"{NAMES}.secondaryIdInfos", [{"id": "R01", "type": "NIH"}])],
                 [("record_changed", "identificationModule", SOME, SOME, "low")],
                 id="other numbers are one change"),
    pytest.param([], [put("protocolSection.oversightModule.oversightHasDmc", True)],
                 [("record_changed", "oversightModule", SOME, {"oversightHasDmc": True}, "low")],
                 id="a new module"),
    pytest.param([], [put("protocolSection.sharingModule.plan", "YES"),
                      put("protocolSection.sharingModule.of", 3)],
                 [("record_changed", "sharingModule", None, None, "low")],
                 id="a module that nobody knows is one change"),
    pytest.param([], [put("protocolSection.aNewPart", "just a word")],
                 [("record_changed", "aNewPart", SOME, SOME, "low")], id="a module that is only a word"),
    pytest.param([], [put("protocolSection.aNewPart", ["a", "b"])],
                 [("record_changed", "aNewPart", SOME, SOME, "low")], id="a module that is only a list"),
    pytest.param([], [put(f"{ARMS}.doses", 3), put(f"{OUTCOMES}.x", "y")],
                 [("record_changed", "armsInterventionsModule", SOME, {"doses": 3}, "low"),
                  ("record_changed", "outcomesModule", SOME, {"x": "y"}, "low")],
                 id="new fields of two known modules are two changes"),
    pytest.param([], [put(f"{DESIGN}.enrollmentInfo.sex", "ALL")],
                 [("record_changed", "designModule", SOME, SOME, "low")], id="a new field beside the enrollment"),
    pytest.param([], [put(f"{STATUS}.completionDateStruct.by", "law")],
                 [("date_refined", "completion_date", "2027-12", "2027-12", "low")],
                 id="a new field beside a date"),
    pytest.param([people(99999999, None)], [drop(f"{DESIGN}.enrollmentInfo")],
                 [("record_changed", "designModule", SOME, SOME, "low")], id="the sentinel gives way to nothing"),
    pytest.param([], [drop("protocolSection.eligibilityModule")],
                 [("eligibility_changed", "eligibilityModule", SOME, SOME, "low")], id="a module vanishes"),
]
# fmt: on


@pytest.mark.parametrize(("before", "after", "expected"), OTHER_CHANGES)
def test_every_other_kind(before: list[Edit], after: list[Edit], expected: list[Told]) -> None:
    found = told(compare(state(*before), state(*after, posted())))
    assert says(found, expected), f"told {found}"


@pytest.mark.parametrize(("before", "after", "expected"), OTHER_CHANGES)
def test_a_change_without_a_new_posting_is_the_same_but_the_registrys(
    before: list[Edit], after: list[Edit], expected: list[Told]
) -> None:
    found = compare(state(*before), state(*after))
    assert says(told(found), expected)
    assert {each.cause for each in found} <= {"registry"}


@pytest.mark.parametrize(("before", "after", "expected"), OTHER_CHANGES)
def test_a_change_with_a_new_posting_is_the_sponsors(
    before: list[Edit], after: list[Edit], expected: list[Told]
) -> None:
    assert {each.cause for each in compare(state(*before), state(*after, posted()))} == {"sponsor"}


def test_results_where_nothing_was_said_of_them_are_results_posted() -> None:
    (found,) = compare(state(drop("hasResults")), state(put("hasResults", True), posted()))
    assert (found.kind, found.field, found.new_value) == ("results_posted", "has_results", "true")


def test_what_came_in_one_posting_is_told_the_gravest_first() -> None:
    after = state(
        put(f"{CONDITIONS}.keywords", ["craving"]),
        put(f"{OUTCOMES}.primaryOutcomes", []),
        with_overall("COMPLETED"),
        posted(),
    )
    found = compare(state(), after)
    assert [each.materiality for each in found] == ["high", "medium", "low"]


# -- the registry's own part -------------------------------------------------------------------------------

CRAVING = {"id": "D066249", "term": "Craving"}


@pytest.mark.parametrize("hand", [[], [posted()]], ids=["without a posting", "with a posting"])
@pytest.mark.parametrize("module", ["conditionBrowseModule", "interventionBrowseModule"])
@pytest.mark.parametrize("part", ["meshes", "ancestors"])
def test_a_mesh_term_is_the_registrys_doing(module: str, part: str, hand: list[Edit]) -> None:
    (found,) = compare(state(), state(put(f"derivedSection.{module}.{part}", [CRAVING]), *hand))
    assert (found.kind, found.field, found.cause, found.materiality) == (
        "record_changed",
        module,
        "registry",
        "low",
    )


# -- what is never a change --------------------------------------------------------------------------------

# fmt: off
NOTHING = [
    pytest.param([], [], id="the same record"),
    pytest.param([], [put("derivedSection.miscInfoModule.versionHolder", "2026-09-14")], id="a data version"),
    pytest.param([], [put("derivedSection.miscInfoModule.submissionTracking", {"firstMcpInfo": {}})],
                 id="the registry's tracking"),
    pytest.param([], [put("derivedSection.conditionBrowseModule.browseLeaves", [{"id": "M1"}]),
                      put("derivedSection.interventionBrowseModule.browseBranches", [{"abbrev": "PsyDis"}])],
                 id="browse leaves and branches"),
    pytest.param([], [put("derivedSection.aNewModule", {"x": 1})], id="a new derived module"),
    pytest.param([], [put("annotationSection.annotationModule", {"x": 1}), put("documentSection", {"y": 2})],
                 id="annotations and documents"),
    pytest.param([], [put("resultsSection", {"x": 1})], id="a results section that we do not ask for"),
    pytest.param([], [posted()], id="a new posting in which nothing else moved"),
    pytest.param([], [put(f"{STATUS}.statusVerifiedDate", "2026-09")], id="a verification alone"),
    pytest.param([], [put(f"{STATUS}.lastUpdateSubmitDate", "2026-09-01")], id="a submission alone"),
    pytest.param([], [put(f"{STATUS}.studyFirstPostDateStruct", {"date": "2025-01-16", "type": "ESTIMATED"}),
                      put(f"{STATUS}.studyFirstSubmitDate", "2025-01-11"),
                      put(f"{STATUS}.studyFirstSubmitQcDate", "2025-01-12")], id="the first posting's dates"),
    pytest.param([], [put(f"{STATUS}.resultsFirstPostDateStruct", {"date": "2026-09-01", "type": "ACTUAL"}),
                      put(f"{STATUS}.resultsFirstSubmitDate", "2026-08-01"),
                      put(f"{STATUS}.resultsFirstSubmitQcDate", "2026-08-02")], id="the results' dates alone"),
    pytest.param([put(f"{STATUS}.dispFirstPostDateStruct", {"date": "2026-09-01"})], [],
                 id="the date of a certificate of delay"),
    pytest.param([with_overall("UNKNOWN"), put(f"{STATUS}.lastKnownStatus", "RECRUITING")],
                 [with_overall("UNKNOWN"), put(f"{STATUS}.lastKnownStatus", "SUSPENDED")],
                 id="another last known status"),
    pytest.param([], [put(f"{STATUS}.lastKnownStatus", "RECRUITING")], id="a last known status alone"),
    pytest.param([], [put(f"{NAMES}.briefTitle", f"  Ketamine for\n Alcohol\tUse  Disorder ({NUMBER}) ")],
                 id="blanks in a title"),
    pytest.param([put(f"{PLACES}.locations", [A_CLINIC, {"city": "Leeds"}])],
                 [put(f"{PLACES}.locations", [{"city": "Leeds"}, dict(reversed(A_CLINIC.items()))])],
                 id="sites and their parts in another order"),
    pytest.param([put(f"{DESIGN}.phases", ["PHASE1", "PHASE2"])], [put(f"{DESIGN}.phases", ["PHASE2", "PHASE1"])],
                 id="phases in another order"),
    pytest.param([put(f"{OUTCOMES}.primaryOutcomes", [DRINKING, {"measure": "Craving"}])],
                 [put(f"{OUTCOMES}.primaryOutcomes", [{"measure": "Craving"}, DRINKING])],
                 id="outcomes in another order"),
    pytest.param([], [put(f"{SPONSORS}.collaborators", [])], id="an empty list where there was none"),
    pytest.param([], [put(f"{STATUS}.whyStopped", "  ")], id="a blank text where there was none"),
    pytest.param([], [put(f"{STATUS}.whyStopped", None)], id="a null where there was nothing"),
    pytest.param([], [put("protocolSection.oversightModule", {})], id="an empty module"),
    pytest.param([drop("hasResults")], [], id="no word of results, and then: none"),
    pytest.param([put(f"{STATUS}.startDateStruct", {"date": "2025-03-01 ", "type": "ACTUAL"})], [],
                 id="a blank behind a date"),
]
# fmt: on


@pytest.mark.parametrize(("before", "after"), NOTHING)
def test_nothing_has_changed(before: list[Edit], after: list[Edit]) -> None:
    assert compare(state(*before), state(*after)) == []


# -- people ------------------------------------------------------------------------------------------------

ROE = {"name": "Jane Roe", "role": "CONTACT", "phone": "+44 1392 555 0199", "email": "jane.roe@example.org"}
OF_ROE = ("Jane", "Roe", "555 0199", "jane.roe", "Exeter General")
# fmt: off
PEOPLE = [
    pytest.param(put(f"{PLACES}.centralContacts", [ROE]), "contactsLocationsModule", id="a central contact"),
    pytest.param(put(f"{PLACES}.overallOfficials", [{**ROE, "affiliation": "Exeter General"}]),
                 "contactsLocationsModule", id="an official"),
    pytest.param(put(f"{PLACES}.locations", [{**A_CLINIC, "contacts": [ROE]}]), "trial_sites",
                 id="a site's contact"),
    pytest.param(put(f"{SPONSORS}.responsibleParty",
                     {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Jane Roe",
                      "investigatorAffiliation": "Exeter General"}),
                 "sponsorCollaboratorsModule", id="a responsible party"),
    pytest.param(put(f"{PLACES}.nightContacts", [ROE]), "contactsLocationsModule",
                 id="contacts of a kind that nobody knows yet"),
]
# fmt: on


@pytest.mark.parametrize(("edit", "field"), PEOPLE)
def test_people_come_and_go_in_one_change_that_does_not_name_them(edit: Edit, field: str) -> None:
    without, with_her = state(), state(edit, posted())
    for findings in (compare(without, with_her), compare(with_her, without)):
        assert [each.field for each in findings] == [field]
        words = " ".join(f"{each.old_value} {each.new_value} {each.reason}" for each in findings)
        assert not [word for word in OF_ROE if word in words]


# -- the registry's date -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "posted_on", "expected"),
    [
        pytest.param("sponsor", date(2026, 9, 11), (date(2026, 9, 11), "posted"), id="a sponsor's change"),
        pytest.param("registry", date(2026, 9, 11), (date(2026, 9, 14), "data_version"), id="a registry's"),
        pytest.param(
            "sponsor",
            None,
            (date(2026, 9, 14), "data_version"),
            id="without a posting date, the data version's",
        ),
        pytest.param("calendar", None, (date(2026, 9, 14), "data_version"), id="the calendar's"),
    ],
)
def test_the_registrys_date_of_a_change(cause: str, posted_on: date | None, expected: tuple[date, str]) -> None:
    assert registry_date(cause, posted_on, date(2026, 9, 14)) == expected


# -- overdue -----------------------------------------------------------------------------------------------

TODAY = date(2026, 9, 12)


@pytest.mark.parametrize(
    ("status", "completion", "kind", "days"),
    [
        pytest.param("RECRUITING", "2026-09-11", "ESTIMATED", 1, id="recruiting, expected to end yesterday"),
        pytest.param("RECRUITING", "2026-09-12", "ESTIMATED", None, id="expected to end today"),
        pytest.param("RECRUITING", "2026-09", "ESTIMATED", None, id="expected to end this month"),
        pytest.param("RECRUITING", "2026-08", "ESTIMATED", 12, id="expected to end last month"),
        pytest.param("NOT_YET_RECRUITING", "2025-09-12", "ESTIMATED", 365, id="planned and a year late"),
        pytest.param("ENROLLING_BY_INVITATION", "2026-09-02", "ESTIMATED", 10, id="by invitation"),
        pytest.param("ACTIVE_NOT_RECRUITING", "2026-09-02", "ESTIMATED", 10, id="active"),
        pytest.param("ACTIVE_NOT_RECRUITING", "2026-09-02", None, 10, id="a date without a type is not actual"),
        pytest.param("ACTIVE_NOT_RECRUITING", "2026-09-02", "ACTUAL", None, id="an actual end"),
        pytest.param("COMPLETED", "2026-09-02", "ESTIMATED", None, id="completed"),
        pytest.param("SUSPENDED", "2026-09-02", "ESTIMATED", None, id="stopped"),
        pytest.param("UNKNOWN", "2026-09-02", "ESTIMATED", None, id="unknown"),
        pytest.param("AVAILABLE", "2026-09-02", "ESTIMATED", None, id="expanded access"),
        pytest.param("PAUSED", "2026-09-02", "ESTIMATED", None, id="a status nobody knows"),
        pytest.param(None, "2026-09-02", "ESTIMATED", None, id="no status"),
        pytest.param("RECRUITING", None, None, None, id="no date"),
        pytest.param("RECRUITING", "2024-13", "ESTIMATED", None, id="a date that is none"),
    ],
)
def test_overdue(status: str | None, completion: str | None, kind: str | None, days: int | None) -> None:
    assert overdue(status, span(completion), kind, TODAY) == days


# -- dates as written --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        pytest.param("2026-10-31", date(2026, 10, 31), date(2026, 10, 31), id="a day"),
        pytest.param("2026-10", date(2026, 10, 1), date(2026, 10, 31), id="a month"),
        pytest.param("2024-02", date(2024, 2, 1), date(2024, 2, 29), id="a leap year's February"),
        pytest.param("1900-02", date(1900, 2, 1), date(1900, 2, 28), id="1900 was no leap year"),
        pytest.param("2026", date(2026, 1, 1), date(2026, 12, 31), id="a year"),
        pytest.param(" 2026-10 ", date(2026, 10, 1), date(2026, 10, 31), id="with blanks around it"),
        pytest.param("1900-01", date(1900, 1, 1), date(1900, 1, 31), id="long ago"),
        pytest.param("2099", date(2099, 1, 1), date(2099, 12, 31), id="far off"),
    ],
)
def test_a_written_date_means_a_span_of_days(written: str, earliest: date, latest: date) -> None:
    assert span(written) == Span(earliest, latest)


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", " ", "2024-13", "2024-00", "0000-00", "0000", "2026-02-30", "2025-02-29", "2026-1", "26-10"),
        *("2026-10-31T09:00:04", "2026/10/31", "31-10-2026", "October 2026", "-2026-10", "2026-10-31-01", "soon"),
    ],
)
def test_nonsense_is_no_date(written: str | None) -> None:
    assert span(written) is None


NOW = datetime(2026, 9, 12, 2, 30, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("instant", "hour", "weekday", "expected"),
    [
        pytest.param(NOW, 6, None, datetime(2026, 9, 12, 6, tzinfo=UTC), id="later today"),
        pytest.param(NOW.replace(hour=7), 6, None, datetime(2026, 9, 13, 6, tzinfo=UTC), id="tomorrow"),
        pytest.param(
            NOW.replace(hour=6, minute=0),
            6,
            None,
            datetime(2026, 9, 13, 6, tzinfo=UTC),
            id="at the hour: tomorrow",
        ),
        pytest.param(NOW, 6, 0, datetime(2026, 9, 14, 6, tzinfo=UTC), id="next Monday"),
        pytest.param(
            datetime(2026, 9, 14, 5, 59, 59, tzinfo=UTC),
            6,
            0,
            datetime(2026, 9, 14, 6, tzinfo=UTC),
            id="this Monday",
        ),
        pytest.param(
            datetime(2026, 9, 14, 6, tzinfo=UTC), 6, 0, datetime(2026, 9, 21, 6, tzinfo=UTC), id="Monday in a week"
        ),
        pytest.param(
            datetime(2026, 12, 31, 23, tzinfo=UTC), 6, None, datetime(2027, 1, 1, 6, tzinfo=UTC), id="next year"
        ),
    ],
)
def test_the_next_time_that_mail_goes_out(
    instant: datetime, hour: int, weekday: int | None, expected: datetime
) -> None:
    assert next_at(instant, hour, weekday) == expected


# -- of any record whatever --------------------------------------------------------------------------------

# However slow the machine is.
in_any_time = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Without 0 and 1, which Python holds equal to false and true.
NUMBERS = (st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)).filter(
    lambda number: number not in (0, 1)
)
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=8), parts, max_size=4),
    max_leaves=12,
)
MODULES = [*a_trial(NUMBER)["protocolSection"], "aNewModule"]


@st.composite
def trials(draw: st.DrawFn) -> Record:
    """A trial with anything at all in it beside what every trial has."""
    record = a_trial(NUMBER)
    for module, key, value in draw(st.lists(st.tuples(st.sampled_from(MODULES), st.text(max_size=8), JSON))):
        record["protocolSection"].setdefault(module, {}).setdefault(key, value)
    for module, terms in draw(
        st.dictionaries(st.sampled_from(["conditionBrowseModule", "interventionBrowseModule"]), st.lists(JSON))
    ).items():
        record["derivedSection"][module]["meshes"] = terms
    record["protocolSection"]["contactsLocationsModule"]["locations"] += draw(
        st.lists(st.dictionaries(st.sampled_from(["facility", "city", "contacts"]), JSON), max_size=3)
    )
    return record


def shuffled(value: Any, order: random.Random) -> Any:
    """The same content: keys and lists in any order, blanks wherever there may be some."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        parts = [shuffled(part, order) for part in value]
        order.shuffle(parts)
        return parts
    if isinstance(value, str):
        return order.choice(["", " ", "\n", "\t  "]).join(["", value.replace(" ", "  "), ""])
    return value


@pytest.mark.slow
@in_any_time
@given(trials(), st.integers(0, 2**32))
def test_a_shuffled_record_is_no_change(record: Record, seed: int) -> None:
    again = shuffled(record, random.Random(seed))
    assert compare(record, again) == []
    assert content_hash(record) == content_hash(again)


@in_any_time
@given(JSON)
def test_the_canonical_form_is_canonical(value: Any) -> None:
    once = canonical(value)
    assert canonical(once) == once


@pytest.mark.slow
@in_any_time
@given(trials(), trials())
def test_nothing_new_is_told_of_states_with_the_same_hash_and_something_of_others(
    old: Record, new: Record
) -> None:
    assert bool(compare(old, new)) == (content_hash(old) != content_hash(new))


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*way, key))
    else:
        yield way


SILENT = {"nctId", "versionHolder", "statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"}
SILENT |= {"studyFirstSubmitDate", "studyFirstPostDateStruct"}
TELLING = [way for way in leaves(a_trial(NUMBER)) if not set(way) & SILENT]


@pytest.mark.parametrize("way", TELLING, ids=lambda way: ".".join(map(str, way)))
def test_whatever_part_of_a_record_changes_is_told_once(way: tuple[Any, ...]) -> None:
    after = state(posted())
    part: Any = after
    for step in way[:-1]:
        part = part[step]
    part[way[-1]] = {bool: True, int: 61}.get(type(part[way[-1]]), "another")
    assert len(compare(state(), after)) == 1
    del part[way[-1]]
    if way != ("hasResults",):
        assert len(compare(state(), after)) == 1


def test_lists_of_a_hundred_thousand_entries_are_compared_in_one_go() -> None:
    """Entry by entry against every other it would be ten thousand million comparisons, and no night ends."""
    before, after = a_trial("NCT00000001"), a_trial("NCT00000001")
    for record, word in ((before, "then"), (after, "now")):
        record["protocolSection"]["conditionsModule"]["conditions"] = [f"{word} {n}" for n in range(100_000)]
    (finding,) = compare(before, after)
    assert finding.reason == "100,000 conditions of 100,000 reworded or replaced"
    told = old_and_new(finding.field, finding.old_value, finding.new_value)
    assert told is not None
    assert told.cut == "199,992 further differences"
