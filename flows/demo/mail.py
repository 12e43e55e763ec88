"""The demo's mail: a real server on loopback takes each one and puts it where it can be looked at."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail that was taken: who it is for, what it is about, and where it lies, without a suffix.

    It is there as ``.eml`` for a mail program, ``.html`` for a browser and ``.txt`` for a terminal.
    """

    recipient: str
    subject: str
    path: Path


@dataclass
class CaughtMails:
    """Takes every mail that the local server is handed, and files it in a folder."""

    folder: Path
    address: str = ""
    count: int = 0
    _new: list[CaughtMail] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self._file(bytes(envelope.original_content or b""))
        return "250 OK"

    def taken(self) -> list[CaughtMail]:
        """Those that came since this was asked last."""
        new, self._new = self._new, []
        return new

    def _file(self, content: bytes) -> None:
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what the default policy makes
        self.count += 1
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(message["Subject"])).strip("-").lower()[:50].rstrip("-")
        path = self.folder / f"{self.count:02}-{name}"
        self.folder.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".eml").write_bytes(content)
        for kind, suffix in (("plain", ".txt"), ("html", ".html")):
            if part := message.get_body((kind,)):
                path.with_suffix(suffix).write_text(part.get_content(), "utf-8")
        self._new.append(CaughtMail(str(message["To"]), str(message["Subject"]), path))


@contextmanager
def postbox(folder: Path) -> Iterator[CaughtMails]:
    """A mail server on this machine for as long as the block lasts."""
    mails = CaughtMails(folder)
    controller = Controller(mails, hostname="127.0.0.1", port=_free_port())
    controller.start()
    mails.address = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield mails
    finally:
        controller.stop()


def _free_port() -> int:
    # The controller connects to the port it was given, so it must be a real one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
