"""``trialwatch init``: by flags where nobody sits, by questions on a real terminal; and hostile answers."""

import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import envfile
from flows.settings import configuration, from_environment
from tests.house import Typed
from tests.postoffice import PostOffice, open_post_office
from tests.standing_prefect import wait_for

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")
TRIALWATCH = str(Path(sys.executable).with_name("trialwatch"))
LEAST = ("--drug", "ketamine", "--to", "pi@hospital.org", "--contact", "me@hospital.org")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "new"


def init(typed: Typed, folder: Path, *words: str) -> tuple[int, str, str]:
    return typed("init", "--no-ask", "--folder", str(folder), *words)


def test_flags_alone_make_two_files_that_are_read_as_they_were_meant(typed: Typed, folder: Path) -> None:
    code, out, _ = init(
        typed,
        folder,
        *LEAST,
        *("--disorder", "alcohol use disorder", "--disorder", "cannabis use disorder", "--kind", "completed"),
        *("--registry", "clinicaltrials.gov", "--registry", "isrctn", "--send", "daily", "--watch", "mine"),
        *("--smtp-url", "smtp://user:p%40ss@mail.hospital.org", "--operator", "op@hospital.org"),
        *("--data-dir", str(folder / "kept"), "--mail-from", "Trial Watch <watch@hospital.org>"),
    )
    assert code == 0
    configured = configuration(folder / "trialwatch.toml")
    (watch,), (subscription,) = configured.watches, configured.subscriptions
    assert (watch.name, watch.registries) == ("mine", ("clinicaltrials.gov", "isrctn"))
    assert watch.interventions == ("ketamine",)
    assert watch.conditions == ("alcohol use disorder", "cannabis use disorder")
    assert watch.relevance == "ketamine-substance-use"
    assert (subscription.to, subscription.kinds, subscription.send) == (
        ("pi@hospital.org",),
        ("completed",),
        "daily",
    )
    settings = from_environment(envfile.read(folder / "trialwatch.env"))
    assert settings.smtp_url == "smtp://user:p%40ss@mail.hospital.org"
    assert (settings.operator, settings.mail_from) == ("op@hospital.org", "Trial Watch <watch@hospital.org>")
    assert (settings.data_dir, settings.config) == (folder / "kept", folder / "trialwatch.toml")
    assert stat.S_IMODE((folder / "trialwatch.env").stat().st_mode) == 0o600
    assert f"export TRIALWATCH_ENV_FILE={folder}/trialwatch.env" in out
    assert [word for word in ("doctor", "run", "serve") if f"trialwatch {word}" in out] == [
        "doctor",
        "run",
        "serve",
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["trialwatch.env", "trialwatch.toml"]


def test_a_watch_of_registries_without_synonyms_says_so_and_one_may_live_from_files_too(
    typed: Typed, folder: Path
) -> None:
    assert init(typed, folder, *LEAST, "--registry", "clinicaltrials.gov", "--registry", "ictrp")[0] == 0
    (watch,) = configuration(folder / "trialwatch.toml").watches
    assert watch.registries == ("clinicaltrials.gov", "ictrp")
    assert "widens words by synonyms, and the others do not" in (folder / "trialwatch.toml").read_text()
    assert init(typed, folder, *LEAST, "--registry", "clinicaltrials.gov", "--force")[0] == 0
    assert "synonyms" not in (folder / "trialwatch.toml").read_text()
    code, next_steps, _ = init(typed, folder, *LEAST, "--registry", "ictrp", "--force")
    assert (code, "trialwatch import ictrp FILE" in next_steps, "trialwatch run" in next_steps) == (0, True, False)


def test_what_is_missing_is_told_together_by_its_flags_and_nothing_is_written(typed: Typed, folder: Path) -> None:
    code, _, said = init(typed, folder)
    assert code == 2
    for flag in ("--drug", "--search", "--to", "--contact"):
        assert flag in said
    assert said.count("trialwatch: ") == 1
    code, _, said = init(typed, folder, *LEAST, "--smtp-url", "mail.hospital.org", "--smtp-user", "me")
    assert (code, "--smtp-password-file" in said) == (2, True)
    assert not folder.exists()


def test_defaults_do_for_the_rest_and_other_drugs_have_no_rules(typed: Typed, folder: Path) -> None:
    assert init(typed, folder, *(word.replace("ketamine", "psilocybin") for word in LEAST))[0] == 0
    (watch,) = configuration(folder / "trialwatch.toml").watches
    assert (watch.name, watch.conditions, watch.relevance) == ("psilocybin", (), None)
    assert watch.registries == ("clinicaltrials.gov", "isrctn", "ctis")
    settings = from_environment(envfile.read(folder / "trialwatch.env"))
    assert (settings.operator, settings.mail_from) == ("me@hospital.org", "trialwatch <me@hospital.org>")
    assert (settings.smtp_url, settings.data_dir) == (None, folder / "data")


def test_a_pasted_address_goes_to_other_registries_when_told_to(typed: Typed, folder: Path) -> None:
    more = ("--search", "https://clinicaltrials.gov/search?cond=Asthma", "--registry", "ctis")
    code, _, said = init(typed, folder, *LEAST[2:], *more)
    assert (code, "alone" in said) == (0, False)
    assert configuration(folder / "trialwatch.toml").watches[0].registries == ("ctis",)


def test_a_pasted_address_stands_for_drugs_and_disorders(typed: Typed, folder: Path) -> None:
    url = "https://clinicaltrials.gov/search?cond=Asthma&intr=Salbutamol%20OR%20Albuterol&aggFilters=status:rec"
    code, _, said = init(typed, folder, *LEAST[2:], "--search", url)
    assert code == 0
    assert "left out: aggFilters=status:rec" in said
    (watch,) = configuration(folder / "trialwatch.toml").watches
    assert (watch.conditions, watch.interventions) == (("Asthma",), ("Salbutamol", "Albuterol"))
    assert watch.name == "asthma-salbutamol"
    assert watch.registries == ("clinicaltrials.gov",)
    assert said.count("clinicaltrials.gov alone") == 1
    for wrong in (("--search", "https://example.org"), ("--search", url, "--drug", "x")):
        code, _, said = init(typed, folder / "no", *LEAST[2:], *wrong)
        assert (code, "--search" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "nobody"), "--to: it has no @"),
        (("--to", "A <a@b.org>"), "--to: leave out names and brackets"),
        (("--kind", "complete"), "did you mean 'completed'"),
        (("--send", "hourly"), "--send: it cannot be 'hourly'"),
        (("--watch", "a b"), "--watch: use letters"),
        (("--watch", 'x"]\n[watch.evil'), "--watch: it holds a line break"),
        (("--registry", "euctr"), "--registry: it cannot be 'euctr'"),
        (("--relevance", "none of it"), "--relevance: it cannot be"),
        (("--drug", "a\nb"), "it holds a line break"),
        (("--drug", "???"), "is no word"),
        (("--contact", "me"), "--contact: it has no @"),
        (("--operator", "op"), "--operator: TRIALWATCH_OPERATOR is no mail address"),
        (("--mail-from", "a@b.org\nTRIALWATCH_NOW=2020"), "--mail-from: it holds a line break"),
        (("--mail-from", '"it\'s" <a@b.org>'), "holds quotes that an environment file cannot hold"),
        (("--smtp-url", "http://mail"), "--smtp-url: TRIALWATCH_SMTP_URL does not begin with"),
        (("--smtp-url", "smtp://u:hush-hush@"), "--smtp-url: TRIALWATCH_SMTP_URL names no host"),
        (("--smtp-url", "mail", "--smtp-user", "u", "--smtp-password-file", "/none"), "/none cannot be read"),
        (("--smtp-url", "mail", "--smtp-user", "u", "--smtp-password-file", "/dev/null"), "it is empty"),
    ],
)
def test_a_wrong_answer_is_told_with_its_flag_and_nothing_is_written(
    typed: Typed, folder: Path, words: tuple[str, ...], said: str
) -> None:
    given = [
        each
        for flag, value in zip(LEAST[::2], LEAST[1::2], strict=True)
        if flag not in words
        for each in (flag, value)
    ]
    code, _, told = init(typed, folder, *given, *words)
    assert code == 2
    assert said in told
    assert "hush-hush" not in told
    assert not folder.exists()


@pytest.mark.parametrize(
    "hostile", ['a"]\\ evil = [', "]]>{{x}}$(id)`id`", "# no remark", "é \u202e", "\u00e4 'quoted' \"twice\""]
)
def test_a_hostile_name_stays_one_name(typed: Typed, folder: Path, hostile: str) -> None:
    words = [hostile if word == "ketamine" else word for word in LEAST]
    code, _, said = init(typed, folder, *words)
    if not hostile.isprintable():
        assert (code, "does not print" in said) == (2, True)
        return
    assert code == 0, said
    (watch,) = configuration(folder / "trialwatch.toml").watches
    assert watch.interventions == (hostile,)
    assert not watch.everything


def test_a_long_list_is_a_word_a_line(typed: Typed, folder: Path) -> None:
    many = [f"a drug of a rather long name, number {number}" for number in range(9)]
    init(typed, folder, *LEAST[2:], *(word for drug in many for word in ("--drug", drug)))
    text = (folder / "trialwatch.toml").read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 115
    assert configuration(folder / "trialwatch.toml").watches[0].interventions == tuple(many)


def test_nothing_is_written_over_unless_told_to(typed: Typed, folder: Path) -> None:
    folder.mkdir()
    (folder / "trialwatch.toml").write_text("mine")
    code, _, said = init(typed, folder)
    assert (code, f"there already: {folder}/trialwatch.toml" in said, "--force" in said) == (2, True, True)
    assert not (folder / "trialwatch.env").exists()
    (folder / "trialwatch.env").write_text("mine")
    (folder / "trialwatch.env").chmod(0o644)
    assert init(typed, folder, *LEAST, "--force")[0] == 0
    assert stat.S_IMODE((folder / "trialwatch.env").stat().st_mode) == 0o600
    assert configuration(folder / "trialwatch.toml").watches


def test_a_folder_of_anothers_is_filled_with_files_of_theirs(typed: Typed, folder: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    assert init(typed, folder, *LEAST)[0] == 0
    assert {(folder / name).stat().st_uid for name in ("trialwatch.env", "trialwatch.toml")} == {12345}


def test_a_test_mail_is_sent_if_asked(typed: Typed, folder: Path, office: PostOffice) -> None:
    assert init(typed, folder, *LEAST, "--smtp-url", office.url, "--test-mail")[0] == 0
    ((recipients, content),) = office.mails
    assert recipients == ["me@hospital.org"]
    assert b"If you can read this" in content
    code, _, said = init(typed, folder, *LEAST, "--force", "--smtp-url", "smtp://127.0.0.1:9", "--test-mail")
    assert (code, "cannot be reached" in said) == (5, True)
    assert (folder / "trialwatch.env").exists(), "mend the mail server, and not all the rest"


# -- on a terminal -------------------------------------------------------------------------------------


A_MOMENT_S = 0.3


def on_a_terminal(folder: Path, *answers: bytes) -> tuple[int, str]:
    """Type answers, each when a question stands there; what was shown, and the exit code."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - another process
        os.chdir(folder)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background has it ignored, and so would we
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "COLUMNS": "200"}
        os.execve(TRIALWATCH, [TRIALWATCH, "init"], environment)  # noqa: S606 - ourselves
    shown = b""
    since_answered = b""
    waiting = list(answers)
    while True:
        if not select.select([terminal], [], [], 120)[0]:
            raise AssertionError(shown.decode())
        try:
            heard = os.read(terminal, 4096)
        except OSError:  # it has ended
            break
        shown += heard
        since_answered += heard  # a password's own end of line is no question
        if waiting and re.search(rb":\s*$", since_answered):  # a long one is broken after its colon
            if since_answered.rstrip().endswith(b"Password:"):
                wait_for(lambda: not termios.tcgetattr(terminal)[3] & termios.ECHO)
            # As a person types: what comes in the instant in which readline takes the terminal over is lost.
            if not select.select([terminal], [], [], A_MOMENT_S)[0]:
                os.write(terminal, waiting.pop(0))
                since_answered = b""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.slow
def test_on_a_terminal_each_is_asked_until_it_can_be_used_and_a_password_is_not_shown(tmp_path: Path) -> None:
    code, shown = on_a_terminal(
        tmp_path,
        *(
            b"\r",
            b"ketamine, esketamine\r",
            b"alcoholism\r",
            b"\r",
            b"\r",
            b"\r",
            b"nobody\r",
            b"pi@hospital.org\r",
        ),
        *(b"complete\r", b"completed\r", b"\r", b"me@hospital.org\r", b"\r", b"mail.hospital.org\r", b"user@x\r"),
        *(b"p:w d%/\r", b"\r", b"\r", b"no\r"),
    )
    assert code == 0, shown
    for told in ("name a drug, or paste", "it has no @", "did you mean 'completed'"):
        assert told in shown
    assert "p:w d%/" not in shown
    settings = from_environment(envfile.read(tmp_path / "trialwatch.env"))
    assert settings.smtp_url == "smtp://user%40x:p%3Aw%20d%25%2F@mail.hospital.org"
    (watch,) = configuration(tmp_path / "trialwatch.toml").watches
    assert (watch.interventions, watch.conditions) == (("ketamine", "esketamine"), ("alcoholism",))


@pytest.mark.sampled
@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x04", 2)])
def test_whoever_breaks_off_has_nothing_written(tmp_path: Path, key: bytes, code: int) -> None:
    ended, shown = on_a_terminal(tmp_path, b"ketamine\r", key)
    assert ended == code, shown
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in shown


def test_a_password_may_come_by_standard_input(tmp_path: Path) -> None:
    words = (*LEAST, "--smtp-url", "mail.hospital.org", "--smtp-user", "me", "--smtp-password-file", "-")
    done = subprocess.run(
        [TRIALWATCH, "init", *words],
        input="hush: hush\nmore",
        text=True,
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert "hush" not in done.stdout + done.stderr
    assert "//me:hush%3A%20hush@mail.hospital.org" in (tmp_path / "trialwatch.env").read_text("utf-8")
