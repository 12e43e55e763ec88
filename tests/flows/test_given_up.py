"""Mail that a server refuses: whose fault that is, what the commands say of it, and how it is sent again."""

import json

import pytest

from tests.flows.owed import THE_OPERATOR, TWO, arrived, deliver, listening, states
from tests.house import House, Typed
from tests.postoffice import PostOffice

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ONE, OTHER = TWO
RELAY_DENIED = "554 5.7.1 <{}>: Relay access denied"


@pytest.fixture
def operated(house: House, completed: None) -> None:
    house.environment["TRIALWATCH_OPERATOR"] = THE_OPERATOR


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("rcpt", "554 5.7.1 relay access denied"),
        ("rcpt", "550 5.7.1 blocked using a list"),
        ("rcpt", "530 5.7.0 must issue a STARTTLS command first"),
        ("rcpt", "503 5.5.1 bad sequence"),
        ("rcpt", "550 no"),
        ("mail", "550 5.7.1 sender refused"),
        ("data", "554 5.7.1 no"),
        ("data", "503 need RCPT"),
    ],
)
def test_a_server_that_refuses_all_alike_is_to_be_mended_and_every_command_says_so(
    house: House, office: PostOffice, operated: None, typed: Typed, verb: str, answer: str
) -> None:
    office.answers[verb] = answer
    for command in ("deliver", "deliver", "status", "watchdog"):
        code, _, err = typed(command)
        assert code == 5, command
        assert answer[:3] in err
        assert "@example.org" not in err
    office.answers.clear()
    assert typed("deliver")[0] == 0
    assert arrived(office) == sorted(TWO)
    assert [typed(command)[0] for command in ("status", "watchdog")] == [0, 0]


@pytest.mark.sampled
@pytest.mark.parametrize("answer", ["550 5.1.1 no such person", RELAY_DENIED.format(ONE), "550 no"])
def test_what_was_given_up_is_listed_without_its_address_and_sent_again_on_demand(
    house: House, office: PostOffice, operated: None, typed: Typed, answer: str
) -> None:
    office.refused[ONE] = answer
    code, _, err = typed("deliver")
    assert (code, states(house)) == (0, {ONE: "given_up", OTHER: "sent"}), "given up is not due"
    code, out, _ = typed("status")
    assert code == 0
    assert "given up: 1 to 1 recipient of team, last 2026-09-" in out
    assert "trialwatch deliver --again all" in out
    (listed,) = json.loads(typed("status", "--json")[1])["given_up"]
    assert (listed["subscription"], listed["mails"], listed["recipients"]) == ("team", 1, 1)
    for said in (err, out, str(listed), house.settings.status_file.read_text()):
        assert ONE not in said
    (told,) = (mail for mail in office.messages() if mail["To"] == THE_OPERATOR)
    body = told.get_body(("plain",))
    assert body is not None
    assert f"trialwatch deliver --again {ONE}" in " ".join(body.get_content().split())
    office.refused.clear()
    office.mails.clear()
    for what in ("nobody@example.org", OTHER, "NCT10000001"):
        code, _, err = typed("deliver", "--again", what)
        assert code == 2
        assert "was given up" in err
    assert office.mails == []
    assert typed("deliver", "--again", ONE)[0] == 0
    assert arrived(office) == [ONE]
    assert states(house) == {ONE: "sent", OTHER: "sent"}
    assert "given up: 0" in typed("status")[1]


@pytest.mark.parametrize("what", ["all", "team"])
def test_again_is_of_all_or_of_a_subscription_and_may_fail_again(
    house: House, office: PostOffice, completed: None, typed: Typed, what: str
) -> None:
    office.refused.update(dict.fromkeys(TWO, "550 5.1.1 no such person"))
    assert deliver(house).given_up == 2
    assert typed("deliver", "--again", what)[0] == 0, "given up once more"
    assert set(states(house).values()) == {"given_up"}
    office.refused.clear()
    assert typed("deliver", "--again", what)[0] == 0
    assert arrived(office) == sorted(TWO)


@pytest.mark.slow
def test_who_left_is_not_listed_any_more(house: House, office: PostOffice, completed: None, typed: Typed) -> None:
    office.refused[ONE] = "550 5.1.1 no such person"
    typed("deliver")
    house.configure(listening(OTHER))
    typed("deliver")
    assert "given up: 0" in typed("status")[1]
    assert typed("deliver", "--again", "all")[0] == 2


def test_while_the_operator_cannot_be_reached_nothing_ends_well(
    house: House, office: PostOffice, operated: None, typed: Typed
) -> None:
    office.refused[ONE] = office.refused[THE_OPERATOR] = "550 5.1.1 no such person"
    assert typed("deliver")[0] == 5
    assert states(house) == {ONE: "given_up", OTHER: "sent"}
    for command in ("status", "watchdog", "deliver"):
        code, _, err = typed(command)
        assert code == 5, command
        assert "no such mailbox (550 5.1.1)" in err
    assert json.loads(typed("status", "--json")[1])["mail_trouble"].startswith("mail does not reach the operator")
    house.environment["TRIALWATCH_OPERATOR"] = "another@example.org"
    assert typed("deliver")[0] == 0, "the present operator hears of it"
    assert arrived(office) == ["another@example.org", OTHER]
    assert typed("status")[0] == 0


def test_a_sender_that_is_mended_sends_what_was_written_before(
    house: House, office: PostOffice, completed: None, typed: Typed
) -> None:
    office.answers["mail"] = "553 5.7.1 not yours"
    assert typed("deliver")[0] == 5
    office.answers.clear()
    office.senders = ["right@example.org"]
    assert typed("deliver")[0] == 5
    assert typed("deliver", TRIALWATCH_MAIL_FROM="right@example.org")[0] == 0
    assert arrived(office) == sorted(TWO)
