"""Reading what has landed: which trials were seen, which are in a new state, and what cannot be read.

One record after another, so that an unreadable one is set aside with its path and reason and never stops the
others. Nothing is written here.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from connectors.trial import Reader, Reading, Trial, UnreadableError


@dataclass(frozen=True, slots=True)
class Read:
    """A record that could be read. ``is_new`` when we hold no such state of the trial as its latest.

    ``fingerprint`` is that of its bytes, ``stamped_on`` the day of the data version that is written into them.
    """

    reading: Reading
    payload: bytes
    fingerprint: str
    content_hash: str
    is_new: bool
    stamped_on: date | None = None

    @property
    def trial_id(self) -> str:
        return self.reading.trial_id

    @property
    def trial(self) -> Trial:
        return self.reading.trial


def as_held(reading: Reading, payload: bytes, fingerprint: str) -> Read:
    """A record that we hold, read once more."""
    return Read(reading, payload, fingerprint, reading.content_hash, is_new=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A record whose bytes are known, but for the registry's stamp. Nothing more is asked of it."""

    trial_id: str
    stamped_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What we hold: the hash of each trial's latest state, and which trial's bytes bear a fingerprint."""

    hashes: Mapping[str, str]
    bearers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record set aside. ``path`` is a JSON path, ``$`` for the whole record."""

    trial_id: str | None
    path: str
    reason: str
    payload: bytes


def read(
    records: Iterator[bytes], reader: Reader, today: date, known: Known
) -> Iterator[Read | Seen | Unreadable]:
    """Each landed record, judged; none is parsed whose bytes are known.

    Of two readable records of one trial the first is believed and the other set aside.
    """
    told: set[str] = set()
    for payload in records:
        sent, stamped_on = reader.unstamped(payload)
        fingerprint = _fingerprint(sent, reader.edition)
        bearer = known.bearers.get(fingerprint)
        if bearer and bearer not in told:
            told.add(bearer)
            yield Seen(bearer, stamped_on)
            continue
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
        yield Read(reading, payload, fingerprint, state, known.hashes.get(number) != state, stamped_on)


def _fingerprint(sent: bytes, edition: int) -> str:
    return f"{edition}-{hashlib.blake2b(sent, digest_size=16).hexdigest()}"
