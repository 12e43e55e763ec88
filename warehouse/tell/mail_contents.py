"""What stands in a mail, gathered from the store: changes in full, the nights at its foot, a welcome's counts.

Nothing is written here, and no mail is composed (``digest``) or kept (``ledger``).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.judge.alerts import message_id
from warehouse.judge.watch import Subscription
from warehouse.store.tables import sql
from warehouse.tell.digest import (
    AnyMail,
    DigestMail,
    Listed,
    OperatorMail,
    RegistryNight,
    ToldChange,
    Trouble,
    WelcomeMail,
)
from warehouse.tell.facts import Facts, KnownFacts
from warehouse.words.outcomes import IS_A_NIGHT
from warehouse.words.phrases import status_words


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the sender's and the reply address, whom trouble is told, and who listens to what.

    ``page_url`` is where the page is served, if anywhere.
    """

    sender: str
    reply_to: str | None
    subscriptions: tuple[Subscription, ...]
    operator: str | None = None
    page_url: str | None = None

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2].strip("> ") or "localhost"


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Deliveries that belong into one mail: one subscription, recipient and period."""

    subscription: str
    watch: str
    recipient: str
    topic: str
    period: str
    due_at: datetime
    deliveries: list[str]
    changes: list[str]
    arrivals: list[str]
    troubles: list[str]


def unwritten(con: duckdb.DuckDBPyConnection, until: datetime | None) -> list[Unwritten]:
    """What is to be told until an instant (naive UTC; None: ever) and stands in no mail yet."""
    return [Unwritten(*row) for row in con.execute(sql("tell/unwritten"), {"until": until}).fetchall()]


def contents(
    con: duckdb.DuckDBPyConnection, waiting: Unwritten, writer: Writer, period: str, facts: Facts
) -> AnyMail:
    """What its mail says. It is dated when it fell due, so that it is the same whenever it is written."""
    common: dict[str, Any] = {
        "recipient": waiting.recipient,
        "sender": writer.sender,
        "message_id": message_id(waiting.subscription, waiting.recipient, period, writer.domain),
        "written_at": waiting.due_at,
    }
    if waiting.topic == "trouble":
        return OperatorMail(troubles=tuple(_troubles(con, waiting.troubles)), **common)
    common |= {
        "subscription": waiting.subscription,
        "watch": waiting.watch,
        "reply_to": writer.reply_to,
        "nights": tuple(_nights(con, waiting.watch)),
        "page_url": writer.page_url,
    }
    if waiting.topic == "welcome":
        return _welcome(con, common, writer, facts)
    changes, arrivals = (tuple(_told(con, ids)) for ids in (waiting.changes, waiting.arrivals))
    known = facts.known(told.trial_id for told in changes)
    told_of = {trial_id: each.facts for trial_id, each in known.items()}
    return DigestMail(changes=changes, arrivals=arrivals, facts=told_of, **common)


def _told(con: duckdb.DuckDBPyConnection, change_ids: list[str]) -> Iterator[ToldChange]:
    rows = con.execute(sql("tell/told"), [change_ids])
    names = [column[0] for column in rows.description or []]
    for row in rows.fetchall():
        told = dict(zip(names, row, strict=True))
        yield ToldChange(**{**told, "substances": tuple(told["substances"])})


def _troubles(con: duckdb.DuckDBPyConnection, trouble_ids: list[str]) -> Iterator[Trouble]:
    rows = con.execute(
        "SELECT subject, sentences FROM trouble WHERE trouble_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY rowid",
        [trouble_ids],
    ).fetchall()
    for line, sentences in rows:
        yield line, tuple(sentences)


def _nights(con: duckdb.DuckDBPyConnection, watch: str) -> Iterator[RegistryNight]:
    rows = con.execute(
        "SELECT registry_name, data_version_after, outcome, finished_at, distinct_trials FROM run "
        f"WHERE watch = ? AND {IS_A_NIGHT} "
        "QUALIFY row_number() OVER (PARTITION BY registry_name ORDER BY rowid DESC) = 1 ORDER BY registry_name",
        [watch],
    ).fetchall()
    for row in rows:
        yield RegistryNight(*row)


def _welcome(con: duckdb.DuckDBPyConnection, common: dict[str, Any], writer: Writer, facts: Facts) -> WelcomeMail:
    named = {each.name: each for each in writer.subscriptions}
    listens = named.get(common["subscription"])
    members = con.execute(
        "SELECT trial_id, overall_status, bool_or(is_relevant) FROM watch_member "
        "JOIN trial USING (trial_id) JOIN trial_version USING (trial_id, version_number) "
        "WHERE watch = ? AND left_at IS NULL GROUP BY ALL",
        [common["watch"]],
    ).fetchall()
    relevant = [trial_id for trial_id, _, ours in members if ours]
    # By the words: two registries may have one status in two spellings.
    by_status = Counter(status_words(status or "no status") for _, status, ours in members if ours)
    by_substance = con.execute(
        "SELECT substance, count(DISTINCT trial_id) FROM trial_substance "
        "WHERE trial_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY substance ORDER BY 2 DESC, 1",
        [relevant],
    ).fetchall()
    return WelcomeMail(
        **common,
        kinds=listens.kinds if listens else (),
        substances=listens.substances if listens else (),
        by_status=tuple(sorted(by_status.items(), key=lambda item: (-item[1], item[0]))),
        by_substance=tuple(by_substance),
        trials=len(members),
        relevant=len(relevant),
        listed=tuple(_listed(facts.known(relevant))),
    )


def _listed(trials: dict[str, KnownFacts]) -> list[Listed]:
    """By what they are about, and within it the newest number first."""
    newest_first = sorted(trials.values(), key=lambda each: each.facts.trial_id, reverse=True)
    return [Listed(*each) for each in sorted(newest_first, key=lambda each: tuple(each.facts.substances))]
