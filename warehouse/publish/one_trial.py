"""Everything that the published file holds of one trial.

Apart from the other questions: what a trial is in words takes the rules and their vocabulary, which cost more to
import than `trialwatch status` has to do.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.publish.brief import briefs
from warehouse.publish.questions import ask_of_ours
from warehouse.words.brief import headline, rows
from warehouse.words.sources import origin, source


def trial(con: duckdb.DuckDBPyConnection, trial_id: str) -> dict[str, Any] | None:
    """One trial: how it stands, why it is in the watch, and its whole timeline; None when we hold no such.

    A former number leads to the trial that bears it now, and what happened under it is in that one's timeline.
    """
    trial_id = _bearers(con, [trial_id]).get(trial_id, trial_id)
    found = ask_of_ours(con, "SELECT * FROM trials WHERE trial_id = ?", [trial_id]).documents()
    if not found:
        return None
    merged = [row[0] for row in ask_of_ours(con, "SELECT trial_id FROM trials WHERE fate = 'merged'").rows]
    former = [borne for borne, bearer in _bearers(con, merged).items() if bearer == trial_id]
    parts = {
        "memberships": "SELECT * FROM watch_members WHERE trial_id = ? ORDER BY watch, stay",
        "substances": "SELECT * FROM trial_substances WHERE trial_id = ? ORDER BY substance, field",
        "versions": "SELECT * FROM trial_versions WHERE trial_id = ? ORDER BY registry_date, observed_at",
        "status_history": "SELECT * FROM status_history WHERE trial_id = ? ORDER BY from_date, to_date",
        "flags": "SELECT * FROM trial_flags WHERE trial_id = ? ORDER BY path, value",
        "doubts": "FROM doubtful_ties WHERE ? IN (trial_id, other_id) AND settled_by IS NULL ORDER BY ALL",
    }
    changes = "SELECT * FROM changes WHERE list_contains(?, trial_id) ORDER BY observed_at, kind, field"
    facts = briefs(con, [trial_id]).get(trial_id)
    return {
        "trial": found[0],
        "headline": headline(facts) if facts else None,
        "facts": [{"label": label, "fact": fact} for label, fact in rows(facts)] if facts else [],
        **{name: ask_of_ours(con, sql, [trial_id]).documents() for name, sql in parts.items()},
        "changes": ask_of_ours(con, changes, [[trial_id, *former]]).documents(),
        "origin": _origin(con, found[0]["registry_name"]),
    }


def _origin(con: duckdb.DuckDBPyConnection, registry_name: str) -> dict[str, Any]:
    """Where a trial's record comes from, what it is not, who mends it, and on what terms it may be passed on."""
    (fresh,) = ask_of_ours(con, "SELECT published_at, notice FROM freshness").documents()
    dated = "SELECT unnest(registry_names) AS name, unnest(data_versions), unnest(read_times) FROM freshness"
    of_this = [row for row in ask_of_ours(con, dated).rows if row[0] == registry_name] or [
        (registry_name, None, None)
    ]
    known = source(registry_name)
    return {
        "from": origin(*zip(*of_this, strict=True)),
        "published_at": fresh["published_at"],
        "notice": fresh["notice"],
        "errors": known.mended,
        "terms": known.asks,
    }


def _bearers(con: duckdb.DuckDBPyConnection, trial_ids: Sequence[str]) -> dict[str, str]:
    """As ``keep.former.bearers``, asked of the published file."""
    text = (files("warehouse") / "keep" / "sql" / "bearers.sql").read_text("utf-8")
    views = "WITH RECURSIVE trial AS (FROM trials), trial_identifier AS (FROM trial_identifiers),"
    return dict(ask_of_ours(con, text.replace("WITH RECURSIVE", views, 1), [list(trial_ids)]).rows)
