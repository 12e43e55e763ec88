"""A step in a process of its own, and a night whose publishing does not come to its end."""

import json
import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.files import write_whole
from connectors.simulated import SimulatedRegistry
from flows import own_process
from flows.endings import Code
from flows.errors import ApartError
from flows.nightly import Steps, night
from flows.settings import configuration
from flows.terminal.progress import silent
from tests.house import House
from tests.records import a_trial, with_status
from warehouse.errors import DiskError


@pytest.fixture(autouse=True)
def apart_indeed(published_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_process, "is_wanted", True)


def tell(words: str) -> str:
    logging.getLogger("trialwatch").warning("it says %s", words)
    return words.upper()


def start_another_and_hang(note: Path) -> None:
    if child := os.fork():
        note.write_text(str(child))
    time.sleep(3600)


def has_ended(process: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True


def test_a_step_returns_and_what_it_logs_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert own_process.run(60, tell, "hello") == "HELLO"
    assert caplog.messages == ["it says hello"]


@pytest.mark.parametrize(
    ("step", "argument", "said"),
    [
        (time.sleep, 3600, "this step was ended: it took longer than 1 seconds"),
        (os._exit, 0, "the process of this step died"),
        (os.abort, None, "the process of this step died"),
        (json.loads, "{", "JSONDecodeError"),
    ],
)
def test_what_does_not_come_to_its_end_is_a_sentence(step: Any, argument: Any, said: str) -> None:
    with pytest.raises(ApartError, match=said):
        own_process.run(1 if step is time.sleep else 60, step, *([] if argument is None else [argument]))


def test_what_somebody_can_act_on_comes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="is in the way"):
        own_process.run(60, write_whole, tmp_path / "file" / "page", b"")


@pytest.mark.slow
def test_nothing_of_it_is_left(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(ApartError):
        own_process.run(5, start_another_and_hang, note)
    child = int(note.read_text())
    for _ in range(200):  # it is killed; that the system takes note may last a moment
        if has_ended(child):
            break
        time.sleep(0.05)
    assert has_ended(child)


def test_where_no_process_can_be_had_the_step_runs_all_the_same() -> None:
    code = """
import os, tempfile
from flows import own_process
from flows.errors import ApartError
tempfile.tempdir = "/not/there"
assert own_process.run(60, os.getpid) == os.getpid()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "getpid runs without a process, and a time, of its own" in ended.stderr


AHEAD = """
import json, logging, os, sys, time
from flows import own_process
from flows.errors import ApartError

def tell(words):
    logging.getLogger("trialwatch").warning("it says %s", words)
    return words.upper()

def ahead(within_s, step, *arguments):
    own_process.prepare(step)
    waiting = own_process._ahead.process.pid
    try:
        said = own_process.run(within_s, step, *arguments)
    except ApartError as error:
        said = str(error)
    print(said == waiting or said)
    try:
        os.kill(waiting, 0)
        print("and it is left")
    except ProcessLookupError:
        pass

if __name__ == "__main__":
    logging.basicConfig()
    ahead(60, os.getpid)
    ahead(60, tell, "hello")
    ahead(1, time.sleep, 3600)
    ahead(60, os.abort)
    ahead(60, json.loads, "{")
    own_process.prepare(tell)
    own_process._ahead.process.kill()
    own_process._ahead.process.join()
    print(own_process.run(60, tell, "another does it"))
    own_process.prepare(tell)
    print(own_process._ahead.process.pid)
"""


def test_whoever_runs_alone_has_a_process_wait_that_was_forked_from_it(tmp_path: Path) -> None:
    (tmp_path / "ahead.py").write_text(AHEAD, "utf-8")
    ended = subprocess.run(
        [sys.executable, str(tmp_path / "ahead.py")],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    *said, waiting = ended.stdout.splitlines()
    assert said == [
        "True",
        "HELLO",
        "this step was ended: it took longer than 1 seconds",
        "the process of this step died",
        "JSONDecodeError",
        "ANOTHER DOES IT",
    ]
    assert "it says hello" in ended.stderr
    assert has_ended(int(waiting)), "that there was nothing to do is no reason to stay"


def test_where_threads_run_nothing_is_forked_from_us(registry: SimulatedRegistry) -> None:
    own_process.prepare(tell)  # the registry is a thread
    assert own_process._ahead is None


@dataclass(frozen=True)
class Hanging:
    """A publishing that never ends, but for its bound; or one that takes its process down."""

    step: Any
    arguments: tuple[Any, ...]

    def __call__(self, *_: Any) -> Path:
        own_process.run(1, self.step, *self.arguments)
        raise AssertionError("it came to its end")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("publish", "said"),
    [
        (Hanging(time.sleep, (3600,)), "this step was ended: it took longer than 1 seconds"),
        (Hanging(os.abort, ()), "the process of this step died"),
    ],
)
def test_whatever_publishing_does_the_mail_goes_out(
    house: House, registry: SimulatedRegistry, publish: Hanging, said: str
) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
    settings = house.settings
    configured = configuration(settings.config)
    report = night(settings, configured, configured.watches, silent, Steps(publish=publish))
    assert report.ending.code is Code.OUR_BUG
    assert f"not published as it should be: {said}" in report.ending.sentences
    assert len(house.mails()) == 2, "the welcome, and the completion"
    status = json.loads(settings.status_file.read_text())
    assert said in status["not_published"]
    assert status["published_at"].startswith("2026-09-12"), "as it was"
    house.night()
    assert json.loads(settings.status_file.read_text())["not_published"] is None
    assert [change[1] for change in house.changes()] == ["completed"]
