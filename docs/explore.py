"""A notebook over the published file: `make explore` opens it; `python docs/explore.py` runs it as a script.

It reads the same views as any analyst, read-only, so it may stay open while the next night is published.
TRIALWATCH_DATA_DIR says where the data is (`data`, or `demo/data` after `make demo`).
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="full", app_title="trialwatch")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    from connectors.statuses import GROUPS
    from warehouse.publish.page.colours import colours

    path = Path(os.environ.get("TRIALWATCH_DATA_DIR", "data")) / "published" / "trialwatch.duckdb"
    mo.stop(not path.exists(), mo.md(f"`{path}` is not there yet: run `make run` or `make demo` first."))
    con = duckdb.connect(str(path), read_only=True)

    def rows(question, *values):
        """The answer as a list of dictionaries."""
        result = con.execute(question, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def listed(found, nothing="None."):
        """A table of the answer, or that there is none."""
        return (
            mo.ui.table(found, selection=None, page_size=10, show_column_summaries=False)
            if found
            else mo.md(nothing)
        )

    palette = colours("dark" if mo.app_meta().theme == "dark" else "light")
    there = {row["status_group"] for row in rows("SELECT DISTINCT status_group FROM trials WHERE is_relevant")}
    groups = [group for group in GROUPS if group in there]
    status = alt.Color(
        "status_group:N",
        title="status",
        sort=groups,
        scale=alt.Scale(domain=groups, range=[palette[group] for group in groups]),
    )
    return alt, groups, listed, mo, palette, rows, status


@app.cell
def _(mo, rows):
    (fresh,) = rows("FROM freshness")
    (count,) = rows(
        """
        SELECT
            count(*) AS trials,
            count(*) FILTER (status_group = 'recruiting') AS recruiting,
            count(*) FILTER (status_group IN ('planned', 'active')) AS under_way,
            count(*) FILTER (status_group = 'completed') AS completed,
            count(*) FILTER (is_overdue) AS overdue,
            count(*) FILTER (has_results) AS results,
            (SELECT count(*) FROM trials) AS found
        FROM trials
        WHERE is_relevant AND fate IS NULL
        """
    )
    mo.vstack(
        [
            mo.md(
                f"""
                # trialwatch

                {count["trials"]} relevant trials of {count["found"]} found; what follows is of these. Data as of
                {fresh["data_as_of"]} UTC{"" if fresh["is_complete"] else ", **not complete: see `FROM runs`**"}.
                `FROM data_dictionary` explains every column. Not medical advice.
                """
            ),
            mo.hstack(
                [
                    mo.stat(count["recruiting"], label="recruiting"),
                    mo.stat(count["under_way"], label="planned or active"),
                    mo.stat(count["completed"], label="completed"),
                    mo.stat(count["results"], label="with results"),
                    mo.stat(count["overdue"], label="overdue"),
                ],
                justify="start",
                gap=2,
            ),
        ]
    )
    return


@app.cell
def _(groups, mo, rows):
    known = rows(
        "SELECT DISTINCT unnest(substances) AS substance FROM trials WHERE is_relevant ORDER BY substance"
    )
    substances = mo.ui.multiselect([row["substance"] for row in known], label="substance")
    stages = mo.ui.multiselect(
        groups, value=[group for group in groups if group in ("planned", "recruiting", "active")], label="status"
    )
    word = mo.ui.text(placeholder="midazolam, Exeter, NCT…", label="word")
    mo.vstack([mo.md("## Now"), mo.hstack([substances, stages, word], justify="start", wrap=True)])
    return stages, substances, word


@app.cell
def _(mo, rows, stages, substances, word):
    found = rows(
        """
        SELECT
            trial_id,
            title,
            status_group AS status,
            array_to_string(substances, ', ') AS substances,
            array_to_string(phases, '/') AS phase,
            array_to_string(doses, ', ') AS dose,
            array_to_string(comparators, ', ') AS against,
            array_to_string(psychotherapies, ', ') AS therapy,
            masking,
            enrollment,
            array_to_string(countries, ', ') AS countries,
            start_date AS start,
            completion_date AS "end",
            days_overdue,
            results_due_on AS results_due,
            lead_sponsor AS sponsor,
            url
        FROM trials
        WHERE is_relevant
            AND fate IS NULL
            AND (len($1::VARCHAR[]) = 0 OR list_has_any(substances, $1::VARCHAR[]))
            AND (len($2::VARCHAR[]) = 0 OR list_contains($2::VARCHAR[], status_group))
            AND ($3 = '' OR trial_id IN (
                SELECT trial_id
                FROM (
                    SELECT trial_id, concat_ws(' ', trial_id, title, acronym, lead_sponsor) AS words FROM trials
                    UNION ALL
                    SELECT trial_id, concat_ws(' ', name, description) FROM trial_interventions
                    UNION ALL
                    SELECT trial_id, concat_ws(' ', facility, city, country) FROM trial_sites
                )
                WHERE contains(lower(words), lower($3))
            ))
        ORDER BY start_date_earliest DESC NULLS LAST, trial_id
        """,
        substances.value,
        stages.value,
        word.value.strip(),
    )
    mo.stop(not found, mo.md("No trial is like that."))
    picked = mo.ui.table(
        found, selection="single", page_size=15, freeze_columns_left=["trial_id"], show_column_summaries=False
    )
    mo.vstack(
        [
            picked,
            mo.md(
                "Pick one to see what it is. `trial_concepts` has the words behind dose, comparator and therapy."
            ),
        ]
    )
    return found, picked


@app.cell
def _(listed, mo, picked, rows):
    mo.stop(not picked.value)
    one = picked.value[0]["trial_id"]
    arms = rows(
        """
        SELECT label AS arm, arm_type AS type, array_to_string(intervention_names, '; ') AS gives, description
        FROM trial_arms WHERE trial_id = ? ORDER BY position
        """,
        one,
    )
    outcomes = rows(
        """
        SELECT outcome_type AS type, measure, time_frame AS "when"
        FROM trial_outcomes WHERE trial_id = ? ORDER BY position
        """,
        one,
    )
    course = rows(
        """
        SELECT overall_status AS status, from_date AS since, to_date AS until, days_so_far AS days
        FROM status_history WHERE trial_id = ? ORDER BY from_date
        """,
        one,
    )
    news = rows(
        """
        SELECT observed_at::DATE AS seen, kind, reason, registry_date AS posted, cause, change_id
        FROM changes WHERE trial_id = ? ORDER BY observed_at DESC
        """,
        one,
    )
    parts = {"Arms": arms, "Outcomes": outcomes, "Course": course, "Changes": news}
    mo.vstack([mo.md(f"### {one}"), mo.ui.tabs({name: listed(part) for name, part in parts.items()})])
    return


@app.cell
def _(alt, found, mo, palette, rows, status):
    spans = rows(
        """
        SELECT
            trial_id,
            title,
            status_group,
            start_date_earliest::VARCHAR AS began,
            greatest(expected_end_on, start_date_earliest)::VARCHAR AS ends
        FROM trials
        WHERE list_contains($1::VARCHAR[], trial_id)
            AND start_date_earliest IS NOT NULL
            AND expected_end_on IS NOT NULL
        ORDER BY status_group NOT IN ('planned', 'recruiting', 'active'), expected_end_on, trial_id
        LIMIT 60
        """,
        [row["trial_id"] for row in found],
    )
    today = rows("SELECT published_at::DATE::VARCHAR AS day FROM freshness")
    courses = (
        alt.Chart(alt.Data(values=spans))
        .mark_bar(height=8)
        .encode(
            x=alt.X("began:T", title=None, axis=alt.Axis(orient="top", format="%Y", tickCount="year")),
            x2="ends:T",
            y=alt.Y("trial_id:N", sort=None, title=None),
            color=status,
            tooltip=["trial_id:N", "title:N", "status_group:N", "began:T", "ends:T"],
        )
    )
    now = alt.Chart(alt.Data(values=today)).mark_rule(color=palette["alarm"]).encode(x="day:T")
    timeline = (courses + now).properties(width=720)
    mo.vstack([mo.md("### From start to completion, as it was or is expected"), timeline])
    return


@app.cell
def _(alt, groups, mo, rows, status):
    by_substance = rows(
        """
        SELECT substance, status_group, count(*) AS trials, list_position($1::VARCHAR[], status_group) AS place
        FROM (SELECT unnest(substances) AS substance, status_group FROM trials WHERE is_relevant AND fate IS NULL)
        GROUP BY ALL
        """,
        groups,
    )
    bars = (
        alt.Chart(alt.Data(values=by_substance))
        .mark_bar()
        .encode(
            x=alt.X("trials:Q", title="trials", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("substance:N", sort="-x", title=None),
            color=status,
            order="place:Q",
            tooltip=["substance:N", "status_group:N", "trials:Q"],
        )
        .properties(width=720)
    )
    mo.vstack([mo.md("## Status by substance"), bars])
    return


@app.cell
def _(listed, mo, rows):
    coming = rows(
        """
        SELECT day, date_diff('day', (SELECT published_at::DATE FROM freshness), day) AS in_days, * EXCLUDE (day)
        FROM (
            SELECT
                expected_end_on AS day,
                if(is_overdue, 'overdue', 'expected to end') AS what,
                trial_id, title, lead_sponsor
            FROM trials
            WHERE is_relevant AND fate IS NULL AND status_group IN ('planned', 'recruiting', 'active')
            UNION ALL
            SELECT lapses_on, 'lapses to UNKNOWN unless its sponsor acts', trial_id, title, lead_sponsor
            FROM trials
            WHERE is_relevant AND fate IS NULL
            UNION ALL
            SELECT results_due_on, 'results due (our estimate)', trial_id, title, lead_sponsor
            FROM trials
            WHERE is_relevant
                AND NOT coalesce(has_results, false)
                AND results_first_submitted_on IS NULL
                AND NOT coalesce(results_waived, false)
                AND NOT coalesce(results_delay_requested_on <= results_due_on, false)
                AND (
                    results_overdue_from IS NOT NULL
                    OR results_due_on >= (SELECT published_at::DATE FROM freshness)
                )
        )
        WHERE day < (SELECT published_at FROM freshness) + INTERVAL 1 YEAR
        ORDER BY day, trial_id, what
        """
    )
    mo.vstack([mo.md("## Overdue, and coming up within a year"), listed(coming, "Nothing.")])
    return


@app.cell
def _(mo):
    days = mo.ui.slider(1, 365, value=30, label="days", show_value=True)
    materiality = mo.ui.multiselect(["high", "medium", "low"], value=["high", "medium"], label="materiality")
    mo.vstack([mo.md("## What changed"), mo.hstack([days, materiality], justify="start")])
    return days, materiality


@app.cell
def _(days, listed, materiality, rows):
    changed = rows(
        """
        SELECT observed_at::DATE AS seen, kind, trial_id, title, changes.reason, cause, materiality, change_id
        FROM changes
        JOIN trials USING (trial_id)
        WHERE is_relevant
            AND observed_at >= (SELECT published_at FROM freshness) - to_days(?::INT)
            AND list_contains(?::VARCHAR[], materiality)
        ORDER BY observed_at DESC, list_position(['high', 'medium', 'low'], materiality), trial_id
        """,
        days.value,
        materiality.value,
    )
    listed(changed, "Nothing.")
    return


if __name__ == "__main__":
    app.run()
