"""What the doctor finds, one thing at a time: a name, how grave it is, a sentence, and what to do."""

from dataclasses import dataclass
from typing import Literal

from connectors.printable import one_line
from flows.endings import Code, code_of, in_words, told

Level = Literal["ok", "warning", "failure"]

GIVE_RIGHTS = (
    "run trialwatch as the user who runs the nights, give this one the right to read and write there, "
    "or set TRIALWATCH_DATA_DIR to a folder of its own"
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``code`` is what a night would end with for it. No address, no password stands in any of it."""

    name: str
    level: Level
    sentence: str
    what_to_do: str | None = None
    code: Code = Code.DONE


def well(name: str, sentence: str) -> Diagnosis:
    return Diagnosis(name, "ok", sentence)


def warning(name: str, sentence: str, what_to_do: str) -> Diagnosis:
    return Diagnosis(name, "warning", sentence, what_to_do)


def failure(name: str, sentence: str, what_to_do: str, code: Code = Code.USAGE) -> Diagnosis:
    return Diagnosis(name, "failure", sentence, what_to_do, code)


def of_error(name: str, error: Exception, what_to_do: str) -> Diagnosis:
    """What a night would end with for this error; one that has no name is our bug."""
    ours = told(error)
    return failure(name, one_line(in_words(ours)), what_to_do, code_of(ours) or Code.OUR_BUG)
