"""What the operator is to hear, put into the store beside what caused it, in the caller's transaction."""

import hashlib
from datetime import datetime
from typing import NamedTuple

import duckdb

from warehouse.judge.trouble import TELL_AGAIN_AFTER, Trouble

SUBSCRIPTION = "operator"
"""Under which the operator's mail stands in the ledger; it is told apart from readers' by its topic."""


class ToldTrouble(NamedTuple):
    """A trouble that was put for the operator; ``noticed_at`` is naive UTC."""

    subject: str
    noticed_at: datetime
    sentences: list[str]


def told_lately(con: duckdb.DuckDBPyConnection, subject: str, now: datetime) -> list[ToldTrouble]:
    """The troubles whose subject begins so, of which the operator need not hear again yet. ``now`` is naive UTC.

    A clock that was set back must not silence us: what was told after ``now`` counts for no longer than the rest.
    """
    found = con.execute(
        "SELECT subject, noticed_at, sentences FROM trouble "
        "WHERE starts_with(subject, ?) AND noticed_at > ? AND noticed_at < ?",
        [subject, now - TELL_AGAIN_AFTER, now + TELL_AGAIN_AFTER],
    )
    return [ToldTrouble(*row) for row in found.fetchall()]


def put(
    con: duckdb.DuckDBPyConnection,
    told: Trouble,
    *,
    operator: str,
    run_id: str,
    now: datetime,
    watch: str | None = None,
    registry_name: str | None = None,
    part: str = "",
) -> None:
    """One trouble and its delivery. All that one run puts goes into one mail, but for what it puts when that may
    be sent already: each such ``part`` has its own. ``now`` is naive UTC; without a watch and registry it is about
    the mail, or the run itself."""
    naming = (run_id, watch, registry_name, told.subject, told.sentences)
    trouble_id = hashlib.blake2b(repr(naming).encode(), digest_size=12).hexdigest()
    con.execute(
        "INSERT INTO trouble BY NAME SELECT ? AS trouble_id, ? AS run_id, ? AS watch, ? AS registry_name, "
        "? AS noticed_at, ? AS subject, ?::VARCHAR[] AS sentences",
        [trouble_id, run_id, watch, registry_name, now, told.subject, list(told.sentences)],
    )
    con.execute(
        "INSERT INTO delivery BY NAME SELECT ? AS delivery_id, ? AS subscription, '' AS watch, ? AS recipient, "
        "'trouble' AS topic, ? AS trouble_id, ? AS run_id, ? AS period, false AS is_arrival, ? AS due_at",
        [f"trouble {trouble_id}", SUBSCRIPTION, operator, trouble_id, run_id, f"trouble {run_id}{part}", now],
    )
