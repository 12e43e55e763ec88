"""A notebook over the published file: `make explore` opens it; `python docs/explore.py` runs it as a script.

It reads the same views as any analyst, read-only, so it may stay open while the next night is published.
TRIALWATCH_DATA_DIR says where the data is (`data`, or `demo/data` after `make demo`).
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="trialwatch")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    path = Path(os.environ.get("TRIALWATCH_DATA_DIR", "data")) / "published" / "trialwatch.duckdb"
    mo.stop(not path.exists(), mo.md(f"`{path}` is not there yet: run `make run` or `make demo` first."))
    con = duckdb.connect(str(path), read_only=True)

    def rows(question, *values):
        """The answer as a list of dictionaries."""
        result = con.execute(question, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    return alt, mo, rows


@app.cell
def _(mo, rows):
    (fresh,) = rows("FROM freshness")
    (count,) = rows("SELECT count(*) AS trials, count(*) FILTER (is_relevant) AS relevant FROM trials")
    mo.md(
        f"""
        # trialwatch

        {count["relevant"]} relevant trials of {count["trials"]} found; data as of {fresh["data_as_of"]} UTC.
        `SELECT * FROM data_dictionary` explains every column. Not medical advice.
        """
    )
    return


@app.cell
def _(mo):
    days = mo.ui.slider(1, 365, value=30, label="days", show_value=True)
    materiality = mo.ui.multiselect(["high", "medium", "low"], value=["high", "medium"], label="materiality")
    mo.vstack([mo.md("## What changed"), mo.hstack([days, materiality], justify="start")])
    return days, materiality


@app.cell
def _(days, materiality, mo, rows):
    changed = rows(
        """
        SELECT observed_at::DATE AS seen, kind, trial_id, title, old_value, new_value, cause, materiality
        FROM changes
        JOIN trials USING (trial_id)
        WHERE observed_at >= (SELECT published_at FROM freshness) - to_days(?::INT)
            AND list_contains(?::VARCHAR[], materiality)
        ORDER BY observed_at DESC, trial_id
        """,
        days.value,
        materiality.value,
    )
    mo.ui.table(changed, selection=None) if changed else mo.md("Nothing.")
    return


@app.cell
def _(alt, mo, rows):
    by_substance = rows(
        """
        SELECT substance, status_group, count(*) AS trials
        FROM (SELECT unnest(substances) AS substance, status_group FROM trials WHERE is_relevant)
        GROUP BY ALL
        """
    )
    bars = (
        alt.Chart(alt.Data(values=by_substance))
        .mark_bar()
        .encode(
            x=alt.X("trials:Q", title="trials", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("substance:N", sort="-x", title=None),
            color=alt.Color("status_group:N", title="status"),
            tooltip=["substance:N", "status_group:N", "trials:Q"],
        )
        .properties(width=560)
    )
    mo.vstack([mo.md("## Status by substance"), bars])
    return


@app.cell
def _(mo, rows):
    late = rows(
        """
        SELECT trial_id, title, lead_sponsor, completion_date, days_overdue, lapses_on
        FROM trials
        WHERE is_relevant AND is_overdue
        ORDER BY days_overdue DESC
        """
    )
    mo.vstack([mo.md("## Overdue"), mo.ui.table(late, selection=None) if late else mo.md("No trial is.")])
    return


@app.cell
def _(alt, mo, rows):
    spans = rows(
        """
        SELECT
            trial_id,
            title,
            status_group,
            start_date_earliest::VARCHAR AS began,
            expected_end_on::VARCHAR AS ends
        FROM trials
        WHERE is_relevant AND start_date_earliest IS NOT NULL
        ORDER BY start_date_earliest
        LIMIT 100
        """
    )
    timeline = (
        alt.Chart(alt.Data(values=spans))
        .mark_bar(height=8)
        .encode(
            x=alt.X("began:T", title=None),
            x2="ends:T",
            y=alt.Y("trial_id:N", sort=None, title=None),
            color=alt.Color("status_group:N", title="status"),
            tooltip=["trial_id:N", "title:N", "status_group:N", "began:T", "ends:T"],
        )
        .properties(width=560)
    )
    mo.vstack([mo.md("## From start to (expected) completion"), timeline])
    return


if __name__ == "__main__":
    app.run()
