"""How far a command is: a bar when a terminal watches, plain lines otherwise; always on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.registry import Progress

A_LINE_EVERY_S = 10.0


@contextmanager
def shown() -> Iterator[Progress]:
    """A ``Progress`` for as long as the block lasts."""
    if sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("asking", total=None)

        def progress(what: str, so_far: int, of: int | None) -> None:
            bars.update(bar, description=_short(what), completed=so_far, total=of)

        yield progress


def _lines() -> Progress:
    told_at = time.monotonic()

    def progress(what: str, so_far: int, of: int | None) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= A_LINE_EVERY_S:
            told_at = time.monotonic()
            total = f" of {of}" if of is not None else ""
            print(f"{_short(what)}: {so_far}{total} records", file=sys.stderr)

    return progress


def silent(what: str, so_far: int, of: int | None) -> None:
    """A ``Progress`` for when nobody watches."""


def _short(what: str) -> str:
    return what if len(what) <= 60 else what[:57] + "…"
