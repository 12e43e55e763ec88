"""The field's words as data, each list with its source. Here they are only read."""

from functools import cache
from pathlib import Path

from connectors.lists import read_rows

SUBSTANCES = (
    "alcohol",
    "cannabis",
    "cocaine",
    "opioid",
    "methamphetamine",
    "tobacco",
    "sedative",
    "other",
    "unspecified",
)
RHYTHMS = ("immediately", "daily", "weekly")


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary file."""
    return read_rows(Path(__file__).parent / name)
