"""Publishing elsewhere what is published here, to every place of TRIALWATCH_PUBLISH_URL.

It comes last, when mail is out, and without the store: what it needs is set aside while the night still holds it.
A place that is down, slow or wrong costs that place a night, and nobody else anything: each is served by a process
of its own, within a time. What came of it stands in ``status.json``, and the operator hears of trouble.
"""

import logging
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import PlaceError
from connectors.files import keep_also_as, make_folder
from connectors.places.address import Lake, Place
from connectors.places.generations import GENERATION
from flows import holders, own_process, steps
from flows.errors import ApartError
from flows.settings import Settings, SettingsError
from flows.steps import RunContext
from warehouse.errors import StoreHeldError
from warehouse.instants import naive_utc
from warehouse.keep import elsewhere as kept
from warehouse.publish import last_night, parquet
from warehouse.publish.analysts_file import COMPANIONS, FILE
from warehouse.store.file import locked_within, opened

log = logging.getLogger("trialwatch")

EXTRA = "`make extras` in a clone, or trialwatch's wheel with [publish]"
FOLDER = "elsewhere"
LONGEST_WAIT_S = 600.0
"""How long a night waits for an earlier one that is still publishing elsewhere."""
OLD_ENOUGH_S = 3600.0
"""Whatever was set aside longer ago, and is nobody's who publishes now, is of a night that died."""


@dataclass(frozen=True, slots=True)
class BoundsOfAPlace:
    """How long a place may take: many times what it needs, and yet not for ever."""

    seconds: float = 1200.0
    seconds_per_byte: float = 2e-6


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one place, which is named as anyone may read it: what was done, or the trouble."""

    place: str
    done: str = ""
    trouble: str | None = None

    @property
    def sentence(self) -> str:
        return f"not published to {self.place}: {self.trouble}" if self.trouble else f"{self.place}: {self.done}"


def check(settings: Settings) -> None:
    """Raises ``SettingsError`` for a place that can never be served, before anything else is done."""
    for place in settings.publish_to:
        if isinstance(place, Lake):
            from warehouse.publish.lake_access import lacking

            if names := lacking(place):
                said = f"DuckDB's extension{'s' if len(names) > 1 else ''} {', '.join(names)}"
                raise SettingsError(f"TRIALWATCH_PUBLISH_URL: {place.shown} needs {said}: {EXTRA}")
            if place.s3:
                _import("s3", place)
        elif place.scheme != "file":
            _import(place.scheme, place)


def _import(scheme: str, place: Place | Lake) -> None:
    import fsspec

    said = f"TRIALWATCH_PUBLISH_URL: {place.shown}"
    try:
        fsspec.get_filesystem_class(scheme)
    except ValueError as error:
        raise SettingsError(f"{said}: nothing here knows {scheme}://") from error
    except ImportError as error:
        what = EXTRA if scheme == "s3" else f"pip install 'fsspec[{scheme}]'"
        raise SettingsError(f"{said} needs a library that is not installed: {what}") from error


def set_aside(settings: Settings, run_id: str) -> Path | None:
    """Give what is published here, and what is known of it, second names, under which it stays this night's.

    Returns the folder; None where nothing is to be published elsewhere. Raises ``PlaceError`` where nothing can be
    set aside. The caller holds the store.
    """
    folder = settings.data_dir / FOLDER
    if not settings.publish_to and not folder.is_dir():
        return None
    try:
        with suppress(StoreHeldError), locked_within(folder, holders.RUN, 0.0):
            _clear(folder)  # of those who died; while another publishes, his are not touched
        return _kept_aside(settings, folder / run_id) if settings.publish_to else None
    except OSError as error:
        raise PlaceError(f"tonight's files could not be set aside on this machine: {error.strerror}") from error


def _kept_aside(settings: Settings, aside: Path) -> Path:
    for name in (FILE, *COMPANIONS):
        _keep(settings.published / name, aside / name)
    for path in sorted((settings.published / parquet.LINK).iterdir()):
        _keep(path, aside / parquet.LINK / path.name)
    _keep(settings.published / "earlier" / last_night.NOTE, _note_of(aside))
    return aside


def missed(settings: Settings, why: str) -> list[Came]:
    """What came of every place when there is nothing that could be published there."""
    return [Came(each.shown, trouble=why) for each in settings.publish_to]


def _keep(path: Path, name: Path) -> None:
    make_folder(name.parent)
    if path.exists():
        keep_also_as(path, name)


def _clear(folder: Path) -> None:
    """Remove what nights that died have left; the night that made a young one may only be waiting for its turn."""
    for path in sorted(folder.iterdir(), reverse=True):  # a note before the folder that tells its age
        whose = path.with_name(path.stem)
        age = time.time() - (whose if whose.exists() else path).stat().st_mtime
        if GENERATION.fullmatch(path.stem) and age > OLD_ENOUGH_S:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def publish(context: RunContext, aside: Path, bounds: BoundsOfAPlace | None = None) -> list[Came]:
    """Publish what was set aside to every place, one after another; what was set aside is gone afterwards."""
    places = context.settings.publish_to
    try:
        with locked_within(aside.parent, context.command, LONGEST_WAIT_S):
            return [_one(place, aside, bounds or BoundsOfAPlace()) for place in places]
    except StoreHeldError:
        return missed(context.settings, "an earlier night is still being published")
    finally:
        for path in (aside, _note_of(aside)):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _one(place: Place | Lake, aside: Path, bounds: BoundsOfAPlace) -> Came:
    size = sum(path.stat().st_size for path in aside.rglob("*") if path.is_file())
    try:
        return own_process.run(bounds.seconds + size * bounds.seconds_per_byte, carry, place, aside)
    except ApartError as error:
        log.warning("%s: %s", place.shown, error, exc_info=True)
        return Came(place.shown, trouble=str(error))
    except Exception as error:
        log.exception("publishing to %s failed", place.shown)
        return Came(place.shown, trouble=f"it failed with {type(error).__name__}")


def carry(place: Place | Lake, aside: Path) -> Came:
    """Bring one place to what was set aside. No exception leaves it that says more than ``PlaceError`` does."""
    try:
        return Came(place.shown, _into_lake(place, aside) if isinstance(place, Lake) else _to_place(place, aside))
    except PlaceError as error:
        return Came(place.shown, trouble=str(error))


def _into_lake(lake: Lake, aside: Path) -> str:
    from warehouse.publish.lake import publish

    s3 = None
    if lake.s3:
        from connectors.places.access import resolved

        s3 = resolved(lake.s3)
    marks = {view: written.mark for view, written in last_night.noted_in(_note_of(aside)).parquet.items()}
    snapshot = publish(lake, aside / parquet.LINK, marks, s3)
    named = f"snapshot {snapshot.version}" if snapshot.version else "a snapshot"
    undone = "" if snapshot.is_cleared else " (but could not clear away what is past its time)"
    return f"{named}, {len(snapshot.tables)} tables changed{undone}"


def _to_place(place: Place, aside: Path) -> str:
    from connectors.places.generations import put
    from connectors.places.shelves import shelf

    facts = parquet.metadata_of(aside / parquet.LINK / "freshness.parquet")
    with shelf(place) as there:
        done = put(there, aside, aside.name, facts)
    copied = f", {done.copied} copied there" if done.copied else ""
    undone = f" (but could not {' nor '.join(done.undone)})" if done.undone else ""
    return f"{done.sent} files sent{copied}{undone}"


def _note_of(aside: Path) -> Path:
    return aside.with_name(f"{aside.name}.json")


def note(context: RunContext, came: Sequence[Came]) -> bool:
    """Leave word of it in ``status.json`` and for the operator; returns whether there is mail for the operator."""
    settings = context.settings
    troubles = {each.place: each.trouble for each in came}
    try:
        with locked_within(settings.store, context.command, LONGEST_WAIT_S):
            steps.note_elsewhere(settings, troubles, context.run_id)
            told = [_tell(context, place, why) for place, why in troubles.items() if why]
            return any(told)
    except StoreHeldError as error:
        log.warning("the operator is not told by mail tonight: %s", error)
        steps.note_elsewhere(settings, troubles, context.run_id)
        return False


def _tell(context: RunContext, place: str, why: str) -> bool:
    settings = context.settings
    if settings.operator is None:
        return False
    (known,) = (each for each in steps.elsewhere_noted(settings) if each["place"] == place)
    with opened(settings.store) as con:
        return kept.tell(con, known, why, settings.operator, context.run_id, naive_utc(settings.now()))
