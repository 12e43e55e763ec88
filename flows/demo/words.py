"""What the demo says: each night as it happens, and at the end where everything is and how to look at it.

Every command it prints works as typed, from the folder where the demo was started, in a shell that knows nothing.
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from connectors.simulated import made_up
from flows.demo.mail import CaughtMail
from flows.nightly import Report
from warehouse.publish.analysts_file import FILE

INDENT = "  "


def headline(told: made_up.MadeUpNight) -> str:
    return f"\n{told.at:%-d %B %Y}: {told.sentence}"


def happened(report: Report, mails: Sequence[CaughtMail]) -> Iterator[str]:
    """What the night said of itself, and each mail that it sent."""
    for sentence in report.ending.sentences:
        yield f"{INDENT}{sentence}"
    for mail in mails:
        yield f"{INDENT}to {mail.recipient}: {mail.subject}"
        yield f"{INDENT * 2}{mail.path.with_suffix('.txt')}"


def farewell(folder: Path, mails: int) -> Iterator[str]:
    """Where everything is, and commands to look at it."""
    published = folder / "data/published"
    yield f"\nAll of it is in {folder}/, made up and yours to look at:"
    yield f"{INDENT}the page   {_address(published / 'index.html')}"
    yield f"{INDENT}the mails  {_address(folder / 'mails')}  ({mails}: .html for a browser, .txt, .eml)"
    yield f"{INDENT}the file   {published / FILE}  (DuckDB; what to ask: {_asked_in()})"
    yield "\nTyped here, these look closer:"
    yield from (f"{INDENT}{command}" for command in commands(folder))
    yield f"\nNext, the real registries: {_for_real()}"


def commands(folder: Path) -> list[str]:
    """What to type next; ``sys.argv`` tells what we were started as."""
    asked = f"TRIALWATCH_DATA_DIR={shlex.quote(str(folder / 'data'))} {_ourselves()}"
    return [
        f"{asked} changes --kind completed",
        f"{asked} show NCT99000001",
        f'{asked} query "SELECT trial_id, title, days_overdue FROM trials WHERE is_overdue ORDER BY 3 DESC"',
        f"{asked} status",
        f"cat {shlex.quote(str(folder / 'mails'))}/*.txt",
    ]


def _in_a_repository() -> bool:
    """Not where a wheel was installed: that holds what runs, and neither a Makefile nor pages to read."""
    return (Path(__file__).parents[2] / "Makefile").is_file()


def _asked_in() -> str:
    return "docs/cookbook.md" if _in_a_repository() else "FROM data_dictionary"


def _for_real() -> str:
    return "make run" if _in_a_repository() else f"{_ourselves()} init, then {_ourselves()} run"


def _ourselves() -> str:
    """The command that was typed, as it can be typed again: from here where it lies below, else in full."""
    path = Path(sys.argv[0]).absolute()
    if path.name != "trialwatch":
        path = Path(sys.executable).with_name("trialwatch")
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _address(path: Path) -> str:
    """For the address line of a browser; many terminals open it at a click."""
    return f"file://{quote(str(path.absolute()))}"
