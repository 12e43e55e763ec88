"""Frozen mails out: handed to a mail server (``smtp``), or put into an outbox folder when there is none.

A postman takes the bytes as they are and says one of three things: handed over (it returns), later
(``MailLaterError``: time or the operator can heal it; ``MailServerError`` where that concerns every mail alike)
or no (``MailRefusedError``: this mail, this recipient). It knows nothing of what the mail says, whom else it
goes to, or how often it was tried.
"""

import errno
import hashlib
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from connectors.causes import cause
from connectors.errors import MailServerError, MailSettingError
from connectors.files import flush, making, write_whole
from connectors.smtp import SmtpPostman, envelope

_OURS_ALONE = 0o600
"""The rights of a mail: it bears somebody's address."""
_NO_PLACE = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
    *(errno.EOPNOTSUPP, errno.ENAMETOOLONG, errno.ELOOP),
)
"""What time does not heal: there can be no outbox where it is to be."""


class Postman(Protocol):
    """Whoever takes a frozen mail off our hands."""

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        """Hand one mail over to one recipient.

        Raises ``MailLaterError`` or ``MailRefusedError``. When it returns, the mail is in other hands.
        """


def postman_from(
    url: str | None, outbox: Path, *, context: ssl.SSLContext | None = None, timeout_s: float = 60.0
) -> "SmtpPostman | OutboxPostman":
    """The postman of a mail server's URL; without one, mails become files in ``outbox``.

    Raises ``ValueError`` with a sentence (that never holds the password) when the URL is none.
    """
    if url is None or not url.strip():
        return OutboxPostman(outbox)
    return SmtpPostman.of(url.strip(), context=context, timeout_s=timeout_s)


@dataclass(frozen=True, slots=True)
class OutboxPostman:
    """Puts each mail into a folder, as ``<Message-ID>.eml``: whole or not at all, however often it is sent."""

    folder: Path

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        envelope(sender, recipient)
        try:
            with making(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / f"{_file_name(message_id)}.eml", message, _OURS_ALONE)
            flush(self.folder)  # so that the new name, too, survives a loss of power
        except OSError as error:
            kind = MailSettingError if error.errno in _NO_PLACE else MailServerError
            raise kind(f"The outbox {self.folder} cannot be written: {cause(error)}.") from error


def _file_name(message_id: str) -> str:
    """The Message-ID as a file may be called; marked by its hash where letters had to be replaced."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    safe = re.sub(r"[^A-Za-z0-9@+._=-]", "_", bare)
    if safe == bare and len(safe) <= 150 and safe[:1].isalnum():
        return safe
    mark = hashlib.blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{safe.lstrip('.-')[:100]}-{mark}".lstrip("-")
