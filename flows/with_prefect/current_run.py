"""The flow run in whose midst we are, as Prefect knows it. Nothing of Prefect is imported before it is asked."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun


def flow_run() -> "FlowRun | None":
    """None outside of a flow, or where its server told nothing of the run."""
    from prefect.context import FlowRunContext

    context = FlowRunContext.get()
    return context.flow_run if context else None
