"""Looking at mails before they go, or again after they went. Nothing is sent and nothing marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from connectors.files import making, write_whole
from flows import holders
from flows.delivery import LONGEST_WAIT_S, writer_of
from flows.settings import Configuration, Settings
from warehouse.errors import NothingPublishedError
from warehouse.store.file import FILE, locked_within, opened
from warehouse.tell import ledger
from warehouse.tell.notice import is_to_a_channel

_AS_A_MAIL = "To: {}\nContent-Type: application/json; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of a day to the end of another (UTC); None: open."""

    since: date | None
    until: date | None

    @property
    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Naive UTC, as the store keeps them; the second is the last instant of its day."""
        first = datetime.combine(self.since, time.min) if self.since else None
        last = datetime.combine(self.until, time.max) if self.until else None
        return first, last


def mails(settings: Settings, configuration: Configuration, period: Period) -> list[ledger.Previewed]:
    """Every mail of a period, by the day on which it falls due, as it was or would be sent.

    Without a beginning: only what has not been sent yet. Raises ``NothingPublishedError`` before the first night.
    """
    if not (settings.store / FILE).exists():
        raise NothingPublishedError(f"there is no store in {settings.store} yet: run `trialwatch run` first")
    since, until = period.instants
    with (
        locked_within(settings.store, holders.PREVIEW, LONGEST_WAIT_S),
        opened(settings.store, read_only=True) as con,
    ):
        return list(ledger.preview(con, writer_of(settings, configuration), since, until))


def as_mbox(previewed: list[ledger.Previewed]) -> Iterator[bytes]:
    """The mails for a mail program's eye: each to the byte, after a line that tells where it begins (RFC 4155).

    What goes to a channel is no mail, and gets the head of one here.
    """
    for each in previewed:
        sender = re.sub(r"\s", "", each.mail.sender.rpartition("<")[2].rstrip(">"))
        yield f"From {sender} {each.due_at:%a %b %d %H:%M:%S %Y}\n".encode()
        if is_to_a_channel(each.mail.recipient):
            yield _AS_A_MAIL.format(each.mail.recipient).encode()
        yield each.mail.content
        yield b"\n"


def into_folder(previewed: list[ledger.Previewed], folder: Path) -> None:
    """Each mail, and what goes to a channel, as a file, to the byte."""
    with making(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(previewed, 1):
        kind = "json" if is_to_a_channel(each.mail.recipient) else "eml"
        write_whole(folder / f"{number:03}-{each.mail.message_id}.{kind}", each.mail.content)


def documents(previewed: list[ledger.Previewed]) -> list[dict[str, Any]]:
    """The mails as JSON can carry them."""
    return [
        {
            "message_id": each.mail.message_id,
            "subscription": each.mail.subscription,
            "recipient": each.mail.recipient,
            "topic": each.mail.topic,
            "state": each.state,
            "due_at": each.due_at.isoformat() + "Z",
            "mail": each.mail.content.decode("utf-8"),
        }
        for each in previewed
    ]


def sentence(previewed: list[ledger.Previewed], now: datetime) -> str:
    """How many there are, and how far each is. ``now`` is aware."""
    naive = now.astimezone(UTC).replace(tzinfo=None)
    counts = {
        "sent already": sum(each.state == "sent" for each in previewed),
        "given up": sum(each.state == "given_up" for each in previewed),
        "not to be sent any more": sum(each.state == "withdrawn" for each in previewed),
        "due now": sum(each.state in ledger.DUE_STATES and each.due_at <= naive for each in previewed),
        "due later": sum(each.state in ledger.DUE_STATES and each.due_at > naive for each in previewed),
    }
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    return f"mails: {', '.join(parts) or 'none'}; nothing was sent"
