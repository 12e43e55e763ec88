"""Every connection to DuckDB begins here: one home for what holds for all of them, whichever file they open."""

from pathlib import Path
from typing import Any

import duckdb

IN_MEMORY = ":memory:"


def connect(path: Path | str = IN_MEMORY, *, read_only: bool = False, **config: Any) -> duckdb.DuckDBPyConnection:
    """A connection to a file, or to nothing but memory. ``config`` is what DuckDB must know before it opens."""
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    # Where Python runs without a file of its own, DuckDB takes us for somebody who types, and draws a bar.
    con.execute("SET enable_progress_bar = false")
    return con
