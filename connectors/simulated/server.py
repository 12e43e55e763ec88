"""A real HTTP/1.1 server on loopback. It knows the wire, and of registries only whom to ask for a reply."""

import contextlib
import gzip
import os
import socket
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from connectors.simulated.exchange import Reply, Request

Respond = Callable[[Request, int], Reply]
"""From a request and the length of its address to the reply."""


class LoopbackServer:
    """Serves in threads of its own between ``start`` and ``stop``; started again it has the same port."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def start(self) -> None:
        self._server = _Server(self.port, self._respond)
        self.port = self._server.server_address[1]
        # The default pause between polls would make every stop wait for half a second.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing when it is not running. Open connections are cut."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server and thread:
            server.shutdown()
            thread.join()
            server.server_close()


class OnLoopback(ABC):
    """Who answers requests while the block lasts; a subclass says how."""

    _server: LoopbackServer

    def __enter__(self) -> Self:
        self._server = LoopbackServer(self._respond)
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @abstractmethod
    def _respond(self, request: Request, address_length: int) -> Reply:
        """As ``Respond`` says."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them and no socket outlives a test
    request_queue_size = 64

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self.is_stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        # A client keeps its connection alive for as long as it likes, and a thread waits on each.
        self.is_stopping.set()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that hangs up is no error of ours
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SimulatedRegistry"
    sys_version = ""
    wbufsize = -1  # headers and body leave together
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        params = dict(parse_qsl(address.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        reply = self.server.respond(Request(self.command, address.path, params, headers, body), len(self.path))
        if reply.delay_s:
            self.server.is_stopping.wait(reply.delay_s)
        if reply.ending == "reset":
            self._reset()
        else:
            self._send(reply, "gzip" in headers.get("accept-encoding", ""))

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        pass

    def _send(self, reply: Reply, accepts_gzip: bool) -> None:
        body = reply.body
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if accepts_gzip and body:
            body = gzip.compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        if reply.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if reply.ending == "broken off":
            body = body[: min(int(len(body) * reply.share), len(body) - 1)]
            self.close_connection = True
        self.wfile.write(body)

    def _reset(self) -> None:
        """Close with RST instead of FIN, which is what lingering for no time means."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
