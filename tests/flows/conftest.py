"""What tests of the mail share: a house whose readers are owed a mail, made once."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.authority import authority, trusting
from tests.flows.owed import TWO, listening
from tests.house import House
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status

__all__ = ["authority", "completed", "office", "owed", "trusting"]


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
    shutil.copytree(owed.folder, house.folder, dirs_exist_ok=True)
    house.now = owed.now - timedelta(hours=22)


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with open_post_office() as running:
        house.environment["TRIALWATCH_SMTP_URL"] = running.url
        house.environment["TRIALWATCH_MAIL_FROM"] = "watch@example.org"
        yield running
