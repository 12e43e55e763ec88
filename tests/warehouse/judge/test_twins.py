"""Which trials are one study, as a table of cases: who has which number, and what that makes."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial
from tests.shelf import Shelf
from warehouse.judge.twins import Link, studies

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
S, T = "ISRCTN00000001", "ISRCTN00000002"
E = "2015-000222-11"


def link(trial_id: str, tie: str, number: str, *, is_live: bool = True) -> Link:
    registry_name = "isrctn" if trial_id.startswith("ISRCTN") else "clinicaltrials.gov"
    return Link(trial_id, registry_name, tie, number, is_live and tie != "merged")


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
        (
            "a former number that the registry no longer answers for",
            [link(A, "own", A, is_live=False), link(B, "alias", A)],
            [[A, B]],
        ),
        (
            "a number whose own record is still there is no former one",
            [link(A, "own", A), link(B, "alias", A)],
            [],
        ),
        (
            "a former number that two say they bore",
            [link(S, "alias", T), link(A, "alias", C), link(B, "alias", C)],
            [],
        ),
        (
            "two old numbers, one survivor",
            [link(C, "own", C), link(A, "merged", C), link(B, "merged", C)],
            [[A, B, C]],
        ),
        (
            "two old numbers, a survivor that we do not hold",
            [link(A, "merged", C), link(B, "merged", C)],
            [[A, B]],
        ),
        ("merged in a circle", [link(A, "merged", B), link(B, "merged", A), link(C, "merged", C)], [[A, B]]),
        (
            "two of one registry stay two, whatever a third says",
            [link(A, "own", A), link(B, "own", B), link(S, "named", A), link(S, "named", B)],
            [],
        ),
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


NUMBERS = (A, B, C, "NCT00000004", S, T, "2022-500244-37")
REGISTRIES = ("clinicaltrials.gov",) * 4 + ("isrctn",) * 2 + ("ctis",)


@st.composite
def any_ties(draw: st.DrawFn) -> list[Link]:
    """Up to seven trials of three registries, tied in any way that their records or the registries could say."""
    found = []
    trials = draw(st.lists(st.sampled_from(list(zip(NUMBERS, REGISTRIES, strict=True))), unique=True, min_size=1))
    for trial_id, registry_name in trials:
        fate = draw(st.sampled_from(["live", "live", "merged", "removed"]))
        any_tie = st.tuples(st.sampled_from(["alias", "named"]), st.sampled_from([*NUMBERS, E]))
        ties = [("own", trial_id), *draw(st.lists(any_tie, max_size=4))]
        ties += [("merged", draw(st.sampled_from(NUMBERS)))] if fate == "merged" else []
        found += [Link(trial_id, registry_name, *tie, is_live=fate == "live") for tie in ties]
    return found


@given(any_ties(), st.randoms(use_true_random=False))
def test_whatever_the_ties_trials_fall_into_studies_in_which_each_is_once(
    links: list[Link], order: Random
) -> None:
    made = studies(links)
    shuffled = list(links)
    order.shuffle(shuffled)
    assert studies(shuffled) == made, "whatever the order"
    held = {link.trial_id: link.registry_name for link in links}
    members = [trial_id for study in made for trial_id in study.trial_ids]
    assert sorted(members) == sorted(set(members) & held.keys()), "a trial is in one study, or in none"
    of = {trial_id: study.study_id for study in made for trial_id in study.trial_ids}
    for study in made:
        assert len(study.trial_ids) > 1
        assert study.study_id == min(study.trial_ids)
        assert all(trial_id in study.matched_by for trial_id in study.trial_ids), "every trial has its reason"
        live = [
            held[link.trial_id]
            for link in links
            if link.tie == "own" and link.is_live and link.trial_id in study.trial_ids
        ]
        assert len(live) == len(set(live)), "two live numbers of one registry are two trials"
    for link in links:
        if link.tie == "merged" and link.number in held and link.number != link.trial_id:
            assert of[link.trial_id] == of[link.number], "what a registry made one is one"


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
