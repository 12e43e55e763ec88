"""What the fields of registries' records are called when people are told of them. Pure.

Each registry's folder has a list of its own, ``fields.csv``; a registry without one has its fields called by
their own words. A field is known by its name alone, because a change does not say whose record it was made to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from connectors.lists import read_rows


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a registry's records.

    ``called`` and ``entry`` are its name and that of one entry of it, where its own words will not do.
    ``first`` is its place among the fields that are told first. ``names`` is its place among those that tell one
    entry of a list from the others. ``means`` is the column of ``trials`` that it holds, where somebody must know.
    """

    called: str = ""
    entry: str = ""
    first: int | None = None
    names: int | None = None
    means: str = ""


@cache
def fields() -> Mapping[str, Field]:
    """Every field that some registry has a word for."""
    lists = sorted(Path(__file__).parent.glob("*/fields.csv"))
    rows = [row for each in lists for row in read_rows(each)]
    return {
        row["field"]: Field(row["called"], row["entry"], _place(row["first"]), _place(row["names"]), row["means"])
        for row in rows
    }


def _place(written: str) -> int | None:
    return int(written) if written else None
