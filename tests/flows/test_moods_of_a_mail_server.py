"""A mail server that misbehaves at every stage, in every way, round after round: nothing lost, nothing doubled."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.smtp import SmtpPostman
from flows import delivery
from flows.delivery import Delivered
from flows.settings import configuration
from tests.flows.owed import THE_OPERATOR, TWO, states
from tests.house import House
from tests.moodypost import NO_ANSWER, STAGES, MoodyPost, open_moody_post

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of a server that hangs up in the middle
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # the same
]

ONE, OTHER = TWO
LATER = ("421 4.3.2 going down", "450 4.2.1 busy", "451 4.7.1 greylisted")
NEVER = (
    "503 5.5.1 bad sequence",
    "530 5.7.0 log in first",
    "550 5.7.1 relay denied",
    "552 5.3.4 too large",
    "554 no",
)
MOODS = (*LATER, *NEVER, *NO_ANSWER)
ROUNDS = 8
SOME_HOURS = timedelta(hours=15)
"""Longer than the longest pause between two attempts."""


@pytest.fixture
def moody(authority: Any) -> Iterator[MoodyPost]:
    with open_moody_post(authority("127.0.0.1")) as office:
        yield office


@pytest.fixture
def offer(house: House, completed: None, moody: MoodyPost, trusting: ssl.SSLContext) -> Any:
    """Deliver once; the server has little time."""
    url = f"smtp://us:password@127.0.0.1:{moody.port}"
    postman = SmtpPostman.of(url, context=trusting, timeout_s=0.5, whole_s=1.0)

    def deliver() -> Delivered:
        settings = house.settings
        return delivery.deliver(settings, configuration(settings.config), postman)

    return deliver


def moods_at(stage: str) -> list[str]:
    """503 to AUTH says that one is logged in already (RFC 4954, 4), and is no mood."""
    return [mood for mood in MOODS if (stage, mood) != ("AUTH", NEVER[0])]


def each_arrived_once(office: MoodyPost) -> None:
    assert office.arrived() == sorted(TWO)


def each_arrived_the_same_however_often(office: MoodyPost) -> None:
    assert set(office.arrived()) == set(TWO)
    assert len(set(office.taken)) == len(TWO), "the same to the byte"


@pytest.mark.sampled
@pytest.mark.parametrize(
    "passes",
    [
        pytest.param(timedelta(0), marks=pytest.mark.slow, id="at one instant"),
        pytest.param(SOME_HOURS, id="over days"),
    ],
)
@pytest.mark.parametrize("stage", STAGES)
def test_a_server_whose_mood_changes_from_round_to_round_loses_nothing(
    house: House, moody: MoodyPost, offer: Any, stage: str, passes: timedelta
) -> None:
    for mood in moods_at(stage):
        moody.mood = {stage: mood}
        came_to = offer()
        assert (came_to.sent, came_to.given_up, came_to.waiting) == (0, 0, 2), mood
        house.now += passes
    moody.mood.clear()
    house.now += SOME_HOURS
    assert offer().waiting == 0
    assert set(states(house).values()) == {"sent"}
    (each_arrived_the_same_however_often if stage == "after DATA" else each_arrived_once)(moody)
    before = len(moody.taken)
    offer()
    assert len(moody.taken) == before


@pytest.mark.sampled
@pytest.mark.parametrize("stage", ["RCPT", pytest.param("DATA", marks=pytest.mark.slow), "after DATA"])
@pytest.mark.parametrize("mood", [LATER[1], NEVER[2], NEVER[4], "550 5.1.1 no such user", "silence", "garbage"])
def test_one_who_is_not_taken_never_hinders_the_other(
    house: House, moody: MoodyPost, offer: Any, stage: str, mood: str
) -> None:
    house.environment["TRIALWATCH_OPERATOR"] = THE_OPERATOR
    moody.mood, moody.only = {stage: mood}, ONE
    came_to = offer()
    for_good = mood.startswith("5")
    assert states(house) == {ONE: "given_up" if for_good else "failed", OTHER: "sent"}
    assert (came_to.given_up, came_to.waiting) == ((1, 0) if for_good else (0, 1))
    moody.mood.clear()
    house.now += SOME_HOURS
    assert offer().waiting == 0
    took_without_a_word = stage == "after DATA" and mood in NO_ANSWER
    assert moody.arrived().count(OTHER) == 1
    assert moody.arrived().count(ONE) == (0 if for_good else 2 if took_without_a_word else 1)
    assert moody.arrived().count(THE_OPERATOR) == int(for_good)


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "mood"), [(stage, mood) for stage in STAGES for mood in moods_at(stage)])
def test_a_server_that_stays_in_its_mood_for_eight_rounds_loses_nothing(
    house: House, moody: MoodyPost, offer: Any, stage: str, mood: str
) -> None:
    moody.mood = {stage: mood}
    for _ in range(ROUNDS):
        assert (came_to := offer()).waiting == 2, came_to.sentence
        assert came_to.sent == came_to.given_up == 0
        house.now += timedelta(hours=1)
    moody.mood.clear()
    house.now += SOME_HOURS
    assert offer().sent == 2
    assert set(states(house).values()) == {"sent"}
    (each_arrived_the_same_however_often if stage == "after DATA" else each_arrived_once)(moody)
