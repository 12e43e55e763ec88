"""Mails looked at before they go, and again after: the same bytes."""

import json
from collections.abc import Iterator

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status
from warehouse.store.file import FILE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]

[[subscription]]
name = "now"
watch = "w"
to = ["now@example.org"]

[[subscription]]
name = "daily"
watch = "w"
to = ["daily@example.org"]
send = "daily"
"""


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


@pytest.fixture(scope="module")
def in_vain(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after a night of 2026-09-15 that found a completion, and no mail server. To be moved into."""
    with SimulatedRegistry([a_trial("NCT10000001")]) as registry:
        house = House(tmp_path_factory.mktemp("in-vain"), registry.url)
        house.configure(WATCH)
        house.night()
        house.now = house.now.replace(day=15)
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        house.environment["TRIALWATCH_SMTP_URL"] = "smtp://127.0.0.1:9"
        house.night()
    return house


@pytest.fixture
def completed(house: House, in_vain: House) -> None:
    """That house, on the morning after."""
    house.move_in(in_vain)
    house.environment |= in_vain.environment
    house.now = house.now.replace(day=15, hour=5)


def previewed(typed: Typed, *words: str) -> list[dict[str, str]]:
    code, out, _ = typed("preview", "--json", *words)
    assert code == 0
    found: list[dict[str, str]] = json.loads(out)
    return found


@pytest.mark.slow
def test_what_is_shown_before_is_what_arrives(
    house: House, office: PostOffice, completed: None, typed: Typed
) -> None:
    before = previewed(typed)
    assert [(mail["recipient"], mail["state"], mail["due_at"]) for mail in before] == [
        ("now@example.org", "due", "2026-09-15T02:30:00Z"),
        ("daily@example.org", "due", "2026-09-15T06:00:00Z"),
    ]
    house.now = house.now.replace(hour=9)
    code, _, _ = typed("deliver", TRIALWATCH_SMTP_URL=office.url)
    assert code == 0
    assert [content.decode() for _, content in office.mails] == [mail["mail"] for mail in before]
    assert previewed(typed) == []
    after = previewed(typed, "--since", "2026-09-15")
    assert [(mail["mail"], mail["state"]) for mail in after] == [(mail["mail"], "sent") for mail in before]


def test_a_span_has_its_first_and_its_last_day(completed: None, typed: Typed) -> None:
    assert len(previewed(typed, "--since", "2026-09-12")) == 4, "the two welcomes too"
    assert len(previewed(typed, "--since", "2026-09-12", "--until", "2026-09-14")) == 2
    assert previewed(typed, "--until", "2026-09-14") == []
    assert previewed(typed, "--since", "2026-09-16") == []


def test_each_mail_can_be_had_as_a_file(house: House, completed: None, typed: Typed) -> None:
    code, _, _ = typed("preview", "--folder", str(house.folder / "looked-at"))
    assert code == 0
    files = sorted((house.folder / "looked-at").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    shown = [mail["mail"].encode() for mail in previewed(typed)]
    assert [file.read_bytes() for file in files] == shown


def test_looking_marks_nothing(house: House, completed: None, typed: Typed) -> None:
    def marks() -> list[tuple[object, ...]]:
        with duckdb.connect(str(house.settings.store / FILE), read_only=True) as con:
            return con.execute("SELECT * FROM delivery_ledger ORDER BY delivery_id").fetchall()

    before = marks()
    code, out, err = typed("preview")
    assert code == 0
    assert marks() == before
    assert out.count("\nSubject: Completed: ") == 2
    assert out.count("From ") >= 2
    assert err == "trialwatch: mails: 1 due now, 1 due later; nothing was sent\n"


def test_before_the_first_night_there_is_nothing_to_look_at(typed: Typed) -> None:
    code, _, err = typed("preview")
    assert code == 2
    assert "run `trialwatch run` first" in err


def test_a_test_mail_goes_to_one_address_and_needs_no_night(office: PostOffice, typed: Typed) -> None:
    code, _, err = typed("deliver", "--test", "me@example.org", TRIALWATCH_SMTP_URL=office.url)
    assert code == 0
    assert "a test mail to me@example.org was taken by 127.0.0.1" in err
    ((recipients, _),) = office.mails
    assert recipients == ["me@example.org"]
    assert office.messages()[0]["Subject"] == "trialwatch: a test mail"


def test_a_test_mail_that_nobody_takes_says_why(office: PostOffice, typed: Typed) -> None:
    office.answers["rcpt"] = "550 5.1.1 no such person"
    code, _, err = typed("deliver", "--test", "me@example.org", TRIALWATCH_SMTP_URL=office.url)
    assert code == 5
    assert "550" in err


def test_a_test_for_what_is_no_address_is_a_mistake_in_the_command(office: PostOffice, typed: Typed) -> None:
    code, _, err = typed("deliver", "--test", "slack", TRIALWATCH_SMTP_URL=office.url)
    assert code == 2
    assert "notify:slack for a channel" in err
    assert office.mails == []
