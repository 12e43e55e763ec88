"""Three nights offline: a registry on loopback, a completion, and the mail it makes, caught by a real server.

Everything is the real thing but the registry's records, which are made up and say so.
"""

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from flows.nightly import Report, night
from flows.progress import silent
from flows.settings import configuration, from_environment

FOLDER = Path("demo")
CONFIGURATION = """\
[watch.ketamine-sud]
interventions = ["ketamine", "esketamine", "CI-581a"]
conditions = [
    "alcohol use disorder", "cannabis use disorder", "cocaine dependence", "opioid use disorder",
    "methamphetamine use disorder", "tobacco use disorder",
]
relevance = "ketamine-substance-use"

[[subscription]]
name = "addiction-group"
watch = "ketamine-sud"
substances = ["alcohol", "cannabis"]
kinds = ["completed", "stopped", "results_posted"]
to = ["team@example.org"]
"""


def play() -> Code:
    """Play the nights, show the mails, and leave the files in ``demo/`` to look at."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    worst = Code.DONE
    with _mail_server() as (address, caught):
        for story, report in nights(FOLDER, address):
            print(f"\n== {story}")
            worst = max(worst, report.ending.code)
            print("\n".join(report.ending.sentences))
            while caught:
                _show(caught.pop(0))
    print(f"\nThe page is {FOLDER / 'data/published/index.html'}: open it in a browser.")
    print(f"The analysts' file is {FOLDER / 'data/published/trialwatch.duckdb'}. Ask it:")
    print("  TRIALWATCH_DATA_DIR=demo/data trialwatch changes")
    print("  TRIALWATCH_DATA_DIR=demo/data trialwatch show NCT99000001")
    return worst


def nights(folder: Path, mail_server: str | None = None) -> Iterator[tuple[str, Report]]:
    """Run the nights in a folder, one by one: what happens in each, and how it ended."""
    postman = {"TRIALWATCH_SMTP_URL": mail_server} if mail_server else {}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trialwatch.toml").write_text(CONFIGURATION, "utf-8")
    with SimulatedRegistry(_records()) as registry:
        for number, (instant, story, happens) in enumerate(_NIGHTS, 1):
            happens(registry)
            settings = from_environment(
                {
                    "TRIALWATCH_DATA_DIR": str(folder / "data"),
                    "TRIALWATCH_CONFIG": str(folder / "trialwatch.toml"),
                    "TRIALWATCH_CTGOV_URL": registry.url,
                    "TRIALWATCH_REQUESTS_PER_SECOND": "1000",
                    "TRIALWATCH_MAIL_FROM": "trialwatch@example.org",
                    "TRIALWATCH_NOW": instant,
                    **postman,
                }
            )
            configured = configuration(settings.config)
            yield f"night {number}: {story}", night(settings, configured, configured.watches, silent)


def _records() -> list[dict[str, Any]]:
    text = (files("connectors.simulated") / "made_up_trials.json").read_text("utf-8")
    records: list[dict[str, Any]] = json.loads(text)
    return records


def _nothing_happens(registry: SimulatedRegistry) -> None:
    pass


def _only_the_data_version_moves(registry: SimulatedRegistry) -> None:
    registry.shuffle(7)
    registry.night()


def _october_comes(registry: SimulatedRegistry) -> None:
    """What a fortnight without us brings: the sponsors' doings, and two of the registry's own."""
    ended = {"date": "2026-08-28", "type": "ACTUAL"}
    _update(
        registry,
        1,
        "2026-09-15",
        overallStatus="COMPLETED",
        primaryCompletionDateStruct=ended,
        completionDateStruct=ended,
    )
    _update(registry, 2, "2026-09-22", completionDateStruct={"date": "2028-03", "type": "ESTIMATED"})
    _update(registry, 3, "2026-09-24", overallStatus="ACTIVE_NOT_RECRUITING")
    _update(registry, 4, "2026-09-23", overallStatus="WITHDRAWN", whyStopped="The grant ended")
    nobody = {"count": 0, "type": "ACTUAL"}
    registry.edit("NCT99000004", lambda record: _design(record).update(enrollmentInfo=nobody))
    _update(registry, 6, "2026-09-29")
    fewer = {"count": 36, "type": "ESTIMATED"}
    registry.edit("NCT99000006", lambda record: _design(record).update(enrollmentInfo=fewer))
    registry.edit("NCT99000006", _another_outcome)
    _update(registry, 5, "2026-09-30", resultsFirstPostDateStruct={"date": "2026-09-30", "type": "ACTUAL"})
    registry.edit("NCT99000005", lambda record: record.update(hasResults=True))
    # Nobody has verified this one for 25 months; the registry says so without a new posting.
    lapsed = {"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING"}
    registry.edit("NCT99000008", lambda record: record["protocolSection"]["statusModule"].update(lapsed))
    registry.merge("NCT99000015", "NCT99000013")
    registry.put(_newly_registered())
    registry.night("2026-10-01T09:00:04")


def _design(record: dict[str, Any]) -> dict[str, Any]:
    design: dict[str, Any] = record["protocolSection"]["designModule"]
    return design


def _another_outcome(record: dict[str, Any]) -> None:
    craving = {"measure": "Craving on a scale from 0 to 100", "timeFrame": "12 weeks"}
    record["protocolSection"]["outcomesModule"]["primaryOutcomes"] = [craving]


def _update(registry: SimulatedRegistry, number: int, posted: str, **status: Any) -> None:
    """What a sponsor changes in a trial's status module, and the day on which the registry posts it."""
    stamps = {
        "statusVerifiedDate": posted[:7],
        "lastUpdateSubmitDate": posted,
        "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
    }
    registry.edit(
        f"NCT990000{number:02}",
        lambda record: record["protocolSection"]["statusModule"].update({**stamps, **status}),
    )


def _newly_registered() -> dict[str, Any]:
    """A trial like the first, first posted three days before the last night."""
    record = _records()[0]
    protocol = record["protocolSection"]
    title = "Ketamine With Contingency Management in Alcohol Use Disorder"
    protocol["identificationModule"] |= {
        "nctId": "NCT99000016",
        "orgStudyIdInfo": {"id": "DEMO-16"},
        "briefTitle": title,
        "officialTitle": f"{title}: a Trial Made Up for the Demonstration of trialwatch",
    }
    end = {"date": "2028-12", "type": "ESTIMATED"}
    posted = {"date": "2026-09-28", "type": "ACTUAL"}
    protocol["statusModule"] = {
        "statusVerifiedDate": "2026-09",
        "overallStatus": "NOT_YET_RECRUITING",
        "startDateStruct": {"date": "2027-01", "type": "ESTIMATED"},
        "primaryCompletionDateStruct": end,
        "completionDateStruct": end,
        "studyFirstSubmitDate": "2026-09-23",
        "studyFirstPostDateStruct": posted,
        "lastUpdateSubmitDate": "2026-09-23",
        "lastUpdatePostDateStruct": posted,
    }
    return record


_NIGHTS: tuple[tuple[str, str, Callable[[SimulatedRegistry], None]], ...] = (
    ("2026-09-12T02:30:00Z", "the first look; a baseline, and a welcome", _nothing_happens),
    ("2026-09-15T02:30:00Z", "new data, reordered, and nothing has changed", _only_the_data_version_moves),
    ("2026-10-02T02:30:00Z", "October; a trial has completed, and more has happened", _october_comes),
)


class _Catcher:
    """Takes every mail that the local server is handed."""

    def __init__(self) -> None:
        self.caught: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.caught.append(bytes(envelope.original_content or b""))
        return "250 OK"


@contextmanager
def _mail_server() -> Iterator[tuple[str, list[bytes]]]:
    catcher = _Catcher()
    controller = Controller(catcher, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}", catcher.caught
    finally:
        controller.stop()


def _free_port() -> int:
    # The controller connects to the port it was given, so it must be a real one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _show(mail: bytes) -> None:
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the default policy makes
    text = message.get_body(("plain",))
    print(f"\n   mail to {message['To']}: {message['Subject']}\n")
    for line in (text.get_content() if text else "").splitlines():
        print(f"   | {line}")
