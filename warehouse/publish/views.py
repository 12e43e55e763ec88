"""What analysts see: the views and macros over the kept tables, and every comment.

They are made in a database attached as ``published``, after its tables. Nothing here knows files, runs or readers.
"""

from collections.abc import Iterator
from importlib.resources import files

import duckdb

from connectors.lists import read_rows
from warehouse.store.literal import literal
from warehouse.store.tables import PUBLIC_TABLES, columns, sql

VIEWS = (
    "freshness",
    "registry_terms",
    "trial_states",
    "trials",
    "trial_conditions",
    "trial_keywords",
    "trial_mesh_terms",
    "trial_interventions",
    "trial_arms",
    "trial_arm_interventions",
    "trial_outcomes",
    "trial_sites",
    "trial_countries",
    "trial_sponsors",
    "trial_identifiers",
    "trial_publications",
    "trial_documents",
    "trial_substances",
    "trial_concepts",
    "trial_judgements",
    "trial_flags",
    "trial_result_versions",
    "trial_result_records",
    "trial_result_outcomes",
    "trial_results",
    "trial_result_analyses",
    "trial_adverse_events",
    "trial_adverse_event_groups",
    "trial_participant_flow",
    "trial_baseline_measurements",
    "trial_versions",
    "trial_records",
    "status_history",
    "changes",
    "watch_members",
    "studies",
    "doubtful_ties",
    "study_rulings",
    "registry_disagreement",
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
BEHIND_MACROS = ("state_of_trial",)
"""Views of the schema ``kept``, which macros ask; each has its statement in ``sql/kept``."""
DICTIONARY = "view_name VARCHAR, column_name VARCHAR, column_type VARCHAR, description VARCHAR"


def make_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make every view and macro, and say of each, and of each column, what it is."""
    con.execute("USE published")
    con.execute(f"CREATE TABLE kept.data_dictionary ({DICTIONARY})")
    con.execute(";\n".join((*_definitions(), *_purposes())))
    con.execute(";\n".join(_explanations(con)))
    con.execute(f"INSERT INTO kept.data_dictionary {sql('publish/kept/data_dictionary')}")


def _definitions() -> Iterator[str]:
    for view in VIEWS:
        yield f"CREATE VIEW {view} AS {sql(f'publish/views/{view}')}"
    for view in BEHIND_MACROS:
        yield f"CREATE VIEW kept.{view} AS {sql(f'publish/kept/{view}')}"
    for macro in MACROS:
        text = sql(f"publish/macros/{macro}")
        yield f"CREATE MACRO {macro}{text[text.index('(known_at)') :]}"


def _purposes() -> Iterator[str]:
    for view in VIEWS:
        yield f"COMMENT ON VIEW {view} IS {literal(purpose(sql(f'publish/views/{view}')))}"
    for view in BEHIND_MACROS:
        yield f"COMMENT ON VIEW kept.{view} IS {literal(purpose(sql(f'publish/kept/{view}')))}"
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


def _descriptions() -> dict[tuple[str, str], str]:
    """What each column means: the stored columns' own comments, then the views' own words."""
    found = {}
    for table in reversed(PUBLIC_TABLES):
        for column in columns(table):
            for view in (table, f"{table}s", f"{table.removesuffix('is')}es"):
                found[view, column.name] = column.comment
            found["*", column.name] = column.comment
    for row in read_rows(files("warehouse") / "publish" / "sql" / "views" / "columns.csv"):
        found[row["view"], row["column"]] = row["description"]
    return found
