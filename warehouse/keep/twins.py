"""Trials of several registries that are one study, as the store holds them. Nothing is written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb

from connectors.numbers import WRITTEN
from warehouse.judge.endings import ENDINGS, Latest, Twin, told_in
from warehouse.judge.twins import Doubt, Link, Matched, Study, matched
from warehouse.keep.rulings import standing
from warehouse.store.tables import sql

REGISTERED_TRIAL = ("trial_id", "registry_name", "fate", "merged_into")
"""Of a trial's columns those that seldom change, as the relation ``registered_trial``: when a trial was last seen
changes every night, and would change whatever reads ``trial``."""


def know_registered_trials(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relation ``registered_trial`` for this connection."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW registered_trial AS SELECT {', '.join(REGISTERED_TRIAL)} FROM trial")


def links(con: duckdb.DuckDBPyConnection) -> list[Link]:
    """What ties trials to numbers. The relation ``registered_trial`` is known."""
    return [Link(*row) for row in con.execute(sql("keep/study_link"), {"written": WRITTEN}).fetchall()]


def all_matched(con: duckdb.DuckDBPyConnection) -> Matched:
    """Every study and every doubt. The relation ``registered_trial`` is known."""
    return matched(links(con), standing(con))


def doubts(con: duckdb.DuckDBPyConnection) -> list[Doubt]:
    """What a person can tell of the trials that are ours, and of his own words that do not fit.

    A store of one registry is not asked for more than the latter, as for twins.
    """
    if not (_registries(con) > 1 or standing(con)):
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
    if _registries(con) < 2:
        return {}
    know_registered_trials(con)
    found = links(con)
    shown_by = {link.trial_id: link.registry_name for link in found if link.is_live}
    return {
        trial_id: others
        for study in matched(found, standing(con)).studies
        for trial_id in study.trial_ids
        if (others := _elsewhere(trial_id, study, shown_by))
    }


def _registries(con: duckdb.DuckDBPyConnection) -> int:
    found = con.execute("SELECT count(DISTINCT registry_name) FROM trial WHERE fate IS NULL").fetchone()
    return int(found[0]) if found else 0


def _elsewhere(trial_id: str, study: Study, shown_by: Mapping[str, str]) -> list[str]:
    own = shown_by.get(trial_id)
    return [each for each in study.trial_ids if shown_by.get(each) not in (None, own)]


def told_already(
    con: duckdb.DuckDBPyConnection, changes: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[dict[str, str], frozenset[str]]]:
    """Of these changes those that another registry has told somewhere, by their ids.

    Each with the watches where it was told and by which twin, and those where it is still to be told.
    """
    endings = [change for change in changes if change["kind"] in ENDINGS]
    known = twins(con) if endings else {}
    endings = [change for change in endings if change["trial_id"] in known]
    asked = {number for each in endings for number in (each["trial_id"], *known[each["trial_id"]])}
    found = {row[0]: _twin(*row) for row in con.execute(sql("keep/twin"), [sorted(asked)]).fetchall()}
    told = {}
    for each in endings:
        if trial := found.get(each["trial_id"]):
            others = [found[number] for number in known[each["trial_id"]] if number in found]
            if heard := told_in(each["kind"], trial, others):
                told[each["change_id"]] = heard, trial.watches - heard.keys()
    return told


def _twin(
    trial_id: str,
    overall_status: str | None,
    has_results: bool,
    watches: list[str],
    substances: list[str],
    latest: list[tuple[str, str, datetime]],
) -> Twin:
    news = {kind: Latest(materiality, observed_at) for kind, materiality, observed_at in latest}
    return Twin(trial_id, overall_status, has_results, frozenset(watches), frozenset(substances), news)
