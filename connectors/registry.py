"""What the rest of the house may know of a registry: its name and how to ask it what it holds.

A registry is anything with this Protocol. It writes each record, as sent, to a ``Sink`` and returns a
``Collected``: plain facts about what was asked and answered. It decides nothing about what changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

RegistryName = Literal["clinicaltrials.gov", "isrctn", "ctis", "ictrp"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a watch asks of a registry: any of the interventions, any of the conditions, any of the terms.

    An empty tuple asks for nothing of that kind; all of them empty is only allowed with ``everything``.
    ``terms`` may stand anywhere in a record.
    ``followed`` are the trials to ask for by id when no search returns them.
    """

    interventions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    everything: bool = False
    terms: tuple[str, ...] = ()


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
    ``unnamed`` counts records whose id could not be read; they are landed all the same.
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


class Sink(Protocol):
    """Where records land, in the order in which they arrive."""

    def write(self, record: bytes) -> None:
        """Keep one record, as sent."""

    def restart(self) -> None:
        """Forget everything written so far: the collection begins again."""


Progress = Callable[[str, int, int | None], None]
"""Told (what is being read, how many records so far, of how many)."""


class Registry(Protocol):
    """One registry. Implementations live beside this module, one folder or module each."""

    name: RegistryName

    def data_version(self) -> str | None:
        """The registry's own name for the state of its data; None where it has none.

        Raises ``RegistryError`` when the registry cannot be reached.
        """

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        """Write every trial that answers the question to the sink.

        Raises ``RegistryError`` when any part could not be read; then the sink's contents mean nothing.
        """
