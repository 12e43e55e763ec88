"""What was typed that cannot be meant, in a sentence; the library's own words where they say enough."""

from collections.abc import Iterable
from datetime import date

from cyclopts import CoercionError, CycloptsError, UnusedCliTokensError

from flows.settings import SettingsError, is_text


def sentence(error: CycloptsError) -> str:
    """The sentence for it, and where to read on."""
    command = " ".join(("trialwatch", *(error.command_chain or ())))
    return f"{_said(error)} (see {command} --help)"


def _said(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return f"{' '.join(error.unused_tokens)!r} is too much: quote what belongs together, or leave it out"
    if isinstance(error, CoercionError) and error.target_type is date:
        return f"{str(error).rstrip('.')}; write a day that there is, as 2026-11-24"
    return str(error)


def one_at_most(**given: object) -> None:
    """Raises ``SettingsError`` where several flags are given of which each asks for something else."""
    named = [f"--{name.replace('_', ' ')}" for name, value in given.items() if value not in (None, False)]
    if len(named) > 1:
        raise SettingsError(f"{' and '.join(named)} exclude each other; give one of them")


def in_order(since: date | None, until: date | None) -> None:
    """Raises ``SettingsError`` for a time that ends before it begins."""
    if since and until and since > until:
        raise SettingsError(f"--since {since} is after --until {until}; nothing is between them")


def must_be_text(words: Iterable[str]) -> None:
    """Raises ``SettingsError`` for bytes that are no text: neither DuckDB nor a mail could take them."""
    for word in words:
        if not is_text(word):
            raise SettingsError(f"{word!r} holds bytes that are no text in UTF-8; type or name it otherwise")
