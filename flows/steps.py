"""The steps of a night, each a plain function that can be called, tested and retried by itself.

They hand each other paths and small facts, never records, so that Prefect can wrap them without carrying data.
The caller holds the store (``warehouse.store.held``).
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.errors import MailLaterError, MailRefusedError, OurBugError, RegistryError
from connectors.http import Pace, PoliteClient
from connectors.mail import Postman, postman_from
from connectors.registry import Progress
from flows.settings import SERVED, Configuration, Settings, SettingsError
from warehouse import holdings, keep, ledger, publish, standing
from warehouse.certificate import Certificate, Night, keep_certificate, last_complete
from warehouse.dates import naive_utc
from warehouse.files import write_whole
from warehouse.landed import Landed, Landing
from warehouse.store import opened
from warehouse.watch import Watch

log = logging.getLogger("trialwatch")

PATIENCE_S = 600.0
"""How long a delivery waits for the store."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run: its id, its instant, and what it was told to do. ``progress`` may draw on a terminal."""

    settings: Settings
    configuration: Configuration
    run_id: str
    now: datetime
    progress: Progress
    pace: Pace = field(default_factory=Pace)

    def night(self, watch: Watch, registry_name: str) -> Night:
        return Night(
            self.run_id,
            watch,
            registry_name,
            naive_utc(self.now),
            lambda: naive_utc(self.settings.now()),
            self.settings.store / "work",
            self.configuration.subscriptions,
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """What collecting brought: a landed file, or nothing new, or the sentence that says why neither."""

    landed: Path | None = None
    unchanged: str | None = None
    incomplete: str | None = None
    failed: str | None = None


def collect(occasion: Occasion, watch: Watch, registry_name: str) -> Brought:
    """Probe the registry and, when there is anything new, land every trial of the watch."""
    settings = occasion.settings
    with opened(settings.store) as con:
        last = last_complete(con, watch.name, registry_name)
        question = watch.question(holdings.followed(con, watch.name, registry_name))
    voices = _Voices(settings.store / "voices.json")
    path = settings.landed / registry_name / f"{occasion.run_id}-{watch.name}.ndjson.zst"
    voice = voices.of(registry_name)
    with PoliteClient(settings.ctgov_url, settings.manners, voice, pace=occasion.pace) as client:
        registry = ClinicalTrialsGov(client)
        try:
            data_version = registry.data_version()
            if last and last.data_version == data_version and last.watch_hash == watch.hash():
                return Brought(unchanged=data_version)
            with Landing(path) as landing:
                landing.finish(registry.collect(question, landing, occasion.progress))
        except OurBugError as error:
            return Brought(failed=str(error))
        except RegistryError as error:
            return Brought(incomplete=str(error))
        finally:
            voices.remember(registry_name, client.voice)
    return Brought(landed=path)


def keep_what_was_brought(occasion: Occasion, watch: Watch, registry_name: str, brought: Brought) -> Certificate:
    """Judge and store; returns the night's certificate."""
    night = occasion.night(watch, registry_name)
    with opened(occasion.settings.store) as con:
        if brought.landed:
            return keep.keep_night(con, night, Landed(brought.landed))
        if brought.unchanged:
            return keep.keep_heartbeat(con, night, brought.unchanged)
        certificate = (
            Certificate("failed", f"failed: {brought.failed}")
            if brought.failed
            else Certificate("incomplete", f"incomplete: {brought.incomplete}")
        )
        return keep_certificate(con, night, certificate)


def publish_all(occasion: Occasion, is_complete: bool) -> Path:
    """Put tonight's file where analysts open it."""
    with opened(occasion.settings.store) as con:
        return publish.publish(
            con,
            occasion.settings.published,
            now=naive_utc(occasion.settings.now()),
            run_id=occasion.run_id,
            is_complete=is_complete,
        )


@dataclass(frozen=True, slots=True)
class Delivered:
    """What delivering came to."""

    sent: int = 0
    given_up: int = 0
    waiting: int = 0
    last_error: str | None = None

    @property
    def sentence(self) -> str:
        parts = [f"{self.sent} sent"]
        parts += [f"{self.given_up} given up"] if self.given_up else []
        parts += [f"{self.waiting} still due ({self.last_error})"] if self.waiting else []
        return f"mail: {', '.join(parts)}"


def postman_of(settings: Settings) -> Postman:
    """Who carries our mail. Raises ``SettingsError`` when the mail server's address is none."""
    try:
        return postman_from(settings.smtp_url, settings.outbox)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def deliver(settings: Settings, configuration: Configuration) -> Delivered:
    """Hand over what is due; each success is on record before the next attempt."""
    postman = postman_of(settings)
    writer = ledger.Writer(settings.mail_from, settings.reply_to, configuration.subscriptions)
    sent = given_up = 0
    last_error = None

    def now() -> datetime:
        return naive_utc(settings.now())

    with opened(settings.store) as con:
        ledger.freeze(con, writer, now())
        for mail in ledger.due(con):
            try:
                postman.send(
                    mail.content, sender=mail.sender, recipient=mail.recipient, message_id=mail.message_id
                )
            except MailLaterError as error:
                last_error = str(error)
                ledger.settle(con, mail.message_id, "due", now(), last_error)
            except MailRefusedError as error:
                given_up += 1
                log.warning("a mail to a recipient of %r was refused: %s", mail.message_id, error)
                ledger.settle(con, mail.message_id, "given_up", now(), str(error))
            else:
                sent += 1
                ledger.settle(con, mail.message_id, "sent", now())
        return Delivered(sent, given_up, ledger.waiting(con, now()), last_error)


def pairs(watches: Iterable[Watch]) -> list[tuple[Watch, str]]:
    """Every watch with each of its registries that this version can read."""
    return [(watch, name) for watch in watches for name in watch.registries if name in SERVED]


def note_standing(settings: Settings, configuration: Configuration) -> None:
    """Write ``status.json``, for readers who never open the store."""
    now = naive_utc(settings.now())
    names = [(watch.name, registry_name) for watch, registry_name in pairs(configuration.watches)]
    with opened(settings.store) as con:
        facts = standing.standing(con, names, now=now, mail_waiting=ledger.waiting(con, now))
    standing.write(settings.status_file, facts)


def prune_landed(settings: Settings) -> None:
    """Drop landed files that are past their days; the store keeps every distinct payload anyway."""
    oldest = settings.now() - timedelta(days=settings.keep_landed_days)
    for path in settings.landed.glob("*/*"):
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
