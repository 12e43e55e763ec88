"""What the page works on: JSON that ends no element, words by the distance of their places, a whole history."""

import json
from datetime import date, datetime
from typing import Any

from warehouse.publish.page import data
from warehouse.words.brief import TrialFacts
from warehouse.words.history import moments

SEEN = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored
CHANGE: dict[str, Any] = {
    "change_id": "c0ffee",
    "trial_id": "NCT10000001",
    "kind": "eligibility_changed",
    "field": "eligibilityModule",
    "old_value": json.dumps({"eligibilityCriteria": "Adults."}),
    "new_value": json.dumps({"eligibilityCriteria": " ".join(f"word{n} of many." for n in range(900))}),
    "cause": "sponsor",
    "materiality": "low",
    "reason": "criteria",
    "from_version": 1,
    "to_version": 2,
    "registry_date": date(2026, 9, 11),
    "registry_date_basis": "posted",
    "observed_at": SEEN,
    "data_version": None,
}


def version(number: int, registrys: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "version_number": number,
        "registry_date": date(2026, 9, number),
        "valid_from_on": date(2026, 9, number),
        "valid_from_basis": "posted",
        "observed_at": SEEN,
        "overall_status": "RECRUITING",
        "source": "nightly",
        "registry_version": registrys,
        **more,
    }


def trial(**more: Any) -> dict[str, Any]:
    url = "https://clinicaltrials.gov/study/NCT10000001"
    common = {"trial_id": "NCT10000001", "registry_name": "clinicaltrials.gov", "url": url}
    brief = TrialFacts("NCT10000001", "clinicaltrials.gov")
    return {**common, "brief": brief, "members": [], "evidence": [], "history": [], **more}


def test_no_text_ends_an_element_or_begins_another() -> None:
    hostile = "</script><!--<script>&amp;]]>"
    text = data.document({hostile: [hostile]})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {hostile: [hostile]}


def test_words_stand_with_the_distances_of_their_places() -> None:
    assert data.words([("exeter", [0, 3, 17]), ("ketamine", [5])]) == "exeter 0 3 14\nketamine 5"
    assert data.words([]) == ""


def test_a_history_tells_what_was_cut_and_what_came_without_a_version() -> None:
    overdue = CHANGE | {"kind": "overdue", "field": None, "from_version": 2, "to_version": 2, "change_id": "beef"}
    history = moments([version(1), version(2, overall_status=None, source="history")], [CHANGE, overdue])
    apart, second, first = data.whole(trial(history=history))["history"]
    assert [change["id"] for change in apart["changes"]] == ["beef"]
    assert "version" not in apart
    assert (second["status"], second["group"], second["past"]) == ("no status given", "unrecognised", True)
    assert second["changes"][0]["cut"]
    assert second["changes"][0]["lines"]
    assert (first["version"], first["changes"], first["compare"]) == (1, [], "")


def test_two_versions_are_compared_at_the_registry_where_it_numbers_them() -> None:
    history = moments([version(1, 7), version(2, 9), version(3)], [])
    told = data.whole(trial(history=history))["history"]
    assert [each["compare"].partition("?")[2] for each in told] == [
        "",
        "tab=history&a=7&b=9#version-content-panel",
        "",
    ]


def test_a_long_history_is_cut_and_the_rest_counted() -> None:
    history = moments([version(number % 28 + 1, version_number=number) for number in range(50)], [])
    told = data.whole(trial(history=history))
    assert (len(told["history"]), told["leftOut"]) == (data.MOST_MOMENTS, 10)
