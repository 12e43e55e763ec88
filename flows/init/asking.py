"""Asking, on a terminal or where nobody sits at one. An answer is checked at once, whoever gave it.

What was given by a flag is not asked for. Without a terminal a question takes its default; those that have none
are told together, by their flags.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flows.settings import SettingsError

T = TypeVar("T")
Check = Callable[[str], T]
"""Makes an answer of what was typed; raises ``ValueError`` or ``SettingsError`` with what is wrong about it."""


@dataclass(slots=True)
class Asking:
    """``is_attended``: somebody is there to answer. ``missing`` are flags of questions that stay open."""

    is_attended: bool
    missing: list[str] = field(default_factory=list)

    def ask(
        self,
        flag: str,
        question: str,
        check: Check[T],
        given: str | None,
        default: str | None = None,
        *,
        is_secret: bool = False,
    ) -> T | None:
        """The answer; None for one that is missing. Raises ``SettingsError`` for a given one that is wrong."""
        if given is None and self.is_attended:
            return _asked(question, check, default, is_secret)
        answer = default if given is None else given
        if answer is None:
            self.missing.append(flag)
            return None
        return _given(flag, lambda: check(_printable(answer)))

    def several(
        self,
        flag: str,
        question: str,
        check: Callable[[tuple[str, ...]], T],
        given: tuple[str, ...],
        default: str | None = None,
    ) -> T | None:
        """The same for an answer of several words, each of its own: parted by commas where they are typed."""
        if given:
            return _given(flag, lambda: check(tuple(dict.fromkeys(map(_printable, given)))))
        return self.ask(flag, question, lambda text: check(_parted(text)), None, default)

    def must_be_whole(self) -> None:
        """Raises ``SettingsError`` with the flags of all that is missing."""
        if self.missing:
            raise SettingsError(
                f"nothing was written: there is no terminal to ask at, so give {', '.join(self.missing)} "
                "(trialwatch init --help)"
            )


def _given(flag: str, check: Callable[[], T]) -> T:
    try:
        return check()
    except (ValueError, SettingsError) as error:
        raise SettingsError(f"{flag}: {error}") from error


def _parted(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _printable(answer: str) -> str:
    if not answer.isprintable():
        raise ValueError("it holds a line break or another character that does not print")
    return answer.strip()


def _asked(question: str, check: Check[T], default: str | None, is_secret: bool) -> T:
    """Ask until the answer can be used. Raises ``SettingsError`` where the terminal ends."""
    from rich.console import Console
    from rich.prompt import InvalidResponse, PromptBase
    from rich.text import Text

    checked: list[T] = []

    class Prompt(PromptBase[str]):
        def process_response(self, value: str) -> str:
            try:
                checked.append(check(_printable(value)))
            except (ValueError, SettingsError) as error:
                raise InvalidResponse(Text(f"  {error}", "red")) from error
            return value

    shown = Text.assemble(question, (f" [{default}]" if default else "", "cyan"))
    prompt = Prompt(shown, console=Console(stderr=True), password=is_secret, show_default=False)
    on_nothing: Any = ... if default is None else default
    try:
        typed = prompt(default=on_nothing)
    except EOFError:
        print(file=sys.stderr)
        raise SettingsError("the answers ended; nothing was written") from None
    return checked[-1] if checked else check(typed)
