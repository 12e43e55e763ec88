"""Three nights offline: a registry on loopback, a completion, and the mail it makes, caught by a real server.

Everything is the real thing but the registry's records, which are made up and say so.
"""

import json
import shutil
import socket
from collections.abc import Iterator
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
from flows.nightly import night
from flows.progress import silent
from flows.settings import configuration, from_environment

FOLDER = Path("demo")
CONFIGURATION = """\
[watch.ketamine-sud]
interventions = ["ketamine", "esketamine", "CI-581a"]
conditions = ["alcohol use disorder", "cannabis use disorder", "cocaine dependence", "opioid use disorder"]
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
    FOLDER.mkdir()
    (FOLDER / "trialwatch.toml").write_text(CONFIGURATION, "utf-8")
    worst = Code.DONE
    with SimulatedRegistry(_records()) as registry, _mail_server() as (address, caught):
        for number, (instant, story, happens) in enumerate(_NIGHTS, 1):
            happens(registry)
            print(f"\n== night {number}: {story}")
            settings = from_environment(
                {
                    "TRIALWATCH_DATA_DIR": str(FOLDER / "data"),
                    "TRIALWATCH_CONFIG": str(FOLDER / "trialwatch.toml"),
                    "TRIALWATCH_CTGOV_URL": registry.url,
                    "TRIALWATCH_REQUESTS_PER_SECOND": "1000",
                    "TRIALWATCH_SMTP_URL": address,
                    "TRIALWATCH_MAIL_FROM": "trialwatch@example.org",
                    "TRIALWATCH_NOW": instant,
                }
            )
            configured = configuration(settings.config)
            report = night(settings, configured, configured.watches, silent)
            worst = max(worst, report.ending.code)
            print("\n".join(report.ending.sentences))
            while caught:
                _show(caught.pop(0))
    print(f"\nThe page is {FOLDER / 'data/published/index.html'}: open it in a browser.")
    print(f"The analysts' file is {FOLDER / 'data/published/trialwatch.duckdb'}. Ask it:")
    print("  TRIALWATCH_DATA_DIR=demo/data trialwatch changes")
    print("  TRIALWATCH_DATA_DIR=demo/data trialwatch show NCT99000001")
    return worst


def _records() -> list[dict[str, Any]]:
    text = (files("connectors.simulated") / "made_up_trials.json").read_text("utf-8")
    records: list[dict[str, Any]] = json.loads(text)
    return records


def _nothing_happens(registry: SimulatedRegistry) -> None:
    pass


def _only_the_data_version_moves(registry: SimulatedRegistry) -> None:
    registry.shuffle(7)
    registry.night()


def _a_trial_completes(registry: SimulatedRegistry) -> None:
    def complete(record: dict[str, Any]) -> None:
        status = record["protocolSection"]["statusModule"]
        status.update(
            overallStatus="COMPLETED",
            completionDateStruct={"date": "2026-08-28", "type": "ACTUAL"},
            primaryCompletionDateStruct={"date": "2026-08-28", "type": "ACTUAL"},
            lastUpdateSubmitDate="2026-09-11",
            lastUpdatePostDateStruct={"date": "2026-09-15", "type": "ACTUAL"},
        )

    registry.edit("NCT99000001", complete)
    registry.night()


_NIGHTS = (
    ("2026-09-12T02:30:00Z", "the first look; a baseline, and a welcome", _nothing_happens),
    ("2026-09-15T02:30:00Z", "new data, reordered, and nothing has changed", _only_the_data_version_moves),
    ("2026-09-16T02:30:00Z", "an alcohol trial has completed", _a_trial_completes),
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
