"""A night, top to bottom: for every watch and registry collect and keep; then publish, deliver, take stock.

``night`` is plain Python. ``nightly_flow`` is the same night as a Prefect flow, its steps as tasks; only there
is Prefect imported, because that alone takes two seconds and the night must also run where Prefect cannot.

Each step opens the store by itself. Where steps follow each other the night has it open around them, so that
their opening it costs nothing; never around publishing, which has a process of its own, nor around what mends
a failure.
"""

import logging
import secrets
from asyncio import CancelledError
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.registry import Progress
from flows import apart, delivery, late, steps
from flows.delivery import Delivered
from flows.discreet import discreet, stand_in
from flows.endings import OF_OUTCOME, Code, Ending, code_of, in_words, told
from flows.progress import stage
from flows.settings import Configuration, Settings
from flows.steps import Brought, Occasion
from warehouse.errors import WarehouseError, named
from warehouse.judge.checks import Acceptance, Check
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate
from warehouse.store.file import held_within, opened

if TYPE_CHECKING:
    from prefect import Flow

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
        held_within(settings.store, "trialwatch run", delivery.PATIENCE_S, only_for=WAITED_FOR),
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
            stock.not_published = _publish(do, occasion, all(succeeded), report.ending)
        stage(progress, "mail")
        with opened(settings.store):
            delivered = do.deliver(settings, configuration)
            if delivered.code is not Code.DONE or delivered.sent or delivered.given_up:
                report.ending.note(delivered.code, delivered.sentence)
            steps.prune_landed(settings)
            steps.note_standing(settings, configuration, stock)
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


def _publish(do: Steps, occasion: Occasion, is_complete: bool, ending: Ending) -> str | None:
    """Publish; whatever comes of that, it must not keep from their mail those who are to be told.

    Returns the sentence that says why not, if it was not.
    """
    try:
        stage(occasion.progress, "publishing: file, page and feed")
        do.publish(occasion, is_complete)
    except Exception as error:
        trouble = named(error)
        if not trouble:
            log.exception("publishing failed")
        sentence = f"not published as it should be: {in_words(trouble or error)}"
        ending.note((trouble and code_of(trouble)) or Code.OUR_BUG, sentence)
        return sentence
    return None


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


def nightly_flow(run_night: Callable[[str | None, Steps], Report]) -> "Flow[..., Any]":
    """The night as a Prefect flow of one parameter, the watch's name (None: all of them).

    No task is retried by Prefect: the client retries what time heals, in that one layer, and what is left
    needs a later night. The flow ends as failed when the night does, with the night's sentences; one that was
    planned and comes too late ends at once.
    """
    from prefect import flow
    from prefect.client.schemas.objects import State
    from prefect.states import Completed, Failed

    do = Steps(
        collect=_as_task("collect", steps.collect),
        keep=_as_task("keep", steps.keep_what_was_brought),
        publish=_as_task("publish", steps.publish_all),
        deliver=_as_task("deliver", delivery.deliver),
    )

    @flow(name="nightly", persist_result=False)
    def nightly(watch: str | None = None) -> State[Any]:
        if state := late.skipped():
            return state
        try:
            report = run_night(watch, do)
        except Exception as error:  # Prefect would show it with the addresses that may stand in it
            log.debug("the night broke off", exc_info=True)
            return Failed(message=discreet(in_words(told(error))))
        _leave_artifacts(report)
        ended = Completed if report.ending.code is Code.DONE else Failed
        return ended(message=discreet(" · ".join(report.ending.sentences)))

    return nightly


def _as_task(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    """The step as a Prefect task. Where Prefect fails around it, the step counts, not the failure."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    def guarded(*arguments: Any) -> Any:
        ended: list[Callable[[], Any]] = []

        def body() -> None:
            try:
                result = step(*arguments)
            except Exception as error:
                ended.append(partial(_raise, error))
                raise stand_in(error) from None
            ended.append(lambda: result)

        try:
            task(name=name, cache_policy=NO_CACHE, persist_result=False)(body)()
        except Exception as error:
            if not ended:
                log.warning("Prefect could not run %r (%s); it runs without", name, error)
                return step(*arguments)
        return ended[0]()

    return guarded


def _raise(error: Exception) -> None:
    raise error


def _leave_artifacts(report: Report) -> None:
    from prefect.artifacts import create_markdown_artifact, create_table_artifact

    try:
        create_table_artifact(key="night", table=_table(report), description=f"run {report.run_id}")
        create_markdown_artifact(key="night-in-words", markdown=discreet(_markdown(report)))
    except (Exception, CancelledError) as error:  # the night is over: nothing of Prefect's may undo that
        log.warning("Prefect did not take the night's artifacts (%s)", error)


def _table(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "watch": watch,
            "registry": registry_name,
            "outcome": certificate.outcome,
            "data version": certificate.data_version_after,
            "trials": certificate.distinct_trials,
            "new versions": certificate.new_versions,
            "changes": certificate.changes,
            "quarantined": certificate.quarantined,
            "requests": certificate.requests,
        }
        for watch, registry_name, certificate in report.certificates
    ]


def _markdown(report: Report) -> str:
    lines = [f"# Run {report.run_id}", "", *(f"- {sentence}" for sentence in report.ending.sentences)]
    for watch, registry_name, certificate in report.certificates:
        lines += ["", f"## {watch} on {registry_name}", ""]
        lines += [
            f"- {'passed' if check.passed else '**not passed**'}: {check.name} {check.figures}"
            for check in certificate.checks
        ]
    return "\n".join(lines)
