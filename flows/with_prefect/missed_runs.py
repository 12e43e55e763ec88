"""What became of runs while nobody served: the night that was missed, and the runs that died with whoever served.

Prefect would show these as running for ever; where workers are, an automation sees to that
(``deploy/crashed-runs.yaml``).
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.settings import Settings
from warehouse.errors import OperatorError
from warehouse.publish import status

if TYPE_CHECKING:
    from uuid import UUID

log = logging.getLogger("trialwatch")


def missed_night(settings: Settings, cron: str) -> datetime | None:
    """When a night should have been that was not: the first one after the last that began. None: none is missing.

    Prefect plans anew when we start, and forgets what it had planned for while we were off.
    """
    from prefect.server.schemas.schedules import CronSchedule

    facts: dict[str, Any] = {}
    with suppress(OSError, OperatorError):
        facts = status.read(settings.status_file) or {}
    now = settings.now()
    began = [datetime.fromisoformat(run["started_at"]) for run in facts.get("runs", ())]
    if not began:
        return now
    planned = CronSchedule(cron=cron, timezone="UTC").get_dates(
        1, start=max(began) + timedelta(seconds=1), end=now
    )
    return next(iter(asyncio.run(planned)), None)


def told_as_crashed(deployments: "list[UUID]") -> None:
    """Say of all runs of these deployments that seem to be at work that they are dead. Nobody else may run any."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    ours = filters.DeploymentFilter(id=filters.DeploymentFilterId(any_=deployments))
    at_work = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    state = filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=at_work))
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(
            deployment_filter=ours, flow_run_filter=filters.FlowRunFilter(state=state)
        ):
            client.set_flow_run_state(run.id, Crashed(message="it died with trialwatch serve"), force=True)
            log.info(
                "run %s died with an earlier trialwatch serve; Prefect's pages now show it as crashed", run.name
            )
