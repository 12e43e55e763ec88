"""The terminal that facts are printed on: how wide it is, whether it may be coloured, and paging what is longer.

It does not know what is printed. Where no terminal reads, nothing is cut, coloured or paged: the reader is a
program, or a person with another tool.
"""

import os
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from warehouse.words.harmless import plain, shortened

ROOM_WHERE_NOTHING_IS_CUT = 100_000
GAP = 2
LEAST_COLUMN = 12
"""Cells narrower than this are no longer read; a table that would need them is shown as records instead."""
NEVER_CUT = ("trial_id", "trial", "kind", "what")


def terminal() -> Console:
    """Standard output, as it is now."""
    plainly = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
    return Console(
        width=None if sys.stdout.isatty() or os.environ.get("COLUMNS") else ROOM_WHERE_NOTHING_IS_CUT,
        color_system=None if plainly else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


def show(parts: Iterable[RenderableType], console: Console | None = None) -> None:
    """Print; page what is longer than the terminal is high."""
    console = console or terminal()
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = "".join(f"{line.rstrip(' ')}\n" for line in captured.get().splitlines())
    if console.is_terminal and text.count("\n") >= console.height:
        import pydoc

        # What git tells the pager too: keep colours, end at once on one screen, leave the text standing.
        os.environ.setdefault("LESS", "FRX")
        pydoc.pager(text)
    else:
        sys.stdout.write(text)


def grid(columns: Sequence[str], rows: Sequence[Sequence[Text]], console: Console) -> Iterable[RenderableType]:
    """Rows as a table that fits; where the terminal is too narrow for one, each row by itself."""
    longest = [
        max(len(name), *(row[place].cell_len for row in rows)) for place, name in enumerate(map(plain, columns))
    ]
    least = sum(
        min(longest[at], LEAST_COLUMN) if name not in NEVER_CUT else longest[at] for at, name in enumerate(columns)
    )
    if least + GAP * (len(columns) - 1) > console.width:
        return records(columns, rows)
    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    for name in columns:
        drawn.add_column(Text(plain(name)), no_wrap=name in NEVER_CUT, overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    return [drawn]


def records(columns: Sequence[str], rows: Iterable[Sequence[Text]]) -> Iterable[RenderableType]:
    """Each row by itself, a line a column."""
    for number, row in enumerate(rows):
        if number:
            yield Text()
        yield pairs([(name, value) for name, value in zip(columns, row, strict=True)])


def pairs(facts: Iterable[tuple[str, Text]]) -> Table:
    """Names and values side by side; without a value, not at all."""
    drawn = Table.grid(padding=(0, GAP, 0, 0))
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in facts:
        if value:
            drawn.add_row(Text(plain(name), style="dim"), value)
    return drawn


def heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def indented(part: RenderableType, by: int = 2) -> Padding:
    return Padding(part, (0, 0, 0, by))


def one_line(text: str | None, room: int) -> str:
    """Foreign text made plain, shortened to so many letters."""
    return shortened(plain(text), max(1, room))[0]
