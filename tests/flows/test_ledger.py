"""The delivery ledger against a mail server that misbehaves: nothing lost, nobody blocked, nobody hammered."""

from datetime import timedelta

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from flows import delivery
from flows.delivery import MOST_SERVER_TROUBLES
from flows.settings import configuration
from tests.flows.owed import THE_OPERATOR, TWO, arrived, deliver, listening, states
from tests.house import House
from tests.postoffice import PostOffice, open_post_office, reopened
from tests.records import a_trial, with_status
from warehouse.store.file import FILE
from warehouse.tell.retries import JITTER, LONGEST_PAUSE, MOST_ATTEMPTS

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of a server that hangs up in the middle
]


@pytest.mark.sampled
@pytest.mark.parametrize("verb", ["ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("code", ["421 4.3.2 going down", "450 4.2.1 later", "550 5.7.1 no", "554 5.3.0 never"])
def test_whatever_a_server_answers_to_all_alike_the_change_arrives_once_it_is_well(
    house: House, office: PostOffice, completed: None, verb: str, code: str
) -> None:
    office.answers[verb] = code
    first = deliver(house)
    assert (first.sent, first.given_up, first.waiting) == (0, 0, 2)
    assert office.mails == []
    office.answers.clear()
    after = deliver(house)
    assert arrived(office) == sorted(TWO)
    assert (after.sent, after.waiting) == (2, 0)
    deliver(house)
    assert len(office.mails) == after.sent
    assert set(states(house).values()) == {"sent"}


@pytest.mark.parametrize("then", ["hang", "drop"])
def test_a_mail_that_was_taken_without_a_word_comes_again_the_same_to_the_byte(
    house: House, office: PostOffice, completed: None, then: str
) -> None:
    office.then = then
    assert deliver(house, timeout_s=0.5).waiting == 2
    assert arrived(office) == sorted(TWO)
    office.then = None
    assert deliver(house).waiting == 0
    assert arrived(office) == sorted(TWO * 2)
    for address in TWO:
        first, second = (content for recipients, content in office.mails if recipients == [address])
        assert first == second


def test_a_refused_recipient_costs_the_other_nothing_and_is_not_asked_again(
    house: House, office: PostOffice, completed: None
) -> None:
    office.refused["one@example.org"] = "550 5.1.1 no such person"
    house.environment["TRIALWATCH_OPERATOR"] = THE_OPERATOR
    assert deliver(house).sentence == "mail: 2 sent, 1 given up (`trialwatch status` lists them)"
    assert states(house) == {"one@example.org": "given_up", "two@example.org": "sent"}
    assert arrived(office) == [THE_OPERATOR, "two@example.org"]
    (told,) = (mail for mail in office.messages() if mail["To"] == THE_OPERATOR)
    assert told["Subject"] == "trialwatch: a mail of team was given up"
    asked = office.connections
    for _ in range(5):
        deliver(house)
    assert office.connections == asked


@pytest.mark.slow
def test_a_recipient_who_is_never_ready_is_asked_sixteen_times_in_five_days(
    house: House, office: PostOffice, completed: None
) -> None:
    office.refused["one@example.org"] = "450 4.2.2 mailbox full"
    house.environment["TRIALWATCH_OPERATOR"] = THE_OPERATOR
    hours = 0
    while deliver(house).waiting:
        house.now += timedelta(hours=3)
        hours += 3
    assert 80 < hours < 150
    # Each attempt is a connection; so are the other recipient's mail and the operator's.
    assert office.connections == MOST_ATTEMPTS + 2
    assert states(house) == {"one@example.org": "given_up", "two@example.org": "sent"}
    assert arrived(office) == [THE_OPERATOR, "two@example.org"]


def test_a_mailbox_that_is_full_for_a_day_gets_its_mail_in_the_end(
    house: House, office: PostOffice, completed: None
) -> None:
    office.refused["one@example.org"] = "450 4.2.2 mailbox full"
    for _ in range(12):
        still = deliver(house)
        house.now += timedelta(hours=2)
    assert (still.waiting, states(house)["one@example.org"]) == (1, "failed")
    assert "next attempt from" in still.sentence
    assert ".;" not in still.sentence
    office.refused.clear()
    house.now += LONGEST_PAUSE * (1 + JITTER)
    assert deliver(house).waiting == 0
    assert arrived(office) == sorted(TWO)


@pytest.mark.slow
def test_where_there_is_no_server_not_every_mail_waits_for_its_time_out(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(listening(*(f"{number}@example.org" for number in range(20))))
    registry.put(a_trial())
    with open_post_office() as office:
        house.environment["TRIALWATCH_SMTP_URL"] = office.url
        office.answers["ehlo"] = "421 4.3.2 not today"
        report = house.night()
        assert "20 still due" in report.ending.sentences[-1]
        assert office.connections == MOST_SERVER_TROUBLES
        for _ in range(MOST_ATTEMPTS):
            assert deliver(house).waiting == 20
    with reopened(office):
        office.answers.clear()
        assert deliver(house).sent == 20, "that no server was there never counts against a mail"


def test_a_server_that_fails_now_and_then_delays_nobody(house: House, office: PostOffice, completed: None) -> None:
    office.refused["one@example.org"] = "451 4.3.0 try again"
    assert deliver(house).sent == 1
    assert arrived(office) == ["two@example.org"]


def test_a_round_has_an_end_and_the_next_goes_on(house: House, office: PostOffice, completed: None) -> None:
    first = deliver(house, longest_s=-1.0)
    assert (first.sent, first.waiting) == (0, 2)
    assert "goes out with the next delivery" in first.sentence
    assert deliver(house).sent == 2


def test_what_failed_often_goes_behind_what_did_not(house: House, office: PostOffice, completed: None) -> None:
    office.refused["one@example.org"] = "450 4.2.1 later"
    for _ in range(4):
        deliver(house)
        house.now += timedelta(hours=15)
    house.configure(listening("one@example.org", "three@example.org"))
    with duckdb.connect(str(house.settings.store / FILE)) as con:  # a newer mail, to another
        con.execute(
            "UPDATE message SET state = 'due', recipient = 'three@example.org' WHERE recipient = $1", [TWO[1]]
        )
        con.execute("UPDATE message SET written_at = '2026-09-30' WHERE recipient = 'three@example.org'")
        con.execute("UPDATE message SET state = 'sent' WHERE topic <> 'change'")
    office.refused.clear()
    office.mails.clear()
    deliver(house)
    assert [recipients[0] for recipients, _ in office.mails] == ["three@example.org", "one@example.org"]


def test_a_process_that_died_offering_a_mail_offers_it_again(
    house: House, office: PostOffice, completed: None
) -> None:

    class DiesOnceItIsTaken:
        def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
            raise KeyboardInterrupt

    settings = house.settings
    with pytest.raises(KeyboardInterrupt):
        delivery.deliver(settings, configuration(settings.config), DiesOnceItIsTaken())
    assert sorted(states(house).values()) == ["due", "leased"]
    assert deliver(house).sent == 2
    assert set(states(house).values()) == {"sent"}


def test_who_has_left_gets_nothing_more_and_who_stays_gets_it(
    house: House, office: PostOffice, completed: None
) -> None:
    office.answers["rcpt"] = "450 4.2.1 later"
    deliver(house)
    office.answers.clear()
    house.configure(listening("two@example.org"))
    assert deliver(house).waiting == 0
    assert arrived(office) == ["two@example.org"]
    assert states(house) == {"one@example.org": "withdrawn", "two@example.org": "sent"}


def test_a_clock_that_ran_ahead_withholds_no_mail(house: House, office: PostOffice, completed: None) -> None:
    office.refused["one@example.org"] = "450 4.2.1 later"
    right = house.now
    house.now += timedelta(days=3650)
    for _ in range(4):
        deliver(house)
    office.refused.clear()
    house.now = right
    assert deliver(house).waiting == 0
    assert arrived(office) == sorted(TWO)


@pytest.mark.slow
def test_a_digest_of_a_day_that_comes_twice_loses_nothing(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(listening("daily@example.org") + 'send = "daily"\n')
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    office.mails.clear()
    house.now = house.now.replace(day=15, hour=2)
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    house.now = house.now.replace(day=15, hour=6, minute=5)
    deliver(house)
    house.now = house.now.replace(day=15, hour=3)  # set back
    registry.night()
    registry.edit("NCT10000002", with_status("TERMINATED"))
    house.night()
    house.now = house.now.replace(day=15, hour=7)
    deliver(house)
    subjects = [str(mail["Subject"]) for mail in office.messages()]
    assert [subject.split(":")[0] for subject in subjects] == ["Completed", "Stopped"]
    assert len({mail["Message-ID"] for mail in office.messages()}) == 2
