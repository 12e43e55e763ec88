"""Chats by Apprise: Slack, Teams, Matrix and a hundred more, each by an address of its own.

Apprise says yes or no and logs the rest. What it logs may hold the address, which is secret: it is listened to
for the status of the answer, and let no further.
"""

import logging
import re
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors.errors import MailLaterError
from connectors.http import TooSlowError, within
from connectors.lines import fitted
from connectors.network import Network
from connectors.webhook import judged, silent

MOST_LETTERS = 3500
"""Of one message: a screen or two. Some chats take less."""
WHOLE_S = 20.0
_STATUS = re.compile(r"error=(\d{3})\b")


class NoAppriseError(ImportError):
    """The library that knows the chats is not installed."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. ``setting`` is the variable that its address stands in, ``name`` how the ledger calls it."""

    name: str
    setting: str
    way: Any = field(repr=False)
    """What Apprise made of the address."""
    whole_s: float = WHOLE_S

    def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> None:
        title, body = _written(message, self.way)
        with _listening() as heard:
            try:
                is_taken = within(
                    self.whole_s, lambda: self.way.notify(body=body, title=title, body_format="text")
                )
            except TooSlowError:
                raise silent(self.name, "timed out", has_answered=True) from None
            except Exception as error:  # a plugin's own, of which anything may be thought
                raise MailLaterError(f"{self.name} did not take a message ({type(error).__name__}).") from None
        if is_taken:
            return
        said = " ".join(record.getMessage() for record in heard)
        if status := _STATUS.search(said):
            raise judged(self.name, self.setting, int(status[1])) or _unexplained(self.name, self.setting)
        if "onnection error" in said:
            raise silent(self.name, "no connection came about, or it timed out", has_answered=False)
        raise _unexplained(self.name, self.setting)


def _unexplained(name: str, setting: str) -> MailLaterError:
    hint = f"If this lasts, look at {setting}."
    return MailLaterError(f"{name} did not take a message. {hint}", is_its_own=True)


def chat_of(name: str, setting: str, address: str, network: Network) -> Chat | None:
    """The chat of an address; None when Apprise knows no such. Raises ``NoAppriseError``, and ``ValueError``."""
    way = _way(setting, address)
    if way is None:
        return None
    if len(way) > 1:  # where one of them fails, those that had the message would get it again
        raise ValueError(f"{setting} names several targets; give each a variable of its own")
    if way.overflow_mode != "upstream":
        raise ValueError(f"{setting} sets overflow=; leave it out, for a message is cut to what the chat takes")
    if way.verify_certificate is True and (file := _certificates(network)):
        way.verify_certificate = file  # as requests takes it
    return Chat(name, setting, way)


def _way(setting: str, address: str) -> Any:
    """What Apprise makes of the address. It imports what it needs as it goes, some of it with a warning of age."""
    with warnings.catch_warnings(), _listening():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from apprise import Apprise, AppriseAsset  # late: it takes most of a second
        except ImportError as error:
            raise NoAppriseError(f"{setting} needs Apprise: install trialwatch's wheel with [notify]") from error
        ours = AppriseAsset(
            app_id="trialwatch", app_desc="trialwatch", async_mode=False, http_redirects=False, image_url_mask=None
        )
        return Apprise.instantiate(address, asset=ours, suppress_exceptions=True)


def _certificates(network: Network) -> str | None:
    """A file of certificates: what the environment names, else the system's own, which also hold a company's."""
    return network.certificates[1] if network.certificates else ssl.get_default_verify_paths().cafile


def _written(message: bytes, way: Any) -> tuple[str, str]:
    """Title and body. The title is the text's first line, where the chat has titles."""
    text = str(msgspec.json.decode(message)["text"])
    most = min(MOST_LETTERS, way.body_maxlen)
    first, _, rest = text.partition("\n")
    if rest and len(first) <= way.title_maxlen:
        return first, fitted(rest, most - len(first))
    return "", fitted(text, most)


class _Listener(logging.Handler):
    def __init__(self, heard: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(record)


@contextmanager
def _listening() -> Iterator[list[logging.LogRecord]]:
    """What Apprise logs meanwhile. None of it goes anywhere else."""
    heard: list[logging.LogRecord] = []
    listener = _Listener(heard)
    logger = logging.getLogger("apprise")
    was = logger.propagate
    logger.propagate = False
    logger.addHandler(listener)
    try:
        yield heard
    finally:
        logger.removeHandler(listener)
        logger.propagate = was
