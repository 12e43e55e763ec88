"""What the published file knows of some trials, as the page and the terminal tell it."""

from collections.abc import Iterable

import duckdb

from warehouse.judge.trial_facts import as_facts
from warehouse.store.concepts import sure_concepts
from warehouse.store.tables import sql
from warehouse.words.brief import TrialFacts


def briefs(con: duckdb.DuckDBPyConnection, trial_ids: Iterable[str]) -> dict[str, TrialFacts]:
    """What is known of each of these trials, by its number.

    Nothing of any where the file was published by a trialwatch that knew less of a trial.
    """
    asked = sorted(set(trial_ids))
    try:
        concepts = sure_concepts(con, "trial_concepts", asked)
        rows = con.execute(sql("publish/brief"), [asked])
    except (duckdb.BinderException, duckdb.CatalogException):
        return {}
    names = [column[0] for column in rows.description or []]
    return {
        told["trial_id"]: as_facts(told | concepts.get(told["trial_id"], {}))
        for told in (dict(zip(names, row, strict=True)) for row in rows.fetchall())
    }
