"""The steps of a night, each a plain function that can be called, tested and retried by itself.

They hand each other paths and small facts, never records, so that Prefect can wrap them without carrying data.
The caller holds the store (``warehouse.store.file.locked``).
"""

import json
import logging
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from connectors.errors import OurBugError, RegistryError
from connectors.files import write_whole
from connectors.http import MOST_BYTES, Manners, Outage, Pace, PoliteClient
from connectors.registry import AskedInParts, Part, Progress, Question
from connectors.versions import is_known_to_be
from flows import holders, own_process
from flows.registries import FROM_FILES, SERVED, reader_of
from flows.settings import Configuration, Settings
from flows.spread.workers import afar, workers_for
from warehouse.errors import OperatorError, StoreGoneError
from warehouse.instants import naive_utc
from warehouse.judge.checks import Acceptance
from warehouse.judge.watch import Watch
from warehouse.keep import doubts, holdings, rulings
from warehouse.keep.again import load_anew
from warehouse.keep.certificate import Certificate, LastComplete, Night, keep_certificate, last_complete
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_heartbeat, keep_night
from warehouse.keep.question import tonight
from warehouse.publish import status
from warehouse.publish.analysts_file import companions_for, publish
from warehouse.store.file import FILE, locked_within, opened
from warehouse.store.landed import Landed, Landing
from warehouse.tell.mail_status import mail_status

log = logging.getLogger("trialwatch")

PUBLISHING_S = 300.0
PUBLISHING_S_PER_BYTE = 1e-6
LANDED = re.compile(r"\.?\d{8}T\d{6}Z-[0-9a-f]{6}-.+\.(ndjson\.zst|ndjson\.json)(\.part)?")
"""What we call a landed file, what is told beside it, and either of them while it is written."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run: its id, its instant, and what it was told to do. ``progress`` may draw on a terminal.

    ``accepted`` is a check that a person lets pass tonight; ``command`` is the one that it is a run of.
    """

    settings: Settings
    configuration: Configuration
    run_id: str
    now: datetime
    progress: Progress
    paces: dict[str, Pace] = field(default_factory=lambda: defaultdict(Pace))
    outage: Outage = field(default_factory=Outage)
    accepted: Acceptance | None = None
    command: str = holders.RUN

    def night(self, watch: Watch, registry_name: str) -> Night:
        return Night(
            self.run_id,
            watch,
            registry_name,
            naive_utc(self.now),
            lambda: naive_utc(self.settings.now()),
            self.settings.store / "work",
            reader_of(registry_name),
            self.configuration.subscriptions,
            self.settings.operator,
            self.accepted,
        )

    def landed_at(self, watch: Watch, registry_name: str) -> Path:
        """Where the records of one watch and registry land; ``LANDED`` knows such names again."""
        return self.settings.landed / registry_name / f"{self.run_id}-{watch.name}.ndjson.zst"


@dataclass(frozen=True, slots=True)
class Brought:
    """What collecting brought: a landed file, or nothing new, or the sentence that says why neither."""

    landed: Path | None = None
    unchanged: str | None = None
    incomplete: str | None = None
    failed: str | None = None


@contextmanager
def store_held(
    settings: Settings, purpose: str, longest_wait_s: float, *, only_for: tuple[str, ...] = ()
) -> Iterator[None]:
    """Hold the store, as ``locked_within`` does. Raises ``StoreGoneError`` where it held nights and is gone.

    One that began anew in silence would publish an empty past, and be the next backup.
    """
    with locked_within(settings.store, purpose, longest_wait_s, only_for=only_for):
        if said := gone(settings):
            raise StoreGoneError(said)
        yield


def gone(settings: Settings) -> str | None:
    """The sentence for a store that is not there though ``status.json`` knows of nights in it."""
    nights = (_noted(settings) or {}).get("nights") or []
    store = settings.store / FILE
    if store.exists() or not any(night.get("last_complete_at") for night in nights):
        return None
    return (
        f"{store} is gone, with all that nights have kept: put the newest backup in its place with "
        f"`trialwatch restore FILE`; to begin anew, with no past, remove {settings.status_file} and run again"
    )


def hear_rulings(context: RunContext) -> None:
    """Note what a person says of twins tonight: all that follows goes by it."""
    with opened(context.settings.store) as con:
        rulings.keep(con, context.configuration.rulings, naive_utc(context.now))


def ask_about_doubts(context: RunContext) -> None:
    """Let the operator know, once, of trials that may be one study."""
    if operator := context.settings.operator:
        with opened(context.settings.store) as con:
            doubts.tell(con, operator, context.run_id, naive_utc(context.now))


def collect(context: RunContext, watch: Watch, registry_name: str) -> Brought:
    """Probe the registry and, when there is anything new, land every trial of the watch."""
    settings = context.settings
    with opened(settings.store) as con:
        last = last_complete(con, watch.name, registry_name)
    path = context.landed_at(watch, registry_name)
    shutil.rmtree(afar(settings), ignore_errors=True)  # of a night that died
    served = SERVED[registry_name]
    with client_of(context, registry_name, settings.manners) as client:
        registry = served.asks(client)
        try:
            data_version = registry.data_version()
            if last and is_known_to_be(last.data_version, data_version) and last.watch_hash == watch.hash():
                return Brought(unchanged=data_version)
            with opened(settings.store) as con:
                now = naive_utc(context.now)
                question = asked(con, context, watch, registry_name, registry.parts(now.date()), last)
                read_for = None if holdings.holds_any(con, registry_name) else now
            if isinstance(registry, AskedInParts):
                registry.others = workers_for(
                    settings, context.run_id, watch.name, registry_name, client.voice, read_for
                )
            with Landing(path, marking(served.reader)) as landing:
                landing.finish(registry.collect(question, landing, context.progress))
        except OurBugError as error:
            return Brought(failed=str(error))
        except RegistryError as error:
            return Brought(incomplete=str(error))
    return Brought(landed=path)


def asked(
    con: duckdb.DuckDBPyConnection,
    context: RunContext,
    watch: Watch,
    registry_name: str,
    parts: Sequence[Part],
    last: LastComplete | None,
) -> Question:
    """What is asked tonight. Whoever answers may look at the records that are held."""
    question = tonight(con, watch, registry_name, parts, last, naive_utc(context.now))
    return replace(question, held=partial(_held, context.settings))


def _held(settings: Settings, trial_ids: Iterable[str]) -> dict[str, bytes]:
    """The record that is held of each trial, as it landed."""
    with opened(settings.store) as con:
        return holdings.payloads(con, trial_ids, settings.store / "work")


@contextmanager
def client_of(
    context: RunContext, registry_name: str, manners: Manners, most_bytes: int = MOST_BYTES, road: str = ""
) -> Iterator[PoliteClient]:
    """A client for the registry, which speaks as it was let in last and keeps the night's pace.

    ``road`` names a part of it that has a wall of its own.
    """
    settings = context.settings
    voices = _Voices(settings.store / "voices.json")
    address = SERVED[registry_name].address(settings)
    pace = context.paces[registry_name]
    voice, outage = voices.of(registry_name + road), context.outage
    with PoliteClient(address, manners, voice, pace=pace, outage=outage, most_bytes=most_bytes) as client:
        try:
            yield client
        finally:
            voices.remember(registry_name + road, client.voice)


def keep_what_was_brought(context: RunContext, watch: Watch, registry_name: str, brought: Brought) -> Certificate:
    """Judge and store; returns the night's certificate."""
    night = context.night(watch, registry_name)
    landed = Landed(brought.landed) if brought.landed else None
    with opened(context.settings.store, awaited=landed.about_bytes() if landed else 0) as con:
        load_anew(con, night)
        if landed:
            read = afar(context.settings)
            try:
                return keep_night(con, replace(night, afar=read), landed)
            finally:
                shutil.rmtree(read, ignore_errors=True)
        if brought.unchanged:
            return keep_heartbeat(con, night, brought.unchanged)
        certificate = (
            Certificate("failed", f"failed: {brought.failed}")
            if brought.failed
            else Certificate("incomplete", f"incomplete: {brought.incomplete}")
        )
        return keep_certificate(con, night, certificate)


def publish_all(context: RunContext, is_complete: bool) -> Path:
    """Put tonight's file where analysts open it, in a process and within a time of its own.

    Raises ``ApartError`` when that did not come to its end; what was published before then stands as it was.
    """
    settings = context.settings
    now = naive_utc(settings.now())
    within_s = publishing_s(settings.store)
    watched = [(watch.name, name) for watch in context.configuration.watches for name in watch.registries]
    told = (now, context.run_id, is_complete, watched, settings.page_url)
    return own_process.run(within_s, publish_store, settings.store, settings.published, *told)


def publish_store(
    store: Path,
    folder: Path,
    now: datetime,
    run_id: str,
    is_complete: bool,
    watched: Sequence[tuple[str, str]],
    page_url: str | None,
) -> Path:
    """Publish what a store holds. ``now`` is naive UTC; ``page_url`` is where the page is served, if anywhere."""
    clear = {name: reader_of(name).impersonal for name in (*SERVED, *FROM_FILES)}
    companions = companions_for(page_url)
    with opened(store) as con:
        return publish(
            con,
            folder,
            now=now,
            run_id=run_id,
            is_complete=is_complete,
            watched=watched,
            companions=companions,
            clear=clear,
        )


def publishing_s(store: Path) -> float:
    """How long publishing a store may take: many times what it does (4 s for 900 MB), and yet not for ever."""
    return PUBLISHING_S + (store / FILE).stat().st_size * PUBLISHING_S_PER_BYTE


def pairs(watches: Iterable[Watch]) -> list[tuple[Watch, str]]:
    """Every watch with each of its registries that a night asks."""
    return [(watch, name) for watch in watches for name in watch.registries if name in SERVED]


def _names(configuration: Configuration) -> list[tuple[str, str]]:
    """Every watch and registry that should have nights, by name."""
    return [(watch.name, registry_name) for watch, registry_name in pairs(configuration.watches)]


def is_all_complete(settings: Settings, configuration: Configuration) -> bool:
    """Whether the last run of every watch and registry was complete."""
    with opened(settings.store) as con:
        return status.is_all_complete(con, _names(configuration))


@dataclass(slots=True)
class Stock:
    """What a night adds to ``status.json``. ``not_published`` is the sentence that says why tonight's is not.

    ``forgets`` the trouble of the last night: what a file brings mends none.
    """

    not_published: str | None = None
    published_file: str | None = None
    forgets: bool = True


def note_status(settings: Settings, configuration: Configuration, tonight: Stock | None = None) -> None:
    """Write ``status.json``, for readers who never open the store. Only a night forgets the last one's trouble."""
    now = naive_utc(settings.now())
    with opened(settings.store) as con:
        facts = status.gather(con, _names(configuration), now=now, mail=mail_status(con, now))
    before = _noted(settings) or {}
    kept = {name: before.get(name) for name in ("trouble", "not_published", "published_file", "elsewhere")}
    named = {each.shown for each in settings.publish_to}
    kept["elsewhere"] = [each for each in kept["elsewhere"] or [] if each["place"] in named] or None
    if tonight:
        kept |= {"trouble": None if tonight.forgets else kept["trouble"], "not_published": tonight.not_published}
        kept["published_file"] = tonight.published_file or kept["published_file"]
    kept["from_files_alone"] = not _names(configuration)
    status.write(settings.status_file, facts | kept)


@contextmanager
def stock_taken(settings: Settings, configuration: Configuration, *, forgets: bool = True) -> Iterator[Stock]:
    """Whatever ends the night within before it has taken stock itself, ``status.json`` tells of it."""
    stock = Stock(forgets=forgets)
    try:
        yield stock
    except Exception:
        with suppress(Exception):  # what keeps it from being told is the same trouble
            note_status(settings, configuration, stock)
        raise


def note_trouble(settings: Settings, sentence: str) -> None:
    """Add to ``status.json`` what ended a night, without the store: it may be what ended it."""
    with suppress(OSError):
        facts = status.with_trouble(_noted(settings), sentence, naive_utc(settings.now()))
        status.write(settings.status_file, facts)


def note_elsewhere(settings: Settings, came: Mapping[str, str | None], run_id: str) -> None:
    """Add to ``status.json`` what came of each place elsewhere (the trouble, or None), without the store."""
    with suppress(OSError):
        facts = _noted(settings) or {}
        facts |= {"elsewhere": status.elsewhere(facts, came, run_id, naive_utc(settings.now()))}
        status.write(settings.status_file, facts)


def elsewhere_noted(settings: Settings) -> list[dict[str, Any]]:
    """What ``status.json`` says of places elsewhere."""
    return (_noted(settings) or {}).get("elsewhere") or []


def _noted(settings: Settings) -> dict[str, Any] | None:
    try:
        return status.read(settings.status_file)
    except (OSError, OperatorError):
        return None


def prune_landed(settings: Settings) -> None:
    """Drop landed files that are past their days; the store keeps every distinct payload anyway."""
    oldest = settings.now() - timedelta(days=settings.keep_landed_days)
    for path in settings.landed.glob("*/*"):
        if not LANDED.fullmatch(path.name) or not path.is_file():
            continue  # somebody else's
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest:
            path.unlink()


class _Voices:
    """Which way of asking a registry let us in, kept from night to night."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._known = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def of(self, registry_name: str) -> int:
        voice = self._known.get(registry_name, 0) if isinstance(self._known, dict) else 0
        return voice if isinstance(voice, int) and 0 <= voice < PoliteClient.VOICES else 0

    def remember(self, registry_name: str, voice: int) -> None:
        if voice != self.of(registry_name):
            known = {**self._known, registry_name: voice}
            write_whole(self._path, json.dumps(known).encode())
