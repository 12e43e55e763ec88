"""Findings as a person reads them: how grave, of what, a sentence, and below it what to do."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from flows.doctor.finding import Diagnosis
from flows.terminal.screen import GAP, show, terminal
from warehouse.words.harmless import plain

OF_LEVEL = {"ok": "green", "warning": "magenta", "failure": "bold red"}


def shown(findings: Sequence[Diagnosis]) -> None:
    show(_drawn(findings), terminal())


def _drawn(findings: Sequence[Diagnosis]) -> Iterator[RenderableType]:
    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    for name in ("level", "name"):
        drawn.add_column(name, no_wrap=True)
    drawn.add_column("sentence", overflow="fold")
    for each in findings:
        drawn.add_row(Text(each.level, OF_LEVEL[each.level]), plain(each.name), plain(each.sentence))
        if each.what_to_do:
            drawn.add_row("", "", plain(f"to do: {each.what_to_do}"))
    yield drawn
