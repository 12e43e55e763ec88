"""The registries of the watches: do they answer, does our clock agree with theirs, and what would a watch match.

Each is asked as politely as at night, once: what time would heal is told, and not waited for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.errors import ConnectorError, RefusedError
from connectors.http import PoliteClient
from connectors.numbers import giver_of
from connectors.registry import Question, Registry
from flows.doctor import collapse
from flows.doctor.case import Case
from flows.doctor.finding import Diagnosis, failure, of_error, warning, well
from flows.endings import Code, of_outcome
from flows.registries import FROM_FILES, SERVED
from flows.settings import SettingsError
from flows.terminal.progress import stage
from warehouse.judge.watch import Watch

TIMEOUT_S = 20.0
AGREED = timedelta(minutes=2)
FAR_OFF = timedelta(hours=12)
"""From then on nights are told under a wrong day."""
NEARLY_ALL = 0.5
"""A watch of such a share of a registry is hardly meant."""
Matched = dict[tuple[str, str], tuple[int, int]]
"""By watch and registry, how many trials it matches there: at least, at most."""
THE_FIRST = "clinicaltrials.gov"
SET_THE_CLOCK = "have this machine set its clock by the network (timedatectl set-ntp true)"


def registries(case: Case) -> Iterator[Diagnosis]:
    """Each registry of the watches, and the watches on it."""
    if frozen := case.settings.frozen_now:
        told = f"TRIALWATCH_NOW stands in for the clock: it is {frozen:%Y-%m-%d %H:%M} UTC for ever"
        yield warning("clock", told, "unset TRIALWATCH_NOW for real nights")
    try:
        case.settings.check_network()
    except SettingsError as error:
        yield failure("network", str(error), "correct the variable, or unset it")
        return
    matched: Matched = {}
    for name in _asked(case):
        stage(case.progress, f"asking {name}")
        manners = replace(case.settings.manners, retry_s=0, timeout_s=TIMEOUT_S)
        with PoliteClient(SERVED[name].address(case.settings), manners) as client:
            yield from _registry(case, name, client, matched)
    yield from _out_of_bounds(case, matched)
    yield from _followed_nowhere(case)


def _asked(case: Case) -> Iterable[str]:
    """The registries of the watches; without a watch that can be read, the one that most would have."""
    return dict.fromkeys(name for _, name in case.pairs) or (() if case.configuration.watches else (THE_FIRST,))


def _registry(case: Case, name: str, client: PoliteClient, matched: Matched) -> Iterator[Diagnosis]:
    registry = SERVED[name].asks(client)
    about = f"registry {name}"
    try:
        data_version = registry.data_version()
        (whole,) = registry.declared(Question(everything=True))
    except ConnectorError as error:
        yield of_error(about, error, _way_out(error))
        return
    yield well(about, f"it answers, and holds {whole:,} trials")
    if clock := _clock(case, name, client.told_at):
        yield clock
    for watch, _ in (pair for pair in case.pairs if pair[1] == name):
        yield _matched(watch, registry, whole, matched)
        yield from _collapsed(case, watch, name, data_version, matched)


def _way_out(error: ConnectorError) -> str:
    if isinstance(error, RefusedError):
        return "set TRIALWATCH_CONTACT, or have this machine reach it from another network or through a proxy"
    return "see that this machine reaches it: its network, a firewall, HTTPS_PROXY; or wait, if it is down"


def _clock(case: Case, name: str, theirs: datetime | None) -> Diagnosis | None:
    if case.settings.frozen_now:
        return None  # told once, beside the registries
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


def _matched(watch: Watch, registry: Registry, whole: int, matched: Matched) -> Diagnosis:
    """Whether what a watch asks for is there, and is not everything; searches that overlap may say too much."""
    about = f"watch {watch.name}"
    try:
        declared = registry.declared(watch.question(()))
    except ConnectorError as error:
        return of_error(about, error, f"look at the terms of [watch.{watch.name}]")
    least, most = max(declared, default=0), sum(declared)
    matched[watch.name, registry.name] = (least, most)
    told = f"on {registry.name} it matches {_about(least, most)} of {whole:,} trials"
    change = f"look at the terms of [watch.{watch.name}]"
    if not most and declared:
        if registry.name != THE_FIRST:
            change += f"; {registry.name} widens no words by synonyms, so name each way in which a thing is said"
        return warning(about, f"on {registry.name} it matches nothing", change)
    if whole and least >= NEARLY_ALL * whole and not watch.everything:
        return warning(about, f"{told}: nearly everything", f"{change}, or write everything = true if you mean it")
    return well(
        about, told if declared else f"it follows {len(watch.named())} trials by number, and searches none"
    )


def _collapsed(
    case: Case, watch: Watch, name: str, data_version: str | None, matched: Matched
) -> Iterator[Diagnosis]:
    """A watch whose searches find much less on a registry than we hold, though it asks what it asked before."""
    found = matched.get((watch.name, name))
    gone = collapse.lost(case, watch, name, data_version, found[1]) if found else None
    if not gone:
        return
    told = f"on {name} its searches no longer find {gone[0]:,} of the {gone[1]:,} trials that we hold of it"
    accept = f"trialwatch run --watch {watch.name} --accept collapse --because TEXT lets it pass, if it is right"
    code = of_outcome("refused", another_was_whole=len(case.pairs) > 1)
    yield failure(f"watch {watch.name}", told, f"wait: registries mend such a thing; {accept}", code)


def _out_of_bounds(case: Case, matched: Matched) -> Iterator[Diagnosis]:
    """The watches with too few or too many trials on all their registries together: bounds are of the watch."""
    for watch in case.configuration.watches:
        found = [matched.get((watch.name, name)) for each, name in case.pairs if each is watch]
        known = [each for each in found if each]
        least, most = sum(each[0] for each in known), sum(each[1] for each in known) + len(watch.named())
        told = f"it matches {_about(least, most)} trials in all"
        change = f"look at the terms of [watch.{watch.name}]"
        if watch.max_trials is not None and least > watch.max_trials:
            bound = f"{told}, more than its max_trials of {watch.max_trials:,}"
            yield failure(f"watch {watch.name}", bound, f"{change}, or raise max_trials", Code.REFUSED)
        if watch.min_trials is not None and found and len(known) == len(found) and most < watch.min_trials:
            bound = f"{told}, fewer than its min_trials of {watch.min_trials:,}"
            yield failure(f"watch {watch.name}", bound, f"{change}, or lower min_trials", Code.REFUSED)


def _followed_nowhere(case: Case) -> Iterator[Diagnosis]:
    """The trials that a watch names, and none of its registries can have."""
    for watch in case.configuration.watches:
        by_file = bool(FROM_FILES.keys() & set(watch.registries))
        for number in watch.named():
            giver = giver_of(number)
            if giver in watch.registries or (by_file and giver not in SERVED):
                continue
            told = f"it names {number}, which none of its registries gives: nobody is asked for it"
            add = f'add "{giver}" to its registries' if giver in SERVED else "correct it, or take it out"
            yield warning(f"watch {watch.name}", told, add)


def _about(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
