"""Reading what has landed: which trials were seen, which are in a new state, and what cannot be read.

One record after another, so that an unreadable one is set aside with its path and reason and never stops the
others. Nothing is written here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connectors.trial import Reader, Reading, Trial, UnreadableError


@dataclass(frozen=True, slots=True)
class Read:
    """A record that could be read. ``is_new`` when we hold no such state of the trial as its latest."""

    reading: Reading
    payload: bytes
    content_hash: str
    is_new: bool

    @property
    def trial_id(self) -> str:
        return self.reading.trial_id

    @property
    def trial(self) -> Trial:
        return self.reading.trial


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record set aside. ``path`` is a JSON path, ``$`` for the whole record."""

    trial_id: str | None
    path: str
    reason: str
    payload: bytes


def read(
    records: Iterator[bytes], reader: Reader, today: date, known: Mapping[str, str]
) -> Iterator[Read | Unreadable]:
    """Each landed record, judged. ``known`` maps the trials we hold to the hash of their latest state.

    Of two readable records of one trial the first is believed and the other set aside.
    """
    told: set[str] = set()
    for payload in records:
        try:
            reading = reader.read(payload, today)
        except UnreadableError as error:
            yield Unreadable(error.trial_id, error.path, str(error), payload)
            continue
        number = reading.trial_id
        if number in told:
            yield Unreadable(number, reader.number_at, "another record of this number came before it", payload)
            continue
        told.add(number)
        state = reading.content_hash
        yield Read(reading, payload, state, known.get(number) != state)
