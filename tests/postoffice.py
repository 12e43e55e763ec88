"""A real SMTP server on loopback that keeps what it is handed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class PostOffice:
    """Mails as they came, with their envelope's recipients; ``answer`` may refuse a recipient."""

    port: int = 0
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def messages(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(content, policy=policy.default) for _, content in self.mails]
        return [message for message in parsed if isinstance(message, EmailMessage)]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((list(envelope.rcpt_tos), bytes(envelope.original_content)))
        return "250 OK"


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    with socket.socket() as probe:  # the controller cannot choose a port by itself
        probe.bind(("127.0.0.1", 0))
        office = PostOffice(probe.getsockname()[1])
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
