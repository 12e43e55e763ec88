"""A trial that gets another number is the same trial: compared, told, overruled, followed and shown as one."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House, Typed
from tests.records import a_trial, with_status

WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "w"
kinds = ["completed", "stopped", "merged", "relevance_changed"]
to = ["team@example.org"]
"""
A, B, C, D = (f"NCT1000000{n}" for n in range(1, 5))


def renumbered(registry: SimulatedRegistry, old: str, new: str, status: str, **record: Any) -> None:
    """From now on the trial is another number's, in another status."""
    moved = a_trial(new, **record)
    with_status(status, posted="2026-09-14")(moved)
    registry.put(moved)
    registry.merge(old, new)


def told(house: House, *kinds: str) -> list[tuple[Any, ...]]:
    columns = ("trial_id", "kind", "old_value", "new_value", "from_version", "to_version")
    return [row for row in house.changes(*columns) if row[1] in kinds]


def mails(house: House) -> str:
    return "\n".join(mail.read_text() for mail in house.mails())


@pytest.mark.slow
def test_two_numbers_become_a_third_that_has_completed(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    house.configure(WATCH)
    registry.put(a_trial(A), a_trial(B), a_trial(D))
    house.night()
    registry.night()
    renumbered(registry, A, C, "COMPLETED")
    registry.merge(B, C)
    house.night()
    assert told(house, "merged", "completed") == [
        (A, "merged", A, C, 1, 1),
        (B, "merged", B, C, 1, 1),
        (C, "completed", "RECRUITING", "COMPLETED", 1, 2),
    ]
    assert house.ask("SELECT kind FROM changes WHERE kind IN ('registered', 'overdue', 'relevance_changed')") == []
    assert house.ask("SELECT version_number, source FROM trial_versions WHERE trial_id = ? ORDER BY 1", C) == [
        {"version_number": 1, "source": "inferred"},
        {"version_number": 2, "source": "nightly"},
    ]
    stays = house.ask("SELECT overall_status, from_date FROM status_history WHERE trial_id = ? ORDER BY 2", C)
    assert stays == [
        {"overall_status": "RECRUITING", "from_date": "2026-06-04"},
        {"overall_status": "COMPLETED", "from_date": "2026-09-14"},
    ]
    before = "SELECT list(trial_id ORDER BY trial_id) AS held FROM trials_as_of(TIMESTAMP '2026-09-12 12:00:00')"
    assert house.ask(before) == [{"held": [A, B, D]}], "nobody knew its new number then"
    on_that_day = (
        "SELECT overall_status FROM trials_as_of(DATE '2026-07-01', TIMESTAMP '2026-09-20') WHERE trial_id = ?"
    )
    assert house.ask(on_that_day, C) == [{"overall_status": "RECRUITING"}]
    assert house.ask("SELECT trial_ids FROM studies") == [{"trial_ids": [A, B, C]}]
    assert all(number in mails(house) for number in (A, B, C))
    code, said, beside = typed("show", A)
    assert (code, C in said, f"{A} is a former number of {C}" in beside) == (0, True, True)
    assert "erged" in said, "what happened under its former number is in its timeline"

    known = len(house.changes())
    registry.night()
    house.night()
    assert len(house.changes()) == known


@pytest.mark.slow
def test_a_number_that_changes_twice_keeps_its_history_and_what_was_said_of_it(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    overruled = f'\n[watch.w.overrides]\n{A} = {{ relevant = false, reason = "a pilot", by = "curator" }}\n'
    house.configure(WATCH + overruled)
    registry.put(a_trial(A), a_trial(D))
    house.night()
    for old, new, status in ((A, B, "COMPLETED"), (B, C, "TERMINATED")):
        registry.night()
        renumbered(registry, old, new, status)
        house.night()
    assert told(house, "completed", "stopped") == [
        (B, "completed", "RECRUITING", "COMPLETED", 1, 2),
        (C, "stopped", "COMPLETED", "TERMINATED", 2, 3),
    ]
    stays = house.ask("SELECT overall_status FROM status_history WHERE trial_id = ? ORDER BY from_date", C)
    assert [stay["overall_status"] for stay in stays] == ["RECRUITING", "COMPLETED", "TERMINATED"]
    ours = house.ask("SELECT trial_id, is_relevant FROM trials ORDER BY 1")
    assert [row["is_relevant"] for row in ours] == [False, False, False, True], "a person's word goes with it"
    assert told(house, "relevance_changed") == []
    for number in (A, B, C):
        assert C in typed("show", number)[1]


@pytest.mark.slow
def test_who_is_no_longer_ours_under_the_new_number_was_ours_until_tonight(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(WATCH)
    registry.put(a_trial(A), a_trial(D))
    house.night()
    registry.night()
    renumbered(registry, A, C, "COMPLETED")

    def elsewhere(record: dict[str, Any]) -> None:
        record["protocolSection"]["identificationModule"].update(briefTitle="Ketamine", officialTitle="For Pain")
        record["protocolSection"]["conditionsModule"] = {"conditions": ["Pain"]}
        record["derivedSection"]["conditionBrowseModule"] = {"meshes": []}

    registry.edit(C, elsewhere)
    house.night()
    assert [row[:4] for row in told(house, "completed", "relevance_changed")] == [
        (C, "completed", "RECRUITING", "COMPLETED"),
        (C, "relevance_changed", "true", "false"),
    ]
    assert C in mails(house)


@pytest.mark.slow
def test_a_survivor_that_cannot_be_read_is_compared_once_it_can(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH)
    house.environment["TRIALWATCH_OPERATOR"] = "operator@example.org"
    registry.put(*map(a_trial, (A, B, D)))
    house.night()
    registry.night()
    renumbered(registry, A, C, "COMPLETED")
    registry.hide(C)
    json_type = {"Content-Type": "application/json"}
    registry.fail(
        faults.thin(0.0, on="ids"),
        faults.status(301, headers={"Location": f"/api/v2/studies/{C}"}, on="study"),
        faults.status(
            200, body=b'{"protocolSection": {"identificationModule": []}}', headers=json_type, on="study"
        ),
    )
    house.night()
    assert told(house, "merged", "completed") == [(A, "merged", A, C, 1, 1)]
    told_the_operator = [text for mail in house.mails() if "\nTo: operator@" in (text := mail.read_text())]
    assert len(told_the_operator) == 1
    assert A in told_the_operator[0]
    registry.night()
    house.night()
    assert told(house, "completed") == [(C, "completed", "RECRUITING", "COMPLETED", 1, 2)]


@pytest.mark.slow
def test_a_trial_is_followed_under_its_former_number(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH.replace("[[sub", f'follow = ["{A}"]\n\n[[sub'))
    record = a_trial(B)
    record["protocolSection"]["identificationModule"]["nctIdAliases"] = [A]
    registry.put(record, a_trial(D))
    registry.hide(B)
    house.night()
    (member,) = house.ask("SELECT why_entered FROM watch_members WHERE trial_id = ?", B)
    assert member == {"why_entered": f"followed by the watch, as {A}"}
    registry.night()
    registry.edit(B, with_status("COMPLETED", posted="2026-09-14"))
    house.night()
    assert told(house, "completed", "left_watch") == [(B, "completed", "RECRUITING", "COMPLETED", 1, 2)]
