"""The environment file: what is written into it is what every reader finds, and nothing else gets in."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import envfile
from flows.envfile import EnvFileError, adopted, forget, line, read
from tests.house import House, Typed
from tests.installation import REPOSITORY

NAME = "TRIALWATCH_MAIL_FROM"
HOSTILE = [
    "Trial Watch <watch@example.org>",
    "O'Brien <watch@example.org>",
    '"Trial, Watch" <watch@example.org>',
    "back\\slash",
    "smtp://u:p$(id)`id`&;=@host:587",
    "# no remark",
    "; neither",
    " blanks around ",
    "",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_written_is_what_with_settings_and_we_read(tmp_path: Path, value: str) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(REPOSITORY / "deploy/with-settings", tmp_path / "deploy")
    (tmp_path / "trialwatch.env").write_text(f"# a remark\n\n{line(NAME, value)}\n", "utf-8")
    assert read(tmp_path / "trialwatch.env") == {NAME: value}
    done = subprocess.run(
        [tmp_path / "deploy/with-settings", "printenv", NAME], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{value}\n"


@given(st.text())
def test_whatever_a_value_is_it_is_one_line_or_refused(value: str) -> None:
    try:
        written = line(NAME, value)
    except EnvFileError as error:
        assert not value or value not in str(error)  # noqa: PT017 - both ways are right
        return
    assert len(written.splitlines()) == 1
    assert _as_systemd(written.partition("=")[2]) == value


def _as_systemd(text: str) -> str:
    """As systemd's parse_env_file takes what stands behind the sign: quotes off, blanks at the end off."""
    if text[:1] == "'":
        assert text[-1] == "'"
        assert "'" not in text[1:-1]
        return text[1:-1]
    assert "\\" not in text, "a backslash takes away its neighbour's meaning, and itself"
    if text[:1] == '"':
        assert text[-1] == '"'
        assert '"' not in text[1:-1]
        return text[1:-1]
    assert text == text.strip()
    return text


@pytest.mark.parametrize("value", ["two\nlines", "a\rreturn", "nul\0", "both ' and \"", "back\\slash and '"])
def test_what_no_reader_would_find_again_is_refused_without_being_quoted(value: str) -> None:
    with pytest.raises(EnvFileError) as error:
        line(NAME, value)
    assert NAME in str(error.value)
    assert value not in str(error.value)


@pytest.mark.parametrize("wrong", ["export A=b", "  A=b", "no sign", "=x", "1A=x"])
def test_a_line_that_is_none_is_told_by_its_number_alone(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "trialwatch.env"
    path.write_text(f"A=b\n{wrong}\n", "utf-8")
    with pytest.raises(EnvFileError) as error:
        read(path)
    assert f"{path}, line 2: write NAME=value" in str(error.value)
    assert wrong not in str(error.value)


def test_the_environment_wins_and_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.env"
    path.write_text(
        "TRIALWATCH_CONTACT=file@example.org\nTRIALWATCH_OPERATOR=a@example.org\nPREFECT_X=1\n", "utf-8"
    )
    environment = {envfile.NAMED_BY: str(path), "TRIALWATCH_CONTACT": "me@example.org"}
    assert adopted(environment)["TRIALWATCH_OPERATOR"] == "a@example.org"
    assert environment["TRIALWATCH_CONTACT"] == "me@example.org"
    path.write_text("TRIALWATCH_OPERATOR=b@example.org\nPREFECT_X=2\n", "utf-8")
    assert adopted(environment)["TRIALWATCH_OPERATOR"] == "b@example.org"
    forget(environment)
    assert environment == {
        envfile.NAMED_BY: str(path),
        "TRIALWATCH_CONTACT": "me@example.org",
        "PREFECT_X": "2",
    }
    del environment["PREFECT_X"]
    envfile.adopted({})


def test_a_command_takes_its_settings_from_a_file(
    house: House, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trialwatch.env"
    path.write_text("TRIALWATCH_OPERATER=a@example.org\n", "utf-8")
    monkeypatch.setenv(envfile.NAMED_BY, "")  # so that it is put back afterwards
    for words in (("--env-file", str(path), "deliver"), ("deliver", f"--env-file={path}")):
        code, _, said = typed(*words)
        assert (code, "did you mean 'TRIALWATCH_OPERATOR'" in said) == (2, True), said
    path.write_text("", "utf-8")
    assert typed("--env-file", str(path), "deliver")[0] == 0
    assert "reading no file" not in typed("--env-file", str(path), "--help")[1]
    path.unlink()
    code, _, said = typed("deliver", "--env-file", str(path))
    assert (code, f"{path} cannot be read" in said) == (2, True)
    assert typed("deliver", "--env-file")[0] == 2
    forget()
