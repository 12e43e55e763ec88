"""The data dictionary as a document: every view, column and macro of a published file, in its comments' words."""

from collections.abc import Iterator

import duckdb

from warehouse.publish.views import MACROS, VIEWS
from warehouse.words.harmless import plain

HEAD = """\
# Data dictionary

Every view and macro of `published/trialwatch.duckdb`, made from the comments in the file itself (`make docs`). In
the file, `FROM data_dictionary` says the same. Instants are `TIMESTAMP` in UTC and end in `_at`; days are `DATE`
and end in `_on`; a date as the registry wrote it is `VARCHAR` and ends in `_date`, with the first and the last day
that it can mean beside it. What stands in the schema `kept` is for the views and may change.
"""


def document(con: duckdb.DuckDBPyConnection) -> str:
    """The dictionary of the file that ``con`` has open, in Markdown."""
    return "\n".join([HEAD, *_macros(con), *_views(con)])


def _macros(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for macro in MACROS:
        rows = con.execute(
            "SELECT array_to_string(parameters, ', '), comment FROM duckdb_functions() "
            "WHERE database_name = current_database() AND function_name = ? ORDER BY len(parameters)",
            [macro],
        ).fetchall()
        calls = " and ".join(f"`{macro}({parameters})`" for parameters, _ in rows)
        columns = con.execute(f"FROM {macro}(now()) LIMIT 0").description or []
        yield f"## {calls}\n\n{rows[0][1]}\n"
        names = ", ".join(f"`{column[0]}`" for column in columns)
        yield f"Columns: {names}. They mean what they mean in `trials` and `trial_states`.\n"


def _views(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    said = dict(
        con.execute(
            "SELECT view_name, comment FROM duckdb_views() "
            "WHERE database_name = current_database() AND NOT internal"
        ).fetchall()
    )
    for view in VIEWS:
        yield f"## `{view}`\n\n{said[view]}\n"
        yield "| column | type | meaning |\n|---|---|---|"
        for column, kind, description in con.execute(
            "SELECT column_name, column_type, description FROM data_dictionary WHERE view_name = ?", [view]
        ).fetchall():
            yield f"| `{column}` | {kind} | {plain(description).replace('|', '/')} |"
        yield ""
