"""What the models define, written out: the statements that make the tables, and every column with its comment.

A night reads only that: to import SQLModel and SQLAlchemy and to define the models would cost it as much
as everything else that it imports. ``make docs`` writes both files anew.
"""

import csv
import io
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SetColumnComment
from sqlmodel import SQLModel

from warehouse.store import models as models  # it defines the tables
from warehouse.store import result_models as result_models  # and these
from warehouse.store.tables import COLUMNS

FOLDER = Path(__file__).parent / "sql"
HEAD = (
    "-- Every stored table. Written by `make docs` from warehouse/store/models.py and result_models.py.\n"
    "-- Read by: warehouse.store.file."
)


def written() -> dict[Path, str]:
    """Both files, as they should be."""
    return {FOLDER / "tables.sql": _statements(), FOLDER / COLUMNS: _columns()}


def _statements() -> str:
    said: list[str] = []
    dialect = sa.create_mock_engine("duckdb://", print).dialect

    def say(made: Any, *_: Any, **__: Any) -> None:
        if not isinstance(made, SetColumnComment):  # comments are taken from the columns, for old stores too
            said.append(str(made.compile(dialect=dialect)).strip())

    engine = sa.create_mock_engine("duckdb://", say)
    SQLModel.metadata.create_all(engine, checkfirst=False)
    lines = "\n".join([HEAD, *(f"{statement};" for statement in said)]).splitlines()
    return "\n".join(line.rstrip().expandtabs(4) for line in lines) + "\n"


def _columns() -> str:
    dialect = sa.create_mock_engine("duckdb://", print).dialect
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("table", "column", "type", "comment"))
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            rows.writerow((table.name, column.name, column.type.compile(dialect), column.comment))
    return text.getvalue()


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, "utf-8")
