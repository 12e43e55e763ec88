"""What the page tells, read from the contract's views: rows, gathered by trial, grouped and counted.

Pure modules decide what is news (``lately``), what is coming up (``agenda``), what a card says (``card``), what
the trials are about (``subjects``), where they are drawn (``timeline``, ``figures``) and what the page's script
works on (``data``); how any of it looks is the templates'.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import duckdb
import msgspec

from connectors.statuses import COURSE, GROUPS
from warehouse.publish.brief import briefs
from warehouse.publish.page import agenda, data, figures, timeline
from warehouse.publish.page.charts import Figure
from warehouse.publish.page.lately import DAYS, headline, lately
from warehouse.publish.page.subjects import MOST, Subjects, by_what, subjects
from warehouse.store.tables import sql
from warehouse.words.history import moments
from warehouse.words.sources import source

MOST_TRIALS = 2000
"""On one page: a browser still opens them within a second. The figures count all of them."""
MOST_WORDS = 1000
"""By which a trial is found, what names it first."""
MOST_MARKS = 500
MOST_SET_ASIDE = 300
MOST_DOUBTS = 50
Row = dict[str, Any]


def facts(con: duckdb.DuckDBPyConnection) -> Row:
    """All that the page tells, by the names that its templates know."""
    (fresh,) = _rows(con, "freshness")
    (totals,) = _rows(con, "totals")
    trials = _rows(con, "trials", MOST_TRIALS)
    former = _rows(con, "former", DAYS)
    # Changes of trials that left are news too, though the page has no place for those trials themselves.
    changes = _rows(con, "changes", _listed([*trials, *former]))
    told = lately(_news(changes), fresh["published_at"])
    today = fresh["published_at"].date()
    years = timeline.scale(_days(trials), today)
    about = _about(con, trials, totals)
    _gathered(con, trials, changes, years)
    nights = _rows(con, "nights")
    coming = _rows(con, "coming_up", agenda.DAYS, agenda.MOST)
    return {
        "fresh": fresh,
        "today": today,
        "totals": totals,
        "nights": nights,
        "sources": [source(name) for name in sorted({night["registry_name"] for night in nights})],
        "watches": sorted({night["watch"] for night in nights}),
        "headline": headline(told, totals["relevant"]),
        "lately": told,
        "trials": trials,
        "trial_of": {trial["trial_id"]: trial for trial in (*former, *trials)},
        "years": years,
        "statuses": GROUPS,
        "usual_statuses": (*COURSE, "unknown"),
        "coming": agenda.months(agenda.entries(coming)),
        "coming_left_out": coming[0]["all_of_them"] - len(coming) if coming else 0,
        "review": _rows(con, "review"),
        "figures": _figures(con, about),
        "set_aside": _rows(con, "set_aside", MOST_SET_ASIDE),
        "doubts": _rows(con, "doubts", MOST_DOUBTS),
        "data": _data(con, trials, about, years),
    }


def _gathered(con: duckdb.DuckDBPyConnection, trials: Sequence[Row], changes: list[Row], years: Any) -> None:
    """Give each trial what the other views hold of it."""
    shown = _listed(trials)
    # One query for all trials each: one a trial would take most of the time that a page may take.
    of_trial = {name: _by_trial(_rows(con, name, shown)) for name in ("versions", "stays", "members", "evidence")}
    of_trial["changes"] = _by_trial(changes)
    parts = {row["trial_id"]: row for row in _rows(con, "parts", shown)}
    known = briefs(con, (trial["trial_id"] for trial in trials))
    for trial in trials:
        trial_id = trial["trial_id"]
        trial |= parts[trial_id]
        all_changes = of_trial["changes"][trial_id]
        trial["brief"] = known.get(trial_id)
        for name in ("stays", "members", "evidence"):
            trial[name] = of_trial[name][trial_id]
        trial["changes"] = _news(all_changes)
        trial["bar"] = timeline.bar(_course(trial), years)
        trial["history"] = moments(of_trial["versions"][trial_id], reversed(all_changes))


def _news(changes: Iterable[Row]) -> list[Row]:
    """Those that a night saw; what a back-fill tells of the past stands in a trial's history alone."""
    return [change for change in changes if change["source"] != "history"]


def _about(con: duckdb.DuckDBPyConnection, trials: Sequence[Row], totals: Row) -> Subjects:
    by = by_what(totals["relevant"], totals["with_substances"])
    # Asked for three times; of a whole registry each time would take a second.
    con.execute(f"CREATE OR REPLACE TEMP TABLE about AS {sql('publish/page/about')}", {"by": by, "most": MOST})
    rows = _rows(con, "subjects", _listed(trials))
    return subjects(by, ((row["trial_id"], row["named"], row["trials"]) for row in rows))


def _figures(con: duckdb.DuckDBPyConnection, about: Subjects) -> list[Figure]:
    made = [
        *figures.status_figures(_rows(con, "figures"), about),
        figures.completion(_rows(con, "survival"), about),
        figures.planned(_rows(con, "planned", MOST_MARKS)),
        figures.lag(_rows(con, "lag")),
    ]
    return [figure for figure in made if figure]


def _data(con: duckdb.DuckDBPyConnection, trials: Sequence[Row], about: Subjects, years: timeline.Scale) -> Row:
    """What the page's script works on, each as the text of an element of its own."""
    found = ((row["word"], row["places"]) for row in _rows(con, "words", _listed(trials), MOST_WORDS))
    return {
        "trials": data.document(
            {
                "by": about.heading,
                "about": about.names,
                "statuses": GROUPS,
                "usual_statuses": (*COURSE, "unknown"),
                "ticks": years.ticks(),
                "trials": [data.row(trial, about) for trial in trials],
            }
        ),
        # A line a trial: read when it is opened.
        "cards": "\n".join(data.document(data.whole(trial)) for trial in trials),
        "words": data.words(found),
    }


def _course(trial: Row) -> timeline.TrialCourse:
    stays = [(stay["overall_status"], stay["from_date"], stay["to_date"]) for stay in trial["stays"]]
    return timeline.TrialCourse(
        trial["overall_status"],
        trial["start_date_earliest"],
        trial["end_date_latest"],
        trial["end_date_type"] == "ACTUAL",
        stays,
    )


def _days(trials: Iterable[Row]) -> Iterable[date]:
    for trial in trials:
        yield from filter(None, (trial["start_date_earliest"], trial["end_date_latest"]))


def _by_trial(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["trial_id"]].append(row)
    return grouped


def _listed(trials: Iterable[Row]) -> str:
    """The trials' numbers as one value: of a list each element costs time by itself."""
    return msgspec.json.encode([trial["trial_id"] for trial in trials]).decode()


def _rows(con: duckdb.DuckDBPyConnection, name: str, *values: Any) -> list[Row]:
    return _answered(con.execute(sql(f"publish/page/{name}"), list(values)))


def _answered(result: duckdb.DuckDBPyConnection) -> list[Row]:
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
