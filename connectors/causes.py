"""Why a connection failed, in words of ours: what a library says of it may repeat an address or a password.

The library's own words are for the log, without what is secret in them.
"""

import os
import re
import socket
import ssl
from collections.abc import Iterator

from connectors.address import without_addresses
from connectors.printable import one_line

OF_KIND: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its name has no address here (DNS)"),
    (ConnectionRefusedError, "the connection was refused"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted here"),
    (ssl.SSLError, "no TLS came about"),
    (TimeoutError, "timed out"),
    (ConnectionError, "the connection was broken off"),
)
OF_NAME = (
    ("Timeout", "timed out"),
    ("ProxyError", "the proxy did not let us through"),
    ("Connect", "no connection came about"),
    ("Disconnected", "the connection was broken off"),
    ("Protocol", "the answer broke off or was no answer"),
    ("IncompleteRead", "the answer broke off or was no answer"),
    ("Decod", "the answer could not be unpacked"),
    ("Read", "the connection was broken off"),
    ("Write", "the connection was broken off"),
)
"""By a part of the class's name, for libraries' own errors that come from nothing else."""

_LOGIN = re.compile(r"(?<=://)[^/\s]*@")


def cause(error: BaseException) -> str:
    """The innermost reason that has a name, else what kind of error it was."""
    chain = list(_behind(error))
    for each in reversed(chain):
        for kind, words in OF_KIND:
            if isinstance(each, kind):
                return words
        if isinstance(each, OSError) and each.errno:
            return os.strerror(each.errno).lower()
    for part, words in OF_NAME:
        if any(part in type(each).__name__ for each in chain):
            return words
    return type(error).__name__


def has_no_address(error: BaseException) -> bool:
    """Whether it was a name that nobody here knows the address of."""
    return any(isinstance(each, socket.gaierror) for each in _behind(error))


def masked(text: object, *secrets: str | None) -> str:
    """Foreign words for a log: one printable line without addresses, logins or the given secrets."""
    line = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    for secret in filter(None, secrets):
        line = line.replace(secret, "…")
    line = without_addresses(_LOGIN.sub("…@", line), "…")
    line = one_line(line)
    return f"{line[:200]}…" if len(line) > 200 else line


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from, at most ten deep."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
