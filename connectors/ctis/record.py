"""A record of CTIS: the row that a search shows of a trial, and what is retrieved by its number. Pure.

They are kept together, as they were sent, because neither says all: the row moves every night, and the retrieved
part has what nobody can search for. A trial whose number the registry did not know when it was asked has no
retrieved part, or one that is older than its row: then it is marked as unanswered.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from connectors.lenient import Odd, decoded
from connectors.spelling import compared
from connectors.trial import UnreadableError

NUMBER = re.compile(r"([0-9]{4}-5[0-9]{5}-[0-9]{2})(?:-([0-9]{2}))?")
"""A trial, and how often it was submitted again: ``-00`` and ``-01`` are one trial."""
NUMBER_AT = "row.ctNumber"
_IN_PASSING = re.compile(rb'"ctNumber"\s*:\s*"([0-9]{4}-5[0-9]{5}-[0-9]{2})')

MACHINES = frozenset({"id", "uuid", "language", "languageDescription", "attributeTranslation"})

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """A record that could be read. ``number`` is the whole one, of the latest submission.

    ``is_answered`` where what is retrieved is as new as the row.
    """

    trial_id: str
    number: str
    row: Record
    retrieved: Record
    odd: list[Odd] = field(default_factory=list)
    is_answered: bool = True

    @property
    def application(self) -> Record:
        return inner(self.retrieved, "authorizedApplication")

    @property
    def part_one(self) -> Record:
        return inner(self.application, "authorizedPartI")

    @property
    def details(self) -> Record:
        return inner(self.part_one, "trialDetails")

    @property
    def information(self) -> Record:
        return inner(self.details, "trialInformation")


def joined(row: bytes | None, retrieved: bytes | None, *, is_answered: bool = True) -> bytes:
    """Both parts of a record as it is kept, each as it was sent."""
    parts = {b'"row"': row, b'"retrieved"': retrieved, b'"unanswered"': None if is_answered else b"true"}
    return b"{" + b",".join(b"%s:%s" % (name, part) for name, part in parts.items() if part) + b"}"


def understood(payload: bytes) -> Understood:
    """Raises ``UnreadableError`` for bytes that are no record of a trial with one number."""
    try:
        value, odd = decoded(payload)
    except ValueError as error:
        raise UnreadableError(f"not JSON: {error}", "$", _in_passing(payload)) from error
    if not isinstance(value, dict):
        raise UnreadableError("not an object", "$", None)
    row, retrieved = inner(value, "row"), inner(value, "retrieved")
    found = [each for part in (row, retrieved) if (each := number(part.get("ctNumber"))) is not None]
    if len({trial_id for trial_id, _ in found}) != 1:
        raise UnreadableError("no number of CTIS, or two", NUMBER_AT, None)
    trial_id, written = max(found)
    return Understood(trial_id, written, row, retrieved, odd, is_answered(value))


def is_answered(value: Any) -> bool:
    return not (isinstance(value, dict) and value.get("unanswered"))


def number(written: Any) -> tuple[str, str] | None:
    """The number that is a trial's own, and the whole one as it is written; None for what is none."""
    spelt = compared(written) if isinstance(written, str) else ""
    found = NUMBER.fullmatch(spelt)
    return (found[1], spelt) if found else None


def _in_passing(payload: bytes) -> str | None:
    found = set(_IN_PASSING.findall(payload))
    return found.pop().decode() if len(found) == 1 else None


def inner(value: Any, *path: str) -> Record:
    """The object at a place; empty where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Record]:
    """The objects in a list; a lone one is a list too."""
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, dict)]


def text(value: Any) -> str:
    """A text, or a number as one; nothing for ``-``, by which the registry says that there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    bare = value.strip() if isinstance(value, str) else ""
    return "" if bare == "-" else bare


def texts(value: Any) -> list[str]:
    """The texts in a list, once each; a lone one is a list too."""
    found = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, map(text, found))))


def is_for_machines(key: str) -> bool:
    """Whether a field is the registry's own count, or a text in another language."""
    return key in MACHINES or key.endswith(("Id", "Uuid", "Pk", "Translations"))
