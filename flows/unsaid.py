"""What is never said: the passwords that the environment holds, taken out of whatever is printed or logged.

A last line of defence: sentences of ours hold none. What libraries raise may, and a log shows it.
"""

import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

_PASSWORD = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?[^/@:]*:(?P<password>.+)@", re.IGNORECASE)
_WHOLE = re.compile(r"TRIALWATCH_NOTIFY_\w+|PREFECT_API_KEY|PREFECT_\w*AUTH_STRING")
_SHORTEST = 4
"""Below that it would be cut out of ordinary words."""


def without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text with every password of the environment replaced by an ellipsis."""
    for secret in sorted(set(_secrets(environment)), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _secrets(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        found = value if _WHOLE.fullmatch(name) else None
        if name.upper().endswith("_PROXY") or name.startswith(("TRIALWATCH_", "PREFECT_")):
            in_address = _PASSWORD.match(value.strip())
            found = in_address["password"] if in_address else found
        for spelling in (found, unquote(found)) if found else ():
            if len(spelling) >= _SHORTEST:
                yield spelling
