"""Mails handed over to a real SMTP server on loopback, and everything that such a server can answer."""

import asyncio
import datetime
import email
import email.policy
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from connectors.errors import (
    MailboxGoneError,
    MailLaterError,
    MailRefusedError,
    MailServerError,
    MailSettingError,
)
from connectors.mail import OutboxPostman, postman_from
from connectors.smtp import SmtpPostman
from tests.loopback import free_port
from warehouse.tell.digest import DigestMail, ToldChange, compose

NIGHT = datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC)
PASSWORD = "s3cr3t/pass wörd"
ENCODED = "s3cr3t%2Fpass%20w%C3%B6rd"
MAIL = b"From: us@example.org\r\nTo: pi@example.org\r\nSubject: Completed\r\n\r\n.one dot\r\nNCT02649231\r\n"

# aiosmtpd warns of what one test wants to see: a server that takes logins without TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


class Received(NamedTuple):
    sender: str | None
    recipients: list[str]
    contents: bytes
    was_under_tls: bool
    user: bytes | None


class Server:
    """A handler for aiosmtpd that keeps what it takes, and answers to one verb as the test wants."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.received: list[Received] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("data", "250 OK")
        if answer == "hang":
            await asyncio.sleep(3600)
        contents = envelope.original_content
        assert contents is not None
        user = session.auth_data.login if isinstance(session.auth_data, LoginPassword) else None
        if answer.startswith("250"):
            taken = Received(envelope.mail_from, envelope.rcpt_tos, contents, session.ssl is not None, user)
            self.received.append(taken)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers.get("quit") == "hang":
            await asyncio.sleep(3600)
        return "221 Bye"


@contextmanager
def serving(handler: Server, **settings: Any) -> Iterator[int]:
    """The port on which the handler is asked."""
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def scripted(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that says these lines, one after each line it is told, and then hangs up; under TLS if asked."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        accepted = listener.accept()[0]
        secured = tls.wrap_socket(accepted, server_side=True) if tls else accepted
        with secured as connection, connection.makefile("rb") as lines:
            for answer in answers:
                connection.sendall(answer)
                if not lines.readline():
                    break

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


@contextmanager
def dripping(*answers: bytes, drip: bytes) -> Iterator[int]:
    """A server that says these lines in turn, and then this, again and again, never coming to an end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        accepted = listener.accept()[0]
        with accepted as connection, connection.makefile("rb") as lines, suppress(OSError):
            for answer in answers:
                connection.sendall(answer)
                line = lines.readline()
                while answer.startswith(b"354") and line not in (b".\r\n", b""):
                    line = lines.readline()
            while True:
                connection.sendall(drip)
                time.sleep(0.05)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def postman(port: int, login: str = "", scheme: str = "smtp", host: str = "127.0.0.1", **more: Any) -> SmtpPostman:
    return SmtpPostman.of(f"{scheme}://{login}{host}:{port}", timeout_s=more.pop("timeout_s", 10), **more)


def send(to: SmtpPostman | OutboxPostman, message: bytes = MAIL, **more: str) -> None:
    to.send(
        message,
        sender=more.get("sender", "us@example.org"),
        recipient=more.get("recipient", "pi@example.org"),
        message_id=more.get("message_id", "<1.abc@trialwatch>"),
    )


def check_password(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
) -> AuthResult:
    right = given.login == b"us" and given.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False, auth_data=given)


LOGIN = {"authenticator": check_password, "auth_required": True}


def test_a_mail_arrives_byte_for_byte_with_its_envelope() -> None:
    server = Server()
    with serving(server) as port:
        send(postman(port))
    assert server.received == [Received("us@example.org", ["pi@example.org"], MAIL, False, None)]


def test_a_hostile_title_arrives_as_a_subject_and_nothing_else() -> None:
    title = 'Ketamine\r\nBcc: x@evil.example\r\n\r\n<script>alert("1")</script>\r\n.\r\nRCPT TO:<x@evil.example>'
    told = ToldChange(
        *("c1", "NCT02649231", "clinicaltrials.gov", title, None, "completed", "overall_status"),
        *("RECRUITING", "COMPLETED", "sponsor", "high", title, NIGHT.date(), "posted"),
        *(NIGHT, ("alcohol",), "COMPLETED", None),
    )
    who = ("team", "ketamine-sud", "pi@example.org", "trialwatch <us@example.org>", None, "1@trialwatch")
    frozen = compose(DigestMail(*who, NIGHT, (told,), ()))
    server = Server()
    with serving(server) as port:
        send(postman(port), frozen, sender="trialwatch <us@example.org>")
    (received,) = server.received
    assert received.contents == frozen
    assert received.recipients == ["pi@example.org"]
    message = email.message_from_bytes(received.contents, policy=email.policy.default)
    assert set(message.keys()) == {
        *("From", "To", "Reply-To", "Date", "Message-ID", "Subject", "Auto-Submitted", "List-Id"),
        *("List-Unsubscribe", "MIME-Version", "Content-Type"),
    }
    assert message["Subject"].startswith("Completed: Ketamine Bcc: x@evil.example <script>")
    assert message["Subject"].endswith("(NCT02649231)")
    html = message.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


def test_starttls_comes_before_the_password(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    with serving(server, tls_context=authority("127.0.0.1"), require_starttls=True, **LOGIN) as port:
        send(postman(port, f"us:{ENCODED}@", context=trusting))
    assert [(mail.was_under_tls, mail.user) for mail in server.received] == [(True, b"us")]


def test_a_password_in_plain_letters_goes_the_usual_way(authority: Any, trusting: ssl.SSLContext) -> None:
    def accept(*given: Any) -> AuthResult:
        return AuthResult(success=given[-1].password == b"p@ss", auth_data=given[-1])

    server = Server()
    with serving(server, tls_context=authority("127.0.0.1"), authenticator=accept) as port:
        send(postman(port, "us:p%40ss@", context=trusting))
    assert [mail.user for mail in server.received] == [b"us"]


def test_starttls_is_taken_when_offered_even_without_a_password(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    with serving(server, tls_context=authority("127.0.0.1")) as port:
        send(postman(port, context=trusting))
    assert [mail.was_under_tls for mail in server.received] == [True]


def test_smtps_is_tls_from_the_start(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    with serving(server, ssl_context=authority("127.0.0.1")) as port:
        send(postman(port, scheme="smtps", context=trusting))
    assert len(server.received) == 1


def test_without_starttls_the_password_is_not_sent() -> None:
    overheard: list[Any] = []
    server = Server()
    careless = {
        "auth_require_tls": False,
        "auth_required": True,
        "authenticator": lambda *given: overheard.append(given),
    }
    with serving(server, **careless) as port, pytest.raises(MailLaterError) as raised:
        send(postman(port, "us:hunter2@"))
    assert "no STARTTLS" in str(raised.value)
    assert "password was not sent" in str(raised.value)
    assert not overheard
    assert not server.received


@pytest.mark.parametrize("password", ["wrong", "wr%C3%B6ng"])
def test_a_bad_login_waits_for_the_operator_and_does_not_repeat_the_password(
    authority: Any, trusting: ssl.SSLContext, password: str
) -> None:
    server = Server()
    with serving(server, tls_context=authority("127.0.0.1"), **LOGIN) as port:
        with pytest.raises(MailLaterError, match="did not accept our user and password") as raised:
            send(postman(port, f"us:{password}@", context=trusting))
        assert "TRIALWATCH_SMTP_URL" in str(raised.value)
        assert "wr" not in str(raised.value)
        assert raised.value.__cause__ is None
    assert not server.received


def test_a_server_that_knows_no_login_is_told_so(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    tls = {"tls_context": authority("127.0.0.1"), "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
    with serving(server, **tls) as port, pytest.raises(MailLaterError, match="no way to log in"):
        send(postman(port, "us:pw@", context=trusting))


@pytest.mark.parametrize("login", ["us:hunter2@", f"us:{ENCODED}@"])
def test_a_server_that_hangs_up_during_the_login_is_tried_later(
    authority: Any, trusting: ssl.SSLContext, login: str
) -> None:
    greeting = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n")
    hung_up = pytest.raises(MailLaterError, match="cannot be reached or broke off")
    with scripted(*greeting, tls=authority("127.0.0.1")) as port, hung_up as raised:
        send(postman(port, login, scheme="smtps", context=trusting))
    assert "hunter2" not in str(raised.value)


def test_a_certificate_nobody_vouches_for_is_refused(authority: Any) -> None:
    server = Server()
    with serving(server, tls_context=authority("127.0.0.1")) as port:
        refused = pytest.raises(MailLaterError, match=r"certificate of the mail server .* is not to be trusted")
        with refused as raised:
            send(postman(port, f"us:{ENCODED}@"))
    assert "TRIALWATCH_SMTP_URL" in str(raised.value)
    assert not server.received


def test_a_certificate_for_another_name_is_refused(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    misnamed = authority("mail.example.org")
    with serving(server, tls_context=misnamed) as port, pytest.raises(MailLaterError, match="not to be trusted"):
        send(postman(port, context=trusting))
    assert not server.received


def test_tls_with_a_server_that_speaks_none_is_tried_later() -> None:
    with scripted(b"220 plain\r\n") as port, pytest.raises(MailLaterError, match="No TLS with the mail server"):
        send(postman(port, scheme="smtps"))


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("rcpt", "450 4.2.1 mailbox busy", MailLaterError),
        ("rcpt", "550 5.1.1 no such user", MailboxGoneError),
        ("rcpt", "550 no such user, it seems", MailRefusedError),
        ("data", "451 4.3.0 come back later", MailLaterError),
        ("data", "554 5.7.1 not here", MailRefusedError),
        ("mail", "451 4.7.1 greylisted", MailServerError),
        ("mail", "550 5.7.1 not your domain", MailServerError),
        ("mail", "552 5.3.4 2 MB at most", MailRefusedError),
    ],
)
def test_only_a_final_no_to_the_recipient_or_the_mail_is_final(
    verb: str, answer: str, expected: type[Exception]
) -> None:
    server = Server(**{verb: answer})
    with serving(server) as port, pytest.raises((MailLaterError, MailRefusedError)) as raised:
        send(postman(port))
    assert type(raised.value) is expected
    assert answer[:3] in str(raised.value)
    assert answer[10:] in raised.value.said
    assert answer[10:] not in str(raised.value), "foreign words are for the log"
    assert not server.received


@pytest.mark.parametrize(
    "answers",
    [
        [b"554 go away\r\n"],
        [b"421 too many connections\r\n"],
        [b"220 hello\r\n", b"550 not you\r\n", b"550 nor you\r\n"],
        [b"220 hello\r\n"],
        [b"220 hello\r\n", b"250 hello\r\n"],
        [b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n"],
        [b"220 hello\r\n", b"250 hello\r\n", b"421 shutting down\r\n"],
        [b"220 hello\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"454 no TLS today\r\n"],
        [b""],
    ],
)
def test_a_server_in_no_state_to_talk_is_tried_later(answers: list[bytes]) -> None:
    with scripted(*answers) as port, pytest.raises(MailLaterError):
        send(postman(port, timeout_s=0.5))


def test_a_terminal_is_safe_from_what_a_server_says() -> None:
    server = Server(rcpt="550 \x1b[31mred\x07 " + "x" * 400)
    with serving(server) as port, pytest.raises(MailRefusedError) as raised:
        send(postman(port))
    assert raised.value.said.isprintable()
    assert len(raised.value.said) < 400


def test_a_refused_connection_is_tried_later() -> None:
    with pytest.raises(MailLaterError, match="cannot be reached"):
        send(postman(free_port()))


def test_a_host_without_an_address_is_tried_later() -> None:
    with pytest.raises(MailLaterError, match="cannot be reached"):
        send(SmtpPostman.of("smtp://no-such-host.invalid", timeout_s=5))


def test_a_server_that_says_nothing_after_the_mail_is_tried_later() -> None:
    server = Server(data="hang")
    with serving(server) as port, pytest.raises(MailLaterError):
        send(postman(port, timeout_s=0.3))


@pytest.mark.sampled
@pytest.mark.parametrize("stage", range(5), ids=["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("drip", [b"2", b"250-more\r\n"], ids=["a byte", "a line"])
def test_a_server_that_drips_has_an_end(stage: int, drip: bytes) -> None:
    sane = [b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n"]
    with dripping(*sane[:stage], drip=drip) as port, pytest.raises(MailLaterError, match="timed out"):
        send(postman(port, timeout_s=5, whole_s=0.6))


def test_a_server_that_drips_as_it_hangs_up_has_taken_the_mail() -> None:
    sane = (b"220 a\r\n", b"250 b\r\n", b"250 c\r\n", b"250 d\r\n", b"354 e\r\n", b"250 taken\r\n")
    with dripping(*sane, drip=b"2") as port:
        send(postman(port, timeout_s=5, whole_s=0.6))


def test_a_server_that_takes_the_mail_and_then_hangs_has_taken_it() -> None:
    server = Server(quit="hang")
    with serving(server) as port:
        send(postman(port, timeout_s=0.3))
    assert len(server.received) == 1


def test_one_dead_recipient_does_not_hinder_the_next() -> None:
    class Picky(Server):
        async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, o: Any) -> str:
            if address.startswith("dead"):
                return "550 no such user"
            return await super().handle_RCPT(server, session, envelope, address, o)

    server = Picky()
    with serving(server) as port:
        carrier = postman(port)
        with pytest.raises(MailRefusedError):
            send(carrier, recipient="dead@example.org")
        send(carrier)
    assert [mail.recipients for mail in server.received] == [["pi@example.org"]]


def test_an_address_outside_ascii_asks_for_smtputf8() -> None:
    server = Server()
    with serving(server, enable_SMTPUTF8=True) as port:
        send(postman(port), recipient="jürgen@exämple.org")
    assert [mail.recipients for mail in server.received] == [["jürgen@xn--exmple-cua.org"]]


def test_an_address_outside_ascii_is_refused_where_smtputf8_is_not_known() -> None:
    server = Server()
    with serving(server, enable_SMTPUTF8=False) as port:
        with pytest.raises(MailboxGoneError, match="SMTPUTF8"):
            send(postman(port), recipient="jürgen@example.org")
        with pytest.raises(MailSettingError, match="TRIALWATCH_MAIL_FROM"):
            send(postman(port), sender="jürgen@example.org")
        with pytest.raises(MailRefusedError, match="written when") as raised:
            send(postman(port), "Reply-To: jürgen@example.org\r\n\r\n".encode())
        assert raised.value.is_its_own
        with pytest.raises(MailSettingError, match="TRIALWATCH_OPERATOR"):
            postman(port).check("us@example.org", "jürgen@example.org")
        postman(port).check("us@example.org")
    assert not server.received


def test_a_header_outside_ascii_asks_for_smtputf8() -> None:
    server = Server()
    with serving(server, enable_SMTPUTF8=True) as port:
        postman(port).check("jürgen@example.org")
        send(postman(port), "Reply-To: jürgen@example.org\r\n\r\n".encode())
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("", "pi", "pi@", "@example.org", "pi @example.org", "a@b.org, c@d.org", "a@b@c", "\ud800@b.org"),
        *("pi@example.org\r\nDATA", "pi@example.org\nRCPT TO:<x@evil.example>"),
        *("<pi@example.org> x", "pi\x00@example.org"),
    ],
)
def test_an_envelope_takes_one_clean_address_only(address: str, tmp_path: Path) -> None:
    server = Server()
    with serving(server) as port:
        for carrier in (postman(port), OutboxPostman(tmp_path)):
            with pytest.raises(MailRefusedError):
                send(carrier, recipient=address)
            with pytest.raises(MailLaterError, match="TRIALWATCH_MAIL_FROM"):
                send(carrier, sender=address)
    assert not server.received
    assert not list(tmp_path.iterdir())


def test_a_check_greets_and_logs_in_but_sends_nothing(authority: Any, trusting: ssl.SSLContext) -> None:
    server = Server()
    with serving(server, tls_context=authority("127.0.0.1"), **LOGIN) as port:
        postman(port, f"us:{ENCODED}@", context=trusting).check()
        with pytest.raises(MailLaterError):
            postman(port, "us:wrong@", context=trusting).check()
    assert not server.received


def test_a_url_says_host_port_user_and_password(tmp_path: Path) -> None:
    made = postman_from(f"smtp://us%40x:{ENCODED}@Mail.Example.org", tmp_path, timeout_s=5)
    assert made == SmtpPostman("mail.example.org", 587, False, "us@x", PASSWORD, timeout_s=5)
    assert postman_from("smtps://mail.example.org/", tmp_path) == SmtpPostman("mail.example.org", 465, True)
    assert postman_from(" smtp://[::1]:2525 ", tmp_path) == SmtpPostman("::1", 2525)
    assert postman_from(None, tmp_path) == postman_from("  ", tmp_path) == OutboxPostman(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://us:hunter2@mail.example.org",
        "smtp://us:hunter2@",
        "smtp://us:hunter2/x@mail.example.org",
        "smtp://us:hunter2#x@mail.example.org",
        "smtp://us:12#hunter2@mail.example.org",
        "smtp://us:hunter2?x@mail.example.org",
        "smtp://us:hunter2%ff@mail.example.org",
        "smtp://us:hunter2@mail.example.org:port",
        "smtp://us:hunter2@mail.example.org:0",
        "smtp://us:hunter2@[mail",
        "smtp://us:hunter2℀@mail.example.org",
        "smtp://us:hunter2 @mail.example.org",
        "smtp://us:hunter2\x00@mail.example.org",
        "smtp://:hunter2@mail.example.org",
        "smtp://us@mail.example.org",
        "smtp://us:hunter2@" + "x" * 70 + ".org",
    ],
)
def test_a_wrong_url_is_explained_without_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="TRIALWATCH_SMTP_URL") as raised:
        postman_from(url, tmp_path)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_no_repr_and_no_log_holds_the_password(
    authority: Any, trusting: ssl.SSLContext, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    made = SmtpPostman.of("smtp://us:hunter2@127.0.0.1:1", context=trusting)
    assert "hunter2" not in f"{made!r} {made}"
    with caplog.at_level(logging.DEBUG), pytest.raises(MailLaterError) as raised:
        send(made)
    printed = capsys.readouterr()
    assert "hunter2" not in f"{raised.value!r} {caplog.text} {printed.out} {printed.err}"


def test_an_outbox_holds_each_mail_once_and_whole(tmp_path: Path) -> None:
    outbox = OutboxPostman(tmp_path / "data" / "outbox")
    for _ in range(3):
        send(outbox, message_id="<1.abc@trialwatch>")
    send(outbox, b"another", message_id="2.abc@trialwatch")
    held = {path.name: path.read_bytes() for path in outbox.folder.iterdir()}
    assert held == {"1.abc@trialwatch.eml": MAIL, "2.abc@trialwatch.eml": b"another"}


@pytest.mark.parametrize(
    "message_id",
    [
        *("../../etc/passwd", "<a/b@c>", "a\\b@c", "a\x00b@c", ".hidden@c", "-rf@c", "", "é@c"),
        *("a" * 400 + "@c", "CON:1@c", "..", "\ud800@c"),
    ],
)
def test_an_outbox_gives_every_mail_a_safe_name_of_its_own(message_id: str, tmp_path: Path) -> None:
    outbox = OutboxPostman(tmp_path / "outbox")
    send(outbox, message_id=message_id)
    send(outbox, b"another", message_id=message_id + "x")
    names = [path.name for path in outbox.folder.iterdir()]
    assert len(names) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"outbox"}
    for name in names:
        assert name.endswith(".eml")
        assert name[0].isalnum() or name[0] == "_"
        assert name.isascii()
        assert len(name) < 200


def test_an_outbox_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(MailLaterError, match="cannot be written"):
        send(OutboxPostman(tmp_path / "outbox"))


def test_an_outbox_that_cannot_take_a_mail_keeps_no_piece_of_it(tmp_path: Path) -> None:
    (tmp_path / "1.abc@trialwatch.eml").mkdir()  # no file can be put in the place of a folder
    with pytest.raises(MailLaterError, match="cannot be written"):
        send(OutboxPostman(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["1.abc@trialwatch.eml"]
