"""A year offline: the whole job as in production, on three registries that come with it.

Everything is the real thing but the registries' records, which are made up and say so: the nights are the Prefect
flow that also runs in production, mail goes to a real server on this machine, page and file are what readers get.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from connectors.registry import Progress
from connectors.simulated import made_up
from flows.demo.folder import note, prepared
from flows.demo.mail import CaughtMails, postbox
from flows.demo.words import farewell, happened, headline
from flows.endings import GRAVEST_FIRST, Code
from flows.nightly import Report, night
from flows.settings import Configuration, Settings, configuration, from_environment
from flows.terminal.progress import silent
from flows.with_prefect import orchestration

FOLDER = Path("demo")
CONFIGURATION = """\
# The demo's own; the one to edit is trialwatch.toml at the top of the repository.

[watch.ketamine-sud]
registries = ["clinicaltrials.gov", "isrctn", "ctis"]
interventions = ["ketamine", "esketamine", "CI-581a"]
conditions = [
    "alcohol use disorder", "cannabis use disorder", "cocaine use disorder", "opioid use disorder",
    "methamphetamine use disorder", "tobacco use disorder", "sedative use disorder", "substance use disorder",
]
relevance = "ketamine-substance-use"

[[subscription]]
name = "addiction-group"
watch = "ketamine-sud"
substances = ["alcohol", "cannabis"]
kinds = ["completed", "stopped", "results_posted"]
to = ["team@example.org"]

[[subscription]]
name = "every-week"
watch = "ketamine-sud"
to = ["library@example.org"]
send = "weekly"
"""
Perform = Callable[[Settings, Configuration], Report]
"""How a night is run; it comes to the same with Prefect and without."""


def play(folder: Path, perform: Perform) -> tuple[Code, list[str]]:
    """Play the year in a folder of its own, telling it; how it ended, and how to look at what is left.

    Raises ``SettingsError`` when the folder holds something that the demo did not make.
    """
    codes: set[Code] = set()
    with prepared(folder), postbox(folder / "mails") as mails:
        for report in nights(folder, perform, mails, about=lambda told: print(headline(told), flush=True)):
            codes.add(report.ending.code)
            for line in happened(report, mails.taken()):
                print(line, flush=True)
            note(folder)
    code = next((code for code in GRAVEST_FIRST if code in codes), Code.DONE)
    return code, list(farewell(folder, mails.count))


def nights(
    folder: Path,
    perform: Perform,
    mails: CaughtMails | None = None,
    about: Callable[[made_up.MadeUpNight], object] = lambda _: None,
) -> Iterator[Report]:
    """Run the nights in a folder, one by one, and tell ``about`` each before it comes.

    Without a postbox, mails are files in the outbox.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trialwatch.toml").write_text(CONFIGURATION, "utf-8")
    with made_up.registries() as registries:
        for each in made_up.nights():
            about(each)
            each.falls_on(registries)
            settings = from_environment(_environment(folder, registries, each, mails))
            yield perform(settings, configuration(settings.config))


def without_prefect(settings: Settings, configured: Configuration) -> Report:
    """A night without Prefect."""
    return night(settings, configured, configured.watches, silent)


class AsInProduction:
    """Nights as the Prefect flow, on one server of the demo's own, which starts once and is gone afterwards.

    Where Prefect does not start, that is said once and the nights go on without it.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._with_prefect = True

    def __call__(self, settings: Settings, configured: Configuration) -> Report:
        if not self._with_prefect:
            return without_prefect(settings, configured)
        _server_of_our_own()
        tonight = orchestration.NightToRun(settings, configured, self._progress)
        report = orchestration.run(tonight, None, with_prefect=True)
        self._with_prefect = tonight.is_under_prefect
        return report


@cache
def _server_of_our_own() -> None:
    """Neither the server of somebody's real nights nor their home is to hold the demo's."""
    home = tempfile.mkdtemp(prefix="trialwatch-demo-")
    # Registered before Prefect registers the end of its server, so it comes after that.
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ["PREFECT_HOME"] = home


def _environment(
    folder: Path, registries: made_up.Registries, each: made_up.MadeUpNight, mails: CaughtMails | None
) -> dict[str, str]:
    postman = {"TRIALWATCH_SMTP_URL": mails.address} if mails else {}
    return {
        "TRIALWATCH_DATA_DIR": str(folder / "data"),
        "TRIALWATCH_CONFIG": str(folder / "trialwatch.toml"),
        "TRIALWATCH_CTGOV_URL": registries.ctgov.url,
        "TRIALWATCH_ISRCTN_URL": registries.isrctn.url,
        "TRIALWATCH_CTIS_URL": registries.ctis.url,
        "TRIALWATCH_REQUESTS_PER_SECOND": "1000",
        "TRIALWATCH_MAIL_FROM": "trialwatch@example.org",
        "TRIALWATCH_NOW": each.at.isoformat(),
        **postman,
    }
