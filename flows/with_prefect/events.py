"""A custom event of Prefect's for each change of high materiality, so that its automations can act on one.

Events follow the published file, from where the last night's ended: what one night could not tell, the next does.
An event bears an id made of its change's, so that one that is sent twice is known as one.
"""

import logging
from asyncio import CancelledError
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.files import write_whole
from flows.nightly import Report
from flows.settings import Settings
from flows.spread.runs import is_there
from flows.with_prefect import current_run
from warehouse.errors import QuestionError
from warehouse.publish.analysts_file import FILE
from warehouse.publish.cursor import BEGINNING, all_since, since
from warehouse.publish.questions import published
from warehouse.words.kinds import KINDS

log = logging.getLogger("trialwatch")

OF_HIGH = tuple(name for name, kind in KINDS.items() if kind.materiality == "high")
MOST = 200
"""So many are sent at once; what is beyond them waits for the next night."""
SAID = (
    *("change_id", "kind", "field", "old_value", "new_value", "cause", "reason", "registry_date", "observed_at"),
    *("run_id", "substances", "url"),
)


def of_night(report: Report) -> None:
    """Send what is owed. Nothing here may undo a night that is over.

    A server that Prefect started for this night alone tells nobody: then all stays owed to the one that stands.
    """
    if not is_there():
        return
    settings = report.settings
    try:
        changes, cursor = _owed(settings, report.run_id)
        if events := [_event(each) for each in changes if each["materiality"] == "high" and each["is_relevant"]]:
            _send(events)
        write_whole(_told(settings), cursor.encode())
    except (Exception, CancelledError) as error:
        log.warning("Prefect was not told of the night's changes (%s)", error)


def _owed(settings: Settings, run_id: str) -> tuple[list[dict[str, Any]], str]:
    """Changes that may be told, and the cursor behind them. At first they are tonight's: no back catalogue."""
    with published(settings.published / FILE) as con:
        try:
            found = since(con, _told(settings).read_text("utf-8").strip(), kinds=OF_HIGH, most=MOST)
        except (FileNotFoundError, QuestionError):  # none yet, or of a store that another has replaced
            told, behind = all_since(con, BEGINNING[0], kinds=OF_HIGH)
            return list(islice((change for change in told if change["run_id"] == run_id), MOST)), behind
    return found.changes, found.cursor


def _told(settings: Settings) -> Path:
    """Where the cursor stands behind the last change that was told."""
    return settings.data_dir / "told-to-prefect"


def _event(change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"trialwatch:{change['change_id']}")),
        "event": f"trialwatch.change.{change['kind']}",
        "occurred": change["observed_at"],
        "resource": {
            "prefect.resource.id": f"trialwatch.trial.{change['trial_id']}",
            "prefect.resource.name": change["title"] or change["trial_id"],
            "trialwatch.substances": " ".join(change["substances"] or ()),
        },
        "related": list(_related()),
        "payload": {name: change[name] for name in SAID},
    }


def _related() -> Iterator[dict[str, str]]:
    """The run that tells it, as Prefect's own events name theirs."""
    if run := current_run.flow_run():
        yield {"prefect.resource.id": f"prefect.flow-run.{run.id}", "prefect.resource.role": "flow-run"}


def _send(events: list[dict[str, Any]]) -> None:
    """All at once, and answered for: what Prefect sends in the background is lost where nobody takes it."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        client.request("POST", "/events", json=events)
