"""A Prefect server for one process alone, for as long as that lives; and whether there is one that was set up.

Prefect plans no runs without a standing server: the one that it starts in a flow's own process has no scheduler.
Run as a program this module is that server, which ends with whoever started it, however that one ended.
"""

import logging
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from connectors.files import make_folder
from warehouse.errors import OperatorError

log = logging.getLogger("trialwatch")

HERE = "127.0.0.1"
LONGEST_START_S = 180.0
GRACE_S = 20.0
LOOK_S = 2.0
"""How often it is looked whether the server still runs."""


class NoPrefectError(OperatorError):
    """Prefect's server did not start. The text says where its own words are."""


def is_reachable(url: str) -> bool:
    """Whether a Prefect server answers there, and is well."""
    try:
        return httpx.get(f"{url.rstrip('/')}/health", timeout=10).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


@contextmanager
def started(home: Path, port: int | None) -> Iterator[str]:
    """A server whose database is in ``home``; its address. One that dies is started again, at the same address.

    Raises ``NoPrefectError``, ``OSError``.
    """
    make_folder(home, mode=0o700)
    said = home / "server.log"
    said.write_bytes(b"")  # of this start only: it would grow for ever
    server = _Server(_free_port(port or 0), said)
    server.start()
    try:
        _await(server)
        with server.kept_alive():
            yield server.url
    finally:
        server.end()


@dataclass(slots=True)
class _Server:
    """A process that is the server, and its successors."""

    port: int
    said: Path
    _process: "subprocess.Popen[bytes] | None" = None
    _is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}/api"

    def start(self) -> None:
        with self.said.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", "flows.with_prefect.own_prefect", str(self.port)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C is for us, who still need it to end well
            )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        watching = threading.Thread(target=self._keep_alive, daemon=True, name="Prefect's server")
        watching.start()
        try:
            yield
        finally:
            self._is_over.set()
            watching.join()

    def _keep_alive(self) -> None:
        while not self._is_over.wait(LOOK_S):
            if not self.is_running:
                log.warning("Prefect's server at %s has died; it is started again", self.url)
                self.end()
                self.start()

    def end(self) -> None:
        if self._process is None:
            return
        with self._process as server:  # which closes its pipe, too
            server.terminate()
            try:
                server.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                server.kill()


def _await(server: _Server) -> None:
    give_up_at = time.monotonic() + LONGEST_START_S
    while not is_reachable(server.url):
        if not server.is_running or time.monotonic() > give_up_at:
            raise NoPrefectError(
                f"Prefect's server did not start at {server.url}; {server.said} holds what it said"
            )
        time.sleep(0.3)


def _free_port(port: int) -> int:
    """The port, if nobody has it: another's server there would be taken for ours. 0: any that is free."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is left of connections is nobody
        try:
            listening.bind((HERE, port))
        except (OSError, OverflowError) as error:
            said = f"port {port} of {HERE} cannot be had ({error})"
            raise NoPrefectError(f"{said}; name another, or set PREFECT_API_URL to the server there") from error
        return int(listening.getsockname()[1])


def _serve(port: str) -> None:
    """Be the server. Our standard input is a pipe that nobody writes to: it ends with whoever started us."""

    def end_with_them() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_with_them, daemon=True).start()
    sys.argv = ["prefect", "server", "start", "--host", HERE, "--port", port]
    runpy.run_module("prefect", run_name="__main__")


if __name__ == "__main__":
    _serve(sys.argv[1])
