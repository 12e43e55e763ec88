"""The two charts, drawn by Vega-Lite into SVG that needs neither a network nor a script.

Colours are names of the page's own style variables, so one drawing serves light and dark. What the figures are of
is the caller's.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import vl_convert

GROUPS = (
    *("planned", "recruiting", "active", "completed", "stopped", "unknown"),
    *("expanded_access", "withheld", "unrecognised"),
)
"""Status groups in the order of a trial's life."""
Count = tuple[str, str, int]
"""What is counted, the status group, the number of trials."""


def by_substance(counts: Sequence[Count], names: Sequence[str]) -> str:
    """One bar a substance, its trials by status; ``names`` is the order."""
    return _drawn("by_substance", tuple(counts), tuple(names))


def by_year(counts: Sequence[Count], names: Sequence[str]) -> str:
    """One column a year, its trials by status."""
    return _drawn("by_year", tuple(counts), tuple(names))


@lru_cache(maxsize=8)
def _drawn(name: str, counts: tuple[Count, ...], names: tuple[str, ...]) -> str:
    if not counts:
        return ""
    spec: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.vl.json").read_text("utf-8"))
    spec["data"] = {
        "values": [
            {"named": named, "group": group, "place": GROUPS.index(group), "trials": trials}
            for named, group, trials in counts
        ]
    }
    spec["transform"] = [{"joinaggregate": [{"op": "sum", "field": "trials", "as": "all"}], "groupby": ["named"]}]
    place = "y" if name == "by_substance" else "x"
    for layer in spec["layer"]:
        layer["encoding"][place]["sort"] = list(names)
        if "color" in layer["encoding"]:
            layer["encoding"]["color"]["scale"] = {
                "domain": list(GROUPS),
                "range": [f"var(--{group})" for group in GROUPS],
            }
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg
