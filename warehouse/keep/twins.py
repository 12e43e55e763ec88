"""Trials of several registries that are one study, as the store holds them. Nothing is written."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import duckdb

from connectors.numbers import WRITTEN, compared, giver_of
from warehouse.judge.alerts import Tellable
from warehouse.judge.endings import ENDINGS, TOLD_ALREADY, LatestChange, Twin, told_in
from warehouse.judge.twins import Doubt, Link, Matched, matched
from warehouse.keep.rulings import in_force
from warehouse.store.tables import sql

REGISTERED_TRIAL = ("trial_id", "registry_name", "fate", "merged_into")
"""Of a trial's columns those that seldom change, as the relation ``registered_trial``: when a trial was last seen
changes every night, and would change whatever reads ``trial``."""


def know_registered_trials(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relation ``registered_trial`` for this connection."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW registered_trial AS SELECT {', '.join(REGISTERED_TRIAL)} FROM trial")


def links(con: duckdb.DuckDBPyConnection) -> list[Link]:
    """What ties trials to numbers. The relation ``registered_trial`` is known."""
    rows = con.execute(sql("keep/study_link"), {"written": WRITTEN}).fetchall()
    return [Link(trial_id, _giver(trial_id, shown_by), *rest) for trial_id, shown_by, *rest in rows]


def _giver(trial_id: str, shown_by: str) -> str:
    """Whose number it is: not always the registry's that shows the trial."""
    number = compared(trial_id)
    return (number and giver_of(number)) or shown_by


def all_matched(con: duckdb.DuckDBPyConnection) -> Matched:
    """Every study and every doubt. The relation ``registered_trial`` is known."""
    return matched(links(con), in_force(con))


def doubts(con: duckdb.DuckDBPyConnection) -> list[Doubt]:
    """What a person can tell of the trials that are ours, and of his own words that do not fit.

    A store of one registry is not asked for more than the latter, as for twins.
    """
    if not (_may_have_twins(con) or in_force(con)):
        return []
    know_registered_trials(con)
    is_ours = dict(con.execute(sql("keep/is_ours")).fetchall())

    def concerns_us(doubt: Doubt) -> bool:
        known = [is_ours[each] for each in (doubt.trial_id, doubt.other_id) if each in is_ours]
        return any(known) or not known

    return [each for each in all_matched(con).doubts if not each.settled_by and concerns_us(each)]


def twins(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """For each trial that has any, the numbers under which other registries show its study.

    A store of one registry is not asked for them: they would take a second where it holds all of it.
    """
    if not _may_have_twins(con):
        return {}
    know_registered_trials(con)
    found = links(con)
    live = {link.trial_id for link in found if link.is_live}
    return {
        trial_id: others
        for study in matched(found, in_force(con)).studies
        for trial_id in study.trial_ids
        if (others := [each for each in study.trial_ids if each in live and each != trial_id])
    }


def _may_have_twins(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the store holds numbers of several registries: those of one begin alike."""
    count = "count(DISTINCT registry_name) > 1 OR count(DISTINCT left(trial_id, 3)) > 1"
    found = con.execute(f"SELECT {count} FROM trial WHERE fate IS NULL").fetchone()
    return bool(found and found[0])


def told_already(
    con: duckdb.DuckDBPyConnection, changes: Iterable[Tellable], observed_at: datetime
) -> dict[str, tuple[dict[str, str], frozenset[str]]]:
    """Of these changes, which are not written yet, those that another record has told somewhere, by their ids.

    Each with the watches where it was told and by which twin, and those where it is still to be told. Of twins
    that come to their end in one night the first tells it.
    """
    endings = [change for change in changes if change.kind in ENDINGS]
    known = twins(con) if endings else {}
    endings = [change for change in endings if change.trial_id in known]
    asked = {number for each in endings for number in (each.trial_id, *known[each.trial_id])}
    found = {row[0]: _twin(*row) for row in con.execute(sql("keep/twin"), [sorted(asked)]).fetchall()}
    told = {}
    for place, each in enumerate(endings):
        if trial := found.get(each.trial_id):
            silent = {later.trial_id for later in endings[place:] if later.kind == each.kind}
            others = [found[number] for number in known[each.trial_id] if number in found.keys() - silent]
            heard = told_in(each.kind, trial, others)
            untold = trial.watches - heard.keys()
            if heard:
                told[each.change_id] = heard, untold
            news = LatestChange(each.materiality if untold else TOLD_ALREADY, observed_at)
            found[trial.trial_id] = replace(trial, latest={**trial.latest, each.kind: news})
    return told


def _twin(
    trial_id: str,
    overall_status: str | None,
    has_results: bool,
    watches: list[str],
    substances: list[str],
    latest: list[tuple[str, str, datetime]],
) -> Twin:
    news = {kind: LatestChange(materiality, observed_at) for kind, materiality, observed_at in latest}
    return Twin(trial_id, overall_status, has_results, frozenset(watches), frozenset(substances), news)
