"""A mail as RFC 5322 writes it: headers that nothing foreign can add to, two forms of body, attached tables.

Pure: no clock and no chance, so the same parts are the same bytes for ever. It does not know what a mail is
about, nor how it is handed over.
"""

import hashlib
import quopri
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote

from connectors.address import bare
from warehouse.words.harmless import plain


@dataclass(frozen=True, slots=True)
class Head:
    """What the headers say. ``written_at`` is aware; the list's names may hold anything.

    Without a ``reply_to`` answers go to the sender.
    """

    subject: str
    sender: str
    recipient: str
    reply_to: str | None
    message_id: str
    written_at: datetime
    subscription: str
    watch: str


def sealed(head: Head, text: str, html: str, attached: Mapping[str, bytes]) -> bytes:
    """The whole message; ``attached`` are files by name, ``.csv`` (UTF-8) or ``.zip``.

    Raises ``ValueError`` when the sender, reply address or Message-ID is no such thing.
    """
    message_id = head.message_id.strip().removeprefix("<").removesuffix(">")
    if _address(message_id) != message_id or not message_id.isascii():
        raise ValueError(f"{head.message_id!r} is no Message-ID.")
    message = EmailMessage(policy=policy.SMTP)
    message.set_raw("From", _sender(head.sender))
    message["To"] = _address(head.recipient) or "undisclosed-recipients:;"
    reply_to = head.sender if head.reply_to is None else head.reply_to
    message.set_raw("Reply-To", _sender(reply_to))
    message["Date"] = format_datetime(head.written_at)
    message["Message-ID"] = f"<{message_id}>"
    message.set_raw("Subject", _words(head.subject, "Subject"))
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<{_slug(head.subscription)}.{_slug(head.watch)}.trialwatch>"
    # RFC 2369: a mail program shows it as a button, and what it sends says who wants to leave what.
    message.set_raw(
        "List-Unsubscribe", f"<mailto:{_bare(reply_to)}?subject=unsubscribe%20{_slug(head.subscription)}>"
    )
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, content in attached.items():
        if name.endswith(".csv"):
            message.add_attachment(content.decode(), subtype="csv", cte="base64", filename=name)
        else:
            message.add_attachment(content, maintype="application", subtype="zip", filename=name)
    # A boundary of the library's own making would be a random one.
    seed = hashlib.blake2b(message_id.encode(), digest_size=12).hexdigest()
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{place}")
    is_ascii = all(value.isascii() for value in map(str, message.values()))
    return message.as_bytes(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)


def as_sent(text: str) -> int:
    """How many bytes one form of the body is on its way."""
    return len(quopri.encodestring(text.encode())) + text.count("\n")


def _sender(text: str) -> str:
    """``a@b.org`` or ``Name <a@b.org>``, from our own settings, as a header may hold it."""
    name, bracket, rest = text.rpartition("<")
    address = _address(rest.removesuffix(">") if bracket else text)
    if not address:
        raise ValueError(f"{text!r} is no mail address: set TRIALWATCH_MAIL_FROM and TRIALWATCH_REPLY_TO.")
    shown = plain(name).replace('"', "").replace("\\", "").strip()
    if not shown:
        return address
    return f"{_words(shown, 'From')}\n <{address}>" if not _is_simple(shown) else f'"{shown}" <{address}>'


def _bare(text: str) -> str:
    """The address in a setting that has passed ``_sender``, as a mailto link writes it."""
    inner = text.rpartition("<")[2].removesuffix(">") if "<" in text else text
    return quote(_address(inner) or "", safe="@")


def _address(text: str) -> str | None:
    """A bare address with its domain in ASCII; None when it is none."""
    try:
        address = bare(text.strip())
    except ValueError:
        return None
    return address if plain(address) == address else None


def _words(text: str, header: str) -> str:
    """Text folded, as encoded words where it must be: the newer half of the library loses blanks there.

    Text that looks like an encoded word is encoded too, for it could decode to a line break.
    """
    return Header(text, "us-ascii" if _is_simple(text) else "utf-8", header_name=header).encode()


def _is_simple(text: str) -> bool:
    return text.isascii() and "=?" not in text and max(map(len, text.split()), default=0) < 60


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
