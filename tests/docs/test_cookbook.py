"""What the cookbook's harder questions reckon, held against printed figures, or against what is plain to see."""

from datetime import date
from typing import Any

import pytest

from docs.refresh import recipes
from tests.shelf import Shelf
from warehouse.store import models

START = date(2020, 1, 15)
REMISSIONS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
"""Weeks in remission under 6-mercaptopurine (Freireich and others, 1963), + where it lasted; here months."""
PRINTED = [(6, 21, 3, 0.857), (7, 17, 1, 0.807), (10, 15, 1, 0.753), (13, 12, 1, 0.690)]
PRINTED += [(16, 11, 1, 0.627), (22, 7, 1, 0.538), (23, 6, 1, 0.448)]
"""What textbooks print of them: time, at risk, events, share that is left."""


def recipe(words: str) -> str:
    (found,) = (sql for question, sql in recipes().items() if words in question)
    return found


def ours(shelf: Shelf, trial_id: str, *substances: str, **version: Any) -> None:
    """A trial that counts, of these substances."""
    shelf.trial(trial_id, **version)
    member = {"watch": "w", "trial_id": trial_id, "stay": 1, "is_relevant": True, "why_entered": "found"}
    shelf.put(models.WatchMember, entered_at=shelf.now, **member)
    label = {"field": "f", "matched_text": "m", "rule": "r", "confidence": "high"}
    for substance in substances:
        shelf.put(models.TrialSubstance, trial_id=trial_id, substance=substance, **label)


def test_the_time_to_completion_is_kaplan_and_meiers(shelf: Shelf) -> None:
    for number, months in enumerate(REMISSIONS.split()):
        then = months_later(int(months.strip("+")))
        end: dict[str, Any] = {
            "overall_status": "TERMINATED",
            "status_group": "stopped",
            "last_update_posted_on": then,
        }
        if "+" not in months:
            end = {"overall_status": "COMPLETED", "completion_date_latest": then}
        ours(shelf, f"T{number:02}", "alcohol", "opioid", start_date_latest=START, **end)
    answer = shelf.ask(recipe("until they complete"))
    for substance in ("any", "alcohol", "opioid"):
        assert [row[1:4] for row in answer if row[0] == substance] == [row[:3] for row in PRINTED]
        left = [row[4] for row in answer if row[0] == substance]
        assert left == pytest.approx([row[3] for row in PRINTED], abs=0.001)


def months_later(months: int) -> date:
    return START.replace(year=START.year + months // 12, month=1 + months % 12)


def test_an_open_trial_is_followed_until_today_and_one_that_has_not_begun_is_not(shelf: Shelf) -> None:
    done = {"overall_status": "COMPLETED", "completion_date_latest": date(2026, 9, 1)}
    ours(shelf, "done", "alcohol", start_date_latest=date(2026, 8, 1), **done)
    ours(shelf, "open", "alcohol", start_date_latest=date(2026, 8, 1))
    ours(shelf, "planned", "alcohol", start_date_latest=date(2027, 8, 1), overall_status="NOT_YET_RECRUITING")
    ours(shelf, "undated", "alcohol")
    assert shelf.ask(recipe("until they complete")) == [("any", 1, 2, 1, 0.5), ("alcohol", 1, 2, 1, 0.5)]


def test_the_first_plan_is_that_of_the_earliest_day_whenever_it_was_learnt(shelf: Shelf) -> None:
    ours(shelf, "T", enrollment=60, enrollment_type="ESTIMATED", registry_date=date(2026, 5, 1))
    shelf.version("T", 2, enrollment=45, enrollment_type="ACTUAL", registry_date=date(2026, 8, 1))
    shelf.version(
        "T", 3, source="history", enrollment=100, enrollment_type="ESTIMATED", registry_date=date(2024, 3, 1)
    )
    assert [row[0:1] + row[2:] for row in shelf.ask(recipe("participants were planned"))] == [
        ("T", 100, 60, 45, 45)
    ]


DUE = date(2026, 8, 12)
"""Thirty days before the day of the data: who has not submitted by now is late from today on."""
SPONSORS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "before": ({"has_results": True}, {"results_first_submitted_on": date(2026, 9, 10)}),
    "posted later": (
        {"has_results": True, "results_first_posted_on": date(2026, 9, 12)},
        {"results_first_submitted_on": date(2026, 7, 1)},
    ),
    "not posted yet": ({}, {"results_first_submitted_on": date(2026, 8, 20)}),
    "on the day": ({}, {"results_first_submitted_on": date(2026, 9, 11)}),
    "posted, that is all": ({"has_results": True, "results_first_posted_on": date(2026, 9, 10)}, {}),
    "posted, no day": ({"has_results": True}, {}),
    "silent": ({}, {}),
    "asked for more": ({}, {"results_delay_requested_on": DUE}),
    "waived": ({}, {"results_waived": True}),
    "expected": ({"primary_completion_date_type": "ESTIMATED"}, {}),
    "recruiting": ({"overall_status": "RECRUITING"}, {}),
}


@pytest.fixture
def owing(shelf: Shelf) -> Shelf:
    """Trials whose results were due by the FDA's rule thirty days ago, each of a sponsor of its own."""
    ended = {
        "overall_status": "COMPLETED",
        "study_type": "INTERVENTIONAL",
        "start_date_latest": START,
        "primary_completion_date": "2025-08-12",
        "primary_completion_date_type": "ACTUAL",
        "primary_completion_date_latest": date(2025, 8, 12),
    }
    for name, (version, detail) in SPONSORS.items():
        ours(shelf, name, lead_sponsor=name, **{**ended, **version})
        shelf.put(models.TrialDetail, trial_id=name, is_fda_regulated_drug=True, **detail)
    coming = {"primary_completion_date_latest": date(2026, 9, 1), "lead_sponsor": "coming"}
    for kind in ("ACTUAL", "ESTIMATED"):
        ours(shelf, f"coming, {kind}", **{**ended, **coming, "primary_completion_date_type": kind})
        shelf.put(models.TrialDetail, trial_id=f"coming, {kind}", is_fda_regulated_drug=True)
    night = {"run_id": "r", "watch": "w", "registry_name": "clinicaltrials.gov", "outcome": "complete"}
    told = {"sentence": "s", "started_at": shelf.now, "finished_at": shelf.now}
    shelf.put(models.Run, **night, **told, data_version_after="2026-09-11T09:00:05")
    return shelf


def test_only_who_owes_results_is_told_of_before_and_after_they_are_due(owing: Shelf) -> None:
    told = {row[0]: row[4:] for row in owing.ask(recipe("Whose results are due"))}
    assert told == {
        "silent": ("overdue", 0),
        "coming, ACTUAL": ("due", None),
        "coming, ESTIMATED": ("expected", None),
    }


def test_lateness_goes_by_the_day_of_submission_and_no_trial_counts_twice(owing: Shelf) -> None:
    counted = {row[0]: row[1:] for row in owing.ask(recipe("submit results late"))}
    assert counted == {
        "before": (1, 1, 0, 0, 29),
        "posted later": (1, 1, 0, 0, 0),
        "not posted yet": (1, 1, 0, 0, 8),
        "on the day": (1, 0, 1, 0, 30),
        "posted, that is all": (1, 1, 0, 0, 29),
        "posted, no day": (1, 0, 0, 0, 0),
        "silent": (1, 0, 0, 1, 30),
    }
