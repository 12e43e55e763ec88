"""How a command ends: exit codes by who must act, and the sentence that goes with each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from connectors.errors import (
    ConnectorError,
    ExportError,
    MailError,
    MailSettingError,
    NetworkError,
    OurBugError,
    RegistryError,
)
from flows.errors import ApartError
from flows.settings import SettingsError
from warehouse.errors import (
    BackupError,
    NothingPublishedError,
    OperatorError,
    QuestionError,
    StoreHeldError,
    WarehouseError,
    named,
)

THE_OPERATOR_ACTS = (
    SettingsError
    | NetworkError
    | ExportError
    | MailSettingError
    | NothingPublishedError
    | QuestionError
    | BackupError
    | OperatorError
)


class Code(IntEnum):
    """The exit codes of the contract."""

    DONE = 0
    OUR_BUG = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4
    MAIL_DUE = 5
    HELD = 6
    STALE = 7


GRAVEST_FIRST = (Code.OUR_BUG, Code.USAGE, Code.HELD, Code.REFUSED, Code.INCOMPLETE, Code.MAIL_DUE)
OF_OUTCOME = {
    "complete": Code.DONE,
    "heartbeat": Code.DONE,
    "incomplete": Code.INCOMPLETE,
    "refused": Code.REFUSED,
    "failed": Code.OUR_BUG,
}


def of_outcome(outcome: str, *, another_was_whole: bool) -> Code:
    """What one registry's night comes to. A check refuses its own registry: beside one that was whole, and that is
    published, it is a registry that brought nothing tonight."""
    code = OF_OUTCOME[outcome]
    return Code.INCOMPLETE if code is Code.REFUSED and another_was_whole else code


@dataclass(slots=True)
class Ending:
    """What a command came to: codes gathered on the way, and sentences for the person who reads them."""

    codes: set[Code] = field(default_factory=set)
    sentences: list[str] = field(default_factory=list)

    def note(self, code: Code, sentence: str) -> None:
        self.codes.add(code)
        self.sentences.append(sentence)

    @property
    def code(self) -> Code:
        """When several apply, the one that most needs somebody to act."""
        return next((code for code in GRAVEST_FIRST if code in self.codes), Code.DONE)


def told(error: Exception) -> Exception:
    """The error as it is told: a library's own, where somebody can act on it, gives way to a sentence of ours."""
    return error if code_of(error) is not None else named(error) or error


def in_words(error: Exception) -> str:
    """An error as it may be published: ours in its words, a library's, which may hold anything, by its kind."""
    if isinstance(error, WarehouseError | ConnectorError | SettingsError | ApartError):
        return str(error)
    return f"{type(error).__name__} (the log of the run has the details)"


@contextmanager
def in_our_words() -> Iterator[None]:
    """For places that show an error as it comes, as Prefect does: it comes as it is told."""
    try:
        yield
    except Exception as error:
        ours = told(error)
        if ours is error:
            raise
        raise ours from error


def code_of(error: Exception) -> Code | None:
    """The exit code of an error that says what to do; None for one that only a developer can read."""
    if isinstance(error, THE_OPERATOR_ACTS):
        return Code.USAGE
    if isinstance(error, StoreHeldError):
        return Code.HELD
    if isinstance(error, OurBugError):
        return Code.OUR_BUG
    if isinstance(error, RegistryError):
        return Code.INCOMPLETE
    if isinstance(error, MailError):
        return Code.MAIL_DUE
    return Code.OUR_BUG if isinstance(error, WarehouseError) else None
