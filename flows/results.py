"""Posted results: a step of its own between keeping a night and publishing it.

They are too large for the nightly search and are asked for by number, one a request. What goes wrong here never
makes of a complete night anything else: it is told, and made up for by the next night.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from connectors.dates import version_day
from connectors.errors import ConnectorError, NotShownError
from connectors.registry import PostsResults
from flows.registries import SERVED
from flows.steps import RunContext, client_of
from warehouse.judge.watch import Watch
from warehouse.keep import results
from warehouse.keep.certificate import Certificate, Night
from warehouse.keep.results import Answered, KeptResults
from warehouse.store.file import opened

log = logging.getLogger("trialwatch")


@dataclass(frozen=True, slots=True)
class BoundsOfResults:
    """How far a night goes for results. What is left is asked for by the next."""

    seconds: float = 1200.0
    bytes_of_one: int = 32 << 20
    bytes_of_all: int = 256 << 20
    retry_s: float = 60.0
    failures_in_a_row: int = 3
    """After so many the registry itself is taken to be unwell. That it shows none of one trial is no failure."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Whose results are to be asked for at a registry. ``watch`` is one of tonight's that it was read for."""

    watch: Watch
    registry_name: str
    trial_ids: tuple[str, ...]
    data_version: str | None


def errands(context: RunContext, certificates: Iterable[tuple[Watch, str, Certificate]]) -> list[Errand]:
    """What is owed after tonight, a registry each; none of a registry that could not be read, or has nothing."""
    complete: dict[str, tuple[Watch, str | None, bool]] = {}
    for watch, registry_name, certificate in certificates:
        served = SERVED.get(registry_name)
        if certificate.outcome in ("complete", "heartbeat") and served and served.results:
            *_, is_new = complete.get(registry_name, (None, None, False))
            is_new = is_new or certificate.outcome == "complete"
            complete[registry_name] = (watch, certificate.data_version_after, is_new)
    found = []
    for registry_name, (watch, data_version, is_new) in complete.items():
        trial_ids = _owed(context.night(watch, registry_name), context, corrections=is_new)
        found += [Errand(watch, registry_name, trial_ids, data_version)] if trial_ids else []
    return found


def _owed(night: Night, context: RunContext, *, corrections: bool) -> tuple[str, ...]:
    reader = SERVED[night.registry_name].results
    with opened(context.settings.store) as con:
        if reader and (anew := results.read_anew(con, night, reader)):
            log.info("the results of %d trials are read anew, by another edition of the reader", anew)
        return tuple(results.owed(con, night, corrections=corrections))


def read(context: RunContext, errand: Errand, bounds: BoundsOfResults | None = None) -> KeptResults:
    """Ask for the results and keep what comes."""
    reader = SERVED[errand.registry_name].results
    assert reader is not None  # noqa: S101 - there is no errand to a registry without
    answered = _asked(context, errand, bounds or BoundsOfResults())
    night = context.night(errand.watch, errand.registry_name)
    data_version_on = version_day(errand.data_version)
    with opened(context.settings.store) as con:
        return results.keep(con, night, reader, answered, data_version_on)


def _asked(context: RunContext, errand: Errand, bounds: BoundsOfResults) -> Answered:
    manners = context.settings.manners
    manners = replace(manners, retry_s=min(manners.retry_s, bounds.retry_s))
    answered = Answered()
    until = time.monotonic() + bounds.seconds
    size, in_a_row = 0, 0
    with client_of(context, errand.registry_name, manners, bounds.bytes_of_one) as client:
        registry = cast(PostsResults, SERVED[errand.registry_name].asks(client))
        for place, trial_id in enumerate(errand.trial_ids):
            if time.monotonic() > until or size > bounds.bytes_of_all or in_a_row >= bounds.failures_in_a_row:
                log.warning("the results of %d trials are left to the next night", len(errand.trial_ids) - place)
                break
            context.progress("results, by number", place, len(errand.trial_ids))
            try:
                answered.sections[trial_id] = registry.results(trial_id)
                size, in_a_row = size + len(answered.sections[trial_id]), 0
            except ConnectorError as error:
                answered.failed[trial_id] = str(error)
                in_a_row = 0 if isinstance(error, NotShownError) else in_a_row + 1
    return answered


def sentence(registry_name: str, kept: KeptResults) -> str | None:
    """What is to be said of it; nothing where results are as they were."""
    said = [f"{kept.changed} of {kept.read} had changed"] if kept.changed else []
    if kept.failed:
        trial_id, why = next(iter(kept.failed.items()))
        said.append(f"{len(kept.failed)} could not be read and will be asked for again ({trial_id}: {why})")
    return f"posted results on {registry_name}: {'; '.join(said)}" if said else None
