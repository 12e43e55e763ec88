"""By what the published tables and views are known from night to night: equal marks, equal contents.

A mark is worked out from what the store holds, never from what a night says that it did: whatever changed the
store (a night, an upgrade, a restored backup, a hand) changes the marks of what is made from it. Each holds the
program's own text as well, so that another trialwatch takes over nothing. It knows nothing of files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import duckdb

from warehouse.keep.twins import REGISTERED_TRIAL, know_registered_trials
from warehouse.store.tables import PRIVATE_COLUMNS, PUBLIC_TABLES, Column, columns

PAYLOAD = ("trial_id", "version_number", "coalesce(revision, 0)")
"""By what a record is known, unread: nothing but another revision puts other bytes in its place."""
PROGRAM = ("warehouse", "connectors")
TEXTS = (".py", ".sql", ".csv")
NAME = re.compile(r"(?:published\.)?(kept\.)?(\w+)")


def published_columns(table: str) -> list[Column]:
    """The columns of a public table that are published."""
    return [column for column in columns(table) if (table, column.name) not in PRIVATE_COLUMNS]


class Marks:
    """The marks of what is in the store, and of what is made from it by a statement."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Make ``registered_trial`` and mark every relation that a statement may read."""
        know_registered_trials(con)
        found = con.execute(" UNION ALL ".join(_questions())).fetchall()
        self._stored = {relation: f"{rows} {total}" for relation, rows, total in found}
        self.kept = {"data_dictionary": edition()}
        self.views: dict[str, str] = {}

    def add_table(self, table: str, text: str, values: Any = None) -> None:
        """Mark a table of the schema ``kept`` by the statement that makes it and the values bound in it."""
        self.kept[table] = _digest([edition(), text, repr(values), *self._read(text, self._stored)])

    def add_view(self, view: str, text: str) -> None:
        """Mark a view by its statement; the views that it asks are marked already."""
        self.views[view] = _digest([edition(), text, *self._read(text, self.views)])

    def _read(self, text: str, bare: Mapping[str, str]) -> Iterator[str]:
        """The marks of all that a statement can read: a relation that it reads stands in it by its name.

        A word that happens to be a relation's name too costs a table made anew, never a stale one.
        """
        statement = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
        for is_kept, name in sorted(set(NAME.findall(statement))):
            if is_kept:
                yield f"{name} {self.kept[name]}"
            elif name in bare:
                yield f"{name} {bare[name]}"


def _questions() -> Iterator[str]:
    """For each relation of the store the number of its rows, and the sum of their hashes.

    The sum does not depend on the rows' order. Each hash is hashed again: of the first alone two rows that
    exchange their last values would leave the sum as it was.
    """
    for table in PUBLIC_TABLES:
        yield _question(table, map(_told_apart, published_columns(table)))
    yield _question("registered_trial", REGISTERED_TRIAL)
    yield _question("trial_payload", PAYLOAD)


def _question(relation: str, named: Iterable[str]) -> str:
    return f"SELECT '{relation}', count(*), sum(hash(hash({', '.join(named)}))) FROM {relation}"


def _told_apart(column: Column) -> str:
    """DuckDB gives NULL, an empty list and a list of one NULL the same hash; as text they differ."""
    return f"{column.name}::VARCHAR" if column.type.endswith("[]") else column.name


@cache
def edition() -> str:
    """Of the program's own text and of DuckDB, whose hashes may be others in its next release."""
    return _digest([duckdb.__version__, *(text for package in PROGRAM for text in _texts(files(package)))])


def _texts(folder: Traversable) -> Iterator[str]:
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.is_dir():
            yield from _texts(path)
        elif path.name.endswith(TEXTS):
            yield f"{path.name}\n{path.read_text('utf-8')}"


def _digest(parts: Iterable[str]) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        content = part.encode()
        digest.update(b"%d " % len(content) + content)
    return digest.hexdigest()


edition()  # now that the program is read, not when it publishes: in a long night another may have come to the disk
