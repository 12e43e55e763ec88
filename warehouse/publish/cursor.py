"""What came since a cursor, each change once, in the order in which the store took it in.

A registry's date says when something happened, and our clock when we saw it: both may go back. The published file
keeps changes in the order in which they were stored, and nothing is ever put between them: a later night, a
back-fill of the past or a rebuild adds at the end. So a cursor is a place in that order, and knows by the change
that stands there whether it still is the same one. After a restored backup it may not be: then all that later runs
stored is new.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import duckdb

from warehouse.errors import QuestionError
from warehouse.publish.questions import ask, stream

BEGINNING = ("", "start")
_WRITTEN = re.compile(
    r"(?P<store>[0-9a-f]{12})\.(?P<place>\d{1,12})\.(?P<change>[\w-]*)\.(?P<run>[\w-]*)\.(?P<sum>[0-9a-f]{6})"
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """After ``place`` changes, the last of which is ``change``; ``run`` was the latest run then."""

    store: str
    place: int
    change: str
    run: str

    def __str__(self) -> str:
        said = f"{self.store}.{self.place}.{self.change}.{self.run}"
        return f"{said}.{_sum(said)}"


@dataclass(frozen=True, slots=True)
class Since:
    """Changes as the view has them, with their trials' facts; the cursor behind the last one looked at.

    ``is_all``: nothing has come after it yet.
    """

    changes: list[dict[str, Any]]
    cursor: str
    is_all: bool


def since(
    con: duckdb.DuckDBPyConnection,
    after: str,
    *,
    kinds: Sequence[str] = (),
    substance: str | None = None,
    seen_since: date | None = None,
    most: int,
) -> Since:
    """What came after a cursor, at most so many. Kinds, substance and day choose what is told, not the cursor.

    Raises ``QuestionError`` for a cursor that is none, or one of another store.
    """
    store, run, count = _store_key(con)
    place = _place(con, None if after in BEGINNING else _read(after), store)
    told = ask(con, _TOLD, [place, list(kinds), substance, most + 1, seen_since]).documents()
    is_all = len(told) <= most
    told = told[:most]
    place = count if is_all else told[-1]["place"]
    found = list(map(_without_place, told))
    return Since(found, str(Cursor(store, place, _change_at(con, place), run)), is_all)


def all_since(
    con: duckdb.DuckDBPyConnection, after: str, *, kinds: Sequence[str] = (), substance: str | None = None
) -> tuple[Iterator[dict[str, Any]], str]:
    """All that came after a cursor, as it comes out of the file, and the cursor behind it. Raises as ``since``."""
    store, run, count = _store_key(con)
    place = _place(con, None if after in BEGINNING else _read(after), store)
    behind = str(Cursor(store, count, _change_at(con, count), run))  # first: the stream must have the last word
    told = stream(con, _TOLD, [place, list(kinds), substance, None, None])
    return map(_without_place, told.documents()), behind


def _without_place(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "place"}


_TOLD = """
SELECT changes.*, trials.title, trials.substances, trials.is_relevant, trials.url, stored.place
FROM (SELECT change_id, rowid + 1 AS place FROM kept.change WHERE rowid >= $1) AS stored
JOIN changes USING (change_id)
LEFT JOIN trials USING (trial_id)
WHERE (len($2::VARCHAR[]) = 0 OR list_contains($2::VARCHAR[], kind))
    AND ($3::VARCHAR IS NULL OR list_contains(substances, $3::VARCHAR))
    AND ($5::DATE IS NULL OR if(source = 'history', registry_date, observed_at) >= $5::DATE)
ORDER BY stored.place
LIMIT $4::BIGINT
"""


def _store_key(con: duckdb.DuckDBPyConnection) -> tuple[str, str, int]:
    """By what a store is known, its latest run, and how many changes it holds."""
    rows = ask(
        con,
        "SELECT (SELECT arg_min(run_id, rowid) FROM kept.run), (SELECT max(run_id) FROM kept.run), "
        "(SELECT count(*) FROM kept.change)",
    ).rows
    first, latest, count = rows[0]
    return blake2b((first or "").encode(), digest_size=6).hexdigest(), latest or "", count


def _place(con: duckdb.DuckDBPyConnection, cursor: Cursor | None, store: str) -> int:
    """After how many changes it stands."""
    if cursor is None:
        return 0
    if cursor.store != store:
        raise QuestionError("the cursor is of another store than the published file's; begin with --after start")
    if _change_at(con, cursor.place) == cursor.change:
        return cursor.place
    # An older backup was restored: what it shares with the cursor's store was stored by runs of before.
    found = ask(con, "SELECT coalesce(max(rowid) + 1, 0) FROM kept.change WHERE run_id <= ?", [cursor.run]).rows
    return int(found[0][0])


def _change_at(con: duckdb.DuckDBPyConnection, place: int) -> str:
    """The change that is the so manieth; empty before the first, and behind the last."""
    found = ask(con, "SELECT change_id FROM kept.change WHERE rowid = ?", [place - 1]).rows
    return str(found[0][0]) if found else ""


def _read(text: str) -> Cursor:
    found = _WRITTEN.fullmatch(text.strip())
    if not found or found["sum"] != _sum(text.strip().rpartition(".")[0]):
        raise QuestionError(
            "the cursor is none that trialwatch gave: give it as it came with the last answer, or begin with "
            "--after start"
        )
    return Cursor(found["store"], int(found["place"]), found["change"], found["run"])


def _sum(text: str) -> str:
    """So that a cursor that lost a letter on its way is known as none."""
    return blake2b(text.encode(), digest_size=3).hexdigest()
