"""How mail and channels stand, for ``status.json``: counts and sentences, and nobody's address."""

from datetime import datetime
from typing import Any

import duckdb

from warehouse.store.tables import sql
from warehouse.tell import ledger


def mail_status(con: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, Any]:
    """What waits, what was given up, and why mail would not reach the operator. ``now`` is naive UTC."""
    given_up = _given_up(con)
    return {
        "mail_waiting": ledger.waiting(con, now).mails,
        "mail_given_up": sum(each["mails"] for each in given_up),
        "given_up": given_up,
        "mail_trouble": _mail_trouble(con),
        "channels": _rows(con, "tell/channels", {"now": now}),
    }


def _given_up(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """A row for each subscription with mail that was given up, the last first."""
    return _rows(con, "tell/given_up")


def _rows(con: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    found = con.execute(sql(name), values)
    names = [column[0] for column in found.description or []]
    rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
    return [
        {name: f"{value.isoformat()}Z" if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


def _mail_trouble(con: duckdb.DuckDBPyConnection) -> str | None:
    """Why no mail would reach the operator now, in a sentence; None as far as mail goes out."""
    to_the_operator, to_no_server, error = con.execute(sql("tell/unreached")).fetchall()[0]
    if to_the_operator:
        return f"mail does not reach the operator ({_mails(to_the_operator)} of trouble still due): {error}"
    return f"no mail goes out ({_mails(to_no_server)} still due): {error}" if to_no_server else None


def _mails(count: int) -> str:
    return f"{count} mail{'' if count == 1 else 's'}"
