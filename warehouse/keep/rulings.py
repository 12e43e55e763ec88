"""A person's word on twins: kept from the night on that first reads it, also when it no longer counts."""

from collections.abc import Iterable
from datetime import datetime

import duckdb

from warehouse.judge.watch import Ruling
from warehouse.store.file import transaction


def in_force(con: duckdb.DuckDBPyConnection) -> list[Ruling]:
    """The rulings that count."""
    found = con.execute(
        "SELECT trial_id, other_id, is_one_study, reason, ruled_by FROM study_ruling WHERE withdrawn_at IS NULL"
    )
    return [Ruling(*row) for row in found.fetchall()]


def keep(con: duckdb.DuckDBPyConnection, rulings: Iterable[Ruling], now: datetime) -> None:
    """Note what a person says now, and that what is said no more is withdrawn. ``now`` is naive UTC.

    In other words, or by another name, it is another ruling.
    """
    said, before = set(rulings), set(in_force(con))
    if said == before:
        return
    with transaction(con):
        for each in sorted(before - said):
            con.execute(
                "UPDATE study_ruling SET withdrawn_at = ? "
                "WHERE trial_id = ? AND other_id = ? AND withdrawn_at IS NULL",
                [now, each.trial_id, each.other_id],
            )
        for each in sorted(said - before):
            con.execute(
                "INSERT INTO study_ruling BY NAME SELECT ? AS trial_id, ? AS other_id, ? AS ruled_at, "
                "? AS is_one_study, ? AS reason, ? AS ruled_by",
                [each.trial_id, each.other_id, now, each.is_one_study, each.reason, each.by],
            )
