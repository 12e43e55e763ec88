"""A worker's side: one shard, from its order to what is left whole in the shared place.

It asks the registry at its share of the pace, and for no longer than the night that ordered it lives and hears it.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.errors import RegistryError
from connectors.http import Manners, Pace, PoliteClient
from connectors.registry import AskedInParts, Part
from connectors.versions import moved
from flows.registries import SERVED
from flows.settings import Settings, SettingsError
from flows.spread.order import Order, leave, made
from flows.spread.place import SharedPlace
from flows.spread.pulse import Heard, Pulse, Tempo
from warehouse.keep.afar import read_for_another
from warehouse.keep.intake import marking
from warehouse.publish import marks
from warehouse.store.landed import Landing


class ShardError(Exception):
    """A shard that ends without having done its work; the text says why."""


NOT_OURS = "the order is another version's: every machine must run the same trialwatch"
GoOn = Callable[[], None]
"""Raises ``ShardError`` when the work is nobody's any more."""
Job = Callable[[Order, Settings, Path, GoOn], dict[str, Path]]
"""Does what is ordered in a folder of its own; returns the files that are to be left, by name."""


class ShardTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shard that collects is told. ``voice`` is the way of asking that was let in last.

    Where nothing of the registry is held yet it is also told the night's instant (naive UTC) and which program the
    night is: if it is the same one, it reads what it has collected.
    """

    registry_name: str
    part: Part
    data_version: str
    voice: int
    now: datetime | None = None
    program: str | None = None


def collect(order: Order, settings: Settings, folder: Path, go_on: GoOn) -> dict[str, Path]:
    """One part of a registry, landed as the night lands all of it, and on a first night read as well."""
    try:
        told = msgspec.convert(order.told, ShardTask)
    except msgspec.ValidationError as error:
        raise ShardError(f"{NOT_OURS} ({error})") from error
    served = SERVED[told.registry_name]
    manners = at_a_share(settings.manners, order)
    # Whoever had this share before may have asked just now.
    pace = Pace(time.monotonic() + 1 / manners.requests_per_second)
    path = folder / "part.ndjson.zst"
    with (
        PoliteClient(served.address(settings), manners, told.voice, pace=pace) as client,
        Landing(path, marking(served.reader)) as landing,
    ):
        registry = served.asks(client)
        if not isinstance(registry, AskedInParts):
            raise ShardError(f"{told.registry_name} cannot be asked in parts")
        collected = registry.collect_part(told.part, landing, lambda *_: go_on())
        for version in (collected.data_version_before, collected.data_version_after):
            if moved(told.data_version, version):
                raise RegistryError(f"the registry moved from {told.data_version} to {version} meanwhile")
        landed = landing.finish(collected)
    files = {"records": landed.path, "answered": landed.manifest}
    if told.now is None or told.program != marks.edition():
        return files
    return files | read_for_another(
        landed,
        served.reader,
        folder,
        run_id=order.run_id,
        registry_name=told.registry_name,
        now=told.now,
    )


def at_a_share(manners: Manners, order: Order) -> Manners:
    """Our manners at a registry, of whose pace each shard has its share."""
    return replace(manners, requests_per_second=manners.requests_per_second / order.share)


JOBS: dict[str, Job] = {"collect": collect}


@dataclass(slots=True)
class _Watchful:
    """Ends the work of a shard whose night is over, or no longer hears it."""

    pulse: Pulse
    night: Heard
    listened_at: float = field(default_factory=time.monotonic)

    def go_on(self) -> None:
        if time.monotonic() - self.listened_at > self.night.tempo.beat:
            self.see()

    def see(self) -> None:
        self.night.listen()
        self.listened_at = time.monotonic()
        if not (self.night.is_alive and self.pulse.is_heard):
            raise ShardError("the night is over, or does not hear this shard any more")


def understood(order: dict[str, Any]) -> Order:
    """An order as Prefect hands it over. Raises ``ShardError`` where it is another version's."""
    try:
        return msgspec.convert(order, Order)
    except msgspec.ValidationError as error:
        raise ShardError(f"{NOT_OURS} ({error})") from error


def work(order: Order, settings: Settings, tempo: Tempo | None = None) -> str:
    """Do what is ordered, unless it is done; a sentence of what became of it.

    Raises ``ShardError``, ``RegistryError``, or what the shared place raises; then nothing is left.
    """
    if settings.landing_url is None:
        raise SettingsError("TRIALWATCH_LANDING_URL is not set: a worker must know where shards land")
    if order.job not in JOBS:
        raise ShardError(f"{NOT_OURS} (there is no job {order.job!r})")
    tempo = tempo or Tempo()
    place = SharedPlace(settings.landing_url)
    night = Heard(place, order.nights_pulse, tempo)
    night.listen()
    if not night.is_alive:
        raise ShardError(f"the night {order.run_id} is over")
    if made(place, order):
        return f"{order.name} is there already"
    with (
        Pulse(place, order.pulse, tempo) as pulse,
        tempfile.TemporaryDirectory(prefix="trialwatch-shard-") as folder,
    ):
        watchful = _Watchful(pulse, night)
        files = JOBS[order.job](order, settings, Path(folder), watchful.go_on)
        watchful.see()
        leave(place, order, files)
    return f"{order.job} of {order.name}: landed"
