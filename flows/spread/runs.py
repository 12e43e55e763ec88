"""Shards as flow runs of a deployment: started, looked at and ended through Prefect's server.

The server is never what a night depends on: whatever it raises travels to ``spread``, which does without.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from flows.spread.order import Order

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

DEPLOYMENT = "shard/shard"
"""Flow and deployment, as deploy/shards.yaml names them."""
TRIES = 2
"""How often the server is asked once more. A night has its own patience, and shards go on without the server."""


class Runs(Protocol):
    """Who runs shards elsewhere. Everything here may fail, with whatever exception."""

    def start(self, order: Order) -> str:
        """Have it run as soon as somebody can; by what it is known from then on."""

    def have_ended(self, runs: list[str]) -> set[str]:
        """Those of them of which nothing more is to be expected."""

    def end(self, run: str, why: str, *, is_dead: bool) -> None:
        """Have it not begin any more, or note that it has died. One that is at work ends itself."""


@dataclass(slots=True)
class FlowRuns:
    """On the work pool of the deployment. Implements ``Runs``."""

    deployment: str = DEPLOYMENT

    def start(self, order: Order) -> str:
        with _server() as client:
            deployment = client.read_deployment_by_name(self.deployment)
            run = client.create_flow_run_from_deployment(
                deployment.id,
                parameters={"order": msgspec.to_builtins(order)},
                name=f"{order.batch} {order.name} ({order.attempt})",
                tags=["shard", order.run_id],
                idempotency_key=f"{order.at}/{order.attempt}",
            )
        return str(run.id)

    def have_ended(self, runs: list[str]) -> set[str]:
        from prefect.client.schemas import filters

        named = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[UUID(run) for run in runs]))
        with _server() as client:
            found = client.read_flow_runs(flow_run_filter=named)
        return {str(run.id) for run in found if run.state and run.state.is_final()}

    def end(self, run: str, why: str, *, is_dead: bool) -> None:
        from prefect.client.schemas.objects import State
        from prefect.states import Cancelled, Crashed

        state: State[Any] = Crashed(message=why) if is_dead else Cancelled(message=why)
        with _server() as client:
            # By force: only its worker could cancel it in good order, and that may be dead as well.
            client.set_flow_run_state(run, state, force=True)


@contextmanager
def _server() -> "Iterator[SyncPrefectClient]":
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: TRIES}), get_client(sync_client=True) as client:
        yield client


def is_there() -> bool:
    """Whether a server is named at all: one that Prefect starts for us alone has no workers."""
    if os.environ.get("PREFECT_API_URL"):
        return True
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())
