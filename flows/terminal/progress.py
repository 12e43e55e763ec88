"""How far a command is: a moving line where a terminal watches, plain lines otherwise; always on standard error.

A stage is told as ``progress("publishing", 0, None)``; what is told of it afterwards says how far it is.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.registry import Progress

A_LINE_EVERY_S = 10.0


def stage(progress: Progress, what: str) -> None:
    """Say that something else begins."""
    progress(what, 0, None)


@contextmanager
def shown() -> Iterator[Progress]:
    """A ``Progress`` for as long as the block lasts."""
    if sys.stderr.isatty():
        with _moving() as progress:
            yield progress
    else:
        yield _lines()


@contextmanager
def _moving() -> Iterator[Progress]:
    """One line that never stands still: even where nothing can be counted, a wheel and a clock turn."""
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    # What is printed meanwhile goes above the line; where standard output is no terminal, it goes where it should.
    console, is_seen = Console(stderr=True), sys.stdout.isatty()
    with RichProgress(*columns, console=console, transient=True, redirect_stdout=is_seen) as lines:
        line = lines.add_task("starting", total=None)
        current = ""

        def progress(what: str, so_far: int, of: int | None) -> None:
            nonlocal current, line
            if _work(what) != current:
                current = _work(what)
                lines.remove_task(line)  # so that the clock shows this stage's own time
                line = lines.add_task("", total=None)
            lines.update(line, description=_told(what, so_far, of))

        yield progress


def _lines() -> Progress:
    """A line for each stage, and one now and then within a long one."""
    current, told_at = "", 0.0

    def progress(what: str, so_far: int, of: int | None) -> None:
        nonlocal current, told_at
        is_new = _work(what) != current
        if is_new or time.monotonic() - told_at >= A_LINE_EVERY_S:
            current, told_at = _work(what), time.monotonic()
            print(f"{_told(what, so_far, of)} …", file=sys.stderr, flush=True)

    return progress


def silent(what: str, so_far: int, of: int | None) -> None:
    """A ``Progress`` for when nobody watches."""


def _work(what: str) -> str:
    """What is being done, whatever its number: search 2 of 12 goes on with what search 1 began."""
    return re.sub(r"\d+", "#", what)


def _told(what: str, so_far: int, of: int | None) -> str:
    short = what if len(what) <= 60 else what[:57] + "…"
    if not so_far and of is None:
        return short
    return f"{short}: {so_far} records" if of is None else f"{short}: {so_far} of {of} records"
