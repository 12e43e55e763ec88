"""Chats by Apprise, on loopback: what they are sent, what an answer tells, and what a hostile title does."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.channels import channel_from
from connectors.chat import MOST_LETTERS, Chat
from connectors.errors import MailboxGoneError, MailBrokenOffError, MailError, MailLaterError
from connectors.network import Network
from connectors.webhook import Webhook
from tests.receiver import Receiver, open_receiver
from warehouse.words.inert import inert

SECRET = "a1b2c3d4e5f6g7h8i9j0k1l2m3"
HOSTILE = (
    "Ketamine <!channel> <@U123456> @everyone @here <@&42> [click](https://evil.example/x) "
    "<https://evil.example|us> *bold* _it_ ~no~ `code` # head | evil.example &lt;!here&gt; <b>x</b> :tada: /kick "
    "<at>Team</at> \\@all {x} $TSLA"
)
MARKUP = set("@#&<>[]{}|\\*_~`$")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as running:
        yield running


def chat(address: str) -> Chat:
    made = channel_from("notify:team", "TRIALWATCH_NOTIFY_TEAM", address, "agent", Network())
    assert isinstance(made, Chat)
    return made


def mattermost(receiver: Receiver) -> Chat:
    return chat(f"mmost://{receiver.host}/{SECRET}")


def send(to: Any, text: str) -> None:
    message = json.dumps({"subject": "s", "text": text}).encode()
    to.send(message, sender="", recipient="notify:team", message_id="m@x")


def refused(to: Any, kind: type[MailError] = MailLaterError) -> MailError:
    with pytest.raises(kind) as raised:
        send(to, "first\nlast")
    assert SECRET not in f"{raised.value!r} {raised.value.said} {to!r}"
    return raised.value


def test_a_chat_without_titles_gets_the_whole_text(receiver: Receiver) -> None:
    send(
        mattermost(receiver),
        "Completed: ketamine\n• Completed\n  https://clinicaltrials.gov/study/NCT1\nnot advice",
    )
    (posted,) = receiver.posted
    assert posted.document["text"].splitlines() == [
        "Completed: ketamine",
        "• Completed",
        "  https://clinicaltrials.gov/study/NCT1",
        "not advice",
    ]


def test_one_with_titles_gets_the_first_line_as_one(receiver: Receiver) -> None:
    send(chat(f"ntfy://{receiver.host}/trials"), "Completed: ketamine\n• Completed\nnot advice")
    assert receiver.posted[0].document["title"] == "Completed: ketamine"
    assert receiver.posted[0].document["message"] == "• Completed\nnot advice"


def test_a_long_text_is_cut_between_its_lines(receiver: Receiver) -> None:
    entries = [f"• change {number} {'x' * 60}" for number in range(200)]
    send(mattermost(receiver), "\n".join(["200 changes", *entries, "All of it: https://trials.example.org/"]))
    *shown, more, last = receiver.posted[0].document["text"].splitlines()
    assert (more, last) == (f"… and {201 - len(shown)} more.", "All of it: https://trials.example.org/")
    assert shown[1:] == entries[: len(shown) - 1]
    assert len(receiver.posted[0].document["text"]) <= MOST_LETTERS + 10


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_the_status_of_a_refusal_is_learnt(receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    error = refused(mattermost(receiver))
    assert f"notify:team did not take a message (it answered {status})." in str(error)
    assert error.is_its_own


def test_one_that_is_gone_is_gone(receiver: Receiver) -> None:
    receiver.answers = [410]
    refused(mattermost(receiver), MailboxGoneError)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with open_receiver() as other:
        receiver.answers, receiver.elsewhere = [307], f"http://{other.host}/"
        assert "It has moved" in str(refused(mattermost(receiver)))
        assert other.posted == []


def test_one_that_is_not_there_says_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        error = refused(chat(f"mmost://127.0.0.1:9/{SECRET}"), MailBrokenOffError)
    assert not error.is_its_own
    assert SECRET not in caplog.text


def test_one_that_hangs_has_an_end(receiver: Receiver) -> None:
    receiver.how = "hang"
    made = mattermost(receiver)
    error = refused(Chat(made.name, made.setting, made.way, whole_s=0.3), MailBrokenOffError)
    assert "timed out" in str(error)


def test_a_plugin_that_breaks_says_no_more_than_that() -> None:
    class Broken:
        title_maxlen, body_maxlen = 0, 1000

        def notify(self, **_: Any) -> bool:
            raise RuntimeError(SECRET)

    assert str(refused(Chat("notify:team", "X", Broken()))) == "notify:team did not take a message (RuntimeError)."


def test_one_that_says_no_and_not_why(receiver: Receiver) -> None:
    class Mute:
        title_maxlen, body_maxlen = 0, 1000

        def notify(self, **_: Any) -> bool:
            return False

    assert "If this lasts, look at X" in str(refused(Chat("notify:team", "X", Mute())))


# -- which channel an address means ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("json://host/x", Webhook),
        ("jsons://host/x", Webhook),
        ("https://host.example.org/x", Webhook),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", Chat),
        ("https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz", Chat),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", Chat),
        ("matrix://user:password@host.example.org/#room", Chat),
    ],
)
def test_an_address_is_a_webhooks_or_a_chats(address: str, kind: type) -> None:
    assert type(channel_from("n", "S", address, "agent", Network())) is kind


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET[:24]}/#one/#two", "X names several targets"),
        (f"mmost://host/{SECRET}?channels=one,two", "X names several targets"),
        (f"mmost://host/{SECRET}?overflow=split", "X sets overflow="),
    ],
)
def test_an_address_that_would_send_twice_is_refused(address: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        channel_from("n", "X", address, "agent", Network())
    assert SECRET[:24] not in str(raised.value)


# -- hostile text ---------------------------------------------------------------------------------------


def test_hostile_text_has_no_letter_left_that_means_anything() -> None:
    said = inert(HOSTILE)
    assert not MARKUP & set(said)
    assert "://" not in said
    assert "evil.example" not in said
    assert ":tada:" not in said
    assert " /kick" not in said
    assert len(said) == len(HOSTILE), "each is there, as its look-alike"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tel:+49123", "tel：+49123"),
        ("MAILTO:x", "MAILTO：x"),
        ("evil。com", "evil․com"),
        ("例．com", "例․com"),
        ("Hotel: x", "Hotel: x"),
        ("治疗。组", "治疗。组"),
    ],
)
def test_an_address_without_slashes_and_one_with_another_full_stop_link_nowhere(address: str, said: str) -> None:
    assert inert(address) == said


@pytest.mark.parametrize(
    "plain", ["0.5 mg/kg at 09:00:04 (n = 60), 50 % of doses; e. g. twice", "Ketamine – Köln"]
)
def test_ordinary_words_stay_as_they_are(plain: str) -> None:
    assert inert(plain) == plain


def test_slack_makes_nothing_of_a_hostile_title(receiver: Receiver) -> None:
    slack = chat("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    slack.way.webhook_url = f"http://{receiver.host}"
    send(slack, f"A title {inert(HOSTILE)}\n• {inert(HOSTILE)}\nlast")
    (attachment,) = receiver.posted[0].document["attachments"]
    assert not MARKUP & set(attachment["title"] + attachment["text"])


def test_discord_pings_nobody_for_a_hostile_title(receiver: Receiver) -> None:
    discord = chat("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz")
    discord.way.notify_url = f"http://{receiver.host}"
    send(discord, f"A title {inert(HOSTILE)}\n• {inert(HOSTILE)}\nlast")
    document = receiver.posted[0].document
    assert not MARKUP & set(document["content"])
    assert not document.get("allow_mentions")
