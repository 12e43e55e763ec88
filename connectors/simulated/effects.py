"""What a fault does to an answer, which requests it befalls, and the queue of those still to come.

Of the effects that spoil an answer (a status, a reset, a cut body, …) the first in the queue that matches
takes the request. Those that bend what a search knows or how it pages, and ``Slow``, all come on top.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from connectors.simulated.exchange import Reply

On = Literal["any", "version", "search", "ids", "study", "history", "past"]
"""Which requests: "ids" are searches with ``filter.ids``, "search" all others; "history" is the list of a trial's
versions, "past" one of them."""


@dataclass(frozen=True, slots=True)
class Instead:
    reply: Reply


@dataclass(frozen=True, slots=True)
class Reset:
    pass


@dataclass(frozen=True, slots=True)
class BrokenOff:
    share: float


@dataclass(frozen=True, slots=True)
class CutJson:
    share: float


@dataclass(frozen=True, slots=True)
class Retyped:
    content_type: str


@dataclass(frozen=True, slots=True)
class Slow:
    seconds: float


@dataclass(frozen=True, slots=True)
class Thin:
    share: float


@dataclass(frozen=True, slots=True)
class WrongTotal:
    off_by: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    pass


@dataclass(frozen=True, slots=True)
class EmptyPage:
    pass


@dataclass(frozen=True, slots=True)
class EmptyEnd:
    pass


@dataclass(frozen=True, slots=True)
class RepeatedToken:
    pass


@dataclass(frozen=True, slots=True)
class MovesOn:
    data_version: str | None


Spoiling = Instead | Reset | BrokenOff | CutJson | Retyped
Effect = Spoiling | Slow | Thin | WrongTotal | Duplicate | EmptyPage | EmptyEnd | RepeatedToken | MovesOn
AnyEffect = TypeVar("AnyEffect", Slow, Thin, WrongTotal, Duplicate, EmptyPage, EmptyEnd, RepeatedToken, MovesOn)


@dataclass(frozen=True, slots=True)
class Fault:
    """An effect on the requests of one kind, on page ``page`` of a search (None: any), ``times`` times (None: for
    ever), once the first ``after`` of them have passed."""

    effect: Effect
    on: On = "any"
    page: int | None = None
    times: int | None = 1
    after: int = 0


_Effect = TypeVar("_Effect")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a fault can tell of a request. ``on`` is None for paths the registry does not have."""

    on: On | None
    page: int = 1


class FaultQueue:
    """The faults still to come, oldest first. Taking one uses up one of its times."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        self._queue += [fault for fault in faults if fault.times is None or fault.times > 0]

    def clear(self) -> None:
        self._queue.clear()

    def take(self, occasion: Occasion, kind: type[AnyEffect]) -> list[AnyEffect]:
        """Every effect of this kind that befalls the request."""
        return [
            self._used(fault, fault.effect)
            for fault in self._matching(occasion)
            if isinstance(fault.effect, kind) and self._is_due(fault)
        ]

    def take_spoiling(self, occasion: Occasion) -> Spoiling | None:
        """The first effect that spoils the answer, if any does."""
        for fault in self._matching(occasion):
            if isinstance(fault.effect, Spoiling) and self._is_due(fault):
                return self._used(fault, fault.effect)
        return None

    def _matching(self, occasion: Occasion) -> Iterator[Fault]:
        for fault in list(self._queue):
            if fault.on in ("any", occasion.on) and fault.page in (None, occasion.page):
                yield fault

    def _is_due(self, fault: Fault) -> bool:
        """Whether enough have passed; if not, one more does."""
        if fault.after:
            self._queue[self._place(fault)] = replace(fault, after=fault.after - 1)
        return not fault.after

    def _used(self, fault: Fault, effect: _Effect) -> _Effect:
        if fault.times is not None:
            place = self._place(fault)
            left = replace(fault, times=fault.times - 1)
            self._queue[place : place + 1] = [left] if left.times else []
        return effect

    def _place(self, fault: Fault) -> int:
        return next(place for place, queued in enumerate(self._queue) if queued is fault)
