"""Delivering: hand over what is due, recipient by recipient; each success is on record before the next attempt.

The caller holds the store (``warehouse.store.file.locked``), but for ``deliver_by_itself``.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from connectors.address import bare
from connectors.errors import (
    MailboxGoneError,
    MailBrokenOffError,
    MailError,
    MailRefusedError,
    MailServerError,
    MailSettingError,
    NetworkError,
)
from connectors.mail import OutboxPostman, Postman, postman_from
from connectors.smtp import SmtpPostman
from flows import holders
from flows.channels import channels_of
from flows.endings import Code
from flows.settings import Configuration, Settings, SettingsError
from flows.steps import note_status, store_held
from warehouse.instants import naive_utc
from warehouse.judge.alerts import message_id
from warehouse.store.file import opened
from warehouse.tell import ledger
from warehouse.tell.digest import TO_THE_OPERATOR, OperatorMail, Trouble, compose
from warehouse.tell.fates import Fate, Offered, ServerReply, fates
from warehouse.tell.ledger import Mail
from warehouse.tell.mail_contents import Writer

log = logging.getLogger("trialwatch")

LONGEST_WAIT_S = 600.0
"""How long a delivery waits for the store."""
MOST_SERVER_TROUBLES = 3
"""In a row: then there is no mail server today, and each further mail would only wait for its time-out."""
LONGEST_ROUND_S = 350.0
"""No mail is begun after that; the last one may take its own longest. With the channels, a night waits for the
store that long."""
LONGEST_FOR_CHANNELS_S = 40.0
"""No message to a channel is begun after that, of all channels together."""
NO_TURN = "Other channels were slow; its turn comes with the next delivery."
OUT_OF_TIME = "The mail server is slow; the rest goes out with the next delivery."


@dataclass(slots=True)
class Delivered:
    """What delivering came to. ``waiting`` are mails whose time has come and that are still due.

    ``channels`` is what came of each channel that there was anything for.
    """

    sent: int = 0
    given_up: int = 0
    waiting: int = 0
    outbox: Path | None = None
    next_attempt_at: datetime | None = None
    last_error: str | None = None
    is_misconfigured: bool = False
    channels: dict[str, "Delivered"] = field(default_factory=dict)

    @property
    def code(self) -> Code:
        """The exit code that a delivery alone ends with; given up is not due."""
        if self.is_misconfigured:
            return Code.USAGE
        return Code.MAIL_DUE if any(each.waiting for each in self._ways) else Code.DONE

    @property
    def is_worth_telling(self) -> bool:
        return self.code is not Code.DONE or any(each.sent or each.given_up for each in self._ways)

    @property
    def sentence(self) -> str:
        """For anyone to read: there is no address in it."""
        told = {"mail": self, **self.channels}
        return "; ".join(f"{name}: {', '.join(each._parts())}" for name, each in told.items())

    @property
    def counts(self) -> dict[str, int]:
        return {"sent": self.sent, "given_up": self.given_up, "waiting": self.waiting}

    @property
    def _ways(self) -> "tuple[Delivered, ...]":
        return (self, *self.channels.values())

    def _parts(self) -> Iterator[str]:
        yield f"{self.sent} {self._where}"
        if self.given_up:
            yield f"{self.given_up} given up (`trialwatch status` lists them)"
        if self.waiting:
            yield f"{self.waiting} still due ({self._why})"

    @property
    def _where(self) -> str:
        return f"written to {self.outbox}/ (no mail server is set)" if self.outbox and self.sent else "sent"

    @property
    def _why(self) -> str:
        pause = f"next attempt from {self.next_attempt_at:%Y-%m-%d %H:%M} UTC" if self.next_attempt_at else None
        last = (self.last_error or "").removesuffix(".") if pause else self.last_error
        return "; ".join(filter(None, (last, pause))) or "its time has just come"


def postman_of(settings: Settings) -> Postman:
    """Who carries our mail. Raises ``SettingsError`` when the mail server's address is none."""
    try:
        trust = settings.network.trust() if settings.smtp_url else None
        return postman_from(settings.smtp_url, settings.outbox, context=trust)
    except (ValueError, NetworkError) as error:
        raise SettingsError(str(error)) from error


def check(settings: Settings, configuration: Configuration) -> None:
    """Raises ``SettingsError`` where the settings of mail or channels can never work, before anything else is
    done."""
    channels_of(settings, configuration)
    postman = postman_of(settings)
    ours = [each for each in (settings.mail_from, settings.reply_to, settings.operator) if each]
    if isinstance(postman, SmtpPostman) and not all(bare(each).isascii() for each in ours):
        try:
            postman.check(*map(bare, ours))
        except MailSettingError as error:
            raise SettingsError(str(error)) from error
        except MailServerError as error:
            log.warning("%s", error)  # whether it takes such addresses is seen when it is there


def writer_of(settings: Settings, configuration: Configuration) -> Writer:
    """Who writes our mail. Answers go to the operator where no reply address is set."""
    reply_to = settings.reply_to or settings.operator
    return Writer(settings.mail_from, reply_to, configuration.subscriptions, settings.operator, settings.page_url)


def deliver(
    settings: Settings,
    configuration: Configuration,
    postman: Postman | None = None,
    again: str | None = None,
    longest_s: float = LONGEST_ROUND_S,
    channels: Mapping[str, Postman] | None = None,
) -> Delivered:
    """Hand over what is due. What cannot be handed over now stays due, or is given up, each mail by itself.

    ``again`` makes due what was given up: a recipient's, a channel's, a subscription's, one by its Message-ID, or
    ``all``.
    """
    delivery = _Round(settings, postman or postman_of(settings), writer_of(settings, configuration))
    delivery.ends_at += longest_s
    with opened(settings.store) as con:
        ledger.readdress(con, delivery.writer, delivery.now())
        if again is not None and not ledger.again(con, _as_stored(again)):
            raise SettingsError(
                f"there is no mail that was given up for {again!r}; `trialwatch status` lists them"
            )
        ledger.freeze(con, delivery.writer, delivery.now())
        ledger.withdraw(con, delivery.writer, delivery.now())
        delivery.go(con)
        # After the mail, which no channel ever delays.
        if channels is None:
            channels = channels_of(settings, configuration)
        through_channels = _to_channels(con, delivery, channels)
        if delivery.came_to.given_up or any(each.given_up for each in through_channels.values()):
            # The operator hears of it in the same round.
            ledger.freeze(con, delivery.writer, delivery.now())
            delivery.go(con)
        came_to = _with_what_waits(con, delivery)
    came_to.outbox = delivery.postman.folder if isinstance(delivery.postman, OutboxPostman) else None
    came_to.channels = through_channels
    return came_to


def _to_channels(
    con: duckdb.DuckDBPyConnection, mail: "_Round", channels: Mapping[str, Postman]
) -> dict[str, Delivered]:
    """Each channel in a round of its own; those that failed often go last, so that they keep nobody waiting."""
    ends_at = time.monotonic() + LONGEST_FOR_CHANNELS_S
    rounds = [
        _Round(mail.settings, postman, mail.writer, channel=name, ends_at=ends_at)
        for name, postman in channels.items()
    ]
    for each in sorted(rounds, key=lambda each: max((mail.attempts for mail in each.ready(con)), default=0)):
        each.go(con)
    said = {each.channel: _with_what_waits(con, each) for each in rounds}
    return {str(name): told for name, told in said.items() if told.sent or told.given_up or told.waiting}


def _with_what_waits(con: duckdb.DuckDBPyConnection, delivery: "_Round") -> Delivered:
    still, came_to = ledger.waiting(con, delivery.now(), delivery.channel), delivery.came_to
    came_to.waiting, came_to.next_attempt_at = still.mails, still.next_attempt_at
    came_to.last_error = came_to.last_error or still.last_error
    return came_to


def _as_stored(name: str) -> str:
    """An address as the ledger spells it; anything else as it is."""
    try:
        return bare(name)
    except ValueError:
        return name


def mail_to_operator(
    settings: Settings, recipient: str, period: str, told: Trouble, reason: str = TO_THE_OPERATOR
) -> OperatorMail:
    """A mail of trialwatch about itself. ``period`` makes its Message-ID."""
    writer = Writer(settings.mail_from, None, ())
    name = message_id("notice", recipient, period, writer.domain)
    return OperatorMail(recipient, writer.sender, name, settings.now(), (told,), reason)


def hand_over(settings: Settings, mail: OperatorMail) -> None:
    """Send a mail past the ledger, once, now. Raises ``MailError``."""
    try:
        postman_of(settings).send(
            compose(mail), sender=mail.sender, recipient=mail.recipient, message_id=mail.message_id
        )
    except MailError as error:
        if error.said:
            log.info('details: "%s"', error.said)
        raise


def send_test(settings: Settings, recipient: str) -> str:
    """Send a mail that only shows that mail arrives; returns the sentence for it. Raises ``MailError``."""
    now = settings.now()
    said = (
        "If you can read this, mail from trialwatch reaches you.",
        f"It was sent {now:%Y-%m-%d %H:%M} UTC as {settings.mail_from}.",
    )
    why = "somebody had trialwatch send a test mail to you."
    hand_over(
        settings,
        mail_to_operator(settings, recipient, f"test {now.isoformat()}", ("a test mail", said), reason=why),
    )
    return f"a test mail to {recipient} was taken by {settings.smtp_host or settings.outbox}"


def deliver_by_itself(settings: Settings, configuration: Configuration, again: str | None = None) -> Delivered:
    """A delivery outside of a night: it waits for the store, and takes stock afterwards."""
    check(settings, configuration)
    with store_held(settings, holders.DELIVER, LONGEST_WAIT_S):
        came_to = deliver(settings, configuration, again=again)
        note_status(settings, configuration)
    return came_to


@dataclass(frozen=True, slots=True)
class _Answered:
    """What came back when a mail was offered, and, where that was no yes, in which words."""

    mail: Mail
    answer: ServerReply
    error: MailError | None = None

    @property
    def sentence(self) -> str:
        return str(self.error or "")

    def offered(self) -> Offered:
        its_own = bool(self.error and self.error.is_its_own)
        topic = self.mail.topic
        return Offered(self.mail.message_id, self.answer, self.mail.attempts + 1, its_own, topic == "trouble")


@dataclass(slots=True)
class _Round:
    """One round: every mail that may be offered is offered once, then each one's fate is decided and noted.

    What was taken is on record before the next is offered; what was not keeps its lease until all have answered.
    With a ``channel`` it is what goes to that one.
    """

    settings: Settings
    postman: Postman
    writer: Writer
    channel: str | None = None
    came_to: Delivered = field(default_factory=Delivered)
    heard: dict[str, _Answered] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)
    ends_at: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return naive_utc(self.settings.now())

    def ready(self, con: duckdb.DuckDBPyConnection) -> list[Mail]:
        return ledger.ready(con, self.now(), self.channel)

    def go(self, con: duckdb.DuckDBPyConnection) -> None:
        began_with = len(self.heard)
        self._offer_all(con)
        meanwhile = {name for name, heard in self.heard.items() if ledger.taken_meanwhile(con, heard.mail)}
        decided = fates((heard.offered() for heard in self.heard.values()), meanwhile)
        for heard in list(self.heard.values())[began_with:]:
            self._note(con, heard, decided[heard.mail.message_id])

    def _offer_all(self, con: duckdb.DuckDBPyConnection) -> None:
        in_vain = 0
        most = MOST_SERVER_TROUBLES if self.channel is None else 1
        for mail in self.ready(con):
            if mail.message_id in self.heard:
                continue
            if time.monotonic() > self.ends_at:
                self.came_to.last_error = OUT_OF_TIME if self.channel is None else NO_TURN
                return
            ledger.lease(con, mail, self.now())
            heard = self.heard[mail.message_id] = self._offered(mail)
            if heard.answer is ServerReply.TAKEN:
                ledger.settle(con, mail, self.now())
            is_silent = isinstance(heard.error, MailServerError | MailBrokenOffError)
            in_vain = in_vain + 1 if is_silent else 0
            if in_vain == most:
                return

    def _offered(self, mail: Mail) -> _Answered:
        try:
            # The envelope's sender is today's: one that the server does not accept can be mended for old mail too.
            self.postman.send(
                mail.content,
                sender=self.settings.mail_from,
                recipient=mail.recipient,
                message_id=mail.message_id,
            )
        except MailError as error:
            self.came_to.last_error = str(error)
            self.came_to.is_misconfigured |= isinstance(error, MailSettingError)
            self._log(error)
            return _Answered(mail, _answer(error), error)
        return _Answered(mail, ServerReply.TAKEN)

    def _log(self, error: MailError) -> None:
        """The server's own words, once each, however many mails they meet."""
        line = f'{error} Details: "{error.said}"' if error.said else str(error)
        if line not in self.logged:
            self.logged.add(line)
            log.info("%s", line)

    def _note(self, con: duckdb.DuckDBPyConnection, heard: _Answered, fate: Fate) -> None:
        mail, error = heard.mail, heard.error
        if fate is Fate.STILL_DUE:
            ledger.hand_back(con, mail, heard.sentence)
        elif fate is Fate.POSTPONED:
            ledger.postpone(con, mail, self.now(), heard.sentence)
        elif fate is Fate.GIVEN_UP:
            ledger.give_up(con, mail, self.writer, self.now(), heard.sentence, error.said if error else "")
            what = "mail" if self.channel is None else "message"
            log.warning("a %s of the subscription %r was given up: %s", what, mail.subscription, error)
        self.came_to.sent += fate is Fate.SENT
        self.came_to.given_up += fate is Fate.GIVEN_UP


def _answer(error: MailError) -> ServerReply:
    if isinstance(error, MailServerError):
        return ServerReply.NO_SERVER
    if isinstance(error, MailboxGoneError):
        return ServerReply.NO_SUCH_MAILBOX
    return ServerReply.REFUSED if isinstance(error, MailRefusedError) else ServerReply.LATER
