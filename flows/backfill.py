"""`trialwatch backfill`: the past of a watch's trials, from a registry that shows the history of its records.

It asks without holding the store, and holds it for the moment that keeping one trial's past takes: a night that
begins meanwhile goes first. What is kept of one trial is whole, so it can end anywhere and be run again.
"""

import logging
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from connectors.errors import NotShownError, OurBugError, RegistryError
from connectors.registry import Past as Asks
from connectors.registry import PastVersion, Progress
from connectors.trial import UnreadableError
from flows import holders, steps
from flows.delivery import LONGEST_WAIT_S
from flows.endings import OF_OUTCOME, Code
from flows.nightly import Report, publish
from flows.registries import SERVED, HasPast
from flows.run_ids import id_of_run
from flows.settings import Configuration, Settings, SettingsError
from flows.steps import RunContext, Stock, client_of
from warehouse.judge.past import missing
from warehouse.judge.watch import Watch
from warehouse.keep import holdings, past
from warehouse.keep.certificate import Certificate, Night
from warehouse.keep.past import Filled
from warehouse.store.file import locked, locked_within, opened
from warehouse.words.outcomes import BACKFILL
from warehouse.words.phrases import counted_noun

log = logging.getLogger("trialwatch")

ROAD = " past"
"""The history stands behind a wall of its own: what lets us in there is remembered by itself."""
MOST_TRIALS, MOST_VERSIONS = 3, 10
"""So many in a row that are not shown end it: trials the back-fill, versions that of their trial."""
BYTES_OF_ONE = 64 << 20
"""Of one version, which brings its results too."""
RETRY_S = 60.0
VERSIONS_EACH = 7.4
"""Of a trial at ClinicalTrials.gov, on average."""
HARMLESS = "nothing else is harmed, and `trialwatch backfill` goes on from here another time"


def fill(settings: Settings, configuration: Configuration, watch: str | None, progress: Progress) -> Report:
    """Ask for the past of the watches' trials, keep what comes, and publish.

    Raises ``SettingsError`` where no watch lists a registry that shows it, ``StoreHeldError`` when a night holds
    the store, or another back-fill is at work, and ``OperatorError`` as the night does.
    """
    pairs = [(each, name) for each in configuration.chosen(watch) for name in each.registries if _shows(name)]
    if not pairs:
        raise SettingsError(
            f"{f'the watch {watch} does not list' if watch else 'no watch lists'} clinicaltrials.gov, which alone "
            f"shows the history of its records: add it to registries in {settings.config}"
        )
    settings.check_network()
    now = settings.now()
    run_id = id_of_run(now, secrets.token_hex(3), BACKFILL)
    context = RunContext(settings, configuration, run_id, now, progress, command=holders.BACKFILL)
    report = Report(run_id, settings)
    with steps.store_held(settings, holders.BACKFILL, LONGEST_WAIT_S, only_for=holders.WAITED_FOR):
        pass  # a night that is under way is left to its work
    asked: set[str] = set()
    with locked(_own_folder(settings), holders.BACKFILL):
        for each, name in pairs:
            _fill_one(_Filling(context, each, name, asked), report)
        if report.certificates:
            _publish(context, report)
    return report


def _own_folder(settings: Settings) -> Path:
    """Where a back-fill works while a night may be at work, and keeps other back-fills away."""
    return settings.store / BACKFILL


def _shows(registry_name: str) -> bool:
    return registry_name in SERVED and SERVED[registry_name].past is not None


@dataclass(slots=True)
class _Filling:
    """The back-fill of one watch on one registry. ``asked`` are trials that were asked for, for whatever watch."""

    context: RunContext
    watch: Watch
    registry_name: str
    asked: set[str]
    filled: Filled = field(default_factory=Filled)

    @property
    def has_past(self) -> HasPast:
        found = SERVED[self.registry_name].past
        assert found is not None  # noqa: S101 - others are not asked
        return found

    @property
    def night(self) -> Night:
        """As a night's, but for where it writes on the way."""
        night = self.context.night(self.watch, self.registry_name)
        return replace(night, work=_own_folder(self.context.settings) / "work")

    @contextmanager
    def store(self) -> Iterator[duckdb.DuckDBPyConnection]:
        settings = self.context.settings
        with locked_within(settings.store, holders.BACKFILL, LONGEST_WAIT_S), opened(settings.store) as con:
            yield con


def _fill_one(filling: _Filling, report: Report) -> None:
    settings, watch, night = filling.context.settings, filling.watch, filling.night
    shutil.rmtree(night.work, ignore_errors=True)  # of a run that died
    with filling.store() as con:
        if not holdings.followed(con, watch.name, filling.registry_name):
            told = f"{watch.name} holds no trial of {filling.registry_name} yet: run `trialwatch run` first"
            report.ending.note(Code.USAGE, told)
            return
        owed = [each for each in past.owed(con, night) if each not in filling.asked]
    if not owed:
        report.ending.note(
            Code.DONE, f"{watch.name} on {filling.registry_name}: the past of every trial is asked for"
        )
        return
    _say_how_long(settings, len(owed))
    stopped: str | None = None
    manners = replace(settings.manners, retry_s=min(settings.manners.retry_s, RETRY_S))
    with client_of(filling.context, filling.registry_name, manners, BYTES_OF_ONE, ROAD) as client:
        try:
            _ask(filling, filling.has_past.asks(client), owed)
        except (RegistryError, OurBugError) as error:
            stopped = str(error)
        requests = client.requests
    with filling.store() as con:
        certificate = past.finish(con, night, filling.filled, requests, stopped)
    shutil.rmtree(night.work, ignore_errors=True)
    report.certificates.append((watch.name, filling.registry_name, certificate))
    for sentence in _sentences(filling, certificate, len(owed), stopped):
        report.ending.note(OF_OUTCOME[certificate.outcome], sentence)


def _say_how_long(settings: Settings, trials: int) -> None:
    minutes = trials * (VERSIONS_EACH + 1) / settings.manners.requests_per_second / 60
    if minutes >= 1:
        log.info(
            "the past of %s is asked for; that takes about %s",
            counted_noun(trials, "trial"),
            counted_noun(round(minutes), "minute"),
        )


def _ask(filling: _Filling, asks: Asks, owed: list[str]) -> None:
    """Ask for one trial after the other. Raises ``RegistryError`` where the registry shows no history any more."""
    in_a_row = 0
    for place, trial_id in enumerate(owed):
        filling.context.progress(f"{filling.watch.name}: the past, trial by trial", place, len(owed))
        try:
            _fill_trial(filling, asks, trial_id)
            in_a_row = 0
        except NotShownError as error:
            filling.filled.untold.append(f"{trial_id}: {error}")
            in_a_row += 1
            if in_a_row == MOST_TRIALS:
                raise RegistryError(f"of {in_a_row} trials in a row no versions are shown ({error})") from error
        filling.asked.add(trial_id)


def _fill_trial(filling: _Filling, asks: Asks, trial_id: str) -> None:
    """Ask for a trial's past and keep it; once more where a night has kept another state of it meanwhile."""
    listed = asks.versions(trial_id)
    for _ in range(2):
        if _is_kept(filling, asks, trial_id, listed):
            return
    raise NotShownError("nights keep new states of it; another run will find it at rest")


def _is_kept(filling: _Filling, asks: Asks, trial_id: str, listed: list[PastVersion]) -> bool:
    night, reader = filling.night, filling.has_past.reader
    with filling.store() as con:
        known = past.held(con, trial_id, reader, night)
        absent = missing(listed, known.versions)
        first = past.record(con, trial_id, absent.first)
    wanted = (*absent.before, *absent.between)
    if not wanted:
        filling.filled.trials += 1
        return True
    with past.Past(night, reader, known, absent, first, filling.filled) as brought:
        _bring(asks, trial_id, wanted, brought)
        with filling.store() as con:
            return brought.put(con)


def _bring(asks: Asks, trial_id: str, wanted: Iterable[PastVersion], brought: past.Past) -> None:
    """Ask for one version after the other; one that cannot be had is set aside. Raises as the registry does."""
    in_a_row = 0
    for version in wanted:
        try:
            brought.add(version, asks.version(trial_id, version.number))
            in_a_row = 0
        except UnreadableError as error:
            brought.set_aside(version, str(error), error.path)
        except NotShownError as error:
            in_a_row += 1
            if in_a_row == MOST_VERSIONS:
                raise
            brought.set_aside(version, str(error))


def _sentences(filling: _Filling, certificate: Certificate, owed: int, stopped: str | None) -> Iterable[str]:
    filled = filling.filled
    name = f"{filling.watch.name} on {filling.registry_name}"
    came = ", ".join(
        counted_noun(count, noun)
        for count, noun in (
            (filled.trials, "trial"),
            (filled.versions, "earlier version"),
            (certificate.changes, "change"),
        )
    )
    if stopped:
        left = owed - filled.trials - len(filled.untold)
        yield f"{name}: {stopped}; {came} of the past are kept, {counted_noun(left, 'trial')} left; {HARMLESS}"
    else:
        yield f"{name}: the past is kept, {came}"
    for what, said in (("could not be had", filled.unreadable), ("have no past that is shown", filled.untold)):
        if said:
            yield f"{name}: {len(said)} {what}, the first is {said[0]}"


def _publish(context: RunContext, report: Report) -> None:
    """Publish what was kept, if anything was, and take stock."""
    settings, configuration = context.settings, context.configuration
    stock: Stock | None = None
    with locked_within(settings.store, holders.BACKFILL, LONGEST_WAIT_S):
        if any(each.new_versions or each.outcome == "complete" for *_, each in report.certificates):
            stock = Stock(forgets=False)
            publish(context, stock, report.ending, is_complete=steps.is_all_complete(settings, configuration))
        steps.note_status(settings, configuration, stock)
