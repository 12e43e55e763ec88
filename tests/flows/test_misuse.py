"""What is typed wrongly: exit 2 and one short sentence that says what would be right; nothing is done."""

import os
import subprocess
import sys

import pytest

from flows.cli import LONGEST_SAID
from tests.house import House, Typed

LONG = "x" * 100_000
NO_TEXT = "\udce4"
"""A byte that is no UTF-8, as Python hands it over from a terminal."""
NEEDED = {"show": ("x",), "backup": ("x",), "restore": ("x",), "import ictrp": ("x",), "watch add": ("x", "y")}
COMMANDS = (
    *("init", "run", "serve", "doctor", "deliver", "preview", "backfill", "rebuild", "backup", "restore"),
    *("status", "watchdog", "changes", "show", "query", "mcp", "import ictrp", "watch add", "demo"),
)
WRONG = (
    (("changes", "--since", "2026-02-30"), "write a day that there is, as 2026-11-24"),
    (("preview", "--until", "tomorrow"), "write a day that there is, as 2026-11-24"),
    (
        ("preview", "--since", "2026-12-01", "--until", "2026-01-01"),
        "--since 2026-12-01 is after --until 2026-01-01",
    ),
    (("preview", "--json", "--folder", "mails"), "--folder and --json exclude each other"),
    (("changes", "--json", "--format", "csv"), "--json and --format csv exclude each other"),
    (("query", "SELECT 1", "--json", "--format", "csv"), "--json and --format csv exclude each other"),
    (("deliver", "--again", "all", "--test", "a@b.org"), "--again and --test exclude each other"),
    (("changes", "--since", "2026-01-01", "--since", "2026-02-01"), "--since specified multiple times"),
    (("status", "--max-age", "-1"), "write a number of hours from 0"),
    (("changes", "--format", "xml"), '"table", "csv", "json"'),
    (("--env-file", "a.env", "--env-file", "b.env", "status"), "--env-file is given more than once"),
    (("show", " "), "give a trial's number"),
    (("run", "--watch", ""), "there is no watch ''"),
    (("watch", "add", "x", "https://[::1"), "is no ClinicalTrials.gov search"),
)


@pytest.fixture
def lived_in(house: House, first_night: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("TRIALWATCH_ENV_FILE", "")  # what --env-file sets is gone with the test
    house.move_in(first_night)
    return house


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize(("words", "said"), WRONG, ids=lambda each: " ".join(each)[:60])
def test_what_cannot_be_meant_is_told(typed: Typed, words: tuple[str, ...], said: str) -> None:
    code, out, err = typed(*words)
    assert (code, out, err.count("trialwatch: ")) == (2, "", 1), err
    assert said in err


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("word", ["too much", NO_TEXT], ids=["too much", "no text"])
def test_a_word_too_many_or_that_is_no_text(typed: Typed, command: str, word: str) -> None:
    words = (*command.split(), *NEEDED.get(command, ()), *(("SELECT 1",) if command == "query" else ()), word)
    code, out, err = typed(*words)
    assert (code, out, len(err.splitlines())) == (2, "", 1), err
    assert ("no text in UTF-8" if word == NO_TEXT else f"'{word}' is too much") in err
    assert word == NO_TEXT or f"(see trialwatch {command} --help)" in err


def test_every_command_is_tried() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", "from flows.cli import app; print(app.generate_docs(heading_level=1))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    heads = {line.split("trialwatch ", 1)[1] for line in listed.splitlines() if line.startswith("## trialwatch ")}
    assert heads == {command.split()[0] for command in COMMANDS}


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize(
    "words", [("show", LONG), ("query", LONG), ("changes", "--kind", LONG), (LONG,), ("watch", "add", LONG, "x")]
)
def test_a_sentence_stays_short_whatever_was_typed(typed: Typed, words: tuple[str, ...]) -> None:
    code, _, err = typed(*words)
    assert code == 2
    assert len(err) < LONGEST_SAID + 100


def test_a_setting_that_is_no_text_is_told(house: House, typed: Typed) -> None:
    code, _, err = typed("run", "--no-prefect", TRIALWATCH_DATA_DIR=f"{house.folder}/{NO_TEXT}")
    assert (code, "TRIALWATCH_DATA_DIR holds bytes that are no text" in err) == (2, True)


@pytest.mark.parametrize("standard_input", [b"", b"SELECT '\xe4'", None], ids=["empty", "no text", "closed"])
def test_a_question_that_is_none_on_standard_input(lived_in: House, standard_input: bytes | None) -> None:
    shell = 'exec "$@"' + (" <&-" if standard_input is None else "")
    words = ["sh", "-c", shell, "-", sys.executable, "-c", "from flows.cli import main; main()", "query"]
    for speaks in ("C", "C.UTF-8"):
        run = subprocess.run(
            words,
            input=standard_input or b"",
            env={**os.environ, **lived_in.variables, "LC_ALL": speaks},
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stdout, run.stderr.count(b"trialwatch: ")) == (2, b"", 1), run.stderr
