"""Asking the operator about trials that may be one study: once of each pair, in the night that finds it."""

from datetime import datetime

import duckdb

from warehouse.judge import trouble
from warehouse.keep import operator_mail
from warehouse.keep.twins import doubts
from warehouse.store.file import transaction


def tell(con: duckdb.DuckDBPyConnection, operator: str, run_id: str, now: datetime) -> None:
    """Put one mail with every pair that the operator has not been told of yet. ``now`` is naive UTC."""
    told = set(con.execute("SELECT trial_id, other_id FROM doubt_told").fetchall())
    news = [each for each in doubts(con) if (each.trial_id, each.other_id) not in told]
    if not news:
        return
    with transaction(con):
        con.executemany(
            "INSERT INTO doubt_told VALUES (?, ?, ?)", [[each.trial_id, each.other_id, now] for each in news]
        )
        operator_mail.put(con, trouble.of_doubts(news), operator=operator, run_id=run_id, now=now)
