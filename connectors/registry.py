"""What the rest of the house may know of a registry: its name and how to ask it what it holds.

A registry is anything with this Protocol. It writes each record, as sent, to a ``Sink`` and returns a
``Collected``: plain facts about what was asked and answered. It decides nothing about what changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, runtime_checkable

RegistryName = Literal["clinicaltrials.gov", "isrctn", "ctis", "ictrp"]


@dataclass(frozen=True, slots=True)
class Part:
    """The trials first posted from one day to another, both included: a part of all that a registry holds."""

    name: str
    first_on: date
    last_on: date

    def holds(self, posted_on: date) -> bool:
        return self.first_on <= posted_on <= self.last_on


RecordsHeld = Callable[[Iterable[str]], Mapping[str, bytes]]
"""From trials to the record that is held of each, as it landed; of a trial that is not held there is none."""


def nothing_held(trial_ids: Iterable[str]) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True, slots=True)
class Question:
    """What a watch asks of a registry: any of the interventions, any of the conditions, any of the terms.

    An empty tuple asks for nothing of that kind; all of them empty is only allowed with ``everything``.
    ``terms`` may stand anywhere in a record.
    ``followed`` are the trials to ask for by id when no search returns them.
    ``everything`` is asked for in ``parts``. With ``updated_since`` these are only some parts: of the others what
    was updated since that day is asked for. Without any parts a registry is asked for all of it at once.
    ``held`` shows what is held already, for a registry that shows a part of each trial and all of it one by one;
    ``last_on`` is the day of the last complete night, and ``today`` that of this one, where somebody says them.
    """

    interventions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    everything: bool = False
    terms: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    updated_since: date | None = None
    held: RecordsHeld = field(default=nothing_held, compare=False, repr=False)
    last_on: date | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """One search and its sums. ``declared`` is the registry's own total, None where it gave none."""

    name: str
    declared: int | None
    fetched: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The registry says, by id, that it holds no such trial."""

    said: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The registry answers for this trial with another one, the survivor."""

    survivor: str


Fate = Removed | Merged


@dataclass(slots=True)
class Collected:
    """What one complete pass over a registry brought.

    ``found_by`` maps every trial that a search returned to the searches' names; ``by_id`` are the trials
    that only the request by id returned; ``fates`` are followed trials that are no longer there.
    ``unnamed`` counts records whose id could not be read; they are landed all the same. ``asked`` are the parts
    that were asked for, None where that is all of it: who is in none of them is not known to be gone.
    ``cut_short`` says why not all of an answer came, where what came is believed all the same.
    """

    registry_name: str
    data_version_before: str | None
    data_version_after: str | None
    searches: list[Search] = field(default_factory=list)
    found_by: dict[str, list[str]] = field(default_factory=dict)
    by_id: list[str] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    unnamed: int = 0
    requests: int = 0
    asked: list[Part] | None = None
    cut_short: str | None = None


class Sink(Protocol):
    """Where records land, in the order in which they arrive."""

    def write(self, record: bytes) -> None:
        """Keep one record, as sent."""

    def mark(self) -> int:
        """The place that has been reached; 0 is the beginning."""

    def rewind(self, mark: int) -> None:
        """Forget everything written since that place was reached."""


Progress = Callable[[str, int, int | None], None]
"""Told (what is being read, how many records so far, of how many)."""


class Registry(Protocol):
    """One registry. Implementations live beside this module, one folder or module each."""

    name: RegistryName

    def data_version(self) -> str | None:
        """The registry's own name for the state of its data; None where it has none.

        Raises ``RegistryError`` when the registry cannot be reached.
        """

    def parts(self, today: date) -> tuple[Part, ...]:
        """All that it holds, in parts that can be asked for one by one; empty where it cannot."""

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """Write every trial that answers the question to the sink.

        Raises ``RegistryError`` when any part could not be read; then the sink's contents mean nothing.
        """

    def declared(self, question: Question) -> list[int]:
        """How many trials each search of the question has, as the registry says; none is read. [] for no search.

        Raises ``RegistryError``.
        """


@dataclass(frozen=True, slots=True)
class BroughtPart:
    """A part as another process has read it whole: its sums, and its records as sent, in their order."""

    search: Search
    records: Iterable[bytes]
    requests: int


class Others(Protocol):
    """Other processes, which ask a registry for its parts while we wait. Nothing depends on them."""

    def asked(
        self, parts: Sequence[Part], data_version: str
    ) -> AbstractContextManager[Callable[[Part], BroughtPart | None]]:
        """Have them ask for these parts of that state of the registry.

        What the block is given waits for one part. It returns None where nobody brings it; then none of them
        asks the registry for anything any more.
        """


@runtime_checkable
class AskedInParts(Protocol):
    """A registry whose parts several processes may ask for. Where there are no ``others`` it asks by itself."""

    others: Others | None

    def collect_part(self, part: Part, sink: Sink, progress: Progress) -> Collected:
        """One part alone. Raises as ``Registry.collect`` does."""


class PostsResults(Protocol):
    """A registry that also shows the results of a trial, asked by its number."""

    def results(self, trial_id: str) -> bytes:
        """The results section of its record, as sent.

        Raises ``NotShownError`` when the answer holds none (that results are gone is said by the record itself),
        or ``RegistryError`` when it could not be read.
        """


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version of a trial's record as the registry lists it: its own number of it, the day on which it was
    submitted, and the status that it bears there."""

    number: int
    submitted_on: date
    status: str | None


class Past(Protocol):
    """A registry that also shows the versions that a record went through."""

    def versions(self, trial_id: str) -> list[PastVersion]:
        """Every version, the first first.

        Raises ``NotShownError`` when it has none of this one trial, ``RegistryError`` when it cannot be read.
        """

    def version(self, trial_id: str, number: int) -> bytes:
        """What is to be kept of one version.

        Raises as ``versions`` does, or ``UnreadableError`` for what is no version of this trial.
        """
