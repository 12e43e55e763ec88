"""What is said of a trial's treatment without the words that say so: mail, page and terminal say the same."""

from collections.abc import Iterable

import duckdb

from warehouse.store.tables import sql


def sure_concepts(
    con: duckdb.DuckDBPyConnection, table: str, trial_ids: Iterable[str]
) -> dict[str, dict[str, list[str]]]:
    """Lists by the names of ``TrialFacts``, of each trial of which something sure is read.

    ``table`` holds concepts with their confidence: ``trial_concept`` of the store, ``trial_concepts`` of the file.
    """
    rows = con.execute(sql("store/sure_concepts"), [table, list(trial_ids)])
    _, *names = (column[0] for column in rows.description or [])
    return {trial_id: dict(zip(names, lists, strict=True)) for trial_id, *lists in rows.fetchall()}
