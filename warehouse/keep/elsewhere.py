"""The operator hears of a place that is not published to: at once, and every third night as long as it lasts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from warehouse.instants import naive_utc
from warehouse.judge import trouble
from warehouse.keep import operator_mail
from warehouse.store.file import transaction


def tell(
    con: duckdb.DuckDBPyConnection, known: Mapping[str, Any], why: str, operator: str, run_id: str, now: datetime
) -> bool:
    """Put the trouble of one place, unless the operator has heard of it lately; returns whether it was put.

    ``known`` is how the place stands (``status.elsewhere``); trouble that had passed meanwhile is told at once.
    """
    since = naive_utc(datetime.fromisoformat(known["failing_since"]))
    subject = trouble.elsewhere_subject(known["place"])
    told_lately = operator_mail.told_lately(con, subject, now)
    if any(each.subject == subject and each.noticed_at >= since for each in told_lately):
        return False
    told = trouble.of_elsewhere(known["place"], why, known["published_at"])
    with transaction(con):
        operator_mail.put(con, told, operator=operator, run_id=run_id, now=now, part=" elsewhere")
    return True
