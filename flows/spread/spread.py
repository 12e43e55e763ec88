"""The night's side: some shards at a time are out, and whatever becomes of one is made good.

One whose run has ended without leaving anything, or that has fallen silent, is run again. What nobody does in the
end is left to the night, and only when all others are over: the registry is never asked at more than one pace.
"""

import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.spread.order import Order, Whole, made
from flows.spread.place import SharedPlace
from flows.spread.pulse import Heard, Tempo
from flows.spread.runs import Runs

log = logging.getLogger("trialwatch")

MOST_ATTEMPTS = 3
LONGEST_S = 4 * 3600.0
"""How long one shard may work. Forty pages take forty seconds alone, and minutes with a share of the pace."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds between two looks, and seconds until somebody must have begun."""

    look: float = 2.0
    begin: float = 180.0


@dataclass(slots=True)
class _Out:
    """An order that a run has been started for."""

    order: Order
    run: str
    heard: Heard
    since: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Spread:
    """The shards of one job. ``at_once`` are out at the same time at most."""

    place: SharedPlace
    runs: Runs
    at_once: int
    tempo: Tempo = field(default_factory=Tempo)
    waits: Waits = field(default_factory=Waits)
    _waiting: deque[Order] = field(default_factory=deque)
    _out: list[_Out] = field(default_factory=list)
    _made: dict[str, Whole] = field(default_factory=dict)
    _lively_at: float = field(default_factory=time.monotonic)

    def begin(self, orders: Sequence[Order]) -> None:
        self._waiting.extend(orders)
        self._lively_at = time.monotonic()
        self._send_out()

    def made(self, name: str) -> Whole | None:
        """Wait for a shard. None where nobody does it; then no shard is at work any more."""
        while name not in self._made and (self._out or self._waiting):
            time.sleep(self.waits.look)
            self._look()
            self._send_out()
        return self._made.get(name)

    def rest(self) -> None:
        """Wait until no shard is at work any more."""
        self.made("")

    def break_off(self) -> None:
        """End whatever is out."""
        self._waiting.clear()
        for each in self._out:
            self._end(each, "the night needs it no more", is_dead=False)
        self._out.clear()

    def _send_out(self) -> None:
        while self._waiting and len(self._out) < self.at_once:
            order = self._waiting.popleft()
            try:
                run = self.runs.start(order)
            except Exception as error:  # whatever a server raises
                log.warning("no more shards are given to workers (%s); the night does the rest", _said(error))
                self._waiting.clear()
            else:
                self._out.append(_Out(order, run, Heard(self.place, order.pulse, self.tempo)))

    def _look(self) -> None:
        # Signs of an end are looked for before what was made: whoever ends in between has left it by then.
        ended = self._ended()
        for each in tuple(self._out):
            each.heard.listen()
            if whole := self._left(each.order):
                self._made[each.order.name] = whole
                self._out.remove(each)
                self._lively_at = time.monotonic()
                continue
            if each.heard.is_alive:
                self._lively_at = time.monotonic()
            if each.run in ended and not each.heard.is_alive:  # Prefect errs: whoever is heard is at work
                self._lose(each, "it ended and left nothing")
            elif each.heard.has_begun and not each.heard.is_alive:
                self._end(each, "no sign of life", is_dead=True)
                self._lose(each, "no sign of life")
            elif time.monotonic() - each.since > LONGEST_S:
                self._end(each, "it takes too long", is_dead=False)
                self._lose(each, "it takes too long")
        self._despair()

    def _despair(self) -> None:
        """Where nobody has begun or gone on with anything for long, there are no workers."""
        if self._out and time.monotonic() - self._lively_at > self.waits.begin:
            log.warning("no worker takes a shard; the night does the rest")
            self.break_off()

    def _lose(self, lost: _Out, why: str) -> None:
        """Run it again, or leave it to the night; nobody else is at it then."""
        self._out.remove(lost)
        again = lost.order.attempt < MOST_ATTEMPTS
        log.warning("shard %s: %s; %s", lost.order.at, why, "again" if again else "the night does it itself")
        if again:
            self._waiting.appendleft(lost.order.again())

    def _ended(self) -> set[str]:
        try:
            return self.runs.have_ended([each.run for each in self._out]) if self._out else set()
        except Exception as error:  # whatever a server raises: signs of life tell, too
            log.warning("how shards stand could not be asked (%s)", _said(error))
            return set()

    def _left(self, order: Order) -> Whole | None:
        try:
            return made(self.place, order)
        except Exception as error:  # whatever a store raises
            log.warning("what shards left could not be looked at (%s)", _said(error))
            return None

    def _end(self, out: _Out, why: str, *, is_dead: bool) -> None:
        try:
            self.runs.end(out.run, why, is_dead=is_dead)
        except Exception as error:  # whatever a server raises: it ends by itself when the night is over
            log.debug("a shard could not be ended (%s)", _said(error))


def _said(error: Exception) -> str:
    """An exception of somebody else's, whose text may hold an address with a password."""
    return type(error).__name__
