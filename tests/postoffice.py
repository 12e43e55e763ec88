"""A real SMTP server on loopback that keeps what it is handed."""

import asyncio
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
    """Mails as they came, with their envelope's recipients.

    ``refused`` answers a recipient, ``answers`` a verb (``ehlo``, ``mail``, ``rcpt``, ``data``) whoever it is for;
    where there are ``senders``, nobody else may send. It does not offer what it is ``without``.
    ``then`` is what happens once a mail is taken: ``hang`` says nothing any more, ``drop`` hangs up.
    """

    port: int = 0
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    senders: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    then: str | None = None
    connections: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def messages(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(content, policy=policy.default) for _, content in self.mails]
        return [message for message in parsed if isinstance(message, EmailMessage)]

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        offers = [line for line in lines if not any(each in line for each in self.without)]
        return [self.answers["ehlo"]] if "ehlo" in self.answers else offers

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, name: str) -> str:
        session.host_name = name
        return self.answers.get("ehlo", "250 here")

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        if self.senders and address not in self.senders:
            return "553 5.7.1 not yours to send from"
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.refused.get(address) or self.answers.get("rcpt")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "data" in self.answers:
            return self.answers["data"]
        self.mails.append((list(envelope.rcpt_tos), bytes(envelope.original_content)))
        if self.then == "hang":
            await asyncio.sleep(3600)
        if self.then == "drop":
            server.transport.abort()
        return "250 OK"


@contextmanager
def open_post_office(office: PostOffice | None = None) -> Iterator[PostOffice]:
    """Open a post office, by default one that takes everything it is not told to refuse."""
    office = office or PostOffice()
    with socket.socket() as probe:  # the controller cannot choose a port by itself
        probe.bind(("127.0.0.1", 0))
        office.port = probe.getsockname()[1]
    yield from _opened(office)


@contextmanager
def reopened(office: PostOffice) -> Iterator[PostOffice]:
    """The same office at the same address, after it had shut."""
    yield from _opened(office)


def _opened(office: PostOffice) -> Iterator[PostOffice]:
    # A name of its own: asking the machine for its own takes five seconds where there is no name server.
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        server_hostname="post.example.org",
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
