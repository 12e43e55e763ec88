"""A night with Prefect when it can be had, and the same night without it when not.

Prefect shows and schedules nights; it is never what a night depends on: when its server is not there, does not
start or dies on the way, that costs a warning.
"""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from connectors.registry import Progress
from flows.endings import in_our_words
from flows.nightly import Report, Steps, night, nightly_flow
from flows.progress import stage
from flows.settings import Configuration, Settings
from warehouse.checks import Acceptance

log = logging.getLogger("trialwatch")

QUIET_AND_PATIENT = {
    # A cold start of the in-process server takes longer than Prefect's own 20 seconds.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}


@dataclass(slots=True)
class Tonight:
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
        try:
            with in_our_words():
                self.report = night(self.settings, self.configuration, watches, self.progress, do, self.accepted)
        except Exception as error:
            self.error = error
            raise
        return self.report


def run(tonight: Tonight, watch: str | None, *, with_prefect: bool) -> Report:
    """One night of one watch, or of all; the report is the same with and without Prefect."""
    if not with_prefect:
        return tonight(watch)
    for name, value in QUIET_AND_PATIENT.items():
        os.environ.setdefault(name, value)
    os.environ.update(tonight.settings.network.for_others())
    is_first = "prefect" not in sys.modules
    stage(tonight.progress, "Prefect is starting (10 to 20 seconds)" if is_first else "over to Prefect")
    trouble = _trouble(lambda: nightly_flow(tonight)(watch, return_state=True))
    if tonight.error:
        raise tonight.error
    if tonight.report:
        return tonight.report
    log.warning("Prefect could not start (%s); the night runs without it", trouble or "no reason given")
    return tonight(watch)


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
