"""The watchdog: it barks when the nights have stopped, without Prefect, store, registry or configuration."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

OPERATOR = {"TRIALWATCH_OPERATOR": "operator@example.org"}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


@pytest.fixture
def a_night(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()


def test_it_is_silent_while_the_nights_go_on(a_night: None, office: PostOffice, typed: Typed) -> None:
    code, _, err = typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)
    assert code == 0
    assert "fresh enough" in err
    assert office.mails == []


def test_it_says_what_is_wrong_with_a_configuration_that_stopped_the_night(
    house: House, a_night: None, office: PostOffice, typed: Typed
) -> None:
    house.configure(WATCH.replace("conditions", "conditons"))
    assert typed("run", "--no-prefect")[0] == 2
    assert typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)[0] == 7
    (mail,) = office.messages()
    assert "did you mean 'conditions'" in str(mail.get_body(("plain",)))
    assert "did you mean 'conditions'" in typed("status")[2]
    house.configure(WATCH)
    assert typed("run", "--no-prefect")[0] == 0
    assert typed("status")[0] == 0


def test_where_no_night_was_yet_a_wrong_configuration_leaves_nothing(house: House, typed: Typed) -> None:
    house.configure("[watch")
    assert typed("run", "--no-prefect")[0] == 2
    assert not house.settings.data_dir.exists()


@pytest.mark.slow
def test_it_tells_the_operator_once_a_day_and_again_after_it_was_well(
    house: House, registry: SimulatedRegistry, a_night: None, office: PostOffice, typed: Typed
) -> None:
    def bark() -> int:
        code, _, _ = typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)
        assert code == 7
        return len(office.mails)

    house.now += timedelta(days=1)
    assert bark() == 1
    house.now += timedelta(hours=1)
    assert bark() == 1
    house.now += timedelta(hours=23)
    assert bark() == 2
    (mail, _) = office.messages()
    assert (mail["To"], mail["Subject"]) == ("operator@example.org", "trialwatch: the nights have stopped")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "the last complete night of ketamine-sud on clinicaltrials.gov is 48 hours old" in body.get_content()
    house.night()
    assert typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)[0] == 0
    house.now += timedelta(days=2)
    assert bark() == 3


def test_it_needs_no_configuration_no_store_and_no_night(house: House, office: PostOffice, typed: Typed) -> None:
    (house.folder / "trialwatch.toml").write_text("broken [", "utf-8")
    house.settings.data_dir.mkdir()
    code, _, err = typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)
    assert code == 7
    assert "no night has been complete yet" in err
    assert len(office.mails) == 1


def test_without_an_operator_it_says_whom_it_misses(house: House, a_night: None, typed: Typed) -> None:
    house.now += timedelta(days=3)
    code, _, err = typed("watchdog")
    assert code == 7
    assert "set TRIALWATCH_OPERATOR" in err


def test_a_mail_server_that_is_down_too_is_said_and_tried_again(
    house: House, a_night: None, office: PostOffice, typed: Typed
) -> None:
    house.now += timedelta(days=3)
    code, _, err = typed("watchdog", TRIALWATCH_SMTP_URL="smtp://127.0.0.1:9", **OPERATOR)
    assert code == 7
    assert "the operator could not be mailed" in err
    typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)
    assert len(office.mails) == 1


def test_it_does_not_import_prefect() -> None:
    loaded = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import sys, flows.watchdog; print([name for name in ('prefect',) if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_a_status_that_cannot_be_read_is_a_reason_to_bark(
    house: House, a_night: None, office: PostOffice, typed: Typed
) -> None:
    house.settings.status_file.write_bytes(b"half {")
    code, _, err = typed("watchdog", TRIALWATCH_SMTP_URL=office.url, **OPERATOR)
    assert code == 7
    assert "status.json is damaged" in err
    assert [message["To"] for message in office.messages()] == ["operator@example.org"]
