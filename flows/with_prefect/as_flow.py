"""The night as a Prefect flow of six tasks. Prefect is imported only when it is made.

No step's result or exception goes to Prefect: results are the night's, and foreign exceptions may hold addresses.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows import delivery, elsewhere, results, steps
from flows.endings import Code, in_words, told
from flows.nightly import Report, Steps
from flows.with_prefect import events, overtaken_runs, run_pages, slot
from flows.with_prefect.told_to_prefect import discreet, stand_in
from flows.without_secrets import have_logs_harmless

if TYPE_CHECKING:
    from prefect import Flow

log = logging.getLogger("trialwatch")


def nightly_flow(run_night: Callable[[str | None, Steps], Report]) -> "Flow[..., Any]":
    """The night as a Prefect flow of one parameter, the watch's name (None: all of them).

    No task is retried by Prefect: the client retries what time heals, in that one layer, and what is left
    needs a later night. The flow ends as failed when the night does, with the night's sentences; one that was
    planned and comes too late ends at once.
    """
    from prefect import flow
    from prefect.client.schemas.objects import State
    from prefect.states import Completed, Failed

    have_logs_harmless()  # here: Prefect has set logging up by now, and whatever of ours it runs comes by
    do = Steps(
        collect=_as_task("collect", steps.collect),
        keep=_as_task("keep", steps.keep_what_was_brought),
        results=_as_task("results", results.read),
        publish=_as_task("publish", steps.publish_all),
        deliver=_as_task("deliver", delivery.deliver),
        elsewhere=_as_task("publish elsewhere", elsewhere.publish),
    )

    @flow(name="nightly", flow_run_name=run_pages.at_first, persist_result=False)
    def nightly(watch: str | None = None) -> State[Any]:
        if state := overtaken_runs.skipped():
            return state
        try:
            with slot.held():
                report = run_night(watch, do)
        except Exception as error:  # Prefect would show it with the addresses that may stand in it
            log.debug("the night broke off", exc_info=True)
            return Failed(message=discreet(in_words(told(error))))
        run_pages.of_night(report)
        events.of_night(report)
        ended = Completed if report.ending.code is Code.DONE else Failed
        return ended(message=discreet(" · ".join(report.ending.sentences)))

    return nightly


def _as_task(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    """The step as a Prefect task. Where Prefect fails around it, the step counts, not the failure."""
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    def guarded(*arguments: Any) -> Any:
        attempt = _Attempt(step, arguments)
        try:
            task(name=name, cache_policy=NO_CACHE, persist_result=False)(attempt.make)()
        except Exception as error:
            if not attempt.is_over:
                log.warning("Prefect could not run %r (%s); it runs without", name, error)
                return step(*arguments)
        return attempt.outcome()

    return guarded


@dataclass(slots=True)
class _Attempt:
    """One attempt at a step, and what it came to: Prefect is told neither its result nor its exception.

    It is not over while Prefect, in the midst of it, throws us out.
    """

    step: Callable[..., Any]
    arguments: tuple[Any, ...]
    result: Any = None
    error: Exception | None = None
    is_over: bool = False

    def make(self) -> None:
        try:
            self.result, self.is_over = self.step(*self.arguments), True
        except Exception as error:
            self.error, self.is_over = error, True
            raise stand_in(error) from None

    def outcome(self) -> Any:
        """What the step returned; raises what it raised."""
        if self.error:
            raise self.error
        return self.result
