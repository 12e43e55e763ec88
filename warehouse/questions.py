"""Questions asked of the published file, read-only and shut off from everything else.

A statement that an analyst types can read this one file and nothing more: no other file, no network, no setting.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import (
    DamagedError,
    NothingPublishedError,
    OperatorError,
    QuestionError,
    StoreHeldError,
    named,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows with their column names, in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def documents(self) -> list[dict[str, Any]]:
        """The rows as JSON can carry them: dates and instants in ISO form."""
        return [dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows]


@contextmanager
def published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only. Raises ``NothingPublishedError`` where there is none.

    Raises ``OperatorError`` when it cannot be read: damaged, or opened for writing by somebody else.
    """
    if not path.exists():
        raise NothingPublishedError(f"{path} is not there yet: run `trialwatch run` first")
    try:
        con = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _unreadable(error) or error from error
    try:
        for setting in (
            "enable_external_access = false",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "lock_configuration = true",
        ):
            con.execute(f"SET {setting}")
        yield con
    finally:
        con.close()


def ask(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> Answer:
    """The answer to one statement. Raises ``QuestionError`` with DuckDB's own words."""
    try:
        result = con.execute(statement, list(values))
        columns = tuple(column[0] for column in result.description or [])
        return Answer(columns, result.fetchall())
    except duckdb.Error as error:
        raise _unreadable(error) or QuestionError(str(error)) from error


def changes(
    con: duckdb.DuckDBPyConnection,
    *,
    since: date | None = None,
    kinds: Sequence[str] = (),
    substance: str | None = None,
) -> Answer:
    """What changed, the latest first. ``since`` counts the day on which we saw it."""
    return ask(
        con,
        """
        SELECT changes.*, trials.title, trials.substances, trials.is_relevant, trials.url
        FROM changes
        LEFT JOIN trials USING (trial_id)
        WHERE ($1::DATE IS NULL OR observed_at >= $1::DATE)
            AND (len($2::VARCHAR[]) = 0 OR list_contains($2::VARCHAR[], kind))
            AND ($3::VARCHAR IS NULL OR list_contains(substances, $3::VARCHAR))
        ORDER BY observed_at DESC, trial_id, kind, field
        """,
        [since, list(kinds), substance],
    )


def trial(con: duckdb.DuckDBPyConnection, trial_id: str) -> dict[str, Any] | None:
    """One trial: how it stands, why it is in the watch, and its whole timeline; None when we hold no such."""
    found = ask(con, "SELECT * FROM trials WHERE trial_id = ?", [trial_id]).documents()
    if not found:
        return None
    parts = {
        "memberships": "SELECT * FROM watch_members WHERE trial_id = ? ORDER BY watch, stay",
        "substances": "SELECT * FROM trial_substances WHERE trial_id = ? ORDER BY substance, field",
        "versions": "SELECT * FROM trial_versions WHERE trial_id = ? ORDER BY registry_date, observed_at",
        "status_history": "SELECT * FROM status_history WHERE trial_id = ? ORDER BY from_date, to_date",
        "changes": "SELECT * FROM changes WHERE trial_id = ? ORDER BY observed_at, kind, field",
        "flags": "SELECT * FROM trial_flags WHERE trial_id = ? ORDER BY path, value",
    }
    return {
        "trial": found[0],
        **{name: ask(con, sql, [trial_id]).documents() for name, sql in parts.items()},
    }


def _unreadable(error: duckdb.Error) -> OperatorError | None:
    """Why the published file could not be read, when it was not the question's fault."""
    trouble = named(error)
    if isinstance(trouble, StoreHeldError):
        return OperatorError(f"{trouble} (the published file must only ever be opened read-only)")
    if isinstance(trouble, DamagedError):
        return DamagedError(
            "the published file is damaged: `trialwatch run` publishes it anew; until then open the newest "
            "file in published/earlier"
        )
    return trouble if isinstance(trouble, OperatorError) else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
