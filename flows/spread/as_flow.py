"""What deploy/shards.yaml deploys: one shard as a flow run, with the settings of the machine that runs it."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.endings import in_words, told
from flows.scheduled import with_bugs_logged
from flows.settings import from_environment
from flows.spread.work import ShardError, understood, work
from flows.with_prefect.told_to_prefect import discreet


@flow(name="shard", persist_result=False)
def shard(order: dict[str, Any]) -> State[Any]:
    """Do what is ordered (``flows.spread.order.Order``). It fails with one sentence, without an address."""
    try:
        with with_bugs_logged():
            try:
                return Completed(message=work(understood(order), from_environment()))
            except ShardError as error:
                return Failed(message=str(error))
    except Exception as error:
        return Failed(message=discreet(in_words(told(error))))
