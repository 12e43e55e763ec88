"""The one slot on the store, as Prefect's pages show it: which run works, and which waits for it.

It only shows and smooths. What keeps two runs apart is the store's own lock, which is the kernel's and dies with
its process; so a run that gets no slot, or loses it, goes on.
"""

import logging
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flows.with_prefect import current_run

log = logging.getLogger("trialwatch")

NAME = "trialwatch-store"
"""The global concurrency limit that docs/operating.md creates. Where there is none, nobody waits."""

LONGEST_WAIT_S = 600.0
LEASE_S = 60.0
"""The least that Prefect allows: so long is a killed run's slot taken."""


@contextmanager
def held() -> Iterator[None]:
    """Work while holding the slot, if this is a deployment's run and Prefect gives it in time."""
    slot, run = ExitStack(), current_run.flow_run()
    if run and run.deployment_id:
        _take_if_there(slot)
    try:
        yield
    finally:
        try:
            slot.close()
        except (Exception, CancelledError) as error:  # the work is done: the lease runs out by itself
            log.warning("the slot %r could not be given back (%s)", NAME, error)


def _take_if_there(slot: ExitStack) -> None:
    from prefect.client.orchestration import get_client
    from prefect.concurrency.sync import concurrency
    from prefect.exceptions import ObjectNotFound

    try:
        with get_client(sync_client=True) as client:  # else Prefect itself would warn, every hour
            client.read_global_concurrency_limit_by_name(NAME)
        slot.enter_context(
            concurrency(
                NAME,
                timeout_seconds=LONGEST_WAIT_S,
                lease_duration=LEASE_S,
                raise_on_lease_renewal_failure=False,  # a server that is away for a while throws nobody out
            )
        )
    except ObjectNotFound:
        return
    except (Exception, CancelledError) as error:
        log.warning("no slot %r in %.0f minutes (%s); the run goes on", NAME, LONGEST_WAIT_S / 60, error)
