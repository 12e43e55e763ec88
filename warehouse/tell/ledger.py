"""The mail ledger: what is due becomes frozen messages, and each message's fate is noted before the next.

A message is written once, before its first attempt, and every attempt sends those bytes. Before it is offered
it is leased: a lease that nobody took back is of a process that died offering it, and whether the mail went out
then nobody knows, so it is offered again, the same to the byte. Who calls holds the store, so no lease is anyone
else's.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.judge import trouble
from warehouse.keep import operator_mail
from warehouse.store.file import transaction
from warehouse.store.tables import sql
from warehouse.tell.digest import OperatorMail, compose
from warehouse.tell.facts import Facts
from warehouse.tell.mail_contents import Unwritten, Writer, contents, unwritten
from warehouse.tell.notice import is_to_a_channel, notice
from warehouse.tell.retries import FREE_RETRIES, LONGEST_PAUSE, next_attempt

DUE_STATES = frozenset({"due", "leased", "failed"})
_DUE = "state IN ('due', 'leased', 'failed')"
_UNSENT = "state IN ('due', 'leased', 'failed', 'given_up')"
NOT_SUBSCRIBED = "Not subscribed any more (trialwatch.toml)."


@dataclass(frozen=True, slots=True)
class Mail:
    """A frozen message, and how often it has been offered. To a channel it is a document (``notice``)."""

    message_id: str
    subscription: str
    topic: str
    sender: str
    recipient: str
    content: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mails whose time has come and that are still due. ``next_attempt_at`` is set while all of them pause."""

    mails: int
    next_attempt_at: datetime | None
    last_error: str | None


def freeze(con: duckdb.DuckDBPyConnection, writer: Writer, now: datetime) -> None:
    """Write every message whose time has come. ``now`` is naive UTC."""
    facts = Facts(con)
    for waiting in unwritten(con, now):
        mail = written(con, waiting, writer, facts)
        with transaction(con):
            con.execute(
                sql("tell/freeze"),
                {
                    "message_id": mail.message_id,
                    "subscription": mail.subscription,
                    "recipient": mail.recipient,
                    "topic": mail.topic,
                    "sender": mail.sender,
                    "written_at": waiting.due_at,
                    "mail": mail.content.decode("utf-8"),
                },
            )
            con.execute(
                "UPDATE delivery SET message_id = ? WHERE delivery_id IN (SELECT unnest(?::VARCHAR[]))",
                [mail.message_id, waiting.deliveries],
            )


def written(con: duckdb.DuckDBPyConnection, waiting: Unwritten, writer: Writer, facts: Facts) -> Mail:
    """The mail as it is, or would be, frozen. Nothing is kept."""
    period, again = waiting.period, 1
    while True:
        told = contents(con, waiting, writer, period, facts)
        if not con.execute("SELECT 1 FROM message WHERE message_id = ?", [told.message_id]).fetchone():
            break
        # The period has had its mail: a clock that was set back has brought more into it.
        again += 1
        period = f"{waiting.period} ({again})"
    if isinstance(told, OperatorMail) or not is_to_a_channel(told.recipient):
        content = compose(told)
    else:
        content = notice(told)
    return Mail(told.message_id, waiting.subscription, waiting.topic, told.sender, told.recipient, content, 0)


def ready(con: duckdb.DuckDBPyConnection, now: datetime, channel: str | None = None) -> list[Mail]:
    """The frozen mails that may be offered now, the oldest first; or the messages to one channel."""
    # A pause longer than any we make was made by a clock that ran ahead.
    may = "(next_attempt_at IS NULL OR next_attempt_at <= ? OR next_attempt_at > ?)"
    mine = "if(?::VARCHAR IS NULL, NOT starts_with(recipient, 'notify:'), recipient = ?)"
    return _mails(con, f"{_DUE} AND {may} AND {mine}", now, now + 2 * LONGEST_PAUSE, channel, channel)


def _mails(con: duckdb.DuckDBPyConnection, which: str, *values: datetime | str | None) -> list[Mail]:
    rows = con.execute(
        "SELECT message_id, subscription, topic, sender, recipient, mail, attempts FROM message "
        f"WHERE {which} "
        # What was offered in vain again and again must not keep the rest waiting.
        f"ORDER BY attempts > {FREE_RETRIES}, written_at, rowid",
        list(values),
    ).fetchall()
    return [_mail(*row) for row in rows]


def _mail(name: str, subscription: str, topic: str, sender: str, recipient: str, text: str, attempts: int) -> Mail:
    return Mail(name, subscription, topic, sender, recipient, text.encode(), attempts)


def lease(con: duckdb.DuckDBPyConnection, mail: Mail, now: datetime) -> None:
    """Note that the mail is about to be offered."""
    _set(con, mail, state="leased", attempts=mail.attempts + 1, leased_at=now)


def hand_back(con: duckdb.DuckDBPyConnection, mail: Mail, error: str) -> None:
    """Make the mail due again, uncounted: there was no server for it, or none that takes any mail."""
    _set(con, mail, state="due", attempts=mail.attempts, next_attempt_at=None, last_error=error)


def settle(con: duckdb.DuckDBPyConnection, mail: Mail, now: datetime) -> None:
    """Note that the mail was sent: a server or a channel took it."""
    _set(con, mail, state="sent", settled_at=now, next_attempt_at=None, last_error=None)


def postpone(con: duckdb.DuckDBPyConnection, mail: Mail, now: datetime, error: str) -> None:
    """Note that it is to be offered again, and from when on."""
    then = next_attempt(mail.message_id, mail.attempts + 1, now)
    _set(con, mail, state="failed", next_attempt_at=then, last_error=error)


def give_up(
    con: duckdb.DuckDBPyConnection, mail: Mail, writer: Writer, now: datetime, error: str, said: str = ""
) -> None:
    """Note that it will not be offered again, and let the operator hear of it. Nobody else's mail is touched.

    ``said`` is what the mail server said, for the operator alone. The operator hears by mail, of a channel too.
    """
    with transaction(con):
        _put(con, mail, state="given_up", settled_at=now, next_attempt_at=None, last_error=error)
        if writer.operator:
            heard = f'{error} It said: "{said}".' if said else error
            of_it = trouble.of_channel if is_to_a_channel(mail.recipient) else trouble.of_mail
            told = of_it(mail.subscription, mail.recipient, heard)
            operator_mail.put(con, told, operator=writer.operator, run_id=f"mail {mail.message_id}", now=now)


def taken_meanwhile(con: duckdb.DuckDBPyConnection, mail: Mail) -> bool:
    """Whether any other mail was taken since this one was written.

    For a mail only a mail counts, for a channel anything: that a channel works says nothing of the mail server.
    """
    found = con.execute(
        "SELECT 1 FROM message WHERE state = 'sent' AND message_id <> $message_id "
        "AND settled_at >= (SELECT written_at FROM message WHERE message_id = $message_id) "
        "AND ($is_of_a_channel OR NOT starts_with(recipient, 'notify:')) LIMIT 1",
        {"message_id": mail.message_id, "is_of_a_channel": is_to_a_channel(mail.recipient)},
    )
    return found.fetchone() is not None


def withdraw(con: duckdb.DuckDBPyConnection, writer: Writer, now: datetime) -> int:
    """Take back what is written to people who are not subscribed any more; returns how many mails."""
    listening = _listening(writer)
    left = [mail for mail in _mails(con, _UNSENT) if not _is_wanted(mail, listening, writer)]
    for mail in left:
        _set(con, mail, state="withdrawn", settled_at=now, next_attempt_at=None, last_error=NOT_SUBSCRIBED)
    return len(left)


def readdress(con: duckdb.DuckDBPyConnection, writer: Writer, now: datetime) -> None:
    """What a former operator was to be told of late, and did not get, is the present one's to know."""
    if writer.operator:
        con.execute(sql("tell/readdressed"), {"operator": writer.operator, "now": now})


def again(con: duckdb.DuckDBPyConnection, what: str) -> int:
    """Make due what was given up, of one recipient, subscription or Message-ID, or ``all``; returns how many."""
    chosen = con.execute(sql("tell/again"), {"what": what.strip().removeprefix("<").removesuffix(">")})
    return len(chosen.fetchall())


def _listening(writer: Writer) -> set[tuple[str, str]]:
    return {(each.name, recipient) for each in writer.subscriptions for recipient in each.recipients}


def _is_wanted(mail: Mail, listening: Collection[tuple[str, str]], writer: Writer) -> bool:
    if mail.topic == "trouble":
        return mail.recipient == writer.operator
    return (mail.subscription, mail.recipient) in listening


@dataclass(frozen=True, slots=True)
class Previewed:
    """A mail as it was or would be sent. ``due_at`` is naive UTC."""

    mail: Mail
    state: str
    due_at: datetime


def preview(
    con: duckdb.DuckDBPyConnection, writer: Writer, since: datetime | None, until: datetime | None
) -> Iterator[Previewed]:
    """Mails that fall due in a span; without ``since``, those that would still go out. Nothing is kept."""
    rows = con.execute(sql("tell/previewed"), {"since": since, "until": until}).fetchall()
    for *row, state, due_at in rows:
        yield Previewed(_mail(*row), state, due_at)
    listening = _listening(writer)
    facts = Facts(con)
    for waiting in unwritten(con, until):
        mail = written(con, waiting, writer, facts)
        if (since is None or waiting.due_at >= since) and _is_wanted(mail, listening, writer):
            yield Previewed(mail, "due", waiting.due_at)


def waiting(con: duckdb.DuckDBPyConnection, now: datetime, channel: str | None = None) -> Waiting:
    """What is still due at an instant (naive UTC), of the mail or of one channel."""
    return Waiting(*con.execute(sql("tell/waiting"), {"now": now, "channel": channel}).fetchall()[0])


def _set(con: duckdb.DuckDBPyConnection, mail: Mail, **facts: str | int | datetime | None) -> None:
    with transaction(con):
        _put(con, mail, **facts)


def _put(con: duckdb.DuckDBPyConnection, mail: Mail, **facts: str | int | datetime | None) -> None:
    columns = ", ".join(f"{column} = ?" for column in facts)
    con.execute(f"UPDATE message SET {columns} WHERE message_id = ?", [*facts.values(), mail.message_id])
