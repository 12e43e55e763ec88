"""A real mail server that misbehaves at any stage of a conversation, in any way, for everyone or for one."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.loopback import free_port

STAGES = ("connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "after DATA")
NO_ANSWER = ("hang up", "silence", "drip", "garbage")


@dataclass
class MoodyPost:
    """What it takes, by recipient, and its moods: what it answers at a stage, or which kind of no answer it gives.

    ``only`` restricts moods from RCPT on to one recipient. What it was in a mood to give no answer to ``after
    DATA``, it has taken.
    """

    mood: dict[str, str] = field(default_factory=dict)
    only: str | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    conversations: list["_Moody"] = field(default_factory=list, repr=False)

    def arrived(self) -> list[str]:
        return sorted(recipient for recipient, _ in self.taken)

    async def handle_DATA(self, server: "_Moody", session: Any, envelope: Any) -> str:
        (recipient,) = envelope.rcpt_tos
        mood = server.mood("after DATA", recipient)
        if mood is None or mood in NO_ANSWER:
            self.taken.append((recipient, bytes(envelope.original_content)))
        if mood in NO_ANSWER:
            await server.give_no_answer(mood)
        return mood or "250 OK"


class _Moody(SMTP):
    """aiosmtpd's server with a mood before each of its answers."""

    def __init__(self, office: MoodyPost, **settings: Any) -> None:
        super().__init__(office, **settings)
        self.office = office
        self.is_greeted = False
        office.conversations.append(self)

    def mood(self, stage: str, recipient: str | None = None) -> str | None:
        if recipient and self.office.only not in (None, recipient):
            return None
        return self.office.mood.get(stage)

    async def give_no_answer(self, kind: str) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if kind == "hang up":
            self.transport.abort()
        if kind == "garbage":
            await self.push("what?")
        while kind in ("drip", "silence") and not self.transport.is_closing():
            await asyncio.sleep(0.05)
            if kind == "drip":
                self._writer.write(b"2")

    async def is_in_a_mood(self, stage: str, recipient: str | None = None) -> bool:
        mood = self.mood(stage, recipient)
        if mood in NO_ANSWER:
            await self.give_no_answer(mood)
        elif mood:
            await self.push(mood)
        return mood is not None

    async def _handle_client(self) -> None:
        if self.is_greeted or not await self.is_in_a_mood("connect"):
            self.is_greeted = True
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self.is_in_a_mood("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        if not await self.is_in_a_mood("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self.is_in_a_mood("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self.is_in_a_mood("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self.is_in_a_mood("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        recipient = str(arg).partition("<")[2].partition(">")[0]
        if not await self.is_in_a_mood("RCPT", recipient):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        if not await self.is_in_a_mood("DATA", *self.envelope.rcpt_tos):
            await super().smtp_DATA(arg)


@contextmanager
def open_moody_post(tls: ssl.SSLContext) -> Iterator[MoodyPost]:
    """Open one that offers STARTTLS and takes any user and password."""
    office = MoodyPost(port=free_port())

    class Opened(Controller):
        def factory(self) -> SMTP:
            return _Moody(
                office,
                hostname="post.example.org",
                tls_context=tls,
                authenticator=lambda *given: AuthResult(success=True, auth_data=given[-1]),
            )

    controller = Opened(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_break_off(office), controller.loop).result()
        controller.stop()


async def _break_off(office: MoodyPost) -> None:
    """Hang up on everybody who is still there, and let that come to pass."""
    for each in office.conversations:
        if isinstance(each.transport, asyncio.Transport):
            each.transport.abort()
    await asyncio.sleep(0.1)
