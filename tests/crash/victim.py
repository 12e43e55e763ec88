"""A process that runs nights and is killed in them: ``python -m tests.crash.victim``.

It imports everything once and forks for every night, so that a night costs no start. It is told a night on
standard input (one JSON line: environment, words, when to die) and answers on standard output how that ended.
Forked before there is any thread, the child is the program as it always is: it goes in by the front door.

A night can die in three ways. ``at_act`` is before its n-th act upon the world (a statement to DuckDB, a byte
to a socket, a rename, an fsync, a file opened or dropped): between two such acts nothing changes that outlives
a process, so these are all the boundaries there are. ``at_call`` is at the n-th event of any function of ours.
``after_s`` is a moment of the clock, wherever the night may then be: inside a statement, a system call.
"""

import json
import os
import signal
import socket
import stat
import sys
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from flows import own_process
from flows.cli import main
from tests.readings import read
from tests.records import a_trial
from warehouse.judge import relevance
from warehouse.judge.concepts import concepts_of
from warehouse.keep.intake import Read
from warehouse.store.tables import every_column

OURS = ("flows", "warehouse", "connectors")
ACTS = {
    *("execute", "executemany", "connect", "close", "send", "sendall", "recv", "recv_into"),
    *("fsync", "replace", "rename", "link", "unlink", "mkdir", "open", "flock"),
}
"""Built-in functions that change, or wait for, the world outside."""
WHERE_ACTS_LIVE = {"posix", "io", "fcntl", "_duckdb"}
READING = {"r", "rb"}
A_SMALL_FILE = 65536


class Watcher:
    """Counts a night's events, and kills it at the one it was told."""

    def __init__(self, at_call: int | None, at_act: int | None, world: Path | None) -> None:
        self._at_call = at_call
        self._at_act = at_act
        self._is_ours: dict[CodeType, bool] = {}
        self._world = world
        self._before: object = None
        self.calls = 0
        self.acts = 0
        self.heard: list[tuple[str, bool]] = []
        """Where each act is done, and whether anything in the world differs from before the last one."""

    def __call__(self, frame: FrameType, event: str, what: Any) -> None:
        if event == "c_call":
            if what.__name__ in ACTS and _is_act(what, frame):
                self.acts += 1
                if self.acts == self._at_act:
                    os.kill(os.getpid(), signal.SIGKILL)
                if self._world:
                    world = _fingerprint(self._world)
                    tells = isinstance(getattr(what, "__self__", None), socket.socket)
                    self.heard.append((_where(frame, what.__name__), tells or world != self._before))
                    self._before = world
        elif event in ("call", "return"):
            ours = self._is_ours.get(frame.f_code)
            if ours is None:
                ours = self._is_ours[frame.f_code] = _is_ours(frame)
            if ours:
                self.calls += 1
                if self.calls == self._at_call:
                    os.kill(os.getpid(), signal.SIGKILL)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in OURS


def _is_act(function: Any, frame: FrameType) -> bool:
    name, module = function.__name__, getattr(function, "__module__", None)
    if name == "close":
        return bool(module == "_duckdb")  # which writes its checkpoint then
    if module not in WHERE_ACTS_LIVE and not isinstance(getattr(function, "__self__", None), socket.socket):
        return False
    if name == "open":  # a file that is only read is as it was
        return bool(module == "io" and frame.f_locals.get("mode") not in READING)
    if name in ("mkdir", "unlink") and isinstance(path := frame.f_locals.get("self"), Path):
        return bool(path.exists() == (name == "unlink"))
    return True


def _fingerprint(world: Path) -> object:
    """What a process that dies now leaves on the disk: equal ones lead to equal nights."""
    return [
        (path, at.st_ino, at.st_size, at.st_mtime_ns, path.read_bytes() if at.st_size < A_SMALL_FILE else b"")
        for path in sorted(world.rglob("*"))
        if not stat.S_ISDIR((at := path.stat()).st_mode)
    ]


def _where(frame: FrameType | None, act: str) -> str:
    """The act and the lines of ours that led to it: two acts of one such path are two turns of one loop."""
    path = []
    while frame:
        if _is_ours(frame):
            path.append(f"{frame.f_globals['__name__']}:{frame.f_lineno}")
        frame = frame.f_back
    return f"{act} at {' < '.join(path)}"


def _night(order: dict[str, Any]) -> None:
    """The child's whole life."""
    os.environ.update(order["environment"])
    with Path(order["stderr"]).open("ab", buffering=0) as said:
        os.dup2(said.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    world = Path(order["environment"]["TRIALWATCH_DATA_DIR"]) if "listen" in order else None
    watcher = Watcher(order.get("at_call"), order.get("at_act"), world)
    code = 1
    if {"at_call", "at_act", "listen"} & order.keys():  # a night that nobody listens to is as fast as it is
        sys.setprofile(watcher)
    try:
        main(order["words"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.setprofile(None)
        if "listen" in order:
            heard = {"calls": watcher.calls, "acts": watcher.heard}
            Path(order["listen"]).write_text(json.dumps(heard), "utf-8")
        os._exit(code)


def _ended(child: int, after_s: float | None) -> int:
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _warm() -> None:
    """Read once what every night reads once: the words of the rules, the columns of the tables."""
    for state in read([json.dumps(a_trial()).encode()]):
        assert isinstance(state, Read)
        state.reading.flags()
        concepts_of(state.trial, relevance.judge(state.trial))
    every_column()
    sys.dont_write_bytecode = True  # nor is what a template was compiled to
    threads = list(Path("/proc/self/task").iterdir())
    assert len(threads) <= 2, (
        "a process must not fork beside threads, but for the allocator's, which knows of forks"
    )


def serve() -> None:
    _warm()
    own_process.is_wanted = False  # or publishing would die at none of its acts
    for line in sys.stdin:
        order = json.loads(line)
        started = time.monotonic()
        child = os.fork()
        if not child:
            _night(order)
        code = _ended(child, order.get("after_s"))
        print(json.dumps({"code": code, "seconds": time.monotonic() - started}), flush=True)


if __name__ == "__main__":
    serve()
