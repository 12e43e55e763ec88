"""What an answer must be: checked by the code that reads it from the files later, wherever there is some.

Each makes a value of what was typed, or raises ``ValueError`` or ``SettingsError``, whose words quote no password.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from connectors import address
from connectors.files import read_text, trouble_of
from connectors.smtp import SmtpPostman
from flows import pasted_search
from flows.endings import told
from flows.pasted_search import Pasted
from flows.settings import WATCH_NAME, SettingsError, from_environment, nearest


def setting(name: str) -> Callable[[str], str]:
    """A variable's value, as it is read from the environment."""

    def check(text: str) -> str:
        from_environment({name: text})
        return text

    return check


def contact(text: str) -> str:
    """Whom registries can write to: a mail address, in what a header may hold."""
    return setting("TRIALWATCH_CONTACT")(address.bare(text))


def addresses(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        raise ValueError("somebody must be told: give a mail address")
    if any("<" in word for word in words):
        raise ValueError("leave out names and brackets, and write mere addresses")
    for word in words:
        address.bare(word)
    return words


def server(text: str) -> str:
    """A mail server's address; a mere host becomes one. Nothing stays nothing."""
    if not text:
        return text
    url = text if "://" in text else f"smtp://{text}"
    SmtpPostman.of(url)
    return url


def password(text: str) -> str:
    if not text:
        raise ValueError("it is empty; leave out the user, if there is no log-in")
    return text


def first_line(file: Path) -> str:
    """The password in a file, or on standard input where that is called "-"."""
    try:
        lines = (sys.stdin.read() if str(file) == "-" else read_text(file)).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--smtp-password-file: {file} cannot be read") from error
    return lines[0] if lines else ""


def watch_name(text: str) -> str:
    if not re.fullmatch(WATCH_NAME, text):
        raise ValueError("use letters, digits, '-', '_' and '.'")
    return text


def terms(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not re.search(r"\w", word):
            raise ValueError(f"{word!r} is no word")
    return words


def drugs_or_search(words: tuple[str, ...]) -> tuple[str, ...] | Pasted:
    """Drugs; or what a pasted address asks for, whose commas were no partings."""
    if words and words[0].startswith(("http://", "https://")):
        return pasted_search.read(",".join(words))
    if not words:
        raise ValueError("name a drug, or paste the address of a search")
    return terms(words)


def folder(text: str) -> str:
    """A folder that is, or can be made, where this user may write."""
    path = Path(text).expanduser().absolute()
    if trouble := trouble_of(path):
        raise ValueError(str(told(trouble)))
    return str(path)


def one_of(choices: Iterable[str]) -> Callable[[str], str]:
    """One word of a list."""
    known = tuple(choices)

    def check(text: str) -> str:
        if text not in known:
            raise ValueError(f"it cannot be {text!r}{nearest(text, known)}; it is one of {', '.join(known)}")
        return text

    return check


def among(choices: Iterable[str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Any words of a list."""
    check = one_of(choices)
    return lambda words: tuple(map(check, words))
