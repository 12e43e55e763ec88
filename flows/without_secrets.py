"""What is never said: the passwords that the environment holds, taken out of whatever is printed or logged.

A last line of defence: sentences of ours hold none. What libraries raise may, and a log shows it.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from connectors.places.address import secrets as places_secrets
from connectors.printable import printable

_PASSWORD = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?[^/@:]*:(?P<password>.+)@", re.IGNORECASE)
_WHOLE = re.compile(
    r"TRIALWATCH_NOTIFY_\w+|PREFECT_API_KEY|PREFECT_\w*AUTH_STRING"
    r"|PGPASSWORD|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|FSSPEC_\w*(?:KEY|SECRET|TOKEN|PASSWORD)\w*"
)
_SHORTEST = 4
"""Below that it would be cut out of ordinary words."""
_NOTIFY = "TRIALWATCH_NOTIFY_"
_TOKEN = re.compile(r"(?=[^/?&=:@+]*\d)[^/?&=:@+]{12,}")
"""A part of a channel's address that is a secret by itself."""


def without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text with every password of the environment replaced by an ellipsis."""
    for secret in sorted(set(_secrets(environment)), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _secrets(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        if name in ("TRIALWATCH_PUBLISH_URL", "TRIALWATCH_LANDING_URL"):
            yield from (each for each in places_secrets(value) if len(each) >= _SHORTEST)
            continue
        found = value if _WHOLE.fullmatch(name) else None
        if name.upper().endswith("_PROXY") or name.startswith(("TRIALWATCH_", "PREFECT_")):
            in_address = _PASSWORD.match(value.strip())
            found = in_address["password"] if in_address else found
        for spelling in (found, unquote(found)) if found else ():
            if len(spelling) >= _SHORTEST:
                yield spelling
        if name.startswith(_NOTIFY):
            yield from _TOKEN.findall(value)


class Harmless(logging.Formatter):
    """What is logged, as another formatter has it, but no password and nothing that could steer a terminal."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return printable(without_secrets(self._inner.format(record)), "\n")


def have_logs_harmless() -> None:
    """Have every handler that there is say no password, whoever set it up: in its processes Prefect does."""
    known = (each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))
    for handler in {handler for each in (logging.root, *known) for handler in each.handlers}:
        if not isinstance(handler.formatter, Harmless):
            handler.setFormatter(Harmless(handler.formatter))
