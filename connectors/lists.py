"""Words kept as data: CSV files with a header, whose comment lines say where they come from."""

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing it takes a command longer than reading a list
    from importlib.resources.abc import Traversable


def read_rows(table: "Traversable") -> list[dict[str, str]]:
    """The rows of a CSV file with a header, without its comment lines."""
    lines = table.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
