"""Planned runs that come too late: one that a newer one has overtaken ends itself.

A worker that was off starts everything that was due meanwhile. The newest run of a deployment does all that the
ones before it would have done; only Prefect's server knows whether it is there.
"""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun, State

log = logging.getLogger("trialwatch")


def skipped() -> "State[Any] | None":
    """The state in which the present flow run ends at once; None when it is to do its work."""
    from prefect.context import FlowRunContext
    from prefect.states import Cancelled

    context = FlowRunContext.get()
    mine = context.flow_run if context else None
    if mine is None or not mine.auto_scheduled or mine.expected_start_time is None:
        return None
    try:
        newer = _newest_due(mine)
    except Exception as error:  # a server that cannot say is no reason to do nothing
        log.warning("whether a newer run is due could not be asked (%s)", error)
        return None
    if newer is None or newer.expected_start_time is None:
        return None
    due = f"{newer.expected_start_time:%Y-%m-%d %H:%M} UTC"
    return Cancelled(name="Skipped", message=f"skipped: late, and the run of {due} does its work")


def _newest_due(mine: "FlowRun") -> "FlowRun | None":
    """The newest planned run of the same deployment that was due after this one, whatever became of it."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterExpectedStartTime,
    )
    from prefect.client.schemas.sorting import FlowRunSort

    assert mine.deployment_id and mine.expected_start_time  # noqa: S101, PT018 - only a deployment plans runs
    planned = mine.expected_start_time
    span = FlowRunFilterExpectedStartTime.model_validate({"after_": planned, "before_": datetime.now(UTC)})
    with get_client(sync_client=True) as client:
        due = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[mine.deployment_id])),
            flow_run_filter=FlowRunFilter(expected_start_time=span),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        )
    return next(
        (each for each in due if each.auto_scheduled and (each.expected_start_time or planned) > planned), None
    )
