"""A step in a process of its own, for a time at most: that it hangs, crashes or eats the memory costs the step.

A thread could be waited for, but not ended, and a call into a library may stop every other thread. The process
must come from one that has neither threads nor anything open. A night that begins alone forks it from itself,
ahead of the time at which it is needed (``prepare``): it has then read all that the step needs, and waits. Where
threads run already (Prefect's, a display's), it is forked from a server that multiprocessing keeps beside us; that
must read the step's modules anew, which costs as much as half a night. What is logged there is told here.
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from logging.handlers import QueueHandler
from multiprocessing import popen_fork as popen_fork  # read now: a night may give up the right to read it
from multiprocessing.connection import Connection
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import duckdb

from flows.errors import ApartError
from warehouse.errors import WarehouseError, named

log = logging.getLogger("trialwatch")

GRACE_S = 10.0
"""How long a process that was killed may take to be gone: one that waits for a dead disk takes for ever."""
is_wanted = True
"""Whether steps run apart. Tests of other things, and those that kill a night at its every act, have them here."""

P = ParamSpec("P")
R = TypeVar("R")
_context = multiprocessing.get_context("forkserver")
_ahead: "_Ahead | None" = None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A process that was forked from us and waits for its one step, and the ways to it and from it."""

    process: BaseProcess
    orders: Connection
    answers: Connection


def prepare(step: Callable[..., Any]) -> None:
    """Have a process wait for the step; or start the server, which reads its modules while we do other things."""
    global _ahead
    if not is_wanted or _ahead:
        return
    if _are_we_alone():
        _ahead = _forked()
    else:
        _start_server(step)


def run(within_s: float, step: Callable[P, R], *arguments: P.args, **named_arguments: P.kwargs) -> R:
    """What the step returns. Arguments and result are pickled; the step is a function of a module.

    Where no process can be had (no folder for its socket, a limit reached) the step runs here, with a warning.
    Raises ``ApartError`` when it took too long, died, or met a fault of ours, and the ``WarehouseError`` that it
    came to when somebody can act on it.
    """
    if not is_wanted:
        return step(*arguments, **named_arguments)
    try:
        process, ours = _begun_ahead(step, arguments, named_arguments) or _begun(step, arguments, named_arguments)
    except (OSError, EOFError) as error:
        log.warning("%s runs without a process, and a time, of its own: %s", step.__name__, error)
        return step(*arguments, **named_arguments)
    with ours:
        try:
            result: R = _result(ours, time.monotonic() + within_s, within_s)
            return result
        finally:
            _end(process)


def _begun_ahead(step: Callable[..., Any], *arguments: Any) -> tuple[BaseProcess, Connection] | None:
    """The process that waits, with the step to do; None where none does, or has died meanwhile."""
    global _ahead
    if _ahead is None:
        return None
    ahead, _ahead = _ahead, None
    with ahead.orders, suppress(OSError):
        ahead.orders.send((step, *arguments))
        return ahead.process, ahead.answers
    ahead.answers.close()
    return None


def _begun(step: Callable[..., Any], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """A process from the server, with the step to do."""
    _start_server(step)
    ours, theirs = _context.Pipe(duplex=False)
    process = _context.Process(target=_work, args=(theirs, step, *arguments), daemon=False)
    try:
        with theirs:
            process.start()
    except BaseException:
        ours.close()
        raise
    return process, ours


def _start_server(step: Callable[..., Any]) -> None:
    _context.set_forkserver_preload([step.__module__])
    with suppress(OSError):  # it is told when the step is to run
        ensure_running()


def _are_we_alone() -> bool:
    """Whether no thread but this one runs, not of a library either. Where that cannot be seen, one might."""
    duckdb.default_connection().close()  # it comes with the library, has threads, and nobody here uses it
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return False


def _forked() -> _Ahead | None:
    context = multiprocessing.get_context("fork")
    theirs, orders = context.Pipe(duplex=False)
    answers, reply = context.Pipe(duplex=False)
    process = context.Process(target=_wait, args=(theirs, reply, orders, answers), daemon=True)
    with theirs, reply:
        try:
            process.start()
        except OSError:  # it is told when the step is to run
            orders.close()
            answers.close()
            return None
    return _Ahead(process, orders, answers)


def _result(ours: Connection, until: float, within_s: float) -> Any:
    while ours.poll(max(0.0, until - time.monotonic())):
        try:
            said = ours.recv()
        except EOFError as error:
            raise ApartError("the process of this step died") from error
        if isinstance(said, logging.LogRecord):
            log.handle(said)
        elif isinstance(said, Exception):
            raise said
        else:
            return said[0]
    raise ApartError(f"this step was ended: it took longer than {within_s:.0f} seconds")


def _end(process: BaseProcess) -> None:
    """Nothing of the process, nor of what it started, is left."""
    if process.pid is None:
        return
    for kill in (partial(os.killpg, process.pid, signal.SIGKILL), process.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill()
    process.join(GRACE_S)


# -- in the other process --------------------------------------------------------------------------------


def _wait(orders: Connection, reply: Connection, *not_ours: Connection) -> None:
    os.setsid()
    for each in not_ours:  # or the caller's end would be noticed by nobody
        each.close()
    try:
        step, arguments, more = orders.recv()
    except EOFError:  # there is nothing to do, or nobody any more to do it for
        return
    _work(reply, step, arguments, more)


def _work(reply: Connection, step: Callable[..., Any], arguments: tuple[Any, ...], more: dict[str, Any]) -> None:
    with suppress(PermissionError):  # who waited has one already
        os.setsid()  # so that what it starts can be ended with it, and Ctrl-C is the caller's alone
    threading.Thread(target=_die_with_the_caller, daemon=True).start()
    log.handlers, log.propagate = [_Telling(reply)], False
    log.setLevel(logging.INFO)
    try:
        reply.send((step(*arguments, **more),))
    except BaseException as error:
        reply.send(named(error) or _fault(error))


def _fault(error: BaseException) -> ApartError:
    fault = ApartError(str(error) if isinstance(error, WarehouseError) else type(error).__name__)
    fault.add_note("".join(traceback.format_exception(error)))
    return fault


def _die_with_the_caller() -> None:
    if caller := multiprocessing.parent_process():
        caller.join()
    os._exit(1)


class _Telling(QueueHandler):
    """Sends each record on, in a form that survives the way."""

    def __init__(self, reply: Connection) -> None:
        super().__init__(reply)  # type: ignore[arg-type]  # anything with which ``enqueue`` can do something

    def enqueue(self, record: logging.LogRecord) -> None:
        self.queue.send(record)  # type: ignore[attr-defined]  # it is a connection, see above
