"""The figures of the page, each with the numbers that it shows as a table: rows of the file in, figures out.

Pure. Where a group stands in a drawing is the business of ``charts``, ``survival`` and ``scatter``. A figure
without numbers is not made.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.statuses import GROUPS
from warehouse.publish.page import charts, scatter, survival
from warehouse.publish.page.charts import Figure
from warehouse.publish.page.subjects import Subjects
from warehouse.words.harmless import plain, shortened
from warehouse.words.phrases import counted_noun

Row = Mapping[str, Any]
LAG_STEPS = ("up to 30 days", "31–90 days", "91–180 days", "½–1 year", "1–2 years", "over 2 years")
LAG_KINDS = {"exact": "Seen to happen", "at_least": "At least so long"}
MOST_ROWS = 100
NAME_LETTERS = 22
"""Of a group, so that it stands beside its bar."""


def status_figures(rows: Iterable[Row], about: Subjects) -> list[Figure]:
    """How many trials stand where, by what they are about and by the year in which they were first posted."""
    counts: dict[str, list[charts.Count]] = {"subject": [], "year": []}
    for row in rows:
        counts[row["by_what"]].append((row["named"], row["status_group"], row["trials"]))
    names = about.in_order({named for named, *_ in counts["subject"]})
    title = f"Status by {about.by}"
    made = [
        _status("by-subject", title, about.heading, charts.rows_chart, _short(counts["subject"]), _shorts(names)),
        _status(
            "by-year", "Status by year first posted", "Year", charts.columns_chart, counts["year"], _years(counts)
        ),
    ]
    return [figure for figure in made if figure.rows]


def _shorts(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(shortened(plain(name), NAME_LETTERS)[0] for name in names))


def _short(counts: Iterable[charts.Count]) -> list[charts.Count]:
    """With names that have room, and those together that are now called the same."""
    totals: dict[tuple[str, str], int] = {}
    for named, group, trials in counts:
        key = (shortened(plain(named), NAME_LETTERS)[0], group)
        totals[key] = totals.get(key, 0) + trials
    return [(named, group, trials) for (named, group), trials in totals.items()]


def _years(counts: Mapping[str, Sequence[charts.Count]]) -> list[str]:
    """Years without a registration are drawn too: a gap is a fact."""
    years = sorted({named for named, *_ in counts["year"]})
    known = [int(year) for year in years if year.isdigit()]
    if not known:
        return years
    return [*map(str, range(min(known), max(known) + 1)), *(year for year in years if not year.isdigit())]


def _status(
    name: str,
    title: str,
    heading: str,
    draw: Callable[[Sequence[charts.Count], Sequence[str]], charts.Drawing],
    counts: Sequence[charts.Count],
    names: Sequence[str],
) -> Figure:
    table = {named: dict.fromkeys(GROUPS, 0) for named in names}
    for named, group, trials in counts:
        table[named][group] = trials
    groups = tuple(group for group in GROUPS if any(row[group] for row in table.values()))
    words = (group.replace("_", " ").capitalize() for group in groups)
    rows = tuple(
        (named, *(_figure(row[group]) for group in groups), f"{sum(row.values()):,}")
        for named, row in table.items()
    )
    return Figure(name, title, "", draw(counts, names), (heading, *words, "All"), rows, groups)


def lag(rows: Sequence[Row]) -> Figure | None:
    """How long after their completion the registry said so."""
    if not rows:
        return None
    counts = [(LAG_STEPS[row["step"]], "exact" if row["is_exact"] else "at_least", row["trials"]) for row in rows]
    groups = tuple(kind for kind in LAG_KINDS if any(kind == known for _, known, _ in counts))
    told = {(step, kind): trials for step, kind, trials in counts}
    table = tuple((step, *(_figure(told.get((step, kind), 0)) for kind in groups)) for step in LAG_STEPS)
    note = (
        "From a completion to the day on which the registry said so. Where we saw it happen it is exact; a trial "
        "that was registered only after it had completed took at least so long."
    )
    return Figure(
        "registry-lag",
        "How late the registry tells of a completion",
        note,
        charts.rows_chart(counts, LAG_STEPS),
        ("Lag", *(LAG_KINDS[kind] for kind in groups)),
        table,
        groups,
    )


def planned(rows: Sequence[Row]) -> Figure | None:
    """The end that was first planned against the one that came, or is expected now."""
    if not rows:
        return None
    pairs = [
        scatter.Pair(
            f"{plain(row['trial_id'])}: {plain(row['planned_date'])} → {plain(row['now_date'])}",
            row["planned_on"],
            row["now_on"],
            row["is_actual"],
        )
        for row in rows
    ]
    table = tuple(
        (
            f"{plain(row['trial_id'])} {shortened(plain(row['title']), 60)[0]}",
            plain(row["planned_date"]),
            plain(row["now_date"]) + ("" if row["is_actual"] else " (expected)"),
            f"{row['days_later']:,}",
        )
        for row in rows[:MOST_ROWS]
    )
    cut = f" The table has the {MOST_ROWS} that moved farthest." if len(rows) > MOST_ROWS else ""
    late = sum(row["days_later"] > 0 for row in rows)
    note = (
        f"{counted_noun(len(rows), 'trial')} whose end moved, or has come, since our first version of the record; "
        f"{late:,} later than first planned (above the line).{cut}"
    )
    return Figure(
        "planned-and-actual-end",
        "Planned against actual end",
        note,
        scatter.drawn(pairs),
        ("Trial", "First planned", "Now", "Days later"),
        table,
    )


def completion(rows: Iterable[Row], about: Subjects) -> Figure | None:
    """The share of trials that have not completed, by years since their start (Kaplan–Meier)."""
    groups: dict[str, list[survival.Followed]] = {}
    for row in rows:
        name = shortened(plain(row["named"]), 40)[0]
        groups.setdefault(name, []).append((row["months"], row["has_completed"], row["trials"]))
    sizes = {name: survival.at_risk(followed, 0) for name, followed in groups.items()}
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[: survival.MOST_CURVES]
    chosen = {name: groups[name] for name in largest if sizes[name] >= survival.LEAST}
    if not chosen:
        return None
    years = range(survival.years_of(chosen) + 1)
    table = tuple((name, *(_survived(followed, 12 * year) for year in years)) for name, followed in chosen.items())
    note = (
        "Share not yet completed (Kaplan–Meier). A trial that stopped, went unknown or is under way counts as "
        f"long as it was followed. Drawn are the {len(chosen)} largest groups of at least {survival.LEAST} "
        "trials; in the table, trials still followed stand in brackets."
    )
    return Figure(
        "time-to-completion",
        f"Time to completion by {about.by}",
        note,
        survival.drawn(chosen),
        (about.heading, "Start", *(counted_noun(year, "year") for year in years[1:])),
        table,
    )


def _survived(followed: Sequence[survival.Followed], months: int) -> str:
    left = survival.at_risk(followed, months)
    return f"{survival.share_after(survival.steps(followed), months):.0%} ({left:,})" if left else ""


def _figure(count: int) -> str:
    return f"{count:,}" if count else ""
