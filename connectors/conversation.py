"""A conversation with a mail server that has an end, however steadily the other side drips.

smtplib's own time-out is of a silence: a server that sends a byte now and then is never silent, and one that
never comes to the last line of its answer is listened to for ever.
"""

import io
import smtplib
import socket
import time
from typing import Any


class Bounded(smtplib.SMTP):
    """An SMTP client that waits ``silence_s`` for the next byte and ``whole_s`` for everything together.

    Raises ``TimeoutError`` or what smtplib makes of it.
    """

    def __init__(self, host: str, port: int, *, silence_s: float, whole_s: float, **more: Any) -> None:
        self.silence_s = silence_s
        self._ends_at = time.monotonic() + whole_s
        super().__init__(host, port, timeout=min(silence_s, whole_s), **more)

    def longest_wait_s(self) -> float:
        """How long the next byte may take."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole conversation took too long")
        return min(self.silence_s, left)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Listening(self.sock, self))
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.longest_wait_s())
        super().send(s)


class BoundedTls(Bounded, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class _Listening(io.RawIOBase):
    """What the other side says, each piece of it within what is left of our patience."""

    def __init__(self, sock: socket.socket, conversation: Bounded) -> None:
        super().__init__()
        self._sock = sock
        self._conversation = conversation

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._conversation.longest_wait_s())
        return self._sock.recv_into(buffer)
