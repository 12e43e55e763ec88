"""Facts on a terminal: tables that fit, colours that mean something. Registry text is printed as mere text."""

import csv
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from warehouse.foreign import defused, plain

COLOURS = {"high": "bold red", "medium": "yellow", "low": ""}


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], colours: Sequence[str] = ()) -> None:
    """Print rows as a table that fits the terminal; ``colours`` is one style a row."""
    if not rows:
        print("nothing", file=sys.stderr)
        return
    drawn = Table(*map(escape, columns), box=None, header_style="bold", pad_edge=False)
    for number, row in enumerate(rows):
        drawn.add_row(*map(_cell, row), style=colours[number] if colours else None)
    console = Console()
    with console.pager(styles=True) if _needs_pages(console, rows) else nullcontext():
        console.print(drawn)


def changes(documents: Sequence[dict[str, Any]]) -> None:
    """Print changes for a person: when, what happened to what, and why."""
    rows = [
        (each["observed_at"][:10], each["kind"], each["trial_id"], each["title"], each["reason"], each["cause"])
        for each in documents
    ]
    table(
        ("seen", "what", "trial", "title", "how", "cause"),
        rows,
        [COLOURS[each["materiality"]] for each in documents],
    )


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as CSV; cells that a spreadsheet would run as a formula are defused."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(_flat(value)) for value in row])


def trial(facts: dict[str, Any]) -> None:
    """Print one trial: now, why it is in the watch, and its whole timeline."""
    now = facts["trial"]
    console = Console()
    console.print(Text(f"{now['trial_id']}  {plain(now['title'])}", style="bold"))
    for name in ("overall_status", "lead_sponsor", "enrollment", "start_date", "primary_completion_date"):
        console.print(Text(f"{name.replace('_', ' ')}: {_flat(now[name])}"))
    console.print(Text(f"substances: {', '.join(now['substances']) or 'none'}; drug role: {now['drug_role']}"))
    if now["is_overdue"]:
        console.print(Text(f"overdue by {now['days_overdue']} days", style="yellow"))
    console.print(Text(_flat(now["url"])))
    console.print(Text("\nwhy it is in the watch", style="bold"))
    for stay in facts["memberships"]:
        ours = f"{'relevant' if stay['is_relevant'] else 'not relevant'}: {plain(stay['why_relevant'])}"
        left = f"; left {stay['left_at'][:10]}: {stay['why_left']}" if stay["left_at"] else ""
        console.print(
            Text(f"{stay['watch']}: {ours}; entered {stay['entered_at'][:10]}: {plain(stay['why_entered'])}{left}")
        )
    for label in facts["substances"]:
        words = plain(label["matched_text"])
        console.print(Text(f"{label['substance']}: {label['field']} says {words!r} ({label['rule']})"))
    console.print(Text("\ntimeline", style="bold"))
    for version in facts["versions"]:
        console.print(
            Text(f"{version['registry_date']}  version {version['version_number']}: {version['overall_status']}")
        )
    for change in facts["changes"]:
        words = f"{change['observed_at'][:10]}  {change['kind']}: {plain(change['reason'])} ({change['cause']})"
        console.print(Text(words, style=COLOURS[change["materiality"]]))


def standing(facts: dict[str, Any]) -> None:
    """Print where things stand: each watch's last complete night, then the last runs."""
    for night in facts["nights"]:
        complete = night["last_complete_at"] or "never"
        print(
            f"{night['watch']} on {night['registry_name']}: last complete {complete}, data {night['data_version']}"
        )
    print(f"published: {facts['published_at'] or 'never'}")
    print(f"mail waiting: {facts['mail_waiting']}, given up: {facts['mail_given_up']}")
    columns = ("finished_at", "watch", "outcome", "distinct_trials", "new_versions", "sentence")
    table(columns, [[run[name] for name in columns] for run in facts["runs"]])


def _cell(value: Any) -> Text:
    return Text(plain(_flat(value)))


def _flat(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def _needs_pages(console: Console, rows: Sequence[Any]) -> bool:
    return console.is_terminal and len(rows) > console.size.height - 4
