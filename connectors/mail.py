"""Frozen mails out: handed to a mail server, or put into an outbox folder when there is none.

A postman takes the bytes as they are and says one of three things: handed over (it returns), later
(``MailLaterError``: time or the operator can heal it; ``MailServerError`` where that concerns every mail alike)
or never (``MailRefusedError``: this mail, this recipient). It knows nothing of what the mail says, whom else it
goes to, or how often it was tried.
"""

import base64
import hashlib
import os
import re
import smtplib
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from connectors.errors import MailError, MailLaterError, MailRefusedError, MailServerError

SETTING = "TRIALWATCH_SMTP_URL"
PORTS = {"smtp": 587, "smtps": 465}
TOO_LARGE = 552
"""What a server that limits sizes answers to MAIL FROM (RFC 1870, 6.1): the mail is at fault, not the sender."""

_MAILBOX = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\],;:\\\"@]+@[^\s\x00-\x1f\x7f<>(),;\\\"@]+")


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
class SmtpPostman:
    """One connection a mail, to one server.

    ``smtps`` is TLS from the start; ``smtp`` turns to TLS when the server offers it, and refuses to say the
    password when it does not. ``context`` decides whose certificates are believed; None: the system's.
    """

    host: str
    port: int
    tls_from_start: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    timeout_s: float = 60.0

    @classmethod
    def of(cls, url: str, *, context: ssl.SSLContext | None = None, timeout_s: float = 60.0) -> "SmtpPostman":
        """From ``smtp://user:password@host:587`` or ``smtps://…``; user and password percent-encoded."""
        if re.search(r"[\s\x00-\x1f\x7f]", url):
            raise ValueError(f"{SETTING} holds blanks or control characters.")
        try:
            parts = urlsplit(url)
            port = parts.port
            host = (parts.hostname or "").encode("idna").decode()
            user, password = (
                unquote(part, errors="strict") if part else None for part in (parts.username, parts.password)
            )
        except ValueError:  # whose own words may quote the password
            raise ValueError(_bad_url("cannot be read")) from None
        if parts.scheme not in PORTS:
            raise ValueError(_bad_url("does not begin with smtp:// or smtps://"))
        if not host:
            raise ValueError(_bad_url("names no host"))
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(_bad_url("goes on after the host"))
        if (user is None) != (password is None):
            raise ValueError(_bad_url("has a user without a password or a password without a user"))
        if port == 0:
            raise ValueError(_bad_url("has 0 for a port"))
        tls = parts.scheme == "smtps"
        return cls(host, port or PORTS[parts.scheme], tls, user, password, context, timeout_s)

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        envelope_sender, envelope_recipient = _envelope(sender, recipient)
        server = self._connected()
        try:
            options = _options(server, message, envelope_sender, envelope_recipient)
            server.sendmail(envelope_sender, [envelope_recipient], message, mail_options=options)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._judged(error, recipient) from error
        else:
            # The mail is in the server's hands: that it takes leave badly is no reason to send it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def check(self) -> None:
        """Greet the server and log in, but send nothing. Raises ``MailLaterError``."""
        server = self._connected()
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()

    def _connected(self) -> smtplib.SMTP:
        """A server that may be offered mail. Whatever goes wrong until then concerns every mail alike."""
        try:
            return self._greeted()
        except MailError as error:
            raise MailServerError(str(error)) from error.__cause__

    def _greeted(self) -> smtplib.SMTP:
        """A server that is greeted, under TLS where there is any, and logged in to."""
        server: smtplib.SMTP | None = None
        try:
            context = self.context or ssl.create_default_context()
            if self.tls_from_start:
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
            server.ehlo_or_helo_if_needed()
            if not self.tls_from_start and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            elif not self.tls_from_start and self.password is not None:
                raise MailLaterError(
                    f"{self._name} offers no STARTTLS, so the password was not sent. Use smtps:// in "
                    f"{SETTING} if the server has TLS from the start, or leave user and password out."
                )
            if self.user is not None and self.password is not None:
                self._log_in(server, self.user, self.password)
        except MailError:
            _close(server)
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _close(server)
            raise self._judged(error, None) from error
        return server

    def _log_in(self, server: smtplib.SMTP, user: str, password: str) -> None:
        try:
            if (user + password).isascii():
                server.login(user, password)
            else:  # smtplib only knows ASCII; RFC 4616 says UTF-8
                secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
                code, said = server.docmd("AUTH", f"PLAIN {secret}")
                if code != 235:
                    raise smtplib.SMTPAuthenticationError(code, said)
        except smtplib.SMTPAuthenticationError as error:
            # Without the original: a server may repeat what it was sent.
            raise MailLaterError(
                f"{self._name} did not accept our user and password ({error.smtp_code}). "
                f"Set them in {SETTING}, percent-encoded."
            ) from None
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
            raise
        except smtplib.SMTPException:
            raise MailLaterError(
                f"{self._name} offers no way to log in that we know. Leave user and password out of {SETTING},"
                " or use the port for submission (587 or 465)."
            ) from None

    def _judged(self, error: Exception, recipient: str | None) -> MailError:
        """The failure in our words. Only the server's no to this recipient or this mail is final."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, reply = next(iter(error.recipients.values()))
            return _verdict(code, f"{self._name} answered {code} for {recipient}: {self._heard(reply)}.")
        if isinstance(error, smtplib.SMTPResponseException):
            return self._judged_reply(error, recipient)
        if isinstance(error, ssl.SSLCertVerificationError):
            return MailLaterError(
                f"The certificate of {self._name} is not to be trusted: {error.verify_message}. Use in {SETTING} "
                "the name that stands in the certificate, or have this machine trust who issued it "
                "(SSL_CERT_FILE)."
            )
        if isinstance(error, ssl.SSLError):
            return MailLaterError(
                f"No TLS with {self._name} ({self._heard(error.reason or error)}). smtps:// is TLS from the start "
                f"(port 465), smtp:// turns to it (587): look at {SETTING}."
            )
        said = self._heard(error) or type(error).__name__
        return MailLaterError(f"{self._name} cannot be reached or broke off: {said}.")

    def _judged_reply(self, error: smtplib.SMTPResponseException, recipient: str | None) -> MailError:
        code, said = error.smtp_code, self._heard(error.smtp_error)
        if isinstance(error, smtplib.SMTPDataError):
            return _verdict(code, f"{self._name} answered {code} to the mail for {recipient}: {said}.")
        if not isinstance(error, smtplib.SMTPSenderRefused):
            return MailLaterError(f"{self._name} answered {code}: {said}. If this lasts, look at {SETTING}.")
        if code == TOO_LARGE:
            return MailRefusedError(f"{self._name} says that the mail for {recipient} is too large: {said}.")
        return MailServerError(
            f"{self._name} does not accept our sender {self._heard(error.sender)} ({code}: {said}). "
            "If this lasts, set TRIALWATCH_MAIL_FROM."
        )

    def _heard(self, said: object) -> str:
        """What the other side said, without our password should it repeat that."""
        heard = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        if self.password:
            plain = f"\0{self.user}\0{self.password}".encode()
            in_base64 = (base64.b64encode(text).decode().rstrip("=") for text in (plain, self.password.encode()))
            for secret in (self.password, quote(self.password, safe=""), *in_base64):
                heard = heard.replace(secret, "…")
        return _words(heard)

    @property
    def _name(self) -> str:
        return f"The mail server {self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class OutboxPostman:
    """Puts each mail into a folder, as ``<Message-ID>.eml``: whole or not at all, however often it is sent."""

    folder: Path

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        _envelope(sender, recipient)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self.folder / f"{_file_name(message_id)}.eml", message)
        except OSError as error:
            raise MailServerError(f"The outbox {self.folder} cannot be written: {error}.") from error


def _write_whole(path: Path, contents: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)  # so that the new name, too, survives a loss of power
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _file_name(message_id: str) -> str:
    """The Message-ID as a file may be called; marked by its hash where letters had to be replaced."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    safe = re.sub(r"[^A-Za-z0-9@+._=-]", "_", bare)
    if safe == bare and len(safe) <= 150 and safe[:1].isalnum():
        return safe
    mark = hashlib.blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{safe.lstrip('.-')[:100]}-{mark}".lstrip("-")


def _envelope(sender: str, recipient: str) -> tuple[str, str]:
    """Both addresses as the envelope needs them, or the error of whoever must mend them."""
    from_address, to_address = _mailbox(sender), _mailbox(recipient)
    if from_address is None:
        raise MailServerError(f"{sender!a} is no address to send from: set TRIALWATCH_MAIL_FROM.")
    if to_address is None:
        raise MailRefusedError(f"{recipient!a} is no mail address.")
    return from_address, to_address


def _mailbox(text: str) -> str | None:
    """``a@b.org`` of itself or of ``Name <a@b.org>``, its domain in ASCII; None when there is none."""
    if re.search(r"[\x00-\x1f\x7f]", text):
        return None
    named = re.fullmatch(r"[^<>]*<([^<>]+)>", text)
    local, _, domain = (named[1] if named else text).rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
        address.encode()
    except UnicodeError:
        return None
    return address if _MAILBOX.fullmatch(address) else None


def _options(server: smtplib.SMTP, message: bytes, sender: str, recipient: str) -> list[str]:
    """What MAIL FROM must announce: only letters outside ASCII need anything said."""
    body = ["BODY=8BITMIME"] if not message.isascii() and server.has_extn("8bitmime") else []
    if (sender + recipient).isascii():
        return body
    if server.has_extn("smtputf8"):
        return [*body, "SMTPUTF8"]
    if not sender.isascii():
        raise MailServerError(
            f"The mail server takes no address like {sender!a} (no SMTPUTF8): set TRIALWATCH_MAIL_FROM."
        )
    raise MailRefusedError(f"The mail server takes no address like {recipient!a} (no SMTPUTF8).")


def _verdict(code: int, sentence: str) -> MailError:
    return MailRefusedError(sentence) if 500 <= code < 600 else MailLaterError(sentence)


def _words(said: object) -> str:
    """What the other side said, on one line, printable and not too long."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"{line[:200]}…" if len(line) > 200 else line.rstrip(".")


def _close(server: smtplib.SMTP | None) -> None:
    if server is not None:
        server.close()


def _bad_url(what: str) -> str:
    return (
        f"{SETTING} {what}. It looks like smtp://user:password@host:587 or smtps://user:password@host:465, "
        "with user and password percent-encoded."
    )
