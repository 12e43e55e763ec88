"""What became of the review's studies, and what was registered since: nothing uncertain is shown as certain."""

import json
from datetime import date
from pathlib import Path

from tests.shelf import NOW, Shelf
from warehouse.store import models
from warehouse.words.vocabulary import rows


def a_change(shelf: Shelf, trial_id: str, kind: str, materiality: str, hour: int) -> None:
    shelf.put(
        models.Change,
        change_id=f"{trial_id}-{kind}",
        trial_id=trial_id,
        kind=kind,
        cause="sponsor",
        materiality=materiality,
        reason="why",
        observed_at=NOW.replace(hour=hour),
        run_id="r",
        source="nightly",
    )


def test_a_study_of_the_review_is_shown_with_its_certainty_and_what_the_registry_says_now(shelf: Shelf) -> None:
    shelf.trial("NCT02649231", overall_status="COMPLETED", has_results=True, completion_date="2020-02-28")
    a_change(shelf, "NCT02649231", "completed", "high", 1)
    a_change(shelf, "NCT02649231", "results_posted", "high", 2)
    a_change(shelf, "NCT02649231", "record_changed", "low", 3)
    kare = shelf.ask(
        "SELECT certainty, is_held, overall_status, has_results, last_change, last_changed_at, participants "
        "FROM review_2018 WHERE trial_id = 'NCT02649231'"
    )
    assert kare == [("high", True, "COMPLETED", True, "results_posted", NOW.replace(hour=2), 96)]
    assert shelf.ask(
        "SELECT part, count(*), count(trial_id), count(*) FILTER (is_held) FROM review_2018 "
        "GROUP BY part ORDER BY part"
    ) == [("completed", 7, 1, 0), ("under way", 6, 6, 1)]
    assert shelf.ask(
        "SELECT part, substance, count(*) FROM review_2018 WHERE part = 'completed' GROUP BY ALL ORDER BY ALL"
    ) == [("completed", "alcohol", 2), ("completed", "cocaine", 2), ("completed", "opioid", 3)]
    assert shelf.ask("SELECT count(*) FROM review_2018 WHERE certainty = 'certain' OR why_certainty IS NULL") == [
        (0,)
    ]


def test_our_facts_are_those_that_were_found(shared: Path) -> None:
    found = json.loads((shared / "cohort/review_2018.json").read_text("utf-8"))
    ours = rows("review_2018.csv")
    under_way = [row for row in ours if row["part"] == "under way"]
    assert [row["trial_id"] for row in under_way] == [each["nct"] for each in found["ongoing"]]
    for row, each in zip(under_way, found["ongoing"], strict=True):
        assert each["substance"].startswith(row["substance"])
        assert f"inferred, {row['certainty']}" in each["certainty"]
        assert row["alternative_trial_id"] in each["certainty"]
    completed = [row for row in ours if row["part"] == "completed"]
    assert [row["substance"] for row in completed] == [each["substance"] for each in found["completed"]]
    assert [row["participants"] for row in completed] == [
        str(each.get("sample_size") or "") for each in found["completed"]
    ]
    assert [row["trial_id"] for row in completed] == [each.get("nct", "") for each in found["completed"]]
    unknown = [row["certainty"] == "unknown" for row in completed]
    assert unknown == ["unknown" in each["certainty"] for each in found["completed"]]


def test_what_was_registered_since_is_relevant_later_and_counted_in_each_of_its_substances(shelf: Shelf) -> None:
    for number, (status, posted, substances, relevant) in enumerate(
        [
            ("RECRUITING", "2018-02-01", ["alcohol"], True),
            ("COMPLETED", "2018-12-31", ["alcohol", "opioid"], True),
            ("UNKNOWN", "2019-01-01", ["alcohol"], True),
            ("WITHDRAWN", "2019-06-01", ["alcohol"], True),
            ("RECRUITING", "2018-01-31", ["alcohol"], True),
            ("RECRUITING", "2020-01-01", ["alcohol"], False),
        ],
        1,
    ):
        trial_id = f"NCT0000000{number}"
        shelf.trial(
            trial_id,
            overall_status=status,
            first_posted_on=date.fromisoformat(posted),
            has_results=status == "COMPLETED",
        )
        shelf.put(
            models.WatchMember,
            watch="w",
            trial_id=trial_id,
            stay=1,
            is_relevant=relevant,
            entered_at=NOW,
            why_entered="found",
        )
        for substance in substances:
            shelf.put(
                models.TrialSubstance,
                trial_id=trial_id,
                substance=substance,
                field="title",
                matched_text=substance,
                rule="a rule",
                confidence="high",
            )
    assert shelf.ask("FROM registered_since_review ORDER BY substance, year") == [
        ("alcohol", 2018, 2, 1, 1, 0, 0, 1, ["NCT00000001", "NCT00000002"]),
        ("alcohol", 2019, 2, 0, 0, 1, 1, 0, ["NCT00000003", "NCT00000004"]),
        ("opioid", 2018, 1, 0, 1, 0, 0, 1, ["NCT00000002"]),
    ]
