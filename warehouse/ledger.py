"""The mail ledger: what is due becomes frozen messages, and each message's fate is noted before the next.

A message is written once, before its first attempt, and every attempt sends those bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.alerts import message_id
from warehouse.digest import Letter, Night, Told, Welcome, compose
from warehouse.store import transaction
from warehouse.tables import sql
from warehouse.watch import Subscription


@dataclass(frozen=True, slots=True)
class Mail:
    """A frozen message that waits to be handed over."""

    message_id: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the sender's and the reply address, and the subscriptions whose welcomes need words."""

    sender: str
    reply_to: str | None
    subscriptions: tuple[Subscription, ...]

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2].strip("> ") or "localhost"


def freeze(con: duckdb.DuckDBPyConnection, writer: Writer, now: datetime) -> int:
    """Write every message whose time has come; returns their number. ``now`` is naive UTC."""
    groups = con.execute(
        "SELECT subscription, watch, recipient, period, list(delivery_id), "
        "list(change_id) FILTER (change_id IS NOT NULL AND NOT is_arrival), "
        "list(change_id) FILTER (change_id IS NOT NULL AND is_arrival) "
        "FROM delivery WHERE message_id IS NULL AND due_at <= ? GROUP BY ALL ORDER BY ALL",
        [now],
    ).fetchall()
    for subscription, watch, recipient, period, deliveries, changes, arrivals in groups:
        name = message_id(subscription, recipient, period, writer.domain)
        common: dict[str, Any] = {
            "subscription": subscription,
            "watch": watch,
            "recipient": recipient,
            "sender": writer.sender,
            "reply_to": writer.reply_to,
            "message_id": name,
            "written_at": now,
            "nights": tuple(_nights(con, watch)),
        }
        letter: Letter | Welcome
        if changes or arrivals:
            letter = Letter(changes=tuple(_told(con, changes)), arrivals=tuple(_told(con, arrivals)), **common)
        else:
            letter = _welcome(con, common, writer)
        content = compose(letter)
        with transaction(con):
            con.execute(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, 'due', 0, NULL, NULL)",
                [name, subscription, recipient, writer.sender, now, content.decode("utf-8")],
            )
            con.execute(
                "UPDATE delivery SET message_id = ? WHERE delivery_id IN (SELECT unnest(?::VARCHAR[]))",
                [name, deliveries],
            )
    return len(groups)


def due(con: duckdb.DuckDBPyConnection) -> list[Mail]:
    """The frozen messages that are neither sent nor given up, the oldest first."""
    rows = con.execute(
        "SELECT message_id, sender, recipient, mail FROM message WHERE state = 'due' ORDER BY written_at, rowid"
    ).fetchall()
    return [Mail(name, sender, recipient, text.encode()) for name, sender, recipient, text in rows]


def settle(con: duckdb.DuckDBPyConnection, name: str, state: str, now: datetime, error: str | None = None) -> None:
    """Note how an attempt ended: ``sent``, ``given_up``, or ``due`` still."""
    settled_at = None if state == "due" else now
    with transaction(con):
        con.execute(
            "UPDATE message SET state = ?, settled_at = ?, last_error = ?, attempts = attempts + 1 "
            "WHERE message_id = ?",
            [state, settled_at, error, name],
        )


def waiting(con: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """Mails whose time has come and that are still due; given up is not due."""
    (frozen,) = con.execute("SELECT count(*) FROM message WHERE state = 'due'").fetchone() or (0,)
    (unwritten,) = con.execute(
        "SELECT count(DISTINCT (subscription, recipient, period)) FROM delivery "
        "WHERE message_id IS NULL AND due_at <= ?",
        [now],
    ).fetchone() or (0,)
    return int(frozen + unwritten)


def _told(con: duckdb.DuckDBPyConnection, change_ids: list[str] | None) -> Iterator[Told]:
    rows = con.execute(sql("ledger/told"), [change_ids or []])
    names = [column[0] for column in rows.description or []]
    for row in rows.fetchall():
        told = dict(zip(names, row, strict=True))
        yield Told(**{**told, "substances": tuple(told["substances"])})


def _nights(con: duckdb.DuckDBPyConnection, watch: str) -> Iterator[Night]:
    rows = con.execute(
        "SELECT registry_name, data_version_after, outcome, finished_at, distinct_trials FROM run "
        "WHERE watch = ? QUALIFY row_number() OVER (PARTITION BY registry_name ORDER BY rowid DESC) = 1 "
        "ORDER BY registry_name",
        [watch],
    ).fetchall()
    for row in rows:
        yield Night(*row)


def _welcome(con: duckdb.DuckDBPyConnection, common: dict[str, Any], writer: Writer) -> Welcome:
    named = {each.name: each for each in writer.subscriptions}
    listens = named.get(common["subscription"])
    members = con.execute(
        "SELECT trial_id, overall_status, bool_or(is_relevant) FROM watch_member "
        "JOIN trial USING (trial_id) JOIN trial_version USING (trial_id, version_number) "
        "WHERE watch = ? AND left_at IS NULL GROUP BY ALL",
        [common["watch"]],
    ).fetchall()
    relevant = [trial_id for trial_id, _, ours in members if ours]
    by_status: dict[str, int] = {}
    for _, status, ours in members:
        if ours:
            by_status[status or "no status"] = by_status.get(status or "no status", 0) + 1
    by_substance = con.execute(
        "SELECT substance, count(DISTINCT trial_id) FROM trial_substance "
        "WHERE trial_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY substance ORDER BY 2 DESC, 1",
        [relevant],
    ).fetchall()
    return Welcome(
        **common,
        kinds=listens.kinds if listens else (),
        substances=listens.substances if listens else (),
        by_status=tuple(sorted(by_status.items(), key=lambda item: (-item[1], item[0]))),
        by_substance=tuple(by_substance),
        trials=len(members),
        relevant=len(relevant),
    )
