"""When results are due: to whom the rule plausibly applies, from which day, and said as an estimate."""

from datetime import date
from typing import Any

from tests.shelf import Shelf
from warehouse.store import models

ENDED = {
    "study_type": "INTERVENTIONAL",
    "phases": ["PHASE2"],
    "overall_status": "COMPLETED",
    "start_date_latest": date(2021, 3, 31),
    "primary_completion_date": "2024-02",
    "primary_completion_date_type": "ACTUAL",
    "primary_completion_date_latest": date(2024, 2, 29),
    "has_results": False,
}
"""A trial of a drug that the FDA regulates; each case changes something."""
GIVEN = {"intervention_type": "DRUG", "name": "Ketamine", "item_key": "k", "position": 1}
UNSAID = {"is_fda_regulated_drug": None, "is_fda_regulated_device": None}
US = "United States"
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None, bool]] = {
    "regulated drug": ({}, {}, None, True),
    "regulated device": ({}, {"is_fda_regulated_drug": False, "is_fda_regulated_device": True}, None, True),
    "not regulated": ({}, {"is_fda_regulated_drug": False}, US, False),
    "unsaid, in the US": ({}, UNSAID, US, True),
    "unsaid, elsewhere": ({}, UNSAID, "Canada", False),
    "unsaid, nowhere": ({}, UNSAID, None, False),
    "phase 1": ({"phases": ["PHASE1"]}, {}, US, False),
    "early phase 1": ({"phases": ["EARLY_PHASE1"]}, {}, US, False),
    "phase 1 and 2": ({"phases": ["PHASE1", "PHASE2"]}, {}, US, True),
    "no phase": ({"phases": None}, {}, US, True),
    "feasibility": ({}, {"primary_purpose": "DEVICE_FEASIBILITY"}, US, False),
    "observational": ({"study_type": "OBSERVATIONAL"}, {}, US, False),
    "withdrawn": ({"overall_status": "WITHDRAWN"}, {}, US, False),
    "begun before, ended after": ({"start_date_latest": date(2015, 1, 1)}, {}, US, True),
    "over before": (
        {"start_date_latest": date(2015, 1, 1), "primary_completion_date_latest": date(2017, 1, 17)},
        {},
        US,
        False,
    ),
    "no end": ({"primary_completion_date": None, "primary_completion_date_latest": None}, {}, US, False),
    "another registry": ({"registry_name": "isrctn"}, {}, US, False),
}


def put(shelf: Shelf, trial_id: str, version: dict[str, Any], detail: dict[str, Any], country: str | None) -> None:
    shelf.trial(trial_id, **{**ENDED, **version})
    shelf.put(models.TrialDetail, **{"trial_id": trial_id, "is_fda_regulated_drug": True, **detail})
    shelf.put(models.TrialIntervention, trial_id=trial_id, **GIVEN)
    if country:
        shelf.put(models.TrialSite, trial_id=trial_id, item_key="s", position=1, country=country)


def test_the_rule_applies_to_whom_it_plausibly_does(shelf: Shelf) -> None:
    for name, (version, detail, country, _) in CASES.items():
        put(shelf, name, version, detail, country)
    rows = shelf.ask("SELECT trial_id, results_due_on IS NOT NULL FROM trials")
    assert dict(rows) == {name: applies for name, (*_, applies) in CASES.items()}


def test_the_day_is_a_year_after_the_last_that_the_end_can_mean(shelf: Shelf) -> None:
    put(shelf, "actual", {}, {}, None)
    late = {"primary_completion_date_type": None, "primary_completion_date_latest": date(9999, 12, 31)}
    put(shelf, "never", late, {}, None)
    only = {"primary_completion_date": "soon", "primary_completion_date_latest": None}
    end = {"completion_date": "2025-01-05", "completion_date_latest": date(2025, 1, 5)}
    put(shelf, "no primary", {**only, **end}, UNSAID, US)
    asked = "SELECT trial_id, results_due_on, results_overdue_from FROM trials ORDER BY trial_id"
    assert shelf.ask(asked) == [
        ("actual", date(2025, 2, 28), date(2025, 3, 30)),
        ("never", date(9999, 12, 31), date(9999, 12, 31)),
        ("no primary", date(2026, 1, 5), date(2026, 2, 4)),
    ]
    said = dict(shelf.ask("SELECT trial_id, results_due_basis FROM trials"))
    assert said["actual"] == (
        "An estimate, a year after primary completion (2024-02, actual): its sponsor says that the FDA regulates "
        "its drug. Whether the sponsor was given more time is not known."
    )
    assert "a year after completion (2025-01-05): it does not say whether" in said["no primary"]


EXPECTED = {"primary_completion_date_type": "ESTIMATED"}
DUE = date(2025, 2, 28)
LATE: dict[str, tuple[dict[str, Any], dict[str, Any], bool, str]] = {
    "ended": ({}, {}, True, "Whether the sponsor was given more time is not known."),
    "ended, of unknown type": ({"primary_completion_date_type": None}, {}, True, "is not known."),
    "ended, still followed": ({"overall_status": "ACTIVE_NOT_RECRUITING"}, {}, True, "is not known."),
    "its end expected": (
        {**EXPECTED, "overall_status": "ACTIVE_NOT_RECRUITING"},
        {},
        False,
        "(2024-02, expected)",
    ),
    "fallen silent": ({**EXPECTED, "overall_status": "UNKNOWN"}, {}, False, "(2024-02, expected)"),
    "recruiting": ({"overall_status": "RECRUITING"}, {}, False, "is not known."),
    "planned": ({"overall_status": "NOT_YET_RECRUITING"}, {}, False, "is not known."),
    "posted": ({"has_results": True}, {}, False, "is not known."),
    "submitted": (
        {},
        {"results_first_submitted_on": date(2026, 8, 1)},
        False,
        "Whether the sponsor was given more time is not known. Results were first submitted on 2026-08-01.",
    ),
    "delay asked for on the day": (
        {},
        {"results_delay_requested_on": DUE},
        False,
        "its drug. Its sponsor asked for more time on 2025-02-28.",
    ),
    "delay asked for too late": (
        {},
        {"results_delay_requested_on": date(2025, 3, 1)},
        True,
        "its drug. Its sponsor asked for more time on 2025-03-01, after that day.",
    ),
    "waived": ({}, {"results_waived": True}, False, "its drug. The duty to submit results was waived."),
}


def test_only_who_has_ended_and_neither_submitted_nor_asked_for_more_time_is_late(shelf: Shelf) -> None:
    for name, (version, detail, _, _) in LATE.items():
        put(shelf, name, version, detail, None)
    rows = shelf.ask("SELECT trial_id, results_due_on, results_overdue_from, results_due_basis FROM trials")
    assert {trial_id: due_on for trial_id, due_on, *_ in rows} == dict.fromkeys(LATE, DUE)
    late = {trial_id: overdue_from == date(2025, 3, 30) for trial_id, _, overdue_from, _ in rows}
    assert late == {name: is_late for name, (_, _, is_late, _) in LATE.items()}
    assert all(overdue_from is None for trial_id, _, overdue_from, _ in rows if not late[trial_id])
    assert {trial_id for trial_id, *_, basis in rows if LATE[trial_id][3] not in basis} == set()
