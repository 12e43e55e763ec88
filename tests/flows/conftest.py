"""What tests of the mail share: a house whose readers are owed a mail, made once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.authority import authority, trusting
from tests.flows.owed import TWO, listening
from tests.house import WATCH, House
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status

__all__ = ["authority", "completed", "office", "owed", "trusting"]


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after a first night over two trials; to be moved into, not to be changed."""
    with SimulatedRegistry(two_trials()) as registry:
        house = House(tmp_path_factory.mktemp("first"), registry.url)
        house.configure(WATCH)
        assert not house.night().ending.code
    return house


@pytest.fixture(scope="session")
def second_night(tmp_path_factory: pytest.TempPathFactory, first_night: House) -> House:
    """The same after a second night, on which the first of the trials has completed."""
    with SimulatedRegistry(two_trials()) as registry:
        house = House(tmp_path_factory.mktemp("second"), registry.url)
        house.move_in(first_night)
        complete_the_first(registry)
        assert not house.night().ending.code
    return house


def two_trials() -> list[dict[str, Any]]:
    return [a_trial("NCT10000001"), a_trial("NCT10000002")]


def complete_the_first(registry: SimulatedRegistry) -> None:
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))


@pytest.fixture
def a_completion_tonight(house: House, registry: SimulatedRegistry, first_night: House) -> None:
    """A first night is over; tonight a trial has completed."""
    registry.put(*two_trials())
    house.move_in(first_night)
    complete_the_first(registry)


@pytest.fixture
def two_nights(house: House, registry: SimulatedRegistry, second_night: House) -> None:
    """Two nights are over; on the second a trial had completed."""
    registry.put(*two_trials())
    complete_the_first(registry)
    house.move_in(second_night)


@pytest.fixture(scope="session")
def owed(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose two readers have had their welcome and are owed the completion that last night found."""
    with SimulatedRegistry([a_trial("NCT10000001")]) as registry:
        house = House(tmp_path_factory.mktemp("owed"), registry.url)
        house.configure(listening(*TWO))
        house.night()
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        house.environment["TRIALWATCH_SMTP_URL"] = "smtp://127.0.0.1:9"
        assert house.night().ending.code is Code.MAIL_DUE
    return house


@pytest.fixture
def completed(house: House, office: PostOffice, owed: House) -> None:
    """That house, to do with as one likes, at an hour after that night and with a mail server."""
    house.move_in(owed)
    house.now -= timedelta(hours=22)


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with open_post_office() as running:
        house.environment["TRIALWATCH_SMTP_URL"] = running.url
        house.environment["TRIALWATCH_MAIL_FROM"] = "watch@example.org"
        yield running
