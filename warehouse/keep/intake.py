"""Reading what has landed: which trials were seen, which are in a new state, and what cannot be read.

One record after another, so that an unreadable one is set aside with its path and reason and never stops the
others. Nothing is written here.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from connectors.trial import Mark, Reader, Reading, Trial, UnreadableError


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


class Latest(Protocol):
    """The latest state that we hold of a trial, as far as it is asked for here."""

    @property
    def content_hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What we hold: each trial's latest state, and which trial's bytes bear a fingerprint."""

    latest: Mapping[str, Latest]
    bearers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record set aside. ``path`` is a JSON path, ``$`` for the whole record."""

    trial_id: str | None
    path: str
    reason: str
    payload: bytes


class Frame(Protocol):
    """Some records that landed, each with its mark; unpacked only where they are asked for."""

    @property
    def marks(self) -> Sequence[Mark]: ...
    def records(self) -> Sequence[bytes]: ...


def marking(reader: Reader) -> Callable[[bytes], Mark]:
    """By what a record that lands is known to this reader: its bytes but for the registry's stamp."""

    def mark(payload: bytes) -> Mark:
        sent, stamped_on = reader.unstamped(payload)
        digest = hashlib.blake2b(sent, digest_size=16).hexdigest()
        return Mark(f"{reader.edition}-{digest}", stamped_on)

    return mark


def read(
    frames: Iterable[Frame], reader: Reader, today: date, known: Known, read_before: set[str] | None = None
) -> Iterator[Read | Seen | Unreadable]:
    """Each landed record, judged; none is parsed whose bytes are known, and no frame unpacked that holds no other.

    Of two readable records of one trial the first is believed and the other set aside; ``read_before`` are the
    trials of which one was read before.
    """
    read_before = set() if read_before is None else read_before
    for frame in frames:
        bearers = [known.bearers.get(mark.fingerprint) for mark in frame.marks]
        all_known = set(filter(None, bearers))
        if len(all_known) == len(frame.marks) and read_before.isdisjoint(all_known):
            read_before |= all_known
            for mark in frame.marks:
                yield Seen(known.bearers[mark.fingerprint], mark.stamped_on)
            continue
        for payload, mark, bearer in zip(frame.records(), frame.marks, bearers, strict=True):
            if bearer and bearer not in read_before:
                read_before.add(bearer)
                yield Seen(bearer, mark.stamped_on)
                continue
            found = _read(payload, mark, reader, today, known, read_before)
            if isinstance(found, Read):
                read_before.add(found.trial_id)
            yield found


def _read(
    payload: bytes, mark: Mark, reader: Reader, today: date, known: Known, read_before: Container[str]
) -> Read | Unreadable:
    try:
        reading = reader.read(payload, today)
    except UnreadableError as error:
        return Unreadable(error.trial_id, error.path, str(error), payload)
    trial_id = reading.trial_id
    if trial_id in read_before:
        return Unreadable(trial_id, reader.number_at, "another record of this number came before it", payload)
    state = reading.content_hash
    is_new = trial_id not in known.latest or known.latest[trial_id].content_hash != state
    return Read(reading, payload, mark.fingerprint, state, is_new, mark.stamped_on)
