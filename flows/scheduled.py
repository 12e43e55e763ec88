"""What prefect.yaml deploys: the night, the hourly delivery and the watchdog, with the settings of this machine.

Settings are read when a run begins, not when this module is loaded: a wrong one is that run's failure, in words.
The store's own lock keeps two runs apart, and dies with its process; Prefect's slot only shows who waits for whom.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from flows import delivery, watchdog
from flows.delivery import Delivered
from flows.endings import Code, code_of, in_our_words, in_words, told
from flows.nightly import Report, Steps
from flows.settings import configuration, from_environment
from flows.terminal.progress import silent
from flows.with_prefect import overtaken_runs, slot
from flows.with_prefect.as_flow import nightly_flow
from flows.with_prefect.orchestration import NightToRun, configured, despite_prefect
from flows.with_prefect.told_to_prefect import discreet

if TYPE_CHECKING:
    from prefect import Flow

log = logging.getLogger("trialwatch")

HOURS = 36.0
"""How old the last complete night may be, as for the command."""


@contextmanager
def with_bugs_logged() -> Iterator[None]:
    """Prefect is told one sentence; what a developer needs of a bug goes to the worker's own output."""
    try:
        yield
    except Exception as error:
        if code_of(told(error)) is None:
            log.exception("this is a bug of trialwatch; please report it with the lines below")
        raise


def run_night(watch: str | None, do: Steps) -> Report:
    with with_bugs_logged():
        settings = from_environment()
        return NightToRun(settings, configured(settings), silent)(watch, do)


def hand_over() -> tuple[bool, str]:
    """Hand over what is due; whether nothing waits any more, and the sentence for it."""

    def once() -> Delivered:
        settings = from_environment()
        with in_our_words():
            return delivery.deliver_by_itself(settings, configuration(settings.config))

    delivered = despite_prefect(once, once)
    return delivered.code is Code.DONE, delivered.sentence


def look() -> tuple[bool, str]:
    """Whether the nights go on, and what there is to say of it; the operator is mailed when they do not."""
    seen = watchdog.watch(from_environment(), HOURS)
    return not (seen.stale or seen.mail_trouble), " · ".join(seen.sentences)


def job(name: str, act: Callable[[], tuple[bool, str]], *, needs_store: bool = False) -> "Flow[..., Any]":
    """A small job as a Prefect flow, which ends as it ended and says its sentence."""
    from prefect import flow
    from prefect.client.schemas.objects import State
    from prefect.states import Completed, Failed

    @flow(name=name, persist_result=False)
    def run() -> State[Any]:
        if state := overtaken_runs.skipped():
            return state
        try:
            with slot.held() if needs_store else nullcontext(), with_bugs_logged():
                is_well, sentence = act()
        except Exception as error:
            is_well, sentence = False, in_words(told(error))
        return (Completed if is_well else Failed)(message=discreet(sentence))

    return run


nightly = nightly_flow(run_night)
deliver = job("deliver", hand_over, needs_store=True)
watch = job("watchdog", look)
