"""What analysts see: the kept tables behind their views, the views and macros themselves, and every comment.

What is costly to gather is gathered here once, at publication, so that a question of 600,000 trials is a scan.
It works on a database attached as ``published``; it knows nothing of files, runs or readers.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import duckdb
import msgspec

from connectors.lists import read_rows
from connectors.numbers import REGISTRIES_NUMBERS
from connectors.statuses import status_rows
from warehouse.judge.twins import Link, studies
from warehouse.store.literal import literal
from warehouse.store.tables import PRIVATE_COLUMNS, PUBLIC_TABLES, columns, sql
from warehouse.words.vocabulary import rows

VIEWS = (
    "freshness",
    "trial_states",
    "trials",
    "trial_conditions",
    "trial_keywords",
    "trial_mesh_terms",
    "trial_interventions",
    "trial_arms",
    "trial_outcomes",
    "trial_sites",
    "trial_sponsors",
    "trial_identifiers",
    "trial_publications",
    "trial_substances",
    "trial_judgements",
    "trial_flags",
    "trial_versions",
    "status_history",
    "changes",
    "watch_members",
    "studies",
    "registry_lag",
    "registry_lag_by_sponsor",
    "review_2018",
    "registered_since_review",
    "runs",
    "quarantine",
    "data_dictionary",
)
"""In the order in which they are made: a view stands behind those it asks."""
MACROS = ("trials_as_of",)
KEPT = ("status_stay", "fate", "trial_now")
"""Tables gathered for the views, each by its statement in ``sql/kept``, after the stored ones are copied."""


def copy_tables(con: duckdb.DuckDBPyConnection, facts: Mapping[str, Any]) -> None:
    """Copy what may be public and gather what the views need. ``facts`` are the values of ``freshness.sql``."""
    con.execute(f"CREATE TABLE published.kept.freshness AS {sql('publish/kept/freshness')}", dict(facts))
    _put(con, "status_group", {"status": "VARCHAR", "status_group": "VARCHAR"}, status_rows())
    for table in PUBLIC_TABLES:
        private = [column for owner, column in PRIVATE_COLUMNS if owner == table]
        exclude = f"EXCLUDE ({', '.join(private)})" if private else ""
        source = f"({sql('publish/kept/trial_version')})" if table == "trial_version" else table
        con.execute(f"CREATE TABLE published.kept.{table} AS SELECT * {exclude} FROM {source}")
    for table in KEPT:
        con.execute(f"CREATE TABLE published.kept.{table} AS {sql(f'publish/kept/{table}')}")
    review = rows("review_2018.csv")
    numbers = {"place": "BIGINT", "participants": "BIGINT"}
    _put(con, "review_2018", {name: numbers.get(name, "VARCHAR") for name in review[0]}, review)
    named = con.execute(sql("publish/kept/study_link"), {"numbers": REGISTRIES_NUMBERS}).fetchall()
    links = [Link(*row) for row in named]
    shape = {"study_id": "VARCHAR", "trial_ids": "VARCHAR[]", "matched_by": "VARCHAR"}
    _put(con, "study", shape, [{name: getattr(each, name) for name in shape} for each in studies(links)])
    con.execute(
        "CREATE TABLE published.kept.data_dictionary "
        "(view_name VARCHAR, column_name VARCHAR, column_type VARCHAR, description VARCHAR)"
    )


def make_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make every view and macro, and say of each, and of each column, what it is."""
    con.execute("USE published")
    con.execute(";\n".join((*_definitions(), *_purposes())))
    con.execute(";\n".join(_explanations(con)))
    con.execute(f"INSERT INTO kept.data_dictionary {sql('publish/kept/data_dictionary')}")


def _definitions() -> Iterator[str]:
    for view in VIEWS:
        yield f"CREATE VIEW {view} AS {sql(f'publish/views/{view}')}"
    for macro in MACROS:
        text = sql(f"publish/macros/{macro}")
        yield f"CREATE MACRO {macro}{text[text.index('(known_at)') :]}"


def _purposes() -> Iterator[str]:
    for view in VIEWS:
        yield f"COMMENT ON VIEW {view} IS {literal(purpose(sql(f'publish/views/{view}')))}"
    for macro in MACROS:
        yield f"COMMENT ON MACRO TABLE {macro} IS {literal(purpose(sql(f'publish/macros/{macro}')))}"


def _explanations(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What each column of each view is. They are asked for at once: each question goes over all that there is."""
    described = _descriptions()
    for view, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = 'published' AND schema_name = 'main'"
    ).fetchall():
        if description := described.get((view, column)) or described.get(("*", column)):
            yield f"COMMENT ON COLUMN {view}.{column} IS {literal(description)}"


def purpose(text: str) -> str:
    """What a view or macro is, from the comment that opens its file; who reads it is left to the file."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).split(" Read by:")[0]


def _put(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], found: list[dict[str, Any]]
) -> None:
    """A small table of our own; an empty text is NULL. All its rows are one value: each value bound costs time."""
    rows = msgspec.json.encode([{name: row[name] or None for name in columns} for row in found]).decode()
    shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(
        f"CREATE TABLE published.kept.{table} AS SELECT unnest(?::JSON::STRUCT({shape})[], max_depth := 2)", [rows]
    )


def _descriptions() -> dict[tuple[str, str], str]:
    """What each column means: the stored columns' own comments, then the views' own words."""
    found = {}
    for table in reversed(PUBLIC_TABLES):
        for column in columns(table):
            for view in (table, f"{table}s"):
                found[view, column.name] = column.comment
            found["*", column.name] = column.comment
    for row in read_rows(files("warehouse") / "publish" / "sql" / "views" / "columns.csv"):
        found[row["view"], row["column"]] = row["description"]
    return found
