"""A night, top to bottom: for each watch and registry collect, keep; then results, publish, deliver, take stock.

At its end, when mail is out and others may have the store, what it published here is published elsewhere too.

It is plain Python and knows nothing of Prefect, which ``as_flow`` puts around it: importing that alone takes two
seconds, and the night must also run where Prefect cannot.

Each step opens the store by itself. Where steps follow each other the night has it open around them, so that
their opening it costs nothing; never around publishing, which has a process of its own, nor around what mends
a failure.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import PlaceError
from connectors.registry import Progress
from flows import delivery, elsewhere, holders, own_process, results, steps
from flows.delivery import Delivered
from flows.elsewhere import Came
from flows.endings import OF_OUTCOME, Code, Ending, code_of, in_words, of_outcome
from flows.results import Errand
from flows.run_ids import id_of_run
from flows.settings import Configuration, Settings
from flows.steps import Brought, RunContext, Stock
from flows.terminal.progress import stage
from warehouse.errors import WarehouseError, named
from warehouse.judge.checks import Acceptance, Check
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate
from warehouse.keep.results import KeptResults
from warehouse.publish.status import left_as
from warehouse.store.file import locked_within, opened

log = logging.getLogger("trialwatch")

FROM_FILES_ALONE = "asks no registry: its trials come by `trialwatch import ictrp FILE`"
NOT_HERE = "publishing on this machine failed tonight, so nothing was sent"


@dataclass(frozen=True, slots=True)
class Steps:
    """What a night is made of. As they stand they are plain; Prefect wraps each into a task."""

    collect: Callable[[RunContext, Watch, str], Brought] = steps.collect
    keep: Callable[[RunContext, Watch, str, Brought], Certificate] = steps.keep_what_was_brought
    results: Callable[[RunContext, Errand], KeptResults] = results.read
    publish: Callable[[RunContext, bool], Path] = steps.publish_all
    deliver: Callable[[Settings, Configuration], Delivered] = delivery.deliver
    elsewhere: Callable[[RunContext, Path], list[Came]] = elsewhere.publish
    pairs: Callable[[Iterable[Watch]], list[tuple[Watch, str]]] = steps.pairs
    command: str = holders.RUN
    """Who holds the store, in the words of whoever waits for it."""


@dataclass(slots=True)
class Report:
    """How a night went: its ending, and the certificate of each watch and registry."""

    run_id: str
    settings: Settings = field(repr=False)
    ending: Ending = field(default_factory=Ending)
    certificates: list[tuple[str, str, Certificate]] = field(default_factory=list)


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
    ``OperatorError`` when the disk does not serve, or the store is gone.
    """
    do = do or Steps()
    settings.check_network()
    delivery.check(settings, configuration)  # a wrong address is told before the night, not after it
    elsewhere.check(settings)
    now = settings.now()
    run_id = id_of_run(now, secrets.token_hex(3))
    context = RunContext(settings, configuration, run_id, now, progress, accepted=accepted, command=do.command)
    report = Report(run_id, settings)
    own_process.prepare(steps.publish_store)
    aside: Path | str | None = None
    with (
        steps.store_held(settings, do.command, delivery.LONGEST_WAIT_S, only_for=holders.WAITED_FOR),
        steps.stock_taken(settings, configuration, forgets=do.command == holders.RUN) as stock,
    ):
        steps.hear_rulings(context)
        for watch in watches:
            if not do.pairs((watch,)):
                report.ending.note(Code.DONE, f"{watch.name} {FROM_FILES_ALONE}")
        kept: list[tuple[Watch, str, Certificate]] = []
        for watch, registry_name in do.pairs(watches):
            certificate = _one(do, context, watch, registry_name)
            kept.append((watch, registry_name, certificate))
            report.certificates.append((watch.name, registry_name, certificate))
        succeeded = [OF_OUTCOME[each.outcome] is Code.DONE for *_, each in report.certificates]
        for name, registry_name, certificate in report.certificates:
            code = of_outcome(certificate.outcome, another_was_whole=any(succeeded))
            report.ending.note(code, f"{name} on {registry_name}: {_summary(certificate)}")
        if accepted and not any(_is_used(accepted, each) for *_, each in report.certificates):
            report.ending.note(Code.DONE, f"nothing had to be accepted: no check {accepted.check} failed tonight")
        _read_results(do, context, kept, report.ending)
        if any(succeeded):
            _ask_about_doubts(context, report.ending)
            publish(context, stock, report.ending, is_complete=all(succeeded), make=do.publish)
            aside = NOT_HERE if stock.not_published else _set_aside(context)
        stage(progress, "mail")
        with opened(settings.store):
            delivered = do.deliver(settings, configuration)
            if delivered.is_worth_telling:
                report.ending.note(delivered.code, delivered.sentence)
            steps.prune_landed(settings)
            steps.note_status(settings, configuration, stock)
    if aside and settings.publish_to:
        _publish_elsewhere(do, context, aside, report.ending)
    return report


def _one(do: Steps, context: RunContext, watch: Watch, registry_name: str) -> Certificate:
    """One watch on one registry; what goes wrong here must not stop the others."""
    try:
        stage(context.progress, f"{watch.name}: asking {registry_name}")
        with opened(context.settings.store):
            brought = do.collect(context, watch, registry_name)
            stage(context.progress, f"{watch.name}: comparing and storing")
            return do.keep(context, watch, registry_name, brought)
    except Exception as error:
        if trouble := named(error):
            _note_trouble(context, watch, registry_name, trouble)
            raise trouble from error
        log.exception("the night of %s on %s failed", watch.name, registry_name)
        failed = Brought(failed=in_words(error))
        return steps.keep_what_was_brought(context, watch, registry_name, failed)


def _read_results(
    do: Steps, context: RunContext, kept: list[tuple[Watch, str, Certificate]], ending: Ending
) -> None:
    """Read posted results; whatever comes of that, the night is what it was: it is told, and owed to the next."""
    try:
        for errand in results.errands(context, kept):
            stage(context.progress, f"results: asking {errand.registry_name}")
            if told := results.sentence(errand.registry_name, do.results(context, errand)):
                ending.note(Code.DONE, told)
    except Exception as error:
        trouble = _named_or_logged(error, "reading results failed")
        ending.note(Code.DONE, f"posted results could not be read tonight: {in_words(trouble or error)}")


def _ask_about_doubts(context: RunContext, ending: Ending) -> None:
    """Whatever comes of it, the night is what it was; the next one asks."""
    try:
        steps.ask_about_doubts(context)
    except Exception as error:
        trouble = _named_or_logged(error, "asking about twins failed")
        ending.note(Code.DONE, f"the operator was not asked about doubtful twins: {in_words(trouble or error)}")


def publish(
    context: RunContext,
    stock: Stock,
    ending: Ending,
    *,
    is_complete: bool,
    make: Callable[[RunContext, bool], Path] = steps.publish_all,
) -> None:
    """Publish, and note what came of it: it must not keep from their mail those who are to be told."""
    try:
        stage(context.progress, "publishing: file, page and feed")
        stock.published_file = left_as(make(context, is_complete))
    except Exception as error:
        trouble = _named_or_logged(error, "publishing failed")
        sentence = f"not published as it should be: {in_words(trouble or error)}"
        ending.note((trouble and code_of(trouble)) or Code.OUR_BUG, sentence)
        stock.not_published = sentence


def _set_aside(context: RunContext) -> Path | str | None:
    """What is to be published elsewhere, or why it cannot be."""
    try:
        return elsewhere.set_aside(context.settings, context.run_id)
    except PlaceError as error:
        return str(error)


def _publish_elsewhere(do: Steps, context: RunContext, aside: Path | str, ending: Ending) -> None:
    """Publish to every other place, when all else is done; whatever comes of that, the night is what it was.

    ``aside`` is what was set aside for it, or why nothing was.
    """
    try:
        stage(context.progress, "publishing elsewhere")
        if isinstance(aside, str):
            came = elsewhere.missed(context.settings, aside)
        else:
            came = do.elsewhere(context, aside)
        for each in came:
            ending.note(Code.DONE, each.sentence)
        if elsewhere.note(context, came):
            stage(context.progress, "mail")
            with locked_within(context.settings.store, do.command, delivery.LONGEST_WAIT_S):
                do.deliver(context.settings, context.configuration)
    except Exception as error:
        log.exception("publishing elsewhere failed")
        ending.note(Code.DONE, f"not published elsewhere as it should be: {in_words(error)}")


def _named_or_logged(error: Exception, failed: str) -> WarehouseError | None:
    """What an error that is being handled means to whoever runs us; one without a name goes into the log."""
    trouble = named(error)
    if not trouble:
        log.exception(failed)
    return trouble


def _note_trouble(context: RunContext, watch: Watch, registry_name: str, trouble: WarehouseError) -> None:
    """Leave word of what ends the night, if the store can still take it; that it cannot is the same trouble.

    The night ends here: a mail that was sent now could not be noted as sent.
    """
    with suppress(Exception):
        steps.keep_what_was_brought(context, watch, registry_name, Brought(failed=str(trouble)))


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
