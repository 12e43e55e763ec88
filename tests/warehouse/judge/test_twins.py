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
from warehouse.judge.twins import Doubt, Link, matched, studies
from warehouse.judge.watch import Ruling
from warehouse.store import models

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
S, T = "ISRCTN00000001", "ISRCTN00000002"
E = "2015-000222-11"
GB, DE = f"{E}-GB", f"{E}-DE"
"""Records of one European trial, as WHO shows them, one a country."""


def link(trial_id: str, tie: str, number: str, *, is_live: bool = True) -> Link:
    registries = {"ISRCTN": "isrctn", E[:6]: "eudract and ctis"}
    registry_name = registries.get(trial_id[:6], "clinicaltrials.gov")
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
        ("two records of one number", [link(GB, "own", E), link(DE, "own", E)], [[DE, GB]]),
        (
            "and whoever names that number is the same study",
            [link(GB, "own", E), link(DE, "own", E), link(A, "named", E)],
            [[DE, GB, A]],
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
        (
            "a tie that leads nowhere between the two stands, whatever its neighbours are in doubt of",
            [
                link(A, "own", A),
                link(B, "own", B),
                link(S, "named", A),
                link(S, "named", B),
                link(B, "named", "2022-500244-37"),
                Link("2022-500244-37", "ctis", "own", "2022-500244-37"),
            ],
            [["2022-500244-37", B]],
        ),
    ],
)
def test_what_ties_trials(why: str, links: list[Link], made: list[list[str]]) -> None:
    assert [study.trial_ids for study in studies(links)] == made, why
    assert [study.trial_ids for study in studies(reversed(links))] == made, "whatever the order"


def tied(one: str, other: str, *, is_one_study: bool = True) -> Ruling:
    first, second = sorted((one, other))
    return Ruling(first, second, is_one_study, "the protocol says so", "A. Curator")


def parted(one: str, other: str) -> Ruling:
    return tied(one, other, is_one_study=False)


MERGED = [link(A, "own", A), link(B, "own", B, is_live=False), link(B, "merged", A)]
BORE_C = [link(A, "own", A), link(B, "own", B), link(A, "alias", C), link(B, "alias", C)]
OF_E = Link(E, "ctis", "own", E)
ALL = [link(number, "own", number) for number in (A, B, C, S, T)]
A_NAMES_S = [*ALL, link(A, "named", S)]
BOTH_NAME_S = [*A_NAMES_S, link(B, "named", S)]
CHAIN = [*ALL, link(S, "named", A), link(S, "named", E), OF_E]


@pytest.mark.parametrize(
    ("why", "links", "rulings", "made", "open_", "settled"),
    [
        ("a person ties what no record does", ALL, [tied(A, S)], [[S, A]], [], []),
        ("a person parts what a record ties", A_NAMES_S, [parted(A, S)], [], [], [(S, A)]),
        ("several may be meant: a person is asked", BOTH_NAME_S, [], [], [(S, A), (S, B)], []),
        ("and answers, and the other is settled by that", BOTH_NAME_S, [tied(B, S)], [[S, B]], [], [(S, A)]),
        ("a parting cuts that pair and says nothing of the other", BOTH_NAME_S, [parted(A, S)], [], [(S, B)], [(S, A)]),
        ("a person outranks a record", A_NAMES_S, [tied(B, S)], [[S, B]], [], [(S, A)]),
        ("a record that names two: a person is asked", [*ALL, link(S, "named", A), link(S, "named", B)], [], [], [(S, A), (S, B)], []),
        ("one is parted, so it is the other", [*ALL, link(S, "named", A), link(S, "named", B)], [parted(A, S)], [[S, B]], [], [(S, A)]),
        ("two of one registry stay two whatever a person says", ALL, [tied(A, S), tied(B, S)], [], [(S, A), (S, B)], []),
        ("no chain brings the parted into one study", [*ALL, OF_E], [tied(A, S), tied(S, E), parted(A, E)], [], [(E, S), (S, A)], []),
        ("nor one of records", CHAIN, [parted(A, E)], [], [(E, S), (S, A)], []),
        ("a tie of a number that nobody bears waits", ALL, [tied(A, "ISRCTN00000009")], [], [("ISRCTN00000009", A)], []),
        ("and a parting of one changes nothing", A_NAMES_S, [parted(A, "ISRCTN00000009")], [[S, A]], [], []),
        ("a registry outranks a person on its own numbers", [*MERGED, *ALL[3:]], [tied(A, S), tied(B, T)], [[A, B]], [(S, A), (T, B)], []),
        ("but for a pair that he parts", MERGED, [parted(A, B)], [], [], [(A, B)]),
        ("a former number that is still there is another trial", [*ALL, link(A, "alias", B)], [], [], [], [(A, B)]),
        ("a former number that two say they bore, and a person is asked", BORE_C, [], [], [(A, C), (B, C)], []),
        ("until one is parted from it", BORE_C, [parted(A, C)], [], [], [(A, C)]),
        ("several on both sides", [link(x, "named", E) for x in (A, B, S, T)], [], [], [(S, A), (S, B), (T, A)], []),
    ],
)  # fmt: skip
def test_what_a_person_is_asked_and_says(
    why: str,
    links: list[Link],
    rulings: list[Ruling],
    made: list[list[str]],
    open_: list[tuple[str, str]],
    settled: list[tuple[str, str]],
) -> None:
    found = matched(links, rulings)
    assert [study.trial_ids for study in found.studies] == made, why
    assert [(each.trial_id, each.other_id) for each in found.doubts if not each.settled_by] == open_, why
    assert [(each.trial_id, each.other_id) for each in found.doubts if each.settled_by] == settled, why


def test_a_study_says_who_tied_it_and_a_doubt_why_it_is_one() -> None:
    (study,) = studies(ALL, [tied(A, S)])
    assert study.matched_by == f"{S} and {A} tied by A. Curator: the protocol says so"
    (doubt, other) = matched(BOTH_NAME_S, [parted(A, S)]).doubts
    assert doubt.matched_by == f"{A} names {S}"
    assert doubt.doubt == f"2 trials of clinicaltrials.gov name {S}, and which is meant cannot be told"
    assert doubt.settled_by == (
        f"it would make {S} and {A} one study, and they were parted by A. Curator: the protocol says so"
    )
    assert other.settled_by is None
    (of_a, _) = matched(ALL, [tied(A, S), tied(B, S)]).doubts
    assert of_a == Doubt(
        S,
        A,
        f"{S} and {A} tied by A. Curator: the protocol says so",
        f"it would make {A} and {B} one study, and two numbers of one registry stay two studies",
    )


NUMBERS = (A, B, C, "NCT00000004", S, T, "2022-500244-37")
REGISTRIES = ("clinicaltrials.gov",) * 4 + ("isrctn",) * 2 + ("ctis",)
OWN = [*zip(NUMBERS, REGISTRIES, NUMBERS, strict=True), (GB, "eudract and ctis", E), (DE, "eudract and ctis", E)]
"""Trials, whose numbers are theirs, and these as they are compared."""


@st.composite
def any_ties(draw: st.DrawFn) -> list[Link]:
    """Up to nine trials of four registries, tied in any way that their records or the registries could say."""
    found = []
    for trial_id, registry_name, own in draw(st.lists(st.sampled_from(OWN), unique=True, min_size=1)):
        is_whos = own == E  # WHO merges and removes nothing, and knows no former numbers
        fate = "live" if is_whos else draw(st.sampled_from(["live", "live", "merged", "removed"]))
        ways = ["named"] if is_whos else ["alias", "named"]
        any_tie = st.tuples(st.sampled_from(ways), st.sampled_from([*NUMBERS, E]))
        ties = [("own", own), *draw(st.lists(any_tie, max_size=4))]
        ties += [("merged", draw(st.sampled_from(NUMBERS)))] if fate == "merged" else []
        found += [Link(trial_id, registry_name, *tie, is_live=fate == "live") for tie in ties]
    return found


any_rulings = st.lists(
    st.builds(
        lambda pair, is_one_study: tied(*pair, is_one_study=is_one_study),
        st.lists(st.sampled_from([*NUMBERS, E]), min_size=2, max_size=2, unique=True),
        st.booleans(),
    ),
    max_size=4,
)


def standing(links: list[Link]) -> dict[str, Link]:
    """The own numbers of the trials that their registry still shows."""
    return {link.trial_id: link for link in links if link.tie == "own" and link.is_live}


@given(any_ties(), any_rulings, st.randoms(use_true_random=False))
def test_whatever_the_ties_trials_fall_into_studies_in_which_each_is_once(
    links: list[Link], rulings: list[Ruling], order: Random
) -> None:
    made, doubts = matched(links, rulings)
    shuffled, ruled = list(links), list(rulings)
    order.shuffle(shuffled)
    order.shuffle(ruled)
    assert matched(shuffled, ruled) == (made, doubts), "whatever the order"
    held = {link.trial_id: link.registry_name for link in links}
    members = [trial_id for study in made for trial_id in study.trial_ids]
    assert sorted(members) == sorted(set(members) & held.keys()), "a trial is in one study, or in none"
    for study in made:
        assert len(study.trial_ids) > 1
        assert study.study_id == min(study.trial_ids)
        assert all(trial_id in study.matched_by for trial_id in study.trial_ids), "every trial has its reason"
        live = {standing(links)[each] for each in study.trial_ids if each in standing(links)}
        numbers = {(link.registry_name, link.number) for link in live}
        assert len(numbers) == len(dict(numbers)), "two live numbers of one registry are two trials"
        for ruling in rulings:
            apart = not ruling.is_one_study and {ruling.trial_id, ruling.other_id}
            assert not apart or not apart <= set(study.trial_ids), "nothing brings together what a person parted"


@given(any_ties(), any_rulings)
def test_each_tie_that_is_given_is_followed_or_in_doubt(links: list[Link], rulings: list[Ruling]) -> None:
    made, doubts = matched(links, rulings)
    of = {trial_id: study.study_id for study in made for trial_id in study.trial_ids}
    doubted = {(each.trial_id, each.other_id) for each in doubts}
    assert len(doubted) == len(doubts), "each pair is listed once"
    assert all(of.get(one, one) != of.get(other, other) for one, other in doubted), "and is no study"

    def is_answered(one: str, other: str) -> bool:
        """Whether they, or trials of their studies, are one or in doubt."""
        mates = [
            {each for each in {number, *of} if of.get(each, each) == of.get(number, number)}
            for number in (one, other)
        ]
        pairs = {(min(x, y), max(x, y)) for x in mates[0] for y in mates[1]}
        return of.get(one, one) == of.get(other, other) or bool(pairs & doubted)

    held = {link.trial_id: link.registry_name for link in links}
    for link in links:
        is_of_another = link.number in held and held[link.number] != link.registry_name
        if link.number != link.trial_id and link.number in held and (link.tie != "named" or is_of_another):
            assert is_answered(link.trial_id, link.number), link
    borne = {link.number for link in links if link.tie != "named"}
    for ruling in rulings:
        one, other = ruling.trial_id, ruling.other_id
        if ruling.is_one_study and not {one, other} <= borne:
            assert (one, other) in doubted, ruling
        elif ruling.is_one_study and {one, other} <= held.keys():
            assert is_answered(one, other), ruling


@given(any_ties())
def test_what_a_registry_made_one_is_one(links: list[Link]) -> None:
    of = {trial_id: study.study_id for study in studies(links) for trial_id in study.trial_ids}
    held = {link.trial_id for link in links}
    for link in links:
        if link.tie == "merged" and link.number in held and link.number != link.trial_id:
            assert of[link.trial_id] == of[link.number]
    assert of.get(GB) == of.get(DE) or not {GB, DE} <= held, "records of one number are one trial"


@given(any_ties(), any_rulings)
def test_a_parting_of_what_is_open_settles_it(links: list[Link], rulings: list[Ruling]) -> None:
    asked = [each for each in matched(links, rulings).doubts if not each.settled_by]
    for each in asked:
        pair = {each.trial_id, each.other_id}
        said = {E if trial_id in (GB, DE) else trial_id for trial_id in pair}  # as it is compared
        kept = [ruling for ruling in rulings if {ruling.trial_id, ruling.other_id} != said]
        answered = matched(links, [*kept, parted(*said)]).doubts
        still = [{doubt.trial_id, doubt.other_id} for doubt in answered if not doubt.settled_by]
        assert pair not in still


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


def test_a_person_is_heard_though_no_record_names_the_numbers(shelf: Shelf) -> None:
    tied_as = {
        "ACTRN12622000245796P": "ACTRN12622000245796",  # as it stood while it was submitted
        "2022-500244-37": "2022-500244-37",
    }
    for place, (trial_id, number) in enumerate(tied_as.items(), 1):
        shelf.trial(trial_id, registry_name="ictrp")
        shelf.trial(f"NCT0000000{place}")
        said = {"reason": "r", "ruled_by": "B", "ruled_at": shelf.now, "is_one_study": True}
        shelf.put(models.StudyRuling, trial_id=number, other_id=f"NCT0000000{place}", **said)
        withdrawn = {**said, "withdrawn_at": shelf.now}
        shelf.put(models.StudyRuling, trial_id=number, other_id="NCT00000009", **withdrawn)
    made = {tuple(trial_ids) for (trial_ids,) in shelf.ask("SELECT trial_ids FROM studies")}
    assert made == {("ACTRN12622000245796P", A), ("2022-500244-37", B)}
    assert shelf.ask("FROM doubtful_ties") == [], "what is withdrawn waits for nobody"
    assert shelf.ask("SELECT count(*) FROM study_rulings WHERE withdrawn_at IS NOT NULL") == [(2,)]


@pytest.mark.slow
def test_a_merger_seen_at_night_is_one_study(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(A), a_trial(B), a_trial(C))
    house.night()
    registry.night()
    registry.merge(B, A)
    house.night()
    studies_: list[dict[str, Any]] = house.ask("FROM studies")
    assert [(each["study_id"], each["trial_ids"]) for each in studies_] == [(A, [A, B])]
    assert f"{B} was merged into {A}" in studies_[0]["matched_by"]
