"""The nights that are killed: what the registry holds, who listens, and what a night of them finds.

A scene knows nothing of killing. It is a registry and a mail server that run, and a template of the data
directory as the night before left it.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.simulated import SimulatedRegistry, faults
from flows.nightly import night
from flows.settings import configuration, from_environment
from flows.terminal.progress import silent
from tests.house import FIRST_NIGHT
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, some_results, with_results, with_status

REFUSED = "gone@example.org"
CONFIGURATION = f"""
[watch.ketamine-sud]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "opioid use disorder"]
relevance = "ketamine-substance-use"

[watch.everything-of-ketamine]
interventions = ["ketamine"]

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org", "{REFUSED}"]

[[subscription]]
name = "all"
watch = "everything-of-ketamine"
kinds = [
    "completed", "stopped", "resumed", "lapsed", "recruiting", "results_posted", "registered", "discovered",
    "overdue", "removed", "date_slipped", "enrollment_changed",
]
to = ["analyst@example.org", "archive@example.org"]
"""
RECIPIENTS = ("team@example.org", "analyst@example.org", "archive@example.org")


@dataclass
class Scene:
    """A night to be killed. ``template`` is the data directory it starts from; None: there is none yet."""

    name: str
    registry: SimulatedRegistry
    office: PostOffice
    folder: Path
    template: Path | None
    at: datetime
    code: int = 0
    """How a night of it ends."""

    def environment_of(self, data: Path, *, hours_later: int = 0) -> dict[str, str]:
        return {
            "TRIALWATCH_DATA_DIR": str(data),
            "TRIALWATCH_CONFIG": str(self.folder / "trialwatch.toml"),
            "TRIALWATCH_CTGOV_URL": self.registry.url,
            "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
            "TRIALWATCH_RETRY_SECONDS": "0",
            "TRIALWATCH_SMTP_URL": self.office.url,
            "TRIALWATCH_MAIL_FROM": "watch@example.org",
            "TRIALWATCH_NOW": (self.at + timedelta(hours=hours_later)).isoformat(),
        }

    def data(self, name: str) -> Path:
        """A data directory of one's own, as the night before left it."""
        made = self.folder / name
        if self.template:
            shutil.copytree(self.template, made, symlinks=True)
        return made


@contextmanager
def changes(folder: Path) -> Iterator[Scene]:
    """A night on which much happens, to two watches and three readers, and one record is unreadable."""
    with _after_a_first_night(folder, "changes") as scene:
        _much_happens(scene.registry)
        yield scene


@contextmanager
def first(folder: Path) -> Iterator[Scene]:
    """The very first night: a baseline, and one welcome a reader."""
    with _staged(folder, "first") as scene:
        yield scene


@contextmanager
def heartbeat(folder: Path) -> Iterator[Scene]:
    """The registry has nothing new, but a trial has become overdue."""
    with _after_a_first_night(folder, "heartbeat") as scene:
        yield scene


@contextmanager
def refused(folder: Path) -> Iterator[Scene]:
    """The registry answers with a third of the trials, and says that this is all."""
    with _after_a_first_night(folder, "refused") as scene:
        _much_happens(scene.registry)
        scene.registry.fail(faults.thin(0.3, times=None))
        scene.code = 4
        yield scene


@contextmanager
def _staged(folder: Path, name: str) -> Iterator[Scene]:
    with ExitStack() as stack:
        registry = stack.enter_context(SimulatedRegistry())
        office = stack.enter_context(open_post_office())
        office.refused[REFUSED] = "550 5.1.1 no such person"
        registry.put(*_records())
        (folder / "trialwatch.toml").write_text(CONFIGURATION, "utf-8")
        yield Scene(name, registry, office, folder, None, FIRST_NIGHT)


@contextmanager
def _after_a_first_night(folder: Path, name: str) -> Iterator[Scene]:
    with _staged(folder, name) as scene:
        template = folder / "template"
        settings = from_environment(scene.environment_of(template))
        configured = configuration(settings.config)
        report = night(settings, configured, configured.watches, silent)
        assert not report.ending.code, report.ending.sentences
        scene.office.mails.clear()
        scene.template = template
        scene.at += timedelta(days=3)
        yield scene


def _records() -> Iterator[dict[str, Any]]:
    for number in range(1, 13):
        yield a_trial(
            f"NCT100000{number:02d}", overallStatus=_STATUS.get(number, "RECRUITING"), **_DATES.get(number, {})
        )
    yield with_results("NCT10000013")


_STATUS = {2: "ACTIVE_NOT_RECRUITING", 3: "NOT_YET_RECRUITING", 4: "ENROLLING_BY_INVITATION", 5: "UNKNOWN"}
_DATES = {8: {"completionDateStruct": {"date": "2026-09-13", "type": "ESTIMATED"}}}
"""The eighth is overdue from the second night on: the calendar's own change."""


def _much_happens(registry: SimulatedRegistry) -> None:
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14", **_ENDED))
    registry.edit("NCT10000002", with_status("TERMINATED", posted="2026-09-14", whyStopped="No money left"))
    registry.edit("NCT10000003", with_status("RECRUITING", posted="2026-09-14"))
    registry.edit("NCT10000004", with_status("UNKNOWN", lastKnownStatus="ENROLLING_BY_INVITATION"))
    registry.edit("NCT10000005", with_status("COMPLETED", posted="2026-09-14"))
    registry.edit("NCT10000006", _results_are_posted)
    registry.edit("NCT10000007", _loses_its_number)
    registry.remove("NCT10000009")
    registry.edit("NCT10000010", _slips)
    registry.edit("NCT10000013", _corrects_its_results)
    registry.put(a_trial("NCT00000199", studyFirstPostDateStruct={"date": "1999-11-03", "type": "ACTUAL"}))
    registry.put(a_trial("NCT10000099", studyFirstPostDateStruct={"date": "2026-09-14", "type": "ACTUAL"}))


_ENDED = {"completionDateStruct": {"date": "2026-08-28", "type": "ACTUAL"}}


def _status_of(record: dict[str, Any]) -> dict[str, Any]:
    module: dict[str, Any] = record["protocolSection"]["statusModule"]
    return module


def _loses_its_number(record: dict[str, Any]) -> None:
    record["protocolSection"]["identificationModule"]["nctId"] = None


def _results_are_posted(record: dict[str, Any]) -> None:
    record.update(hasResults=True, resultsSection=some_results())
    _status_of(record).update(resultsFirstPostDateStruct={"date": "2026-09-14", "type": "ACTUAL"})


def _corrects_its_results(record: dict[str, Any]) -> None:
    results = some_results()
    results["adverseEventsModule"]["eventGroups"][0]["deathsNumAffected"] = 1
    record["resultsSection"] = results
    _status_of(record).update(lastUpdatePostDateStruct={"date": "2026-09-14", "type": "ACTUAL"})


def _slips(record: dict[str, Any]) -> None:
    _status_of(record).update(completionDateStruct={"date": "2029-12", "type": "ESTIMATED"})
