"""What prefect.yaml deploys: the nightly flow and the hourly delivery, with the settings of this machine."""

from typing import TYPE_CHECKING, Any

from flows import delivery
from flows.endings import Code, in_our_words
from flows.nightly import nightly_flow
from flows.orchestration import Tonight
from flows.progress import silent
from flows.settings import configuration, from_environment

if TYPE_CHECKING:
    from prefect import Flow


def delivery_flow() -> "Flow[..., Any]":
    """Hand over what is due, as a Prefect flow; it ends as failed while mail waits."""
    from prefect import flow
    from prefect.client.schemas.objects import State
    from prefect.states import Completed, Failed

    @flow(name="deliver", persist_result=False)
    def deliver() -> State[Any]:
        settings = from_environment()
        with in_our_words():
            delivered = delivery.deliver_by_itself(settings, configuration(settings.config))
        return (Completed if delivered.code is Code.DONE else Failed)(message=delivered.sentence)

    return deliver


_settings = from_environment()
nightly = nightly_flow(Tonight(_settings, configuration(_settings.config), silent))
deliver = delivery_flow()
