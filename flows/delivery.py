"""Delivering: hand over what is due, recipient by recipient; each success is on record before the next attempt.

The caller holds the store (``warehouse.store.held``), but for ``deliver_by_itself``.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from connectors.errors import MailLaterError, MailRefusedError, MailServerError
from connectors.mail import Postman, postman_from
from flows.settings import Configuration, Settings, SettingsError
from flows.steps import note_standing
from warehouse import ledger
from warehouse.alerts import message_id
from warehouse.dates import naive_utc
from warehouse.digest import TO_THE_OPERATOR, Heard, Notice, compose
from warehouse.ledger import Mail
from warehouse.letters import Writer
from warehouse.store import held_within, opened

log = logging.getLogger("trialwatch")

PATIENCE_S = 600.0
"""How long a delivery waits for the store."""
MOST_SERVER_TROUBLES = 3
"""In a row: then there is no mail server today, and each further mail would only wait for its time-out."""


@dataclass(slots=True)
class Delivered:
    """What delivering came to. ``waiting`` are mails whose time has come and that are still due."""

    sent: int = 0
    given_up: int = 0
    waiting: int = 0
    next_attempt_at: datetime | None = None
    last_error: str | None = None

    @property
    def sentence(self) -> str:
        parts = [f"{self.sent} sent"]
        parts += [f"{self.given_up} given up"] if self.given_up else []
        parts += [f"{self.waiting} still due ({self._why})"] if self.waiting else []
        return f"mail: {', '.join(parts)}"

    @property
    def _why(self) -> str:
        pause = f"next attempt from {self.next_attempt_at:%Y-%m-%d %H:%M} UTC" if self.next_attempt_at else None
        return "; ".join(filter(None, (self.last_error, pause))) or "its time has just come"


def postman_of(settings: Settings) -> Postman:
    """Who carries our mail. Raises ``SettingsError`` when the mail server's address is none."""
    try:
        return postman_from(settings.smtp_url, settings.outbox)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def writer_of(settings: Settings, configuration: Configuration) -> Writer:
    """Who writes our mail. Answers go to the operator where no reply address is set."""
    reply_to = settings.reply_to or settings.operator
    return Writer(settings.mail_from, reply_to, configuration.subscriptions, settings.operator)


def deliver(settings: Settings, configuration: Configuration, postman: Postman | None = None) -> Delivered:
    """Hand over what is due. What cannot be handed over now stays due, or is given up, each mail by itself."""
    delivery = _Round(settings, postman or postman_of(settings), writer_of(settings, configuration))
    with opened(settings.store) as con:
        ledger.freeze(con, delivery.writer, delivery.now())
        ledger.withdraw(con, delivery.writer, delivery.now())
        delivery.go(con)
        if delivery.came_to.given_up:
            # The operator hears of it in the same round.
            ledger.freeze(con, delivery.writer, delivery.now())
            delivery.go(con)
        still = ledger.waiting(con, delivery.now())
    came_to = delivery.came_to
    came_to.waiting, came_to.next_attempt_at = still.mails, still.next_attempt_at
    came_to.last_error = came_to.last_error or still.last_error
    return came_to


def notice(settings: Settings, recipient: str, period: str, told: Heard, reason: str = TO_THE_OPERATOR) -> Notice:
    """A mail of trialwatch about itself. ``period`` makes its Message-ID."""
    writer = Writer(settings.mail_from, None, ())
    name = message_id("notice", recipient, period, writer.domain)
    return Notice(recipient, writer.sender, name, settings.now(), (told,), reason)


def hand_over(settings: Settings, letter: Notice) -> None:
    """Send a mail past the ledger, once, now. Raises ``MailError``."""
    postman_of(settings).send(
        compose(letter), sender=letter.sender, recipient=letter.recipient, message_id=letter.message_id
    )


def send_test(settings: Settings, recipient: str) -> str:
    """Send a mail that only shows that mail arrives; returns the sentence for it. Raises ``MailError``."""
    now = settings.now()
    said = (
        "If you can read this, mail from trialwatch reaches you.",
        f"It was sent {now:%Y-%m-%d %H:%M} UTC as {settings.mail_from}.",
    )
    why = "somebody had trialwatch send a test mail to you."
    hand_over(settings, notice(settings, recipient, f"test {now.isoformat()}", ("a test mail", said), reason=why))
    return f"a test mail to {recipient} was taken by {settings.smtp_host or settings.outbox}"


def deliver_by_itself(settings: Settings, configuration: Configuration) -> Delivered:
    """A delivery outside of a night: it waits for the store, and takes stock afterwards."""
    with held_within(settings.store, "trialwatch deliver", PATIENCE_S):
        came_to = deliver(settings, configuration)
        note_standing(settings, configuration)
    return came_to


@dataclass(slots=True)
class _Round:
    """One round: every mail that may be offered is offered once."""

    settings: Settings
    postman: Postman
    writer: Writer
    came_to: Delivered = field(default_factory=Delivered)
    offered: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        return naive_utc(self.settings.now())

    def go(self, con: duckdb.DuckDBPyConnection) -> None:
        troubles = 0
        for mail in self._unoffered(con):
            has_server = self._offer(con, mail)
            troubles = 0 if has_server else troubles + 1
            if troubles == MOST_SERVER_TROUBLES:
                break

    def _unoffered(self, con: duckdb.DuckDBPyConnection) -> Iterator[Mail]:
        for mail in ledger.ready(con, self.now()):
            if mail.message_id not in self.offered:
                self.offered.add(mail.message_id)
                yield mail

    def _offer(self, con: duckdb.DuckDBPyConnection, mail: Mail) -> bool:
        """Offer one mail and note how that went; False when there was no server to offer it to."""
        ledger.lease(con, mail, self.now())
        try:
            self.postman.send(
                mail.content, sender=mail.sender, recipient=mail.recipient, message_id=mail.message_id
            )
        except MailServerError as error:
            self.came_to.last_error = str(error)
            ledger.hand_back(con, mail, str(error))
            return False
        except MailLaterError as error:
            self.came_to.last_error = str(error)
            if not ledger.postpone(con, mail, self.writer, self.now(), str(error)):
                self._count_given_up(mail, str(error))
        except MailRefusedError as error:
            ledger.give_up(con, mail, self.writer, self.now(), str(error))
            self._count_given_up(mail, str(error))
        else:
            self.came_to.sent += 1
            ledger.settle(con, mail, self.now())
        return True

    def _count_given_up(self, mail: Mail, error: str) -> None:
        self.came_to.given_up += 1
        log.warning("a mail of the subscription %r was given up: %s", mail.subscription, error)
