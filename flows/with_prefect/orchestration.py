"""A night with Prefect when it can be had, and the same night without it when not.

Prefect shows and schedules nights; it is never what a night depends on: when its server is not there, does not
start or dies on the way, that costs a warning.
"""

import logging
import os
import sys
from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

from connectors.registry import Progress
from flows import own_process
from flows.endings import Code, code_of, in_our_words
from flows.nightly import Report, Steps, night
from flows.settings import Configuration, Settings, SettingsError, configuration
from flows.steps import note_trouble, publish_store
from flows.terminal.progress import stage
from flows.with_prefect.as_flow import nightly_flow
from flows.with_prefect.told_to_prefect import discreet
from warehouse.judge.checks import Acceptance
from warehouse.judge.watch import Watch

log = logging.getLogger("trialwatch")
T = TypeVar("T")

SOME_ROOM = 1 << 20
"""Bytes. Prefect's own database takes about as much at its first night."""

TELLS_NOBODY = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
QUIET_AND_PATIENT = TELLS_NOBODY | {
    # A cold start of the in-process server takes longer than Prefect's own 20 seconds.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}


@dataclass(slots=True)
class NightToRun:
    """A night that has not begun yet. Calling it runs it, and it remembers how that went."""

    settings: Settings
    configuration: Configuration
    progress: Progress
    accepted: Acceptance | None = None
    report: Report | None = None
    error: Exception | None = None
    is_under_prefect: bool = False

    def __call__(self, watch: str | None, do: Steps | None = None) -> Report:
        watches = self.configuration.chosen(watch)
        self.is_under_prefect = do is not None
        return despite_prefect(lambda: self._run(watches, do), lambda: self._run(watches, None))

    def _run(self, watches: tuple[Watch, ...], do: Steps | None) -> Report:
        try:
            with in_our_words():
                self.report = night(self.settings, self.configuration, watches, self.progress, do, self.accepted)
        except Exception as error:
            self.error = error
            if trouble := _trouble_of(error):
                note_trouble(self.settings, trouble)
            raise
        return self.report


def configured(settings: Settings) -> Configuration:
    """What a night is to do. Where it cannot be understood, ``status`` and the watchdog say so: who edits the file
    may not be there when the night begins. Nothing is written where there has been no night yet.
    """
    try:
        return configuration(settings.config)
    except SettingsError as error:
        if settings.status_file.exists():
            note_trouble(settings, discreet(str(error)))
        raise


def _trouble_of(error: Exception) -> str | None:
    """What ``status`` is to say of what ended a night; nothing where it only gave way to another."""
    code = code_of(error)
    if code is Code.HELD:
        return None
    return discreet(str(error)) if code else f"{type(error).__name__}, a bug of trialwatch; its log says more"


def despite_prefect(act: Callable[[], T], without: Callable[[], T]) -> T:
    """Do what is to be done, also when Prefect, which has lost its server, throws us out in its midst.

    It does so with an exception that is none (``CancelledError``) and may come between any two instructions: as a
    crash would, which leaves nothing that the next run does not mend. So the next run is at once, without Prefect.
    """
    try:
        return act()
    except CancelledError:
        log.warning("Prefect let go of this run in its midst; it begins again, without Prefect")
        return without()


def run(tonight: NightToRun, watch: str | None, *, with_prefect: bool) -> Report:
    """One night of one watch, or of all; the report is the same with and without Prefect."""
    if not with_prefect:
        return tonight(watch)
    # While we are alone: beside Prefect's threads it would read all modules anew.
    own_process.prepare(publish_store)
    for name, value in QUIET_AND_PATIENT.items():
        os.environ.setdefault(name, value)
    os.environ.update(tonight.settings.network.for_others())
    is_first = "prefect" not in sys.modules
    stage(tonight.progress, "Prefect is starting (10 to 20 seconds)" if is_first else "over to Prefect")
    trouble = homeless() or _trouble(lambda: nightly_flow(tonight)(watch, return_state=True))
    if tonight.error:
        raise tonight.error
    if tonight.report:
        return tonight.report
    log.warning("Prefect could not start (%s); the night runs without it", trouble or "no reason given")
    return tonight(watch)


def homeless(*, only_looking: bool = False) -> str | None:
    """Why Prefect cannot live here, if it cannot. It would try for two minutes, and say so in 3,771 lines.

    Who is ``only_looking`` makes no folder: the one that it would be made in is tried.
    """
    try:
        home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
        if only_looking:
            home = next(path for path in (home, *home.absolute().parents) if os.path.lexists(path))
        else:
            home.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=home) as written:
            written.write(bytes(SOME_ROOM))
    except (OSError, RuntimeError) as error:  # RuntimeError: this user has no home at all
        return f"it cannot write into its folder: {error}; PREFECT_HOME names another"
    return None


def _trouble(act: Callable[[], Any]) -> str | None:
    """The first line of what went wrong, if anything did."""
    try:
        act()
    except Exception as error:
        return (str(error).splitlines() or [type(error).__name__])[0]
    return None


def facts(report: Report) -> dict[str, Any]:
    """The night as one JSON document, in the words of the ``runs`` view."""
    runs = []
    for watch, registry_name, certificate in report.certificates:
        run = {"run_id": report.run_id, "watch": watch, "registry_name": registry_name, **asdict(certificate)}
        runs.append(run)
    return {
        "run_id": report.run_id,
        "exit_code": int(report.ending.code),
        "runs": runs,
        "sentences": report.ending.sentences,
    }
