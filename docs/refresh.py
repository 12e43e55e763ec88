"""Write what is generated in docs/, and the store's tables and columns, which it goes by.

uv run python -m docs.refresh
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from flows.cli import app
from flows.demo.year import nights, without_prefect
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE
from warehouse.publish.dictionary import document
from warehouse.store import definition
from warehouse.words import kinds

FOLDER = Path(__file__).parent
CHANGES = FOLDER / "changes.md"
COMMANDS = FOLDER / "commands.md"
COOKBOOK = FOLDER / "cookbook.md"
DICTIONARY = FOLDER / "data-dictionary.md"
_KINDS = re.compile(r"\| kind \|.*\n(?:\|.*\n)+")
_BELOW = "<!-- What follows is made from flows/cli.py by `make docs`. -->\n"
_RECIPE = re.compile(r"(```sql\n(?P<sql>(?:(?!```).*\n)+)```\n\n)(?P<answer>(?:\|.*\n)+|Nothing\.\n)")


def recipes() -> dict[str, str]:
    """The cookbook's questions with their SQL, in order."""
    text = COOKBOOK.read_text("utf-8")
    return dict(re.findall(r"\n## \d+\. (.*)\n(?:(?!```).*\n)*```sql\n((?:(?!```).*\n)+)```", text))


def commands(text: str) -> str:
    """The page of commands: its own head, and below it every command as its help has it, with an example."""
    head = text[: text.index(_BELOW) + len(_BELOW)]
    told = re.split(r"(?m)^(?=##+ trialwatch )", app.generate_docs(heading_level=1))[1:]
    return "\n".join([head, *map(_with_example, told)])


def _with_example(section: str) -> str:
    words = section.splitlines()[0].lstrip("# ").split()[1:]
    command = app
    for word in words:
        command = command[word]
    example = re.sub(r"Example: (.*)", r"\nFor example: `\1`\n", str(command.help_epilogue or ""))
    return f"{section.rstrip()}\n{example}"


def demonstrated(folder: Path) -> Path:
    """Play the demo's nights in a folder; returns the published file."""
    for _ in nights(folder, without_prefect):
        pass
    return folder / "data" / "published" / FILE


def cookbook(text: str, ask: Callable[[str], questions.QueryResult]) -> str:
    """The cookbook with every answer as it is now."""
    return _RECIPE.sub(lambda found: found[1] + "".join(_table(ask(found["sql"]))), text)


def _table(answer: questions.QueryResult) -> Iterator[str]:
    if not answer.rows:
        yield "Nothing.\n"
        return
    yield f"| {' | '.join(answer.columns)} |\n|{'---|' * len(answer.columns)}\n"
    for row in answer.rows:
        yield f"| {' | '.join(map(_cell, row))} |\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | bool):
        return str(value).lower()
    return str(value).replace("|", "/")


def written(con: duckdb.DuckDBPyConnection) -> dict[Path, str]:
    """Every generated document, as it should be."""
    return {
        COMMANDS: commands(COMMANDS.read_text("utf-8")),
        CHANGES: _KINDS.sub(lambda _: kinds.document(), CHANGES.read_text("utf-8")),
        DICTIONARY: document(con),
        COOKBOOK: cookbook(COOKBOOK.read_text("utf-8"), lambda sql: questions.ask(con, sql)),
    }


def main() -> None:
    for path, text in definition.written().items():  # first: the demo's nights are made with them
        path.write_text(text, "utf-8")
    with tempfile.TemporaryDirectory() as folder, questions.published(demonstrated(Path(folder))) as con:
        for path, text in written(con).items():
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.argv[0] = "trialwatch"  # cyclopts calls the commands by what was typed
    main()
