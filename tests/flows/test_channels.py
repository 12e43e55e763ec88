"""Channels beside mail: a webhook and a chat on loopback, and a ledger that treats them as it treats readers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from connectors.simulated import SimulatedRegistry
from connectors.webhook import Webhook
from flows import delivery
from flows.channels import channels_of
from flows.delivery import Delivered
from flows.endings import Code
from flows.settings import SettingsError, configuration
from tests.house import House, Typed
from tests.postoffice import PostOffice
from tests.receiver import Receiver, open_receiver
from tests.records import a_trial, with_status
from warehouse.store.file import FILE
from warehouse.tell.retries import MOST_ATTEMPTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

SECRET = "T0ken-9f8e7d6c5b4a"
WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]

[[subscription]]
name = "team"
watch = "w"
to = ["one@example.org"]
notify = ["Hook"]
"""
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/notify.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose reader and whose channel have had their welcome and are owed a completion."""
    with SimulatedRegistry([a_trial("NCT10000001")]) as registry, open_receiver() as receiver:
        house = House(tmp_path_factory.mktemp("channels"), registry.url)
        house.environment |= {
            "TRIALWATCH_NOTIFY_HOOK": address(receiver),
            "TRIALWATCH_SMTP_URL": "smtp://127.0.0.1:9",
            "TRIALWATCH_PAGE_URL": "https://trials.example.org/",
        }
        house.configure(WATCH)
        house.night()
        assert [each.document["type"] for each in receiver.posted] == ["welcome"]
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        receiver.answers = [500]
        assert house.night().ending.code is Code.MAIL_DUE
    return house


def address(receiver: Receiver, scheme: str = "http") -> str:
    return f"{scheme}://{receiver.host}/hooks/{SECRET}"


@pytest.fixture
def receiver(house: House, office: PostOffice, nights: House) -> Iterator[Receiver]:
    """The receiver, at an hour after that night, in a house of one's own with a mail server."""
    smtp_url = house.environment["TRIALWATCH_SMTP_URL"]
    house.move_in(nights)
    house.now -= timedelta(hours=22)
    with open_receiver() as running:
        house.environment |= nights.environment
        house.environment |= {"TRIALWATCH_NOTIFY_HOOK": address(running), "TRIALWATCH_SMTP_URL": smtp_url}
        yield running


def deliver(house: House, again: str | None = None) -> Delivered:
    settings = house.settings
    return delivery.deliver(settings, configuration(settings.config), again=again)


def ledger(house: House, columns: str = "state, attempts, last_error") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(house.settings.store / FILE), read_only=True) as con:
        return con.execute(
            f"SELECT {columns} FROM message WHERE recipient = 'notify:hook' AND topic = 'change'"
        ).fetchall()


def mailed(office: PostOffice) -> list[str]:
    return [str(mail["Subject"]).split(":")[0] for mail in office.messages()]


@pytest.mark.slow
def test_a_webhook_that_fails_five_times_gets_it_once_in_the_end_with_the_same_id_and_body(
    house: House, receiver: Receiver, office: PostOffice
) -> None:
    receiver.answers = [503, 500, 429, 502]
    for _ in range(30):
        came_to = deliver(house)
        house.now += timedelta(minutes=20)
    assert (came_to.sent, came_to.code) == (0, Code.DONE)
    assert len(receiver.posted) == 5
    assert len({each.body for each in receiver.posted}) == 1
    assert {each.headers["idempotency-key"] for each in receiver.posted} == {receiver.posted[0].document["id"]}
    assert ledger(house) == [("sent", 6, None)], "with the one of the night"
    assert mailed(office) == ["Now watching", "Completed"], "mail goes its own way"


def test_its_document_is_the_documented_one(house: House, receiver: Receiver) -> None:
    deliver(house)
    (posted,) = receiver.posted
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["user-agent"].startswith("trialwatch/")
    jsonschema.validate(posted.document, SCHEMA, format_checker=jsonschema.FormatChecker())
    (change,) = posted.document["changes"]
    (row,) = house.ask("SELECT * FROM changes")
    shared = row.keys() & change.keys()
    assert {"change_id", "trial_id", "kind", "old_value", "new_value", "materiality", "reason"} <= shared
    assert {name: change[name] for name in shared} == {name: row[name] for name in shared}
    assert change["page_url"] == "https://trials.example.org/#trial-NCT10000001"
    assert posted.document["text"].split("\n") == [
        "Completed: ketamine in alcohol use disorder; 60 people planned, Exeter (NCT10000001)",
        "• Completed; until now recruiting.",
        "  https://trials.example.org/#trial-NCT10000001",
        "clinicaltrials.gov: data version 2026-09-14T09:00:04, the night was complete. "
        "What registries say of trials, as trialwatch read it. This is not medical advice. All of it: https://trials.example.org/",
    ]


@pytest.mark.parametrize(("how", "said"), [("hang", "gave no answer: timed out"), ("drop", "gave no answer: the")])
def test_a_receiver_that_falls_silent_keeps_nobody_else_and_is_asked_again(
    house: House, receiver: Receiver, office: PostOffice, how: str, said: str
) -> None:
    receiver.how = how
    settings = house.settings
    configured = configuration(settings.config)
    (channel,) = channels_of(settings, configured).values()
    assert isinstance(channel, Webhook)
    impatient = replace(channel, silence_s=0.3, whole_s=0.6)
    came_to = delivery.deliver(settings, configured, channels={"notify:hook": impatient})
    assert mailed(office) == ["Now watching", "Completed"]
    assert said in came_to.sentence
    assert SECRET not in came_to.sentence
    receiver.how = None
    assert deliver(house).channels["notify:hook"].sent == 1
    first, second = receiver.posted
    assert first.body == second.body


def test_a_receiver_that_is_gone_is_asked_no_more_the_operator_hears_of_it_and_it_can_be_tried_by_hand(
    house: House, receiver: Receiver, office: PostOffice, typed: Typed
) -> None:
    house.environment["TRIALWATCH_OPERATOR"] = "operator@example.org"
    receiver.answers = [410]
    code, _, said = typed("deliver")
    assert (code, "notify:hook: 0 sent, 1 given up" in said) == (0, True)
    assert mailed(office) == ["Now watching", "Completed", "trialwatch"]
    told = office.messages()[-1].get_body(("plain",))
    assert told is not None
    assert "trialwatch deliver --again notify:hook" in told.get_content()
    assert SECRET not in told.get_content()
    typed("deliver")
    assert len(receiver.posted) == 1
    _, out, _ = typed("status")
    assert "notify:hook waiting: 0, given up: 1: notify:hook is gone for good (it answered 410)." in out
    code, out, _ = typed("deliver", "--again", "notify:hook", "--json")
    assert json.loads(out)["channels"] == {"notify:hook": {"sent": 1, "given_up": 0, "waiting": 0}}
    assert receiver.posted[0].body == receiver.posted[1].body
    assert typed("deliver", "--again", ledger(house, "message_id")[0][0])[0] == 2, "it is not given up any more"


def test_a_redirect_is_not_followed(house: House, receiver: Receiver) -> None:
    with open_receiver() as other:
        receiver.elsewhere, receiver.answers = f"http://{other.host}/{SECRET}", [302]
        said = deliver(house).sentence
        assert "answered 302). It has moved: give TRIALWATCH_NOTIFY_HOOK the new address" in said
        assert other.posted == []


def test_a_huge_answer_is_not_read(house: House, receiver: Receiver) -> None:
    receiver.how = "huge"
    assert deliver(house).channels["notify:hook"].sent == 1


@pytest.mark.slow
def test_one_that_never_takes_it_is_given_up_as_mail_is(house: House, receiver: Receiver) -> None:
    receiver.answers = [404] * 40
    while deliver(house).channels["notify:hook"].waiting:
        house.now += timedelta(hours=3)
    assert len(receiver.posted) == MOST_ATTEMPTS - 1
    ((state, attempts, error),) = ledger(house)
    assert (state, attempts) == ("given_up", MOST_ATTEMPTS)
    assert error.endswith("(it answered 404). If this lasts, look at TRIALWATCH_NOTIFY_HOOK.")


def test_that_a_channel_works_makes_no_mail_final(house: House, receiver: Receiver, office: PostOffice) -> None:
    office.then = "drop"
    deliver(house)
    assert ledger(house, "state") == [("sent",)]
    with duckdb.connect(str(house.settings.store / FILE)) as con:
        con.execute("UPDATE message SET attempts = ? WHERE state <> 'sent'", [MOST_ATTEMPTS])
    house.now += timedelta(days=1)
    came_to = deliver(house)
    assert (came_to.given_up, came_to.waiting) == (0, 2)


def test_one_that_cannot_be_reached_says_so_without_its_address(house: House, receiver: Receiver) -> None:
    house.environment["TRIALWATCH_NOTIFY_HOOK"] = f"http://127.0.0.1:9/{SECRET}"
    assert "gave no answer: the connection was refused" in deliver(house).sentence


def test_who_is_taken_out_of_notify_gets_nothing_more(house: House, receiver: Receiver) -> None:
    house.configure(WATCH.replace('notify = ["Hook"]', ""))
    deliver(house)
    assert receiver.posted == []
    assert ledger(house, "state") == [("withdrawn",)]


def test_a_message_that_was_being_offered_when_we_died_is_offered_again(house: House, receiver: Receiver) -> None:
    with duckdb.connect(str(house.settings.store / FILE)) as con:
        con.execute("UPDATE message SET state = 'leased' WHERE recipient = 'notify:hook' AND state <> 'sent'")
    assert deliver(house).channels["notify:hook"].sent == 1
    assert deliver(house).channels == {}


def test_one_that_pauses_is_tried_at_once_by_the_id_that_its_receiver_was_given(
    house: House, receiver: Receiver, typed: Typed
) -> None:
    with duckdb.connect(str(house.settings.store / FILE)) as con:
        con.execute("UPDATE message SET attempts = 9 WHERE recipient = 'notify:hook' AND state <> 'sent'")
    receiver.answers = [500]
    deliver(house)
    (posted,) = receiver.posted
    deliver(house)
    assert (len(receiver.posted), ledger(house, "state, attempts")) == (1, [("failed", 10)])
    assert typed("deliver", "--again", posted.document["id"])[0] == 0
    assert (len(receiver.posted), ledger(house, "state, attempts")) == (2, [("sent", 11)])


def test_a_preview_shows_it_and_no_file_knows_its_address(house: House, receiver: Receiver, typed: Typed) -> None:
    receiver.answers = [500]
    typed("deliver")
    code, out, _ = typed("preview", "--json")
    assert code == 0
    (shown,) = (each for each in json.loads(out) if each["recipient"] == "notify:hook")
    assert shown["mail"].encode() == receiver.posted[0].body
    typed("preview", "--folder", str(house.folder / "look"))
    (file,) = (house.folder / "look").glob("*.json")
    assert file.read_bytes() == receiver.posted[0].body
    for path in house.settings.data_dir.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_a_test_message_shows_that_one_arrives(house: House, receiver: Receiver, typed: Typed) -> None:
    code, _, said = typed("deliver", "--test", "notify:hook")
    assert (code, "a test message was taken by notify:hook" in said) == (0, True)
    jsonschema.validate(receiver.posted[0].document, SCHEMA)
    assert receiver.posted[0].document["type"] == "test"
    receiver.answers = [403]
    code, _, said = typed("deliver", "--test", "notify:hook")
    assert (code, "it answered 403" in said, SECRET in said) == (5, True, False)
    code, _, said = typed("deliver", "--test", "notify:hok")
    assert (code, "did you mean 'TRIALWATCH_NOTIFY_HOOK'" in said) == (2, True)


def test_a_channel_without_an_address_is_an_error_that_names_it_and_the_subscription(house: House) -> None:
    house.configure(WATCH)
    with pytest.raises(SettingsError) as raised:
        delivery.check(house.settings, configuration(house.settings.config))
    assert "subscription 'team' names the channel 'hook', but TRIALWATCH_NOTIFY_HOOK is not set" in str(
        raised.value
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"jsons://host/{SECRET}?verify=no", "neither +Header=value nor -parameter=value"),
        (f"json:///{SECRET}", "no webhook's address"),
        (f"https:///{SECRET}", "no webhook's address"),
        (f"https://user:{SECRET}@[host/", "no webhook's address"),
        (f"slack://{SECRET}", "nor one that Apprise knows"),
        (f"nonsense://{SECRET}", "nor one that Apprise knows"),
        (SECRET, "nor one that Apprise knows"),
    ],
)
def test_an_address_that_cannot_be_meant_is_an_error_that_does_not_tell_it(
    house: House, address: str, said: str
) -> None:
    house.configure(WATCH)
    house.environment["TRIALWATCH_NOTIFY_HOOK"] = address
    with pytest.raises(SettingsError) as raised:
        delivery.check(house.settings, configuration(house.settings.config))
    assert said in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("name", ["https://hooks.example.org/x", "a b", ""])
def test_notify_holds_names_and_no_addresses(house: House, name: str) -> None:
    house.configure(WATCH.replace("Hook", name))
    with pytest.raises(SettingsError, match="notify must"):
        configuration(house.settings.config)


@pytest.mark.slow
def test_a_digest_to_a_channel_alone_waits_for_its_hour(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH.replace('to = ["one@example.org"]', 'send = "daily"'))
    with open_receiver() as receiver:
        house.environment["TRIALWATCH_NOTIFY_HOOK"] = address(receiver, "json") + "?+X-Key=a%20b&-q=1"
        registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
        house.night()
        (welcome,) = receiver.posted
        assert (welcome.path, welcome.headers["x-key"]) == (f"/hooks/{SECRET}?q=1", "a b")
        assert "• Recruiting: 2" in welcome.document["text"]
        jsonschema.validate(welcome.document, SCHEMA)
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED"))
        house.night()
        assert len(receiver.posted) == 1
        house.now = house.now.replace(hour=6, minute=5)
        assert deliver(house).channels["notify:hook"].sent == 1
        assert [each["kind"] for each in receiver.posted[1].document["changes"]] == ["completed"]
