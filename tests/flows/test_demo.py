"""The demo: a year with every kind of change there is, and instructions that work as they are printed."""

import email
import email.policy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.simulated import made_up
from connectors.simulated.made_up.elsewhere import entries, in_ctis, in_isrctn
from flows.demo.year import nights, without_prefect
from tests.house import Typed
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE
from warehouse.words.kinds import KINDS

DOCUMENTED = Path(__file__).parents[2] / "docs/changes.md"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert [report.ending.code for report in nights(folder, without_prefect)] == [0] * 12
    return folder


@pytest.mark.slow
def test_every_kind_of_change_happens_in_the_year(played: Path) -> None:
    with questions.published(played / "data/published" / FILE) as con:
        told = {kind for (kind,) in questions.ask(con, "SELECT DISTINCT kind FROM changes").rows}
    table = re.findall(r"^\| (`.*?) \|", DOCUMENTED.read_text("utf-8"), re.MULTILINE)
    documented = {kind for row in table for kind in re.findall(r"`([a-z_]+)`", row)}
    assert documented == set(KINDS)
    assert told == documented


@pytest.mark.slow
def test_the_years_trials_are_as_rich_as_real_ones(played: Path) -> None:
    with questions.published(played / "data/published" / FILE) as con:
        (row,) = questions.ask(
            con,
            """SELECT
                (SELECT count(*) FROM trials) AS trials,
                (SELECT count(DISTINCT trial_id) FROM trial_arms) AS with_arms,
                (SELECT count(*) FROM trial_outcomes) AS outcomes,
                (SELECT count(*) FROM trials WHERE len(countries) > 1) AS in_several_countries,
                (SELECT count(DISTINCT country) FROM trial_sites) AS countries,
                (SELECT count(DISTINCT trial_id) FROM trial_publications) AS with_references""",
        ).documents()
    assert row["trials"] == 64
    assert row["with_arms"] >= 55
    assert row["outcomes"] >= 60 * 8
    assert row["in_several_countries"] >= 5
    assert row["countries"] >= 6
    assert row["with_references"] >= 55


@pytest.mark.slow
def test_one_study_in_two_registries_is_told_once_and_its_mail_names_both(played: Path) -> None:
    with questions.published(played / "data/published" / FILE) as con:
        told = questions.ask(
            con,
            """SELECT trial_id, materiality, reason LIKE 'already told by NCT99000023%' AS is_told_already
            FROM changes WHERE kind = 'completed' AND trial_id IN ('NCT99000023', 'ISRCTN99000001')
            ORDER BY observed_at""",
        ).rows
        assert questions.ask(con, "FROM registry_disagreement").rows == [], "in the end both say that it completed"
    assert told == [("NCT99000023", "high", False), ("ISRCTN99000001", "low", True)]
    assert [("NCT99000023" in mail, "Also registered as: ISRCTN99000001" in mail) for mail in ends(played)].count(
        (True, True)
    ) == 1
    assert not any("ISRCTN99000001" in mail and "NCT99000023" not in mail for mail in ends(played))


@pytest.mark.slow
def test_a_status_follows_the_calendar_in_the_year_and_its_end_is_mailed(played: Path) -> None:
    with questions.published(played / "data/published" / FILE) as con:
        told = questions.ask(
            con, "SELECT kind, cause FROM changes WHERE trial_id = 'ISRCTN99000002' ORDER BY observed_at"
        ).rows
    assert told == [(kind, "calendar") for kind in ("recruiting", "status_changed", "completed")]
    (mail,) = (mail for mail in ends(played) if "ISRCTN99000002" in mail)
    assert "The planned end has passed" in mail


@pytest.mark.slow
def test_the_welcome_counts_each_status_once_however_registries_spell_it(played: Path) -> None:
    (welcome, *_) = (body for subject, body in mails(played) if "Now watching" in subject)
    counts = dict(
        re.findall(r"^  (.+): (\d+)$", welcome.partition("By status")[2].partition("\n\n")[0], re.MULTILINE)
    )
    assert welcome.count("Not yet recruiting: ") == 1
    assert f"{sum(map(int, counts.values()))} relevant trials of" in welcome


def ends(played: Path) -> list[str]:
    """The mails to those who asked for ends alone, but for the welcome."""
    return [body for subject, body in mails(played) if "Now watching" not in subject]


def mails(played: Path) -> list[tuple[str, str]]:
    """Subject and text of each mail to those who asked for ends alone."""
    sent = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in outbox(played)]
    return [
        (mail["Subject"], str(body.get_content()).replace("\r\n", "\n"))
        for mail in sent
        if (body := mail.get_body(("plain",))) and mail["To"] == "team@example.org"
    ]


def outbox(played: Path) -> list[Path]:
    return sorted((played / "data/outbox").glob("*.eml"))


def test_every_made_up_record_says_that_it_is() -> None:
    for entry in entries("isrctn").values():
        assert entry["number"].startswith("ISRCTN9900000")
        assert "no such trial exists" in in_isrctn(entry)
    for entry in entries("ctis").values():
        row, whole = in_ctis(entry)
        assert row["ctNumber"] == whole["ctNumber"]
        assert "no such trial exists" in json.dumps(whole)
    for record in made_up.records():
        protocol = record["protocolSection"]
        assert protocol["identificationModule"]["nctId"].startswith("NCT990000")
        assert "no such trial exists" in protocol["descriptionModule"]["briefSummary"]


@pytest.mark.slow
def test_the_demo_tells_its_nights_and_keeps_its_mails(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = typed("demo", "--no-prefect")
    assert code == 0
    assert len(re.findall(r"^\d+ \w+ 202[56]: ", out, re.MULTILINE)) == 12
    assert re.search(r"Completed: ketamine 0\.8 mg/kg .+ \(NCT99000001\)", out)
    for path in re.findall(r"demo/mails/\S+\.txt", out)[:-1]:
        assert {Path(path).with_suffix(suffix).exists() for suffix in (".eml", ".html", ".txt")} == {True}
    for address in re.findall(r"file://(\S+)", out):
        assert Path(address).exists()
    commands = [line.strip() for line in out.splitlines() if re.match(r"  (TRIALWATCH_|cat )", line)]
    assert len(commands) >= 5
    for command in commands:
        done = in_a_fresh_shell(command, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout.strip()
    code, out, err = typed("demo", "--clear")
    assert (code, "is cleared away" in err) == (0, True)
    assert not Path("demo").exists()


def in_a_fresh_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A shell that knows the way to the system's own programs, and nothing else."""
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    words = ["/bin/sh", "-c", command]
    return subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.prefect
@pytest.mark.slow
def test_the_demo_is_the_flow_of_production_on_a_server_that_starts_once(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main(['demo'])"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Prefect is starting") == 1
    assert done.stderr.count("over to Prefect") == 11
    assert "runs without" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"demo"}, "no server's home is left"
