"""Nineteen real trials before and after a real refresh, replayed as two nights: what is told, to the letter."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House

EVERYTHING = """
[watch.everything]
everything = true

[[subscription]]
name = "team"
watch = "everything"
to = ["team@example.org"]
"""
FIRST = "2026-03-12T09:00:04"
SECOND = "2026-03-13T09:00:04"

LONG = ...
"""Stands for a list or a long text: that there is one, or on the one side none, is all that is asked."""
BY_VERSION = ("2026-03-13", "data_version")

Row = tuple[str, str, str, str, Any, Any, tuple[str, str]]


def posted(day: str) -> tuple[str, str]:
    return day, "posted"


# Kind, field, cause, materiality, old value, new value, the registry's date and what it is. Read off the 38
# records; INDEX.csv beside them names the paths that differ.
# fmt: off
TOLD: dict[str, list[Row]] = {
    # Only an annotation and the registry's own tracking of a submission of results.
    "NCT04457778": [],
    # Posted again, and nothing in it is new.
    "NCT04514484": [],
    "NCT04743661": [
        ("date_advanced", "completion_date", "sponsor", "low", "2030-10-30", "2027-09-30", posted("2026-02-05")),
        ("date_advanced", "primary_completion_date", "sponsor", "low", "2029-10-30", "2026-03-31",
         posted("2026-02-05")),
    ],
    "NCT05123482": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-13"))],
    # Two lapses: no date of the record has moved.
    "NCT05294952": [
        ("lapsed", "overall_status", "registry", "medium", "NOT_YET_RECRUITING", "UNKNOWN", BY_VERSION),
    ],
    "NCT06302556": [
        ("lapsed", "overall_status", "registry", "medium", "NOT_YET_RECRUITING", "UNKNOWN", BY_VERSION),
    ],
    # The registry took a link away without a word.
    "NCT05537740": [("record_changed", "referencesModule", "registry", "low", LONG, LONG, BY_VERSION)],
    "NCT05581004": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-17"))],
    "NCT06203210": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-03-02"))],
    "NCT06362252": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-06"))],
    "NCT06657144": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-05"))],
    # Verified and posted again, and nothing else.
    "NCT06780137": [],
    "NCT06868277": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-03-02"))],
    "NCT06911827": [
        ("date_actual", "start_date", "sponsor", "low", "2025-04", "2025-05-09", posted("2026-02-25")),
        ("recruiting", "overall_status", "sponsor", "medium", "NOT_YET_RECRUITING", "RECRUITING",
         posted("2026-02-25")),
        ("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-25")),
    ],
    "NCT06989112": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-03-12"))],
    # A sub-study renamed, which its arm and the interventions that name the arm all show; 747 days of slip.
    "NCT07098338": [
        ("arms_changed", "trial_arms", "sponsor", "medium", LONG, LONG, posted("2026-02-05")),
        ("arms_changed", "trial_interventions", "sponsor", "medium", LONG, LONG, posted("2026-02-05")),
        ("date_slipped", "primary_completion_date", "sponsor", "medium", "2027-03-21", "2029-04-06",
         posted("2026-02-05")),
        ("outcomes_changed", "trial_outcomes", "sponsor", "medium", LONG, LONG, posted("2026-02-05")),
        ("record_changed", "descriptionModule", "sponsor", "low", LONG, LONG, posted("2026-02-05")),
        ("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-05")),
    ],
    "NCT07205718": [("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-06"))],
    "NCT07227597": [
        ("arms_changed", "trial_arms", "sponsor", "medium", LONG, LONG, posted("2026-02-20")),
        ("date_actual", "start_date", "sponsor", "low", "2026-01-14", "2026-01-29", posted("2026-02-20")),
        ("eligibility_changed", "eligibilityModule", "sponsor", "low", LONG, LONG, posted("2026-02-20")),
        ("outcomes_changed", "trial_outcomes", "sponsor", "medium", LONG, LONG, posted("2026-02-20")),
        ("record_changed", "contactsLocationsModule", "sponsor", "low", LONG, LONG, posted("2026-02-20")),
        ("record_changed", "referencesModule", "sponsor", "low", LONG, LONG, posted("2026-02-20")),
        ("recruiting", "overall_status", "sponsor", "medium", "NOT_YET_RECRUITING", "RECRUITING",
         posted("2026-02-20")),
        ("sites_changed", "trial_sites", "sponsor", "low", LONG, LONG, posted("2026-02-20")),
    ],
    "NCT07386002": [
        ("title_changed", "acronym", "sponsor", "low", None, "GLIOMAX-101", posted("2026-02-10")),
        ("title_changed", "title", "sponsor", "low",
         "Study of Intracerebroventricular MT027 in Recurrent or Progressive Glioblastoma",
         "The GLIOMAX Study: MT027 Allogeneic CAR-T for Recurrent Glioma", posted("2026-02-10")),
    ],
}
# fmt: on


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[dict[str, Any]]:
    """The pairs, each with the record before and the record after."""
    return [
        json.loads(path.read_text("utf-8")) for path in sorted((shared / "registry/transitions").glob("*.json"))
    ]


@pytest.fixture(scope="module")
def after_two_nights(tmp_path_factory: pytest.TempPathFactory, pairs: list[dict[str, Any]]) -> House:
    """The first night saw all of the trials as they were, the second as they became. Only to be looked at."""
    with SimulatedRegistry() as registry:
        house = House(tmp_path_factory.mktemp("transitions"), registry.url)
        house.configure(EVERYTHING)
        house.now = datetime(2026, 3, 13, 2, 30, tzinfo=UTC)
        registry.put(*(pair["before"]["study"] for pair in pairs))
        registry.night(FIRST)
        assert house.night().ending.code is Code.DONE
        assert house.changes() == []
        registry.put(*(pair["after"]["study"] for pair in pairs))
        registry.night(SECOND)
        assert house.night().ending.code is Code.DONE
    return house


def test_every_pair_has_its_line(pairs: list[dict[str, Any]]) -> None:
    assert len(pairs) == 19
    assert {pair["nct"] for pair in pairs} == TOLD.keys()


def test_exactly_what_changed_is_told_of_each_of_the_nineteen(after_two_nights: House) -> None:
    told: dict[str, list[Row]] = {number: [] for number in TOLD}
    for row in after_two_nights.ask("SELECT * FROM changes ORDER BY trial_id, kind, field"):
        basis = (row["registry_date"], row["registry_date_basis"])
        of_one = (row["kind"], row["field"], row["cause"], row["materiality"], row["old_value"], row["new_value"])
        told.setdefault(row["trial_id"], []).append((*of_one, basis))
    for number, rows in TOLD.items():
        for at, (one, wanted) in enumerate(zip(told[number], rows, strict=False)):
            old, new = (LONG if wanted[side] is LONG else one[side] for side in (4, 5))
            told[number][at] = (*one[:4], old, new, one[6])
    assert told == TOLD


def test_each_change_leads_from_the_first_version_to_the_second(after_two_nights: House) -> None:
    found = after_two_nights.ask(
        "SELECT DISTINCT from_version, to_version, watch, source, observed_at FROM changes"
    )
    assert found == [
        {
            "from_version": 1,
            "to_version": 2,
            "watch": None,
            "source": "nightly",
            "observed_at": "2026-03-14T02:30:00Z",
        }
    ]


def test_every_new_posting_is_a_version_and_an_annotation_is_none(after_two_nights: House) -> None:
    numbers = after_two_nights.ask("SELECT trial_id, version_number FROM trials")
    assert {row["trial_id"]: row["version_number"] for row in numbers} == {
        number: 1 if number == "NCT04457778" else 2 for number in TOLD
    }


def test_the_lists_and_long_texts_that_changed_stand_on_both_sides(after_two_nights: House) -> None:
    rows = after_two_nights.ask("SELECT * FROM changes WHERE kind <> 'title_changed'")
    appeared = {("NCT06911827", "trial_sites"), ("NCT07227597", "trial_sites")}
    for row in rows:
        if row["field"].endswith("_date") or row["field"] in ("overall_status", "contactsLocationsModule"):
            continue
        place = (row["trial_id"], row["field"])
        old, new = (json.loads(row[side] or "null") for side in ("old_value", "new_value"))
        assert bool(old) is (place not in appeared), place
        assert bool(new) is (place != ("NCT05537740", "referencesModule")), place
        assert old != new, place


def test_no_person_of_the_records_is_named_among_the_changes(
    after_two_nights: House, pairs: list[dict[str, Any]]
) -> None:
    """Mail addresses and telephone numbers give away a name that is not to be there."""
    reached = set(_reached([pair["after"]["study"]["protocolSection"] for pair in pairs]))
    assert len(reached) > 20
    values = json.dumps(after_two_nights.ask("SELECT old_value, new_value, reason FROM changes"))
    assert [each for each in reached if each in values] == []


def _reached(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for part in value for each in _reached(part)]
    if isinstance(value, dict):
        here = [value[key] for key in ("phone", "email") if isinstance(value.get(key), str)]
        return here + [each for part in value.values() for each in _reached(part)]
    return []


def test_the_team_hears_of_the_medium_ones_in_one_mail(after_two_nights: House) -> None:
    assert len(after_two_nights.mails()) == 2
