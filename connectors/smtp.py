"""The postman who hands mails to a mail server, and says in our words why one was not taken."""

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from connectors.address import bare
from connectors.causes import cause, masked
from connectors.conversation import Bounded, BoundedTls
from connectors.errors import (
    MailboxGoneError,
    MailBrokenOffError,
    MailError,
    MailRefusedError,
    MailServerError,
    MailSettingError,
)
from connectors.network import Network
from connectors.replies import ConversationStage, judged

SETTING = "TRIALWATCH_SMTP_URL"
ACCEPTED, FORWARDED = 250, 251
PORTS = {"smtp": 587, "smtps": 465}
LONGEST_MAIL_S = 180.0
"""From the first byte to the last of one conversation, however steadily the server drips."""


@dataclass(frozen=True, slots=True)
class SmtpPostman:
    """One connection a mail, to one server.

    ``smtps`` is TLS from the start; ``smtp`` turns to TLS when the server offers it, and refuses to say the
    password when it does not. ``context`` decides whose certificates are believed; None: the system's.
    ``timeout_s`` is the longest silence, ``whole_s`` the longest conversation.
    """

    host: str
    port: int
    tls_from_start: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    timeout_s: float = 60.0
    whole_s: float = LONGEST_MAIL_S

    @classmethod
    def of(
        cls,
        url: str,
        *,
        context: ssl.SSLContext | None = None,
        timeout_s: float = 60.0,
        whole_s: float = LONGEST_MAIL_S,
    ) -> "SmtpPostman":
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
        return cls(host, port or PORTS[parts.scheme], tls, user, password, context, timeout_s, whole_s)

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        envelope_sender, envelope_recipient = envelope(sender, recipient)
        server = self._connected()
        try:
            options = _options(server, message, envelope_sender, envelope_recipient)
            server.sendmail(envelope_sender, [envelope_recipient], message, mail_options=options)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._judged(error) from error
        else:
            # The mail is in the server's hands: that it takes leave badly is no reason to send it again.
            _take_leave(server)
        finally:
            server.close()

    def check(self, *ours: str) -> None:
        """Greet the server and log in, but send nothing. Raises ``MailServerError``.

        ``ours`` are addresses of our own; ``MailSettingError`` when the server can take no mail that bears them.
        """
        server = self._connected()
        try:
            if not all(address.isascii() for address in ours) and not server.has_extn("smtputf8"):
                raise MailSettingError(_NO_SMTPUTF8)
            _take_leave(server)
        finally:
            server.close()

    def rehearse(self, sender: str, recipients: Sequence[str]) -> "list[MailError | None]":
        """Do all that sending does up to the mail itself, and take it back: nothing is sent.

        Returns what the server said of each recipient, None where it would take the mail. Raises ``MailError``
        where it would take none: no server, no log-in, our sender refused.
        """
        server = self._connected()
        try:
            said = [self._rehearsed(server, envelope(sender, each)) for each in recipients]
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._judged(error) from error
        else:
            _take_leave(server)
            return said
        finally:
            server.close()

    def _rehearsed(self, server: smtplib.SMTP, addresses: tuple[str, str]) -> MailError | None:
        sender, recipient = addresses
        options = _options(server, b"", sender, recipient)
        code, reply = server.mail(sender, options)
        if code != ACCEPTED:
            raise smtplib.SMTPSenderRefused(code, reply, sender)
        code, reply = server.rcpt(recipient)
        server.rset()
        if code in (ACCEPTED, FORWARDED):
            return None
        return judged(self._name, ConversationStage.RECIPIENT, code, self._heard(reply))

    def _connected(self) -> Bounded:
        """A server that is greeted, under TLS where there is any, and logged in to.

        Whatever goes wrong until then concerns every mail alike.
        """
        server: Bounded | None = None
        try:
            server = self._greeted()
            self._under_tls(server)
            if self.user is not None and self.password is not None:
                self._log_in(server, self.user, self.password)
        except MailError:
            _close(server)
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _close(server)
            raise self._no_server(error) from error
        return server

    def _greeted(self) -> Bounded:
        bounds = {"silence_s": self.timeout_s, "whole_s": self.whole_s}
        if self.tls_from_start:
            server: Bounded = BoundedTls(self.host, self.port, **bounds, context=self._trust())
        else:
            server = Bounded(self.host, self.port, **bounds)
        try:
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _under_tls(self, server: Bounded) -> None:
        if self.tls_from_start:
            return
        if server.has_extn("starttls"):
            server.starttls(context=self._trust())
            server.ehlo_or_helo_if_needed()
        elif self.password is not None:
            raise MailServerError(
                f"{self._name} offers no STARTTLS, so the password was not sent. Use smtps:// in "
                f"{SETTING} if the server has TLS from the start, or leave user and password out."
            )

    def _trust(self) -> ssl.SSLContext:
        return self.context or Network().trust()

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
            raise MailServerError(
                f"{self._name} did not accept our user and password ({error.smtp_code}). "
                f"Set them in {SETTING}, percent-encoded."
            ) from None
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
            raise
        except smtplib.SMTPException:
            raise MailServerError(
                f"{self._name} offers no way to log in that we know. Leave user and password out of {SETTING},"
                " or use the port for submission (587 or 465)."
            ) from None

    def _no_server(self, error: Exception) -> MailServerError:
        """Why there is no server to offer mail to, in our words."""
        said = self._heard(error)
        if isinstance(error, smtplib.SMTPResponseException):
            hint = f"If this lasts, look at {SETTING}."
            heard = self._heard(error.smtp_error)
            return MailServerError(f"{self._name} answered {error.smtp_code} to our greeting. {hint}", heard)
        if isinstance(error, ssl.SSLCertVerificationError):
            return MailServerError(
                f"The certificate of {self._its_name} is not to be trusted. Use in {SETTING} the name that stands "
                "in the certificate, or have this machine trust who issued it (SSL_CERT_FILE).",
                said,
            )
        if isinstance(error, ssl.SSLError):
            return MailServerError(
                f"No TLS with {self._its_name}. smtps:// is TLS from the start (port 465), smtp:// turns to it "
                f"(587): look at {SETTING}.",
                said,
            )
        return MailServerError(f"{self._name} cannot be reached or broke off: {cause(error)}.", said)

    def _judged(self, error: Exception) -> MailError:
        """What the server said once it was offered a mail."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, reply = next(iter(error.recipients.values()))
            return judged(self._name, ConversationStage.RECIPIENT, code, self._heard(reply))
        if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
            stage = (
                ConversationStage.SENDER
                if isinstance(error, smtplib.SMTPSenderRefused)
                else ConversationStage.MAIL
            )
            return judged(self._name, stage, error.smtp_code, self._heard(error.smtp_error))
        said = self._heard(error)
        return MailBrokenOffError(f"{self._name} broke off in the midst of a mail: {cause(error)}.", said)

    def _heard(self, said: object) -> str:
        """What the other side said, without addresses, and without our password should it repeat that."""
        secrets: tuple[str, ...] = ()
        if self.password:
            plain = f"\0{self.user}\0{self.password}".encode()
            in_base64 = (base64.b64encode(text).decode().rstrip("=") for text in (plain, self.password.encode()))
            secrets = (self.password, quote(self.password, safe=""), *in_base64)
        return masked(said, *secrets).rstrip(".")

    @property
    def _name(self) -> str:
        """As a sentence begins with it."""
        return f"The mail server {self.host}:{self.port}"

    @property
    def _its_name(self) -> str:
        return f"the mail server {self.host}:{self.port}"


_NO_SMTPUTF8 = (
    "The mail server takes only plain letters before the @ (it offers no SMTPUTF8): write TRIALWATCH_MAIL_FROM, "
    "TRIALWATCH_REPLY_TO and TRIALWATCH_OPERATOR so."
)


def envelope(sender: str, recipient: str) -> tuple[str, str]:
    """Both addresses as the envelope needs them, or the error of whoever must mend them."""
    return (
        _bare(sender, lambda why: MailSettingError(f"TRIALWATCH_MAIL_FROM is no address to send from: {why}.")),
        _bare(recipient, lambda why: MailboxGoneError(f"The recipient's address is none: {why}.")),
    )


def _bare(text: str, wrong: Callable[[str], MailError]) -> str:
    try:
        return bare(text)
    except ValueError as error:
        raise wrong(str(error)) from None  # whose own words quote nothing


def _options(server: smtplib.SMTP, message: bytes, sender: str, recipient: str) -> list[str]:
    """What MAIL FROM must announce: only letters outside ASCII need anything said."""
    body = ["BODY=8BITMIME"] if not message.isascii() and server.has_extn("8bitmime") else []
    if (sender + recipient).isascii() and message.partition(b"\r\n\r\n")[0].isascii():
        return body
    if server.has_extn("smtputf8"):
        return [*body, "SMTPUTF8"]
    if not sender.isascii():
        raise MailSettingError(_NO_SMTPUTF8)
    if not recipient.isascii():
        raise MailboxGoneError(
            "The mail server takes only recipients with plain letters before the @ (it offers no SMTPUTF8)."
        )
    raise MailRefusedError(
        "The mail was written when an address of ours had letters that the mail server does not take.",
        is_its_own=True,
    )


def _take_leave(server: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        server.quit()


def _close(server: smtplib.SMTP | None) -> None:
    if server is not None:
        server.close()


def _bad_url(what: str) -> str:
    return (
        f"{SETTING} {what}. It looks like smtp://host:587 or smtps://host:465; where the server asks for them, "
        "user:password@ goes before the host, both percent-encoded."
    )
