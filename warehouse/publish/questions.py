"""Questions asked of the published file, read-only and shut off from everything else.

A statement that an analyst types can read this one file and nothing more: no other file, no network, no setting,
nothing of this machine's disk, and no more than a share of its memory.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
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
from warehouse.store.connection import connect

MOST_MEMORY = "2GB"
SHUT_OFF = (
    "temp_directory = ''",  # what does not fit into memory is refused, and not written beside the data
    "enable_external_access = false",
    "python_enable_replacements = false",  # or a statement could name our own variables as tables
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "lock_configuration = true",  # the last: it shuts this very road
)
QUESTIONS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


ROWS_AT_ONCE = 1000
IN_A_STREAM = "unsuccessful or closed pending query result\nError: "
"""What DuckDB says before the reason when a question fails whose first rows are out already."""


@dataclass(frozen=True, slots=True)
class RowStream:
    """Column names, and rows as they come out of the file: an answer that need not fit into memory.

    They come for as long as nothing else is asked of the connection. Where they break off, ``QuestionError``.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]

    def documents(self) -> Iterator[dict[str, Any]]:
        """The rows as JSON can carry them: instants in ISO form, no NaN, columns of one name numbered."""
        names: list[str] = []
        for column in self.columns:
            taken = sum(1 for name in self.columns[: len(names)] if name == column)
            names.append(f"{column}_{taken}" if taken else column)
        return (dict(zip(names, map(_plain, row), strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows with their column names, in order: an answer that was bounded by its question."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def documents(self) -> list[dict[str, Any]]:
        return list(RowStream(self.columns, iter(self.rows)).documents())


@contextmanager
def published(path: Path, memory: str = MOST_MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only. Raises ``NothingPublishedError`` where there is none.

    Raises ``OperatorError`` when it cannot be read: damaged, or opened for writing by somebody else.
    """
    if not path.exists():
        raise NothingPublishedError(f"{path} is not there yet: run `trialwatch run` first")
    try:
        con = connect(path, read_only=True)
    except duckdb.Error as error:
        raise _unreadable(error) or error from error
    try:
        for setting in (f"memory_limit = '{memory}'", *SHUT_OFF):
            con.execute(f"SET {setting}")
        yield con
    finally:
        con.close()


def ask(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> QueryResult:
    """As ``stream``, the whole answer at once."""
    return _whole(stream(con, statement, values))


def _whole(answer: RowStream) -> QueryResult:
    return QueryResult(answer.columns, list(answer.rows))


def stream(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> RowStream:
    """The answer to one question. Raises ``QuestionError`` with DuckDB's words, or when it is not one question."""
    with _told(con):
        _must_be_text(statement, *values)
        if not _is_one_question(con.extract_statements(statement)):
            raise QuestionError("ask one question at a time, one that begins with SELECT, FROM, WITH or the like")
        con.execute(statement, list(values))
        columns = tuple(column[0] for column in con.description or [])
        return RowStream(columns, _rows(con, con.fetchmany(ROWS_AT_ONCE)))


def _must_be_text(*typed: Any) -> None:
    """What a terminal sent may be no text, which DuckDB's own library has no words for."""
    try:
        "".join(each for each in typed if isinstance(each, str)).encode()
    except UnicodeEncodeError as error:
        raise QuestionError("what is asked holds bytes that are no text in UTF-8; type it anew") from error


def _rows(con: duckdb.DuckDBPyConnection, first: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The first rows, which are there already, and then the rest."""
    rows, given = first, 0
    while rows:
        yield from rows
        given += len(rows)
        try:
            with _told(con):
                rows = con.fetchmany(ROWS_AT_ONCE)
        except QuestionError as error:
            why = str(error).rpartition(IN_A_STREAM)[2]
            raise QuestionError(f"the answer is not whole, it breaks off after {given:,} rows: {why}") from error


@contextmanager
def _told(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What DuckDB raises is told as whose fault it is."""
    try:
        yield
    except (duckdb.OutOfMemoryException, ArithmeticError, ValueError, MemoryError) as error:
        raise QuestionError(str(error) or "the answer does not fit into memory") from error
    except duckdb.InterruptException as error:
        # One of its threads met a row that cannot be made and stopped the others, of which one was asked first.
        raise QuestionError("DuckDB met a row that it cannot make, and does not say which") from error
    except duckdb.Error as error:
        raise _unreadable(error) or QuestionError(str(error)) from error
    except RuntimeError as error:
        if "interrupted" in str(error):  # DuckDB's word for Ctrl-C; its own threads have not heard of it yet
            con.interrupt()
            raise KeyboardInterrupt from error
        raise


def ask_of_ours(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> QueryResult:
    """As ``stream_of_ours``, the whole answer at once."""
    return _whole(stream_of_ours(con, statement, values))


def stream_of_ours(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()) -> RowStream:
    """As ``stream``, for a question that this program brings: what the file lacks is no fault of who asks.

    Raises ``OperatorError`` where another trialwatch published the file, which knew no such view or column.
    """
    try:
        return stream(con, statement, values)
    except QuestionError as error:
        if isinstance(error.__cause__, duckdb.CatalogException | duckdb.BinderException):
            raise OperatorError(
                "what is published was made by another version of trialwatch, and lacks what this one asks for: "
                "`trialwatch run` publishes it anew"
            ) from error
        raise


def _is_one_question(statements: list[duckdb.Statement]) -> bool:
    kinds = [statement.type for statement in statements]
    # DuckDB itself takes a PIVOT apart into steps, and only those have no text of their own.
    is_pivot = len(kinds) > 1 and kinds[-1] in QUESTIONS and not any(each.query for each in statements)
    return is_pivot or (len(kinds) == 1 and kinds[0] in QUESTIONS)


def changes(
    con: duckdb.DuckDBPyConnection,
    *,
    since: date | None = None,
    kinds: Sequence[str] = (),
    substance: str | None = None,
) -> RowStream:
    """What changed, the latest first. ``since`` counts the day on which we saw it, and of the past its own day."""
    return stream_of_ours(
        con,
        """
        SELECT changes.*, trials.title, trials.substances, trials.is_relevant, trials.url
        FROM changes
        LEFT JOIN trials USING (trial_id)
        WHERE ($1::DATE IS NULL OR if(source = 'history', registry_date, observed_at) >= $1::DATE)
            AND (len($2::VARCHAR[]) = 0 OR list_contains($2::VARCHAR[], kind))
            AND ($3::VARCHAR IS NULL OR list_contains(substances, $3::VARCHAR))
        ORDER BY if(source = 'history', registry_date, observed_at) DESC, trial_id, kind, field
        """,
        [since, list(kinds), substance],
    )


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
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} seconds"
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    return str(value)
