"""Facts on a terminal: tables that fit, colours that mean something. Registry text is printed as mere text.

Colours are those that can be read on a dark and on a light ground: no yellow, no plain blue. None of them says
anything that the words beside it do not.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeVar

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from connectors.statuses import status_group
from flows.terminal.screen import GAP, grid, heading, indented, one_line, pairs, show, terminal
from warehouse.words.brief import RESULTS, WHY
from warehouse.words.doubts import answer, asked
from warehouse.words.harmless import defused, plain
from warehouse.words.history import Moment, moments
from warehouse.words.phrases import status_words
from warehouse.words.sentences import once, saying

OF_MATERIALITY = {"high": "bold red", "medium": "magenta", "low": ""}
OF_STATUS = {
    "recruiting": "green",
    "active": "cyan",
    "completed": "bold",
    "stopped": "red",
    "unknown": "magenta",
    "unrecognised": "magenta",
}
ROOM_FOR_A_TABLE = 110
"""Columns from which on a change is one line; below, it is three."""
LETTERS_OF_A_VALUE = 240
MOST_ROWS = 1000
"""Of a table, which must know all of its rows before it can draw the first, and whose reader is a person."""
LETTERS_OF_A_CELL = 500
"""The longest cell widens all others of its column."""
Row = Mapping[str, Any]
Shown = TypeVar("Shown")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print the first rows as a table that fits the terminal, or where none can, as records."""
    first, more = _first(rows)
    console = terminal()
    if first:
        show(grid(columns, [[_short(value) for value in row] for row in first], console), console)
    _tell_of_more(first, more)


def _first(rows: Iterable[Shown]) -> tuple[list[Shown], int]:
    """As many as a table shows, and how many come after them: all are counted before any is printed."""
    coming = iter(rows)
    return list(islice(coming, MOST_ROWS)), sum(1 for _ in coming)


def _tell_of_more(first: Sequence[Any], more: int) -> None:
    if not first:
        print("nothing", file=sys.stderr)
    if more:
        print(f"{more:,} more are not shown; --format csv or --format json prints all", file=sys.stderr)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV; cells that a spreadsheet would run as a formula are defused."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(plain(_flat(value))) for value in row])


# -- what changed --------------------------------------------------------------------------------------


def changes(documents: Iterable[Row]) -> None:
    """Print changes for a person: when, what happened to what, from what to what, and whose doing it was."""
    first, more = _first(documents)
    console = terminal()
    lines = _a_line_each if console.width >= ROOM_FOR_A_TABLE else _three_lines_each
    if first:
        show(lines(first, console), console)
    _tell_of_more(first, more)


def _a_line_each(documents: Sequence[Row], console: Console) -> Iterator[RenderableType]:
    columns = ("seen", "what", "trial", "title", "how", "cause")
    fixed = 10 + sum(max(len(plain(each[name])) for each in documents) for name in ("kind", "trial_id", "cause"))
    room = console.width - fixed - GAP * (len(columns) - 1)
    longest = max(len(plain(each["title"])) for each in documents)
    title = longest if not console.is_terminal else min(longest, max(room // 2, room - 60))
    drawn = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    for name in columns:
        drawn.add_column(name, no_wrap=name not in ("title", "how"), overflow="fold")
    for each in documents:
        drawn.add_row(
            _on(each),
            _kind(each),
            Text(plain(each["trial_id"])),
            Text(one_line(each["title"], title)),
            Text(_how(each, "\n" if console.is_terminal else "  ")),  # a program reads line by line
            Text(plain(each["cause"])),
        )
    yield drawn


def _three_lines_each(documents: Sequence[Row], console: Console) -> Iterator[RenderableType]:
    for each in documents:
        head = Text.assemble(
            f"{_on(each)}  ",
            _kind(each),
            "  ",
            (plain(each["trial_id"]), "bold"),
            (f"  {plain(each['cause'])}", "dim"),
        )
        head.overflow = "fold"
        yield head
        yield indented(Text(one_line(each["title"], console.width - 2)))
        yield indented(Text(_how(each), overflow="fold"))


def _on(change: Row) -> str:
    """The day on which we saw it; of what a back-fill told of the past, the registry's own."""
    day: str | None = change["registry_date"] if change["source"] == "history" else None
    return day or change["observed_at"][:10]


def _kind(change: Row) -> Text:
    return Text(plain(change["kind"]), style=OF_MATERIALITY.get(change["materiality"], ""))


def _how(change: Row, apart: str = "\n") -> str:
    """The change in one sentence and, each on a line of its own, what differs."""
    said = saying(change)
    cut = f"({said.cut} not shown here; --json has both values whole)" if said.cut else ""
    return apart.join(filter(None, (str(said), *map(str, said.lines), cut)))


# -- one trial -----------------------------------------------------------------------------------------


def trial(facts: Row) -> None:
    """Print one trial: now, why it is in the watch, and its whole timeline."""
    show(_trial(facts))


def _trial(facts: Row) -> Iterator[RenderableType]:
    now = facts["trial"]
    yield Text(f"{plain(now['trial_id'])}  {plain(now['title'])}", style="bold", overflow="fold")
    if facts["headline"] and facts["headline"] != plain(now["title"]):
        yield Text(facts["headline"], overflow="fold")
    yield Text()
    yield pairs(_now(now, facts["facts"]))
    yield heading("why it is in the watch")
    for stay in facts["memberships"]:
        ours = "relevant" if stay["is_relevant"] else "not relevant"
        yield Text(f"{plain(stay['watch'])}: {ours}: {plain(stay['why_relevant'])}", overflow="fold")
        yield indented(Text(f"entered {stay['entered_at'][:10]}: {plain(stay['why_entered'])}", overflow="fold"))
        if stay["left_at"]:
            yield indented(Text(f"left {stay['left_at'][:10]}: {plain(stay['why_left'])}", overflow="fold"))
    for substance, labels in groupby(facts["substances"], key=lambda label: label["substance"]):
        yield Text(plain(substance))
        for label in labels:
            words = f"“{one_line(label['matched_text'], LETTERS_OF_A_VALUE)}”: {plain(label['rule'])}"
            yield indented(Text(f"{words} ({plain(label['confidence'])})", overflow="fold"))
    if facts["doubts"]:
        yield heading("perhaps one study")
        for doubt in facts["doubts"]:
            said = asked(*(doubt[name] for name in ("trial_id", "other_id", "matched_by", "doubt")))
            yield Text(plain(said), overflow="fold")
        pairs_asked = [(doubt["trial_id"], doubt["other_id"]) for doubt in facts["doubts"]]
        yield Text(plain(answer(pairs_asked)), overflow="fold")
    if facts["flags"]:
        yield heading("values that are not as they should be")
        for flag in facts["flags"]:
            yield Text(f"{plain(flag['path'])}: {plain(flag['value'])} ({plain(flag['reason'])})", overflow="fold")
    yield heading("timeline")
    yield _timeline(moments(facts["versions"], facts["changes"]))
    yield heading("where this comes from")
    for name in ("from", "notice", "errors", "terms"):
        if facts["origin"][name]:
            yield Text(plain(facts["origin"][name]), overflow="fold")


def _now(now: Row, facts: Sequence[Row]) -> Iterable[tuple[str, Text]]:
    """How it stands, then what it is, in the words of the mails."""
    yield "status", _status(now["overall_status"], now["status_group"])
    if now["last_known_status"]:
        yield "last known status", _status(now["last_known_status"], status_group(now["last_known_status"]))
    yield "why stopped", _cell(now["why_stopped"])
    if now["is_overdue"]:
        yield "overdue", Text(f"by {now['days_overdue']} days", style=OF_MATERIALITY["medium"])
    if now["lapses_on"]:
        yield "lapses", Text(f"to unknown from {now['lapses_on']} on, unless the sponsor verifies it before")
    yield "substances", _cell(now["substances"] or "none")
    yield "drug role", _cell(now["drug_role"])
    for each in facts:
        if each["label"] != WHY:  # a section of its own says more of it
            yield each["label"].lower(), Text(each["fact"])
    if not any(each["label"] == RESULTS for each in facts):
        yield RESULTS.lower(), Text("posted" if now["has_results"] else "none posted")
    yield "verified", _cell(now["status_verified_date"])
    yield "record", _cell(now["url"])


def _timeline(told: Sequence[Moment]) -> Table:
    drawn = Table.grid(padding=(0, GAP, 0, 0))
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for moment in told:
        on = moment.on
        if moment.version:
            status = moment.version["overall_status"]
            number = (f"  version {moment.version['version_number']}", "dim")
            drawn.add_row(on, Text.assemble(_status(status, status_group(status)), number))
            on = ""
        for change in once(moment.changes):
            said = saying(change)
            lead = (said.lead, OF_MATERIALITY.get(change["materiality"], ""))
            rest = f"{_how(change).removeprefix(said.lead)} ({plain(change['cause'])})"
            drawn.add_row(on, Text.assemble(lead, rest))
            on = ""
    return drawn


def _status(status: str | None, group: str | None) -> Text:
    return Text(status_words(status) if status else "no status given", style=OF_STATUS.get(group or "", ""))


# -- where things stand --------------------------------------------------------------------------------


def status(facts: Row) -> None:
    """Print where things stand: each watch's last complete night, then the last runs."""
    for night in facts["nights"]:
        name = f"{night['watch']} on {night['registry_name']}"
        if night["last_complete_at"] is None:
            print(f"{name}: no complete night yet")
            continue
        data = f", data of {_instant(night['data_version'])}" if night["data_version"] else ""
        print(f"{name}: last complete {_instant(night['last_complete_at'])}{data}")
    print(f"published: {_instant(facts['published_at']) if facts['published_at'] else 'never'}")
    if facts.get("not_published"):
        print(plain(facts["not_published"]))
    for each in facts.get("elsewhere") or ():
        at = _instant(each["published_at"]) if each["published_at"] else "never"
        print(f"published to {plain(each['place'])}: {at}")
    print(f"mail waiting: {facts['mail_waiting']}, given up: {facts['mail_given_up']}")
    for each in facts.get("channels", ()):
        why = f": {plain(each['last_error'])}" if each["last_error"] else ""
        print(f"{plain(each['channel'])} waiting: {each['waiting']}, given up: {each['given_up']}{why}")
    for line in _given_up(facts.get("given_up", ())):
        print(line)
    table(STATUS_COLUMNS, [[run[name] for name in STATUS_COLUMNS] for run in facts["runs"]])


STATUS_COLUMNS = (
    *("finished_at", "watch", "registry_name", "outcome"),
    *("distinct_trials", "new_versions", "sentence"),
)


def _instant(text: str) -> str:
    """An ISO instant to the minute, as one reads it."""
    return plain(text).replace("T", " ")[:16]


def _given_up(rows: Sequence[Row]) -> Iterator[str]:
    for each in rows:
        to = f"{each['recipients']} recipient{'' if each['recipients'] == 1 else 's'}"
        whose = f"{each['mails']} to {to} of {plain(each['subscription'])}"
        yield f"  given up: {whose}, last {each['last_at'][:10]}: {plain(each['last_error'])}"
    if rows:
        yield "  `trialwatch deliver --again all` sends them once more (or name an address or a subscription)"


def _short(value: Any) -> Text:
    return Text(one_line(_flat(value), LETTERS_OF_A_CELL))


def _cell(value: Any) -> Text:
    return Text(plain(_flat(value)))


def _flat(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
