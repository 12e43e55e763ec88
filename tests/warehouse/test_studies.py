"""Which trials are one study, as a table of cases: who has which number, and what that makes."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial
from tests.shelf import Shelf
from warehouse.studies import Link, studies

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
S, T = "ISRCTN00000001", "ISRCTN00000002"
E = "2015-000222-11"


def link(trial_id: str, tie: str, number: str) -> Link:
    return Link(trial_id, "isrctn" if trial_id.startswith("ISRCTN") else "clinicaltrials.gov", tie, number)


@pytest.mark.parametrize(
    ("why", "links", "made"),
    [
        ("one names the other", [link(A, "own", A), link(S, "named", A)], [[S, A]]),
        ("both name a third number", [link(A, "named", E), link(S, "named", E)], [[S, A]]),
        ("two of one registry name a number: kin, not one study", [link(A, "named", E), link(B, "named", E)], []),
        (
            "and which of them the other registry's is, nobody knows",
            [link(A, "named", E), link(B, "named", E), link(S, "named", E)],
            [],
        ),
        ("a trial that names another of its registry is its kin", [link(A, "own", A), link(B, "named", A)], []),
        ("merged by the registry", [link(A, "own", A), link(B, "merged", A)], [[A, B]]),
        ("a former number that we hold", [link(A, "own", A), link(B, "alias", A)], [[A, B]]),
        (
            "a number merged away does not make its survivor two",
            [
                link(A, "own", A),
                link(B, "merged", A),
                link(A, "named", E),
                link(B, "named", E),
                link(S, "named", E),
            ],
            [[S, A, B]],
        ),
        (
            "one number ties one pair, another another",
            [link(A, "own", A), link(S, "named", A), link(S, "own", S), link(B, "named", T), link(T, "own", T)],
            [[S, A], [T, B]],
        ),
        ("a trial alone is no study of several", [link(A, "own", A), link(A, "named", A)], []),
    ],
)
def test_what_ties_trials(why: str, links: list[Link], made: list[list[str]]) -> None:
    assert [study.trial_ids for study in studies(links)] == made, why
    assert [study.trial_ids for study in studies(reversed(links))] == made, "whatever the order"


def test_a_study_says_what_ties_it() -> None:
    (study,) = studies([link(A, "own", A), link(B, "merged", A), link(S, "named", A), link(S, "own", S)])
    assert study.study_id == S
    assert study.matched_by == f"{S} names {A}; {B} was merged into {A}"


def test_numbers_are_compared_as_people_write_them(shelf: Shelf) -> None:
    same = (
        ("ISRCTN 12345678", "ISRCTN12345678"),
        ("isrctn23456789", "ISRCTN23456789"),
        ("EudraCT: 2015-000222-11", "2015-000222-11"),
        ("2016-000333-22-GB", "EUCTR2016-000333-22-BE"),
        ("2022-500244-37", "2022-500244-37-00"),
        ("ACTRN12622000245796", "ACTRN12622000245796P"),
    )
    for number, (written, other) in enumerate(same, 1):
        shelf.trial(f"NCT0000000{number}")
        shelf.identifier(f"NCT0000000{number}", written)
        shelf.trial(other, registry_name="isrctn")
    made = {tuple(trial_ids) for (trial_ids,) in shelf.ask("SELECT trial_ids FROM studies")}
    assert made == {tuple(sorted((f"NCT0000000{n}", other))) for n, (_, other) in enumerate(same, 1)}


def test_a_sponsors_own_number_ties_nothing(shelf: Shelf) -> None:
    for written in ("001", "PROT-2015", "see NCT00000009 as well", ""):
        for trial_id in (A, "NCT00000009"):
            shelf.identifier(trial_id, written)
    shelf.trial(A)
    shelf.trial("NCT00000009", registry_name="isrctn")
    assert shelf.ask("FROM studies") == []


def test_a_merger_seen_at_night_is_one_study(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(A), a_trial(B), a_trial(C))
    house.night()
    registry.night()
    registry.merge(B, A)
    house.night()
    studies_: list[dict[str, Any]] = house.ask("FROM studies")
    assert [(each["study_id"], each["trial_ids"]) for each in studies_] == [(A, [A, B])]
    assert f"{B} was merged into {A}" in studies_[0]["matched_by"]
