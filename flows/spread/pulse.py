"""Signs of life through the shared place: the night and its shards each know that the other one is still there.

Prefect shows a killed process as running until its server has missed it for minutes, and knows nothing of one that
was cut off. A pulse is a small file that changes; it is gone when its owner has ended. It is listened to by its
changes, and never by a time that is written in it: no two machines have one clock.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from flows.spread.place import SharedPlace

log = logging.getLogger("trialwatch")


@dataclass(frozen=True, slots=True)
class Tempo:
    """In seconds: how often a pulse beats, and after how long a silence its owner is taken for dead.

    Its owner takes itself for unheard in half of that, so that two are never at one work.
    """

    beat: float = 10.0
    silence: float = 60.0


class Pulse:
    """One's own pulse, for as long as the block lasts."""

    def __init__(self, place: SharedPlace, name: str, tempo: Tempo) -> None:
        self._place, self._name, self._tempo = place, name, tempo
        self._life = secrets.token_hex(4)
        self._beats = 0
        self._beaten_at = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="pulse")

    def __enter__(self) -> Self:
        self._beat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(self._tempo.silence)
        try:
            self._place.remove(self._name)
        except Exception as error:  # whatever a store raises; a pulse that stops is an end, too
            log.warning("a sign of life could not be taken back (%s)", type(error).__name__)

    @property
    def is_heard(self) -> bool:
        """Whether others have every reason to take us for alive."""
        return time.monotonic() - self._beaten_at < self._tempo.silence / 2

    def _beat(self) -> None:
        self._beats += 1
        began_at = time.monotonic()
        self._place.write(self._name, f"{self._life} {self._beats}".encode())
        self._beaten_at = began_at

    def _go_on(self) -> None:
        while not self._ended.wait(self._tempo.beat):
            try:
                self._beat()
            except Exception as error:  # whatever a store raises: one beat is missed
                log.warning("a sign of life could not be written (%s)", type(error).__name__)


@dataclass(slots=True)
class Heard:
    """Another's pulse, listened to. A place that cannot be read is silence."""

    place: SharedPlace
    name: str
    tempo: Tempo
    has_begun: bool = False
    _last: bytes | None = None
    _changed_at: float = field(default_factory=time.monotonic)
    _is_gone: bool = False

    def listen(self) -> None:
        try:
            beat = self.place.read(self.name)
        except Exception as error:  # whatever a store raises
            log.warning("a sign of life could not be read (%s)", type(error).__name__)
            return
        self._is_gone = beat is None
        if beat is not None and beat != self._last:
            self._last, self._changed_at, self.has_begun = beat, time.monotonic(), True

    @property
    def is_alive(self) -> bool:
        silent_s = time.monotonic() - self._changed_at
        return self.has_begun and not self._is_gone and silent_s < self.tempo.silence
