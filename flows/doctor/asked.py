"""The registries of the watches: do they answer, does our clock agree with theirs, and what would a watch match.

Each is asked as politely as at night, once: what time would heal is told, and not waited for.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.errors import ConnectorError, RefusedError
from connectors.http import PoliteClient
from connectors.registry import Question, Registry
from flows.doctor.case import Case
from flows.doctor.finding import Finding, failure, of_error, warning, well
from flows.endings import Code
from flows.progress import stage
from flows.registries import SERVED
from flows.settings import SettingsError
from warehouse.judge.watch import Watch

PATIENCE_S = 20.0
AGREED = timedelta(minutes=2)
FAR_OFF = timedelta(hours=12)
"""From then on nights are told under a wrong day."""
NEARLY_ALL = 0.5
"""A watch of such a share of a registry is hardly meant."""
THE_FIRST = "clinicaltrials.gov"
SET_THE_CLOCK = "have this machine set its clock by the network (timedatectl set-ntp true)"


def registries(case: Case) -> Iterator[Finding]:
    """Each registry of the watches, and the watches on it."""
    try:
        case.settings.check_network()
    except SettingsError as error:
        yield failure("network", str(error), "correct the variable, or unset it")
        return
    for name in dict.fromkeys(name for _, name in case.pairs) or (THE_FIRST,):
        stage(case.progress, f"asking {name}")
        manners = replace(case.settings.manners, retry_s=0, timeout_s=PATIENCE_S)
        with PoliteClient(SERVED[name].address(case.settings), manners) as client:
            yield from _registry(case, name, client)


def _registry(case: Case, name: str, client: PoliteClient) -> Iterator[Finding]:
    registry = SERVED[name].asks(client)
    about = f"registry {name}"
    try:
        registry.data_version()
        (whole,) = registry.declared(Question(everything=True))
    except ConnectorError as error:
        yield of_error(about, error, _way_out(error))
        return
    yield well(about, f"it answers, and holds {whole:,} trials")
    yield _clock(case, name, client.told_at)
    for watch, _ in (pair for pair in case.pairs if pair[1] == name):
        yield _matched(watch, registry, whole)


def _way_out(error: ConnectorError) -> str:
    if isinstance(error, RefusedError):
        return "set TRIALWATCH_CONTACT, or have this machine reach it from another network or through a proxy"
    return "see that this machine reaches it: its network, a firewall, HTTPS_PROXY; or wait, if it is down"


def _clock(case: Case, name: str, theirs: datetime | None) -> Finding:
    if frozen := case.settings.frozen_now:
        told = f"TRIALWATCH_NOW stands in for the clock: it is {frozen:%Y-%m-%d %H:%M} UTC for ever"
        return warning("clock", told, "unset TRIALWATCH_NOW for real nights")
    if theirs is None:
        return well("clock", f"{name} does not say what time it is")
    off = datetime.now(UTC) - theirs
    if abs(off) <= AGREED:
        return well("clock", f"it agrees with that of {name}")
    told = f"this machine's clock is {_long(abs(off))} {'ahead of' if off > timedelta() else 'behind'} {name}'s"
    return (failure if abs(off) > FAR_OFF else warning)("clock", told, SET_THE_CLOCK)


def _long(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:,.0f} minutes" if minutes < 120 else f"{minutes / 60:,.0f} hours"


def _matched(watch: Watch, registry: Registry, whole: int) -> Finding:
    """Whether what a watch asks for is there, and is not everything; searches that overlap may say too much."""
    about = f"watch {watch.name}"
    try:
        declared = registry.declared(watch.question(()))
    except ConnectorError as error:
        return of_error(about, error, f"look at the terms of [watch.{watch.name}]")
    least, most = max(declared, default=0), sum(declared)
    told = f"on {registry.name} it matches {_about(least, most)} of {whole:,} trials"
    change = f"look at the terms of [watch.{watch.name}]"
    if watch.max_trials is not None and least > watch.max_trials:
        bound = f"{told}, more than its max_trials of {watch.max_trials:,}"
        return failure(about, bound, f"{change}, or raise max_trials", Code.REFUSED)
    if watch.min_trials is not None and most + len(watch.named()) < watch.min_trials:
        bound = f"{told}, fewer than its min_trials of {watch.min_trials:,}"
        return failure(about, bound, f"{change}, or lower min_trials", Code.REFUSED)
    if not most and declared:
        return warning(about, f"on {registry.name} it matches nothing", change)
    if whole and least >= NEARLY_ALL * whole and not watch.everything:
        return warning(about, f"{told}: nearly everything", f"{change}, or write everything = true if you mean it")
    return well(
        about, told if declared else f"it follows {len(watch.named())} trials by number, and searches none"
    )


def _about(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
