"""Give each decision that has none the day on which it was written, from the history of the page.

uv run python -m docs.decided
"""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent / "decisions.md"
NUMBER = r"(?:## )?(?:\d+|NN)\. "
ENTRY = re.compile(rf"(?m)^{NUMBER}(?:.|\n(?!{NUMBER}))*")
"""From its number to the next one's. NN is a number still to be given."""
TITLE = re.compile(r"\*\*(.{12,40}?)[*.,:\n]|^## (?:\d+|NN)\. (.{12,40})", re.MULTILINE)
DATED = re.compile(r" \*\(\d{4}-\d\d-\d\d\)\*\Z")


def entries(text: str) -> list[str]:
    """The decisions, each from its number to its last word."""
    return [found.rstrip() for found in ENTRY.findall(text)]


def dated(text: str, page: Path = PAGE) -> str:
    """The page, every decision with its day."""
    for entry in entries(text):
        if not DATED.search(entry):
            text = text.replace(entry, f"{entry} *({_day(entry, page)})*", 1)
    return text


def _day(entry: str, page: Path) -> str:
    """When its title first stood on the page; of one that is not kept yet, today."""
    title = TITLE.search(entry)
    words = (title[1] or title[2]) if title else entry.splitlines()[0]
    asked = ["git", "log", "--reverse", "--date=short", "--format=%ad", f"-S{words}", "--", page.name]
    days = subprocess.run(asked, cwd=page.parent, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - words of our own page
    return days[0] if days else datetime.now(UTC).date().isoformat()


if __name__ == "__main__":
    PAGE.write_text(dated(PAGE.read_text("utf-8")), "utf-8")
