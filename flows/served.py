"""What ``trialwatch serve`` runs: the flows of ``scheduled``, each run in a process of its own that reads this.

A run that failed, or was skipped, has said its sentence when it ends; Prefect's own words for the same are a
traceback of forty lines.
"""

import logging

from prefect.exceptions import CancelledRun, FailedRun

from flows.scheduled import deliver, nightly, watch

__all__ = ["deliver", "nightly", "watch"]


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun | CancelledRun))


logging.getLogger("prefect.flow_runs").addFilter(_is_news)
