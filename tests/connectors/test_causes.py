"""Why a connection failed, in our words, and foreign words made fit for a log."""

import errno
import smtplib
import socket
import ssl
import time

import pytest

from connectors.causes import cause, masked
from connectors.conversation import Bounded
from tests.connectors.test_mail import Server, serving


class LibraryTimeoutError(Exception): ...


class ProxyError(Exception): ...


class OtherError(Exception): ...


def behind(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "secret.example"), "its name has no address here (DNS)"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "secret"), "the connection was refused"),
        (ssl.SSLCertVerificationError("secret"), "its certificate is not trusted here"),
        (ssl.SSLError("secret"), "no TLS came about"),
        (TimeoutError("secret"), "timed out"),
        (ConnectionResetError("secret"), "the connection was broken off"),
        (OSError(errno.ENETUNREACH, "secret"), "network is unreachable"),
        (OSError("secret"), "OSError"),
        (behind(ProxyError("secret"), TimeoutError()), "timed out"),
        (behind(OtherError("secret"), ProxyError("secret")), "the proxy did not let us through"),
        (LibraryTimeoutError("secret"), "timed out"),
        (smtplib.SMTPServerDisconnected("secret"), "the connection was broken off"),
        (OtherError("secret"), "OtherError"),
    ],
)
def test_a_cause_is_told_in_our_words(error: Exception, words: str) -> None:
    assert cause(error) == words


def test_errors_that_come_from_each_other_in_a_ring_come_to_an_end() -> None:
    one, other = OtherError(), OtherError()
    one.__cause__, other.__cause__ = other, one
    assert cause(one) == "OtherError"


def test_a_log_is_told_no_address_no_login_and_no_secret() -> None:
    said = masked(b"<pi@example.org>: see https://us:hunter2@proxy/x\r\n\x1b[31m s3cret", "s3cret", None)
    assert said == "<…>: see https://…@proxy/x [31m …"
    assert len(masked("x" * 1000)) == 201


def test_a_conversation_whose_time_is_up_says_no_more() -> None:
    with serving(Server()) as port:
        conversation = Bounded("127.0.0.1", port, silence_s=5, whole_s=0.3)
        time.sleep(0.4)
        with pytest.raises(TimeoutError):
            conversation.noop()
        conversation.close()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            conversation.noop()
