"""What is news on the page: thirty days, the most material first, and one sentence that says it all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from warehouse.instants import naive_utc
from warehouse.publish.page.lately import DAYS, MOST_TRIALS, NIGHTS_UNFOLDED, UNFOLDED, headline, lately
from warehouse.words.kinds import KINDS

NOW = naive_utc(datetime(2026, 9, 16, 2, 30, tzinfo=UTC))


def change(kind: str, materiality: str, trial_id: str = "NCT10000001", *, days_ago: int = 0, **more: Any) -> Any:
    return {
        "trial_id": trial_id,
        "kind": kind,
        "materiality": materiality,
        "cause": "sponsor",
        "registry_date": date(2026, 9, 15),
        "registry_date_basis": "posted",
        "observed_at": NOW - timedelta(days=days_ago),
        **more,
    }


def test_nights_come_latest_first_and_the_material_before_the_small() -> None:
    told = lately(
        [
            change("sites_changed", "low", "NCT10000003"),
            change("overdue", "medium", "NCT10000002"),
            change("date_actual", "low", "NCT10000001"),
            change("completed", "high", "NCT10000001"),
            change("stopped", "high", "NCT10000004", days_ago=3),
        ],
        NOW,
    )
    assert [night.on for night in told.nights] == [date(2026, 9, 16), date(2026, 9, 13)]
    tonight = told.nights[0]
    assert [(trial.trial_id, trial.materiality) for trial in tonight.trials] == [
        ("NCT10000001", "high"),
        ("NCT10000002", "medium"),
    ]
    assert [one["kind"] for one in tonight.trials[0].changes] == ["completed", "date_actual"]
    assert [trial.trial_id for trial in tonight.small] == ["NCT10000003"]


def test_only_the_first_news_are_unfolded() -> None:
    flood = [change("registered", "medium", f"NCT{number:08}") for number in range(UNFOLDED - 1)]
    nights = [change("overdue", "medium", f"NCT9{number:07}", days_ago=1 + number // 9) for number in range(45)]
    told = lately([*flood, *nights], NOW)
    assert [night.shown for night in told.nights] == [UNFOLDED - 1, 1, 0, 0, 0, 0]
    assert told.first + told.earlier == told.nights
    assert len(told.first) == 2 <= NIGHTS_UNFOLDED
    small = lately([change("sites_changed", "low")], NOW)
    assert [night.shown for night in small.first] == [0], "a night of small changes is named all the same"


def test_what_is_older_than_thirty_days_is_no_news() -> None:
    told = lately([change("completed", "high"), change("stopped", "high", days_ago=DAYS + 1)], NOW)
    assert [one["kind"] for one in told.material] == ["completed"]
    assert told.since == date(2026, 8, 17)


def test_after_a_quiet_month_the_last_news_are_shown_and_not_called_lately() -> None:
    told = lately(
        [change("stopped", "high", days_ago=90), change("completed", "high", "NCT10000002", days_ago=400)], NOW
    )
    assert told.since is None
    assert [night.on for night in told.nights] == [date(2026, 6, 18)]
    assert headline(told, 9) == "Nothing material changed in the last 30 days"


def test_nothing_ever_is_nothing() -> None:
    told = lately([], NOW)
    assert (told.nights, told.left_out) == ([], 0)
    assert headline(told, 1) == "Watching 1 trial; nothing has changed yet"
    assert headline(told, 0) == "No trial found yet"


def test_a_flood_is_cut_and_counted() -> None:
    flood = [change("registered", "medium", f"NCT{number:08}") for number in range(MOST_TRIALS + 7)]
    told = lately(flood, NOW)
    assert sum(len(night.trials) for night in told.nights) == MOST_TRIALS
    assert told.left_out == 7
    assert headline(told, 9).endswith(f"{MOST_TRIALS + 7} trials newly registered")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([change("completed", "high")], "1 trial completed"),
        ([change("completed", "high"), change("completed", "high", days_ago=5)], "1 trial completed"),
        (
            [
                change("date_slipped", "medium", "NCT10000003"),
                change("completed", "high"),
                change("completed", "high", "NCT10000002"),
            ],
            "2 trials completed and 1 slipped",
        ),
        (
            [
                change("lapsed", "medium"),
                change("overdue", "medium"),
                change("stopped", "high"),
                change("sites_changed", "low"),
            ],
            "1 trial stopped, 1 lapsed to unknown and 1 became overdue",
        ),
    ],
)
def test_the_headline_counts_trials_by_what_they_did(changes: list[Any], sentence: str) -> None:
    assert headline(lately(changes, NOW), 9) == f"In the last 30 days, {sentence}"


def test_the_headline_stays_short() -> None:
    told = lately([change(kind, "medium") for kind in KINDS], NOW)
    assert headline(told, 9).endswith(f" and {len(KINDS) - 6} other kinds of change")


def test_what_one_hand_did_stands_together() -> None:
    (night,) = lately(
        [
            change("completed", "high"),
            change("overdue", "medium", cause="calendar", registry_date=None, registry_date_basis=None),
            change("date_actual", "low"),
        ],
        NOW,
    ).nights
    (trial,) = night.trials
    assert [[one["kind"] for one in together] for together in trial.by_cause()] == [
        ["completed", "date_actual"],
        ["overdue"],
    ]
