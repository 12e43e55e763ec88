"""A night, top to bottom: for every watch and registry collect and keep; then publish, deliver, take stock.

It is plain Python and knows nothing of Prefect, which ``as_flow`` puts around it: importing that alone takes two
seconds, and the night must also run where Prefect cannot.

Each step opens the store by itself. Where steps follow each other the night has it open around them, so that
their opening it costs nothing; never around publishing, which has a process of its own, nor around what mends
a failure.
"""

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.registry import Progress
from flows import apart, delivery, steps
from flows.delivery import Delivered
from flows.endings import OF_OUTCOME, Code, Ending, code_of, in_words
from flows.progress import stage
from flows.settings import Configuration, Settings
from flows.steps import Brought, Occasion
from warehouse.errors import WarehouseError, named
from warehouse.judge.checks import Acceptance, Check
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate
from warehouse.publish.status import left_as
from warehouse.store.file import locked_within, opened

log = logging.getLogger("trialwatch")

WAITED_FOR = ("trialwatch deliver", "trialwatch preview", "trialwatch backup", "trialwatch restore")
"""Whom a night waits for. Another night it leaves to its work: two on one day find the same."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a night is made of. As they stand they are plain; Prefect wraps each into a task."""

    collect: Callable[[Occasion, Watch, str], Brought] = steps.collect
    keep: Callable[[Occasion, Watch, str, Brought], Certificate] = steps.keep_what_was_brought
    publish: Callable[[Occasion, bool], Path] = steps.publish_all
    deliver: Callable[[Settings, Configuration], Delivered] = delivery.deliver


@dataclass(slots=True)
class Report:
    """How a night went: its ending, and the certificate of each watch and registry."""

    run_id: str
    ending: Ending
    certificates: list[tuple[str, str, Certificate]]


def night(
    settings: Settings,
    configuration: Configuration,
    watches: tuple[Watch, ...],
    progress: Progress,
    do: Steps | None = None,
    accepted: Acceptance | None = None,
) -> Report:
    """One night of some watches. It does all it can before it ends; the ending says what it could not.

    ``accepted`` is a check that may fail tonight.

    Raises ``StoreHeldError`` when another night holds the store, or another run for too long, and
    ``OperatorError`` when the disk does not serve.
    """
    do = do or Steps()
    settings.check_network()
    delivery.check(settings)  # a wrong address is told before the night, not after it
    now = settings.now()
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    occasion = Occasion(settings, configuration, run_id, now, progress, accepted=accepted)
    report = Report(run_id, Ending(), [])
    apart.prepare(steps.publish_store)
    with (
        locked_within(settings.store, "trialwatch run", delivery.LONGEST_WAIT_S, only_for=WAITED_FOR),
        steps.stock_taken(settings, configuration) as stock,
    ):
        for watch in watches:
            if not steps.pairs((watch,)):
                told = f"{watch.name} names only registries that this version cannot read"
                report.ending.note(Code.USAGE, f"{told}: {', '.join(watch.registries)}")
        for watch, registry_name in steps.pairs(watches):
            certificate = _one(do, occasion, watch, registry_name)
            report.certificates.append((watch.name, registry_name, certificate))
            sentence = f"{watch.name} on {registry_name}: {_summary(certificate)}"
            report.ending.note(OF_OUTCOME[certificate.outcome], sentence)
        if accepted and not any(_is_used(accepted, each) for *_, each in report.certificates):
            report.ending.note(Code.DONE, f"nothing had to be accepted: no check {accepted.check} failed tonight")
        succeeded = [OF_OUTCOME[each.outcome] is Code.DONE for *_, each in report.certificates]
        if any(succeeded):
            stock.not_published, stock.published_file = _publish(do, occasion, all(succeeded), report.ending)
        stage(progress, "mail")
        with opened(settings.store):
            delivered = do.deliver(settings, configuration)
            if delivered.code is not Code.DONE or delivered.sent or delivered.given_up:
                report.ending.note(delivered.code, delivered.sentence)
            steps.prune_landed(settings)
            steps.note_status(settings, configuration, stock)
    return report


def _one(do: Steps, occasion: Occasion, watch: Watch, registry_name: str) -> Certificate:
    """One watch on one registry; what goes wrong here must not stop the others."""
    try:
        stage(occasion.progress, f"{watch.name}: asking {registry_name}")
        with opened(occasion.settings.store):
            brought = do.collect(occasion, watch, registry_name)
            stage(occasion.progress, f"{watch.name}: comparing and storing")
            return do.keep(occasion, watch, registry_name, brought)
    except Exception as error:
        if trouble := named(error):
            _note_trouble(occasion, watch, registry_name, trouble)
            raise trouble from error
        log.exception("the night of %s on %s failed", watch.name, registry_name)
        failed = Brought(failed=in_words(error))
        return steps.keep_what_was_brought(occasion, watch, registry_name, failed)


def _publish(do: Steps, occasion: Occasion, is_complete: bool, ending: Ending) -> tuple[str | None, str | None]:
    """Publish; whatever comes of that, it must not keep from their mail those who are to be told.

    Returns the sentence that says why not, if it was not, and by what the published file is known, if it was.
    """
    try:
        stage(occasion.progress, "publishing: file, page and feed")
        return None, left_as(do.publish(occasion, is_complete))
    except Exception as error:
        trouble = named(error)
        if not trouble:
            log.exception("publishing failed")
        sentence = f"not published as it should be: {in_words(trouble or error)}"
        ending.note((trouble and code_of(trouble)) or Code.OUR_BUG, sentence)
        return sentence, None


def _note_trouble(occasion: Occasion, watch: Watch, registry_name: str, trouble: WarehouseError) -> None:
    """Leave word of what ends the night, if the store can still take it; that it cannot is the same trouble.

    The night ends here: a mail that was sent now could not be noted as sent.
    """
    with suppress(Exception):
        steps.keep_what_was_brought(occasion, watch, registry_name, Brought(failed=str(trouble)))


def _is_used(accepted: Acceptance, certificate: Certificate) -> bool:
    return any(check.accepted == accepted for check in certificate.checks)


def _summary(certificate: Certificate) -> str:
    if certificate.outcome != "complete":
        return certificate.sentence
    counts = {
        "trial": certificate.distinct_trials or 0,
        "new version": certificate.new_versions,
        "change": certificate.changes,
    }
    facts = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items()]
    facts += [f"{certificate.quarantined} in quarantine"] if certificate.quarantined else []
    warnings = [_warning(check) for check in certificate.checks if not check.passed]
    return "; ".join([f"complete, {', '.join(facts)}", *warnings])


def _warning(check: Check) -> str:
    if check.accepted is None:
        return check.sentence
    return f"{check.sentence} (accepted by {check.accepted.by}: {check.accepted.because})"
