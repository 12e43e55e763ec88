"""What is loaded of trials that are held already, although no state of theirs is new. No version, change or news.

A newer trialwatch loads more of a record than the one that stored it: then the records that are held are read once
more. And a registry shows parts of a record that do not count as a change, its documents: they are kept as they
stand tonight.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property

import duckdb
import msgspec

from connectors.trial import Document, Flag, UnreadableError
from warehouse.keep import holdings
from warehouse.keep.certificate import Night
from warehouse.keep.holdings import A_BATCH
from warehouse.keep.intake import Read, as_held
from warehouse.store.file import transaction
from warehouse.store.load import Stage, load_again, loaded_as, replace_payloads
from warehouse.store.tables import insert, listed
from warehouse.words.lists import batches

log = logging.getLogger("trialwatch")

NO_REGISTRY_DATE = (None, "")
RELOAD_STAGE = "again"
"""The stage of states that are held already."""


def load_anew(con: duckdb.DuckDBPyConnection, night: Night) -> int:
    """Load once more the night's registry's trials of which another trialwatch loaded something else.

    Each batch is a transaction of its own: what is done stays done, whatever befalls the next. On a usual night
    there are none, and one column is looked at.
    Returns how many there were.
    """
    rows = con.execute(
        "SELECT trial_id FROM trial WHERE registry_name = ? AND loaded_as IS DISTINCT FROM ? ORDER BY trial_id",
        [night.registry_name, loaded_as(night.reader.edition)],
    ).fetchall()
    if rows:
        log.info("%s trials of %s are read once more, for what is new in them", len(rows), night.registry_name)
    for some in batches(rows, A_BATCH):
        _load(con, night, [trial_id for (trial_id,) in some])
    return len(rows)


def _load(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: list[str]) -> None:
    flags: dict[str, list[Flag]] = {}
    with staged(night, RELOAD_STAGE) as again:
        for version, state in _held(con, night, trial_ids):
            flags[state.trial_id] = state.reading.flags()
            again.put(state, version, NO_REGISTRY_DATE)
        with transaction(con):
            load_again(con, again)
            put_flags(con, night, flags)
            with listed(con, trial_ids, night.work):  # one that cannot be read any more is not tried every night
                con.execute(
                    "UPDATE trial SET loaded_as = ? WHERE trial_id IN (FROM listed)",
                    [loaded_as(night.reader.edition)],
                )


def _held(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: list[str]) -> Iterator[tuple[int, Read]]:
    for record in holdings.latest_records(con, trial_ids, night):
        try:
            reading = night.reader.read(record.payload, record.read_on(night.today))
        except UnreadableError:
            continue
        yield record.version_number, as_held(reading, record.payload, "")


def staged(night: Night, name: str = "stage") -> Stage:
    """Where a night stages states. ``name`` tells it from another stage of the same night."""
    return Stage(
        night.work,
        registry_name=night.registry_name,
        run_id=night.run_id,
        observed_at=night.now,
        edition=night.reader.edition,
        name=name,
    )


def put_flags(con: duckdb.DuckDBPyConnection, night: Night, flags: Mapping[str, Iterable[Flag]]) -> None:
    """Replace the flags of these trials."""
    with listed(con, flags, night.work):
        con.execute("DELETE FROM trial_flag WHERE trial_id IN (FROM listed)")
    rows = ({"trial_id": trial_id, **asdict(flag)} for trial_id, found in flags.items() for flag in found)
    insert(con, "trial_flag", rows, night.work)


class DocumentUpdate:
    """Held trials whose state is as it was, and beside it their documents are not."""

    def __init__(self, con: duckdb.DuckDBPyConnection, night: Night, again: Stage) -> None:
        self._con = con
        self._night = night
        self._again = again
        self._flags: dict[str, list[Flag]] = {}

    def look_at(self, state: Read, version: int) -> None:
        """Stage a record in which other documents stand than we hold, or which the next night needs."""
        if self._night.reader.needs_latest or [
            _told(each) for each in state.trial.documents
        ] != self._documents.get(state.trial_id, []):
            self._again.put(state, version, NO_REGISTRY_DATE)
            self._flags[state.trial_id] = state.reading.flags()

    def put(self) -> None:
        """Keep what was staged, and the records as they were sent; in the caller's transaction."""
        load_again(self._con, self._again)
        replace_payloads(self._con, self._again)
        if self._flags:
            put_flags(self._con, self._night, self._flags)

    @cached_property
    def _documents(self) -> dict[str, list[tuple[object, ...]]]:
        found: dict[str, list[tuple[object, ...]]] = {}
        for trial_id, *told in holdings.documents(self._con, self._night.registry_name, DOCUMENT):
            found.setdefault(trial_id, []).append(tuple(told))
        return found


DOCUMENT = tuple(part.name for part in msgspec.structs.fields(Document) if part.name != "copy")


def _told(document: Document) -> tuple[object, ...]:
    return tuple(getattr(document, name) for name in DOCUMENT)
