"""What collecting is handed where a night has workers: they ask for parts of a registry in its stead."""

import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from connectors.registry import BroughtPart, Part
from connectors.versions import moved
from flows.run_ids import OF_A_NIGHT, id_of_run
from flows.settings import Settings
from flows.spread import runs
from flows.spread.order import Order, take
from flows.spread.place import SharedPlace
from flows.spread.pulse import Pulse, Tempo
from flows.spread.runs import FlowRuns, Runs
from flows.spread.spread import Spread, Waits
from flows.spread.work import ShardTask
from warehouse.publish import marks
from warehouse.store.landed import Landed

log = logging.getLogger("trialwatch")

LANDED = ("records", "answered")
KEPT = timedelta(days=2)
"""How long what a night that died has left in the shared place is kept."""


@dataclass(slots=True)
class Workers:
    """Implements ``connectors.registry.Others`` for one watch, registry and night.

    ``read_for`` is the night's instant where workers are to read what they collect, too.
    """

    settings: Settings
    run_id: str
    watch: str
    registry_name: str
    voice: int = 0
    read_for: datetime | None = None
    runs: Runs = field(default_factory=FlowRuns)
    tempo: Tempo = field(default_factory=Tempo)
    waits: Waits = field(default_factory=Waits)

    @contextmanager
    def asked(self, parts: Sequence[Part], data_version: str) -> Iterator[Callable[[Part], BroughtPart | None]]:
        """As the Protocol says. Whatever goes wrong with workers costs a warning: then nobody brings anything."""
        with ExitStack() as open_till_the_end:
            try:
                bring = self._begun(parts, data_version, open_till_the_end)
            except Exception as error:  # whatever a store or Prefect raises
                log.warning("shards cannot be spread (%s); the night asks by itself", type(error).__name__)
                bring = _nothing
            yield bring

    def _begun(
        self, parts: Sequence[Part], data_version: str, till_the_end: ExitStack
    ) -> Callable[[Part], BroughtPart | None]:
        place = SharedPlace(self.settings.landing_url or "")
        self._clear(place)
        afar(self.settings).mkdir(parents=True, exist_ok=True)
        folder = Path(till_the_end.enter_context(tempfile.TemporaryDirectory(prefix="trialwatch-shards-")))
        till_the_end.callback(_remove, place, self.run_id)
        orders = [self.order(part, data_version) for part in parts]
        till_the_end.enter_context(Pulse(place, orders[0].nights_pulse, self.tempo))
        spread = Spread(place, self.runs, self.settings.workers, self.tempo, self.waits)
        till_the_end.callback(spread.break_off)
        spread.begin(orders)

        def bring(part: Part) -> BroughtPart | None:
            whole = spread.made(part.name)
            _empty(folder)  # the part before this one has been read
            try:
                return self._taken(take(place, whole, folder / part.name), part, data_version) if whole else None
            except Exception as error:  # whatever a store raises, or a file that is not what it should be
                told = error if isinstance(error, ValueError) else type(error).__name__
                log.warning("part %s cannot be taken (%s); the night asks by itself", part.name, told)
                spread.rest()
                return None

        return bring

    def _taken(self, files: dict[str, Path], part: Part, data_version: str) -> BroughtPart:
        """What has landed is for collecting, and what has been read is put aside for keeping."""
        brought = _brought(files, data_version)
        read = afar(self.settings) / part.name
        if read.exists():
            shutil.rmtree(read)  # of an earlier pass
        read.mkdir()
        for name, file in files.items():
            if name not in LANDED:
                shutil.move(file, read / name)
        return brought

    def order(self, part: Part, data_version: str) -> Order:
        """What a worker is told of one part."""
        told = ShardTask(self.registry_name, part, data_version, self.voice)
        if self.read_for:
            told = msgspec.structs.replace(told, now=self.read_for, program=marks.edition())
        batch = re.sub(r"[^A-Za-z0-9.-]", "", f"{self.watch}-{self.registry_name}-{data_version}")
        share = self.settings.workers
        return Order(self.run_id, "collect", batch, part.name, share, msgspec.to_builtins(told))

    def _clear(self, place: SharedPlace) -> None:
        """Remove what nights that died have left."""
        oldest = id_of_run(self.settings.now() - KEPT)
        for name in place.names():
            if OF_A_NIGHT.fullmatch(name) and name < oldest:
                _remove(place, name)


def afar(settings: Settings) -> Path:
    """Where that lies which workers have read, until it is kept."""
    return settings.store / "work" / "afar"


def workers_for(
    settings: Settings, run_id: str, watch: str, registry_name: str, voice: int, read_for: datetime | None = None
) -> Workers | None:
    """Those of this installation; None where it has none, as by default."""
    if not settings.workers:
        return None
    if not runs.is_there():
        log.warning("TRIALWATCH_WORKERS is set and PREFECT_API_URL is not: the night asks by itself")
        return None
    return Workers(settings, run_id, watch, registry_name, voice, read_for)


def _brought(files: dict[str, Path], data_version: str) -> BroughtPart:
    landed = Landed(files["records"], files["answered"])
    collected = landed.collected()
    (search,) = collected.searches
    for version in (collected.data_version_before, collected.data_version_after):
        if moved(data_version, version):
            raise ValueError(f"it is of data version {version}")
    return BroughtPart(search, landed.records(), collected.requests)


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        shutil.rmtree(each)


def _nothing(_: Part) -> None:
    """Nobody brings anything."""


def _remove(place: SharedPlace, name: str) -> None:
    try:
        place.remove(name)
    except Exception as error:  # whatever a store raises; the next nights try again
        log.warning("%s could not be removed from where shards land (%s)", name, type(error).__name__)
