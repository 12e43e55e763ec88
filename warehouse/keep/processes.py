"""Reading many records in processes of their own: a registry's first night. Nothing is decided there.

Each process reads some frames at a time and writes the rows of trials that nobody holds to a part of the stage.
What comes back are the few facts of them that a night decides by, and every other record as it was sent, which the
night reads itself. Where no process can be had, or one dies, the night reads everything itself.
"""

import gc
import logging
import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from connectors.trial import Flag, Mark, Reader
from warehouse.judge import relevance
from warehouse.judge.changes import registry_date
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.keep.intake import Frame, Known, Read, Seen, Unreadable, read
from warehouse.store.connection import connect
from warehouse.store.load import Stage, in_columns, row_of
from warehouse.store.tables import Lines
from warehouse.words.lists import batches

log = logging.getLogger("trialwatch")

MANY = 4_000
"""Records that nobody holds, from which on processes are worth their start, a second each."""
MOST_PROCESSES = 8
"""More would wait for the one that stores, each with a few hundred megabytes."""
NO_PROCESSES = (BrokenProcessPool, OSError, EOFError, MemoryError, NotImplementedError, RuntimeError, duckdb.Error)
"""When a process cannot be had, dies, or has no room. A fault of ours is met again by the night."""
FRAMES_A_PIECE = 12
"""Some thousand records: each process holds no more at a time."""
A_PIECES_MEMORY = "500MB"
"""Of DuckDB's, in each process; a piece takes a fifth of it."""


@dataclass(frozen=True, slots=True)
class New:
    """What a night must know of a trial that it never held, beside what is staged of it."""

    trial_id: str
    fingerprint: str
    stamped_on: date | None
    first_posted_on: date | None
    judgement: relevance.Judgement
    flags: tuple[Flag, ...]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that the night reads itself. It is a frame of one."""

    trial_id: str
    payload: bytes
    mark: Mark

    @property
    def marks(self) -> list[Mark]:
        return [self.mark]

    def records(self) -> list[bytes]:
        return [self.payload]


@dataclass(slots=True)
class Piece:
    """What came of some frames, in their order, and the file that holds what was staged of it: so many rows."""

    found: list[New | Seen | Unreadable | Unread] = field(default_factory=list)
    columns: Path | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """How frames are to be read; the same for all of a night. ``held`` are the trials that we hold already."""

    reader: Reader
    today: date
    known: Known
    held: frozenset[str]
    of_all: dict[str, Any]
    data_version_on: date | None


def processors() -> int:
    """How many there are for us, as far as they are of use."""
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(ours, MOST_PROCESSES)


def read_apart(frames: Iterable[Frame], task: Task, stage: Stage, workers: int) -> list[Piece] | None:
    """All frames, read in processes of their own; None where that could not be done. Then nothing is staged."""
    context = multiprocessing.get_context("forkserver")
    pieces: list[Piece] = []
    try:
        with ProcessPoolExecutor(workers, context, _begin, (task,)) as pool:
            waiting: list[Future[Piece]] = []
            for number, some in enumerate(batches(frames, FRAMES_A_PIECE)):
                waiting.append(pool.submit(_read, some, stage.lines(str(number))))
                if len(waiting) > 2 * workers:
                    pieces.append(waiting.pop(0).result())
            pieces += [each.result() for each in waiting]
    except NO_PROCESSES as error:
        log.warning("the records are read without processes of their own: %s", error)
        return None
    return pieces


def read_piece(frames: Iterable[Frame], task: Task, lines: Lines, read_before: set[str] | None = None) -> Piece:
    """Read some frames, and write the rows of who is new among them.

    ``read_before`` are the trials of which a record was read before.
    """
    piece = Piece()
    with _without_cycle_collector():
        for state in read(frames, task.reader, task.today, task.known, read_before):
            piece.found.append(_noted(state, task, lines) if isinstance(state, Read) else state)
    if lines.count:
        piece.columns, piece.count = in_columns(_columns_connection(lines.path.parent), lines), lines.count
    return piece


@lru_cache(maxsize=1)
def _columns_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """Brings rows into columns, by one thread: each processor has a process already."""
    return connect(threads=1, memory_limit=A_PIECES_MEMORY, temp_directory=str(folder))


@contextmanager
def _without_cycle_collector() -> Iterator[None]:
    """Spare the search for objects that hold each other. Reading makes none, and many that it would look at."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _noted(state: Read, task: Task, lines: Lines) -> New | Unread:
    if state.trial_id in task.held:
        return Unread(state.trial_id, state.payload, Mark(state.fingerprint, state.stamped_on))
    trial = state.trial
    dated = registry_date("sponsor", trial.last_update_posted_on, task.data_version_on)
    lines.add(task.of_all | row_of(state, 1, dated))
    judgement = relevance.judge(trial)
    return New(
        trial.trial_id,
        state.fingerprint,
        _once(state.stamped_on),
        _once(trial.first_posted_on),
        _once(judgement),
        tuple(state.reading.flags()),
        concepts_of(trial, judgement),
    )


@lru_cache(maxsize=10_000)
def _once(value: Any) -> Any:
    """The first of equal values: of thousands of records most share theirs, and what is sent of them is small."""
    return value


# -- in the other process ------------------------------------------------------------------------------------

_task: Task


def _begin(task: Task) -> None:  # pragma: no cover - in another process, as all below
    global _task
    _task = task
    threading.Thread(target=_die_with_the_night, daemon=True).start()


def _die_with_the_night() -> None:  # pragma: no cover
    if night := multiprocessing.parent_process():
        night.join()
    os._exit(1)


def _read(frames: tuple[Frame, ...], lines: Lines) -> Piece:  # pragma: no cover
    return read_piece(frames, _task, lines)
