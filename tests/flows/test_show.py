"""What a person sees in a terminal: a real pseudo-terminal, narrow or wide, with colours or without."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House
from tests.records import a_trial, with_status

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
LONG_TITLE = (
    "Ketamine and Psychotherapy for Alcohol Use Disorder: a Randomised, Double-Blind, Placebo-Controlled Trial"
)
HOSTILE = "\x1b[2J\x1b]0;taken\x07\u202eKetamine\r\nfor [bold red]alcohol[/] use disorder"
Seen = Callable[..., str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two nights: a completion, a slip, an overdue trial, and one whose every text is hostile."""
    with SimulatedRegistry() as registry:
        house = House(tmp_path_factory.mktemp("told"), registry.url)
        house.configure(WATCH)
        hostile = a_trial("NCT10000003")
        hostile["protocolSection"]["identificationModule"]["briefTitle"] = HOSTILE
        hostile["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = HOSTILE
        named = a_trial("NCT10000001")
        named["protocolSection"]["identificationModule"]["briefTitle"] = LONG_TITLE
        registry.put(named, a_trial("NCT10000002"), hostile)
        house.night()
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-11"))
        registry.edit("NCT10000002", with_status("RECRUITING", completionDateStruct={"date": "2029-01"}))
        registry.edit("NCT10000003", with_status("TERMINATED", whyStopped=HOSTILE))
        house.night()
        yield house


@pytest.fixture
def seen(told: House) -> Seen:
    """Type a command in a terminal of some size; returns all that appears in it."""

    def type_it(*words: str, width: int = 80, height: int = 60, **environment: str) -> str:
        main, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        ours = ("NO_COLOR", "COLUMNS", "LINES", "LESS")
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        running = subprocess.Popen(
            [sys.executable, "-c", "import sys; from flows.cli import main; main(sys.argv[1:])", *words],
            stdin=end,
            stdout=end,
            stderr=end,
            env={
                **inherited,
                "TRIALWATCH_DATA_DIR": str(told.settings.data_dir),
                "TERM": "xterm-256color",
                "PAGER": "sed 's/^/paged|/'",
                **environment,
            },
        )
        os.close(end)
        text = b""
        while running.poll() is None or select.select([main], [], [], 0.1)[0]:
            if select.select([main], [], [], 0.1)[0]:
                try:
                    text += os.read(main, 65536)
                except OSError:
                    break
        running.wait()
        os.close(main)
        return text.decode().replace("\r\n", "\n")

    return type_it


def without_colours(text: str) -> list[str]:
    return ESCAPE.sub("", text).splitlines()


@pytest.mark.sampled
@pytest.mark.parametrize("width", [40, 80, 150])
def test_changes_fit_and_never_cut_a_number_or_a_kind(seen: Seen, width: int) -> None:
    lines = without_colours(seen("changes", width=width))
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    for whole in ("NCT10000001", "NCT10000002", "NCT10000003", "completed", "date_slipped", "why_stopped_changed"):
        assert whole in words


def test_a_change_tells_what_from_what_to_what_whose_doing_and_when(seen: Seen) -> None:
    lines = without_colours(seen("changes", "--kind", "completed", width=80))
    assert lines[0].split() == ["2026-09-13", "completed", "NCT10000001", "sponsor"]
    assert lines[1].startswith("  Ketamine and Psychotherapy for Alcohol Use Disorder")
    assert lines[1].endswith("…")
    assert lines[2] == "  Completed; until now recruiting."
    (head, *_) = without_colours(seen("changes", "--kind", "date_slipped", width=150))
    assert head.split() == ["seen", "what", "trial", "title", "how", "cause"]
    (_, _, how) = without_colours(seen("changes", "--kind", "date_slipped", width=80))
    assert how == "  Completion date moved 397 days later, from 2027-12 to 2029-01."


@pytest.mark.slow
def test_colours_say_how_much_a_change_matters(seen: Seen) -> None:
    text = seen("changes")
    assert re.search(r"\x1b\[1;31mcompleted\x1b\[0m", text)
    assert re.search(r"\x1b\[35mdate_slipped\x1b\[0m", text)
    assert "\x1b[32mRecruiting" in seen("show", "NCT10000002")
    assert "\x1b[31mTerminated" in seen("show", "NCT10000003")


@pytest.mark.slow
def test_no_colour_is_drawn_where_none_is_wanted_and_none_where_a_program_reads(seen: Seen, told: House) -> None:
    for words in (("changes",), ("show", "NCT10000001"), ("query", "SELECT trial_id FROM trials")):
        assert "\x1b" not in seen(*words, NO_COLOR="1")
        assert "\x1b" not in piped(told, *words)


def piped(told: House, *words: str) -> str:
    environment = {**os.environ, "TRIALWATCH_DATA_DIR": str(told.settings.data_dir), "TERM": "xterm-256color"}
    environment.pop("COLUMNS", None)
    script = "import sys; from flows.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def test_nothing_is_cut_where_a_program_reads(told: House) -> None:
    (line,) = (line for line in piped(told, "changes").splitlines() if " completed " in line)
    assert LONG_TITLE in line
    assert "Completed; until now recruiting." in line
    assert line.rstrip() == line


def test_what_is_longer_than_the_screen_is_paged_and_what_is_not_is_not(seen: Seen) -> None:
    assert seen("changes", height=6).count("paged|") > 6
    assert "paged|" not in seen("changes", height=60)
    assert seen("show", "NCT10000001", height=10).count("paged|") > 10


@pytest.mark.sampled
@pytest.mark.parametrize("width", [40, 80, 150])
def test_show_tells_one_trial_whole_and_fits(seen: Seen, width: int) -> None:
    lines = without_colours(seen("show", "NCT10000001", width=width, height=500))
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    assert LONG_TITLE in text
    assert re.search(r"status +Completed", text)
    assert "why it is in the watch ketamine-sud: relevant: the watch has no rules: all of it is" in text
    told = text.partition(" timeline ")[2]
    assert told.index("2026-06-04 Recruiting") < told.index("2026-09-11 Completed")
    assert "Completed; until now recruiting. (sponsor)" in told
    origin = text.partition(" where this comes from ")[2]
    assert "From ClinicalTrials.gov, data version 2026-09-" in origin
    assert "not medical advice" in origin
    assert "write to them, or to register@clinicaltrials.gov" in origin
    assert "ClinicalTrials.gov asks: Name ClinicalTrials.gov as the source" in origin


@pytest.mark.slow
def test_registry_text_can_steer_no_terminal(seen: Seen, told: House) -> None:
    for words in (
        ("changes",),
        ("show", "NCT10000003"),
        ("query", "SELECT title, lead_sponsor FROM trials"),
        ("query", "SELECT 1 AS \"\x1b[2Jname\", 'a' || chr(27) || '[2Jb' || chr(10) || 'c' AS said"),
    ):
        for text in (seen(*words, height=500), piped(told, *words)):
            assert "\x1b[2J" not in text
            assert "\x1b]0" not in text
            assert not re.search(r"[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f\u202e]", text)
    assert "[bold red]alcohol[/]" in " ".join(seen("show", "NCT10000003", width=150).split())


def test_rows_that_no_table_can_hold_are_told_one_by_one(seen: Seen) -> None:
    narrow = without_colours(seen("query", "SELECT * EXCLUDE (title) FROM trials ORDER BY trial_id", height=500))
    assert max(map(len, narrow)) <= 80
    numbers = [line.split() for line in narrow if line.startswith("trial_id")]
    assert numbers == [["trial_id", "NCT10000001"], ["trial_id", "NCT10000002"], ["trial_id", "NCT10000003"]]
    wide = without_colours(seen("query", "SELECT trial_id, title, overall_status FROM trials ORDER BY trial_id"))
    assert wide[0].split() == ["trial_id", "title", "overall_status"]
    assert max(map(len, wide)) <= 80


def test_the_same_facts_as_json(told: House) -> None:
    facts: dict[str, Any] = json.loads(piped(told, "show", "NCT10000001", "--json"))
    assert facts["trial"]["overall_status"] == "COMPLETED"
    assert facts["origin"]["from"].startswith("From ClinicalTrials.gov, data version 2026-09-")
    changes: list[dict[str, Any]] = json.loads(piped(told, "changes", "--json"))
    assert {change["kind"] for change in changes if change["trial_id"] == "NCT10000001"} == {"completed"}
