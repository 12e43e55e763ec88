"""Planned runs that come too late: what a newer one has overtaken ends, and only the newest does its work.

A worker that was off starts all that was due meanwhile, the oldest first: of a month, hundreds of deliveries, each
in a process of its own. So every run that starts also ends what is overtaken and has not begun. The newest does
all that the ones before it would have done; only Prefect's server knows whether it is there.
"""

import logging
from asyncio import CancelledError
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.with_prefect import current_run

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State

log = logging.getLogger("trialwatch")


def skipped() -> "State[Any] | None":
    """The state in which the present flow run ends at once; None when it is to do its work."""
    from prefect.client.orchestration import get_client

    mine = current_run.flow_run()
    if mine is None or not mine.auto_scheduled:
        return None
    try:
        with get_client(sync_client=True) as client:
            newest = max((mine, *_due(client, mine)), key=_planned_for)
            for waiting in _due(client, mine, only_waiting=True):
                if _planned_for(waiting) < _planned_for(newest):
                    client.set_flow_run_state(waiting.id, _overtaken_by(newest))
    except (Exception, CancelledError) as error:  # a server that cannot say is no reason to do nothing
        log.warning("whether a newer run is due could not be asked (%s)", error)
        return None
    return _overtaken_by(newest) if _planned_for(mine) < _planned_for(newest) else None


def _overtaken_by(newest: "FlowRun") -> "State[Any]":
    from prefect.states import Cancelled

    due = f"{_planned_for(newest):%Y-%m-%d %H:%M} UTC"
    return Cancelled(name="Skipped", message=f"skipped: late, and the run of {due} does its work")


def _planned_for(run: "FlowRun") -> datetime:
    assert run.expected_start_time  # noqa: S101 - whatever is planned has its time
    return run.expected_start_time


def _due(client: "SyncPrefectClient", mine: "FlowRun", *, only_waiting: bool = False) -> "Iterator[FlowRun]":
    """Planned runs of the same deployment for the same watch that were due by now.

    They are the newest, whatever became of them; or the oldest of those that have not begun, which a worker takes
    first. Prefect names 200 in one answer, and that is enough: the next run that starts asks again.
    """
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort

    assert mine.deployment_id  # noqa: S101 - only a deployment plans runs
    until_now = filters.FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC)})
    waiting = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    due = client.read_flow_runs(
        deployment_filter=filters.DeploymentFilter(id=filters.DeploymentFilterId(any_=[mine.deployment_id])),
        flow_run_filter=filters.FlowRunFilter(
            expected_start_time=until_now, state=waiting if only_waiting else None
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC if only_waiting else FlowRunSort.EXPECTED_START_TIME_DESC,
    )
    return (each for each in due if each.auto_scheduled and each.parameters == mine.parameters)
