"""What the page tells, read from the contract's views: rows, gathered by trial, grouped and counted.

Pure modules decide what is news (``lately``), where a trial is drawn (``timeline``) and what its history is
(``history``); how any of it looks is the templates'.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import msgspec

from connectors.statuses import COURSE, GROUPS
from warehouse.publish.page import charts, timeline
from warehouse.publish.page.lately import DAYS, headline, lately
from warehouse.store.tables import sql
from warehouse.words.history import moments
from warehouse.words.vocabulary import SUBSTANCES

MOST_TRIALS = 2000
"""On one page: a browser still scrolls them well. The figures count all of them."""
MOST_SET_ASIDE = 300
LAPSING_DAYS = 180
OPEN_ROWS = 60
"""Rows of the timeline that are unfolded at first."""
NONE_NAMED = "none named"
Row = dict[str, Any]


def facts(con: duckdb.DuckDBPyConnection) -> Row:
    """All that the page tells, by the names that its templates know."""
    (fresh,) = _rows(con, "freshness")
    (totals,) = _rows(con, "totals")
    trials = _rows(con, "trials", MOST_TRIALS)
    former = _rows(con, "former", DAYS)
    shown = _listed(trials)
    # Changes of trials that left are news too, though the page has no place for those trials themselves.
    changes = _rows(con, "changes", _listed([*trials, *former]))
    told = lately(changes, fresh["published_at"])
    # One query for all trials each: one a trial would take most of the time that a page may take.
    of_trial = {
        name: _by_trial(changes if name == "changes" else _rows(con, name, shown))
        for name in ("changes", "versions", "stays", "members", "evidence")
    }
    today = fresh["published_at"].date()
    years = timeline.scale(_days(trials), today)
    for trial in trials:
        trial_id = trial["trial_id"]
        trial["stays"] = of_trial["stays"][trial_id]
        trial["bar"] = timeline.bar(_course(trial), years)
        trial["members"] = of_trial["members"][trial_id]
        trial["evidence"] = of_trial["evidence"][trial_id]
        trial["history"] = moments(of_trial["versions"][trial_id], reversed(of_trial["changes"][trial_id]))
    nights = _rows(con, "nights")
    lapsing = [
        trial
        for trial in trials
        if trial["lapses_on"] and trial["lapses_on"] <= today + timedelta(days=LAPSING_DAYS)
    ]
    return {
        "fresh": fresh,
        "today": today,
        "totals": totals,
        "nights": nights,
        "watches": sorted({night["watch"] for night in nights}),
        "headline": headline(told, totals["relevant"]),
        "lately": told,
        "trials": trials,
        "trial_of": {trial["trial_id"]: trial for trial in (*former, *trials)},
        "years": years,
        "groups": _groups(trials),
        "statuses": GROUPS,
        "usual_statuses": (*COURSE, "unknown"),
        "overdue": sorted(
            (trial for trial in trials if trial["is_overdue"]), key=lambda trial: -(trial["days_overdue"] or 0)
        ),
        "lapsing": sorted(lapsing, key=lambda trial: trial["lapses_on"]),
        "lapsing_days": LAPSING_DAYS,
        "review": _rows(con, "review"),
        "figures": _figures(_rows(con, "figures")),
        "set_aside": _rows(con, "set_aside", MOST_SET_ASIDE),
    }


def _course(trial: Row) -> timeline.Course:
    stays = [(stay["overall_status"], stay["from_date"], stay["to_date"]) for stay in trial["stays"]]
    return timeline.Course(
        trial["overall_status"],
        trial["start_date_earliest"],
        trial["end_date_latest"],
        trial["end_date_type"] == "ACTUAL",
        stays,
    )


def _days(trials: Iterable[Row]) -> Iterable[date]:
    for trial in trials:
        yield from filter(None, (trial["start_date_earliest"], trial["end_date_latest"]))


def _groups(trials: Sequence[Row]) -> list[Row]:
    """The timeline's groups, in the vocabulary's order; the first ones unfolded."""
    order = {name: place for place, name in enumerate((*SUBSTANCES, NONE_NAMED))}
    members: dict[str, list[Row]] = defaultdict(list)
    for trial in trials:
        for substance in trial["substances"] or [NONE_NAMED]:
            members[substance].append(trial)
    groups, rows = [], 0
    for name in sorted(members, key=lambda name: (order.get(name, len(order)), name)):
        inside = sorted(members[name], key=_by_start)
        groups.append({"name": name, "trials": inside, "is_open": rows + len(inside) <= OPEN_ROWS or not rows})
        rows += len(inside)
    return groups


def _by_start(trial: Row) -> tuple[bool, Any, str]:
    start = trial["start_date_earliest"] or trial["first_posted_on"]
    return start is None, start or 0, trial["trial_id"]


def _figures(rows: Iterable[Row]) -> list[Row]:
    """Both charts, each with the figures that it shows."""
    counts: dict[str, list[charts.Count]] = {"substance": [], "year": []}
    for row in rows:
        counts[row["by_what"]].append((row["named"], row["status_group"], row["trials"]))
    place = {name: at for at, name in enumerate((*SUBSTANCES, NONE_NAMED))}
    substances = sorted({named for named, *_ in counts["substance"]}, key=lambda name: place.get(name, len(place)))
    years = sorted({named for named, *_ in counts["year"]})
    # Years without a registration are drawn too: a gap is a fact.
    known = [int(year) for year in years if year.isdigit()]
    gapless = (
        [*map(str, range(min(known), max(known) + 1)), *(y for y in years if not y.isdigit())] if known else years
    )
    return [
        _figure("Status by substance", "Substance", charts.by_substance, counts["substance"], substances),
        _figure("Status by year first posted", "Year", charts.by_year, counts["year"], gapless),
    ]


def _figure(
    title: str,
    heading: str,
    draw: Callable[[Sequence[charts.Count], Sequence[str]], charts.Drawing],
    counts: list[charts.Count],
    names: list[str],
) -> Row:
    table = {name: dict.fromkeys(GROUPS, 0) for name in names}
    for named, group, trials in counts:
        table[named][group] = trials
    groups = [group for group in GROUPS if any(row[group] for row in table.values())]
    return {
        "title": title,
        "heading": heading,
        "drawing": draw(counts, names),
        "groups": groups,
        "rows": [(name, [row[group] for group in groups], sum(row.values())) for name, row in table.items()],
    }


def _by_trial(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["trial_id"]].append(row)
    return grouped


def _listed(trials: Iterable[Row]) -> str:
    """The trials' numbers as one value: of a list each element costs time by itself."""
    return msgspec.json.encode([trial["trial_id"] for trial in trials]).decode()


def _rows(con: duckdb.DuckDBPyConnection, name: str, *values: Any) -> list[Row]:
    result = con.execute(sql(f"publish/page/{name}"), list(values))
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
