"""What meets a person who types a command for the first time: help, choices, mistakes, odd terminals."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.cli import app
from flows.settings import SettingsError, configuration, from_environment
from tests.house import WATCH, House, Typed
from tests.records import a_trial, with_status
from warehouse.judge.checks import CHECKS
from warehouse.words.kinds import KINDS
from warehouse.words.vocabulary import SUBSTANCES

COMMANDS = [
    *(
        "run",
        "deliver",
        "preview",
        "backup",
        "restore",
        "rebuild",
        "status",
        "watchdog",
        "changes",
        "show",
        "query",
        "demo",
    ),
    "watch add",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after two nights with a completion, and a title that plain ASCII cannot say."""
    record = a_trial("NCT10000001")
    record["protocolSection"]["identificationModule"]["briefTitle"] = "Kétamine → relapse ≥ 3 días: 氯胺酮"
    with SimulatedRegistry([record]) as registry:
        house = House(tmp_path_factory.mktemp("told"), registry.url)
        house.configure(WATCH)
        house.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        registry.night()
        house.night()
    return house


# -- help ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_ends_with_an_example_that_can_be_typed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app([*command.split(), "--help"], exit_on_error=False)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"Example: trialwatch {command}" in printed


@pytest.mark.parametrize(
    ("command", "choices"),
    [
        ("changes", (*KINDS, *SUBSTANCES, "table", "csv", "json")),
        ("run", CHECKS),
        ("query", ("table", "csv", "json")),
    ],
)
def test_choices_stand_in_the_help(
    command: str, choices: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    app([command, "--help"], exit_on_error=False)
    printed = capsys.readouterr().out
    assert [choice for choice in choices if choice not in printed] == []


def test_shell_completion_can_be_installed(tmp_path: Path) -> None:
    script = "from flows.cli import main; main(['--install-completion', '--shell', 'bash'])"
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert any("trialwatch" in path.read_text() for path in tmp_path.rglob("*") if path.is_file())


# -- settings ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TRIALWATCH_DATADIR", "did you mean 'TRIALWATCH_DATA_DIR'"),
        ("TRIALWATCH_SMPT_URL", "did you mean 'TRIALWATCH_SMTP_URL'"),
        ("trialwatch_data_dir", "did you mean 'TRIALWATCH_DATA_DIR'"),
        ("TRIALWATCH_NOTIFY_", "there is no setting"),
        ("TRIALWATCH_", "there is no setting"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(name: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        from_environment({name: "x"})
    assert said in str(raised.value)


@pytest.mark.parametrize("name", ["ISRCTN_URL", "CTIS_URL", "HOME", "NOTIFY_SLACK", "NOTIFY_TEAM_2"])
def test_what_the_contract_knows_and_nobody_serves_yet_is_no_error(name: str) -> None:
    from_environment({f"TRIALWATCH_{name}": "https://example.org"})


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "reaches nobody"),
        ("to = []", "reaches nobody"),
        ("to = []\nnotify = []", "give it addresses (to) or channels (notify)"),
    ],
)
def test_a_subscription_that_reaches_nobody_is_an_error(tmp_path: Path, lines: str, said: str) -> None:
    file = tmp_path / "trialwatch.toml"
    file.write_text(WATCH.replace('to = ["team@example.org"]', lines), "utf-8")
    with pytest.raises(SettingsError) as raised:
        configuration(file)
    assert "subscription 'team'" in str(raised.value)
    assert said in str(raised.value)


def test_a_byte_order_mark_is_read_over(house: House, typed: Typed) -> None:
    file = house.folder / "trialwatch.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(configuration(file).watches) == 1
    code, _, said = typed("watch", "add", "more", "https://clinicaltrials.gov/search?intr=psilocybin")
    assert (code, "clinicaltrials.gov alone, where the search was made" in said) == (0, True)
    assert len(configuration(file).watches) == 2


def test_utf_16_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "trialwatch.toml"
    file.write_text(WATCH, "utf-16")
    with pytest.raises(SettingsError, match="is not UTF-8 text"):
        configuration(file)


def test_an_account_without_a_name_accepts_by_its_number(
    registry: SimulatedRegistry, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)  # no machine has so many accounts
    registry.put(a_trial())
    code, _, err = typed("run", "--no-prefect", "--accept", "totals", "--because", "known")
    assert code == 0
    assert "nothing had to be accepted" in err


# -- what is printed -----------------------------------------------------------------------------------


@pytest.mark.sampled
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("words", ["show NCT10000001", "changes", "changes --format csv", "show --help"])
def test_a_terminal_of_few_letters_gets_those_it_has(told: House, encoding: str, words: str) -> None:
    done = said_in(encoding, told, words)
    assert done.returncode == 0, done.stderr
    done.stdout.decode(encoding)
    if words == "show NCT10000001" and encoding == "ascii":
        assert b"Ketamine -> relapse >= 3 dias: ???" in done.stdout


def test_json_loses_no_letter_for_want_of_an_encoding(told: House) -> None:
    facts = json.loads(said_in("ascii", told, "show NCT10000001 --json").stdout)
    assert facts["trial"]["title"] == "Kétamine → relapse ≥ 3 días: 氯胺酮"


def said_in(encoding: str, house: House, words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    script = f"from flows.cli import main; main({words.split()!r})"
    environment = {**os.environ, **house.variables, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, input=typed, capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize("words", ["query --format csv", "query - --format csv"])
def test_query_reads_standard_input_and_writes_csv(told: House, words: str) -> None:
    done = said_in("utf-8", told, words, b"SELECT trial_id, overall_status, phases\nFROM trials;\n")
    assert (done.returncode, done.stderr) == (0, b"")
    header, row = csv.reader(io.StringIO(done.stdout.decode()))
    assert header == ["trial_id", "overall_status", "phases"]
    assert row == ["NCT10000001", "COMPLETED", "PHASE2"]


def test_query_without_a_question_says_what_one_looks_like(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    code, _, err = typed("query")
    assert code == 2
    assert "SELECT trial_id" in err


def test_status_says_days_and_never_none(told: House) -> None:
    told.environment["TRIALWATCH_NOW"] = "2026-09-28T02:30:00Z"
    done = said_in("utf-8", told, "status")
    assert done.returncode == 7
    assert b"15 days old" in done.stderr
    assert b"None" not in done.stdout
    assert b"last complete 2026-09-13 02:30" in done.stdout


def test_status_of_a_watch_that_has_had_no_complete_night(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    code, _, _ = typed("run", "--no-prefect", TRIALWATCH_CTGOV_URL="http://127.0.0.1:9")
    assert code == 3
    code, out, _ = typed("status")
    assert code == 7
    assert "no complete night yet" in out
    assert "None" not in out


def test_without_a_mail_server_a_mail_is_written_and_not_sent(registry: SimulatedRegistry, typed: Typed) -> None:
    registry.put(a_trial())
    code, _, err = typed("run", "--no-prefect")
    assert code == 0
    assert "1 written to" in err
    assert "outbox/ (no mail server is set)" in err
    assert "sent" not in err.replace("nothing was sent", "")


def test_run_tells_each_stage_and_ends_with_the_page(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial())
    code, out, err = typed("run", "--no-prefect")
    assert (code, out) == (0, "")
    stages = ["asking clinicaltrials.gov", "search 1 of 1", "comparing and storing", "publishing", "mail"]
    places = [err.index(stage) for stage in stages]
    assert places == sorted(places)
    assert err.splitlines()[-1].endswith(str(house.settings.published / "index.html"))


def test_where_nothing_watches_a_long_stage_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    from flows.terminal.progress import shown

    with shown() as progress:
        for number in range(1, 13):
            progress(f"search {number} of 12", 0, None)
            progress(f"search {number} of 12", 5, 50)
    assert capsys.readouterr().err.splitlines() == ["search 1 of 12 …"]


def test_the_json_of_a_demo_says_that_it_is_one(house: House, typed: Typed) -> None:
    facts: dict[str, Any] = json.loads(typed("status", "--json")[1])
    assert facts["is_demo"] is False
