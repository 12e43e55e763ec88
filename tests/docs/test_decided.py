"""Each decision has its own number, in order, what else was weighed, and the day on which it was written down."""

import re
import subprocess
from pathlib import Path

from docs.decided import DATED, PAGE, dated, entries

WEIGHED = re.compile(r"\*Instead:\*")
DAY = re.compile(r"\*\(\d{4}-\d\d-\d\d\)\*")


def test_every_decision_is_numbered_and_dated() -> None:
    found = entries(PAGE.read_text("utf-8"))
    numbers = [int(told[1]) for entry in found if (told := re.match(r"(?:## )?(\d+)\.", entry))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [entry.splitlines()[0] for entry in found if not DATED.search(entry)] == [], "python -m docs.decided"


def test_every_decision_says_once_what_else_was_weighed_and_when() -> None:
    found = entries(PAGE.read_text("utf-8"))
    assert found
    assert [entry.splitlines()[0] for entry in found if len(WEIGHED.findall(entry)) != 1] == [], (
        "one *Instead:* each"
    )
    assert [entry.splitlines()[0] for entry in found if len(DAY.findall(entry)) != 1] == [], "one day each"


def test_a_decision_gets_the_day_on_which_its_title_was_kept(tmp_path: Path) -> None:
    page = tmp_path / "decisions.md"
    first = "# Decisions\n\n1. **A file a night, and no more** of it.\n   Two would differ.\n"
    page.write_text(first)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x", "--date=2026-05-04T00:00:00Z"]):
        names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *names, *command], cwd=tmp_path, check=True, capture_output=True)
    told = dated(f"{first}2. **Another that is kept already**. *(2026-01-02)*\n", page)
    assert told.splitlines()[2:] == [
        "1. **A file a night, and no more** of it.",
        "   Two would differ. *(2026-05-04)*",
        "2. **Another that is kept already**. *(2026-01-02)*",
    ]
