"""The page's colours, for whoever draws beside it: read out of its style, which is their one home."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

STYLE = Path(__file__).parent / "style.css"
_SCHEME = re.compile(r":root \{(.*?)\}\n", re.DOTALL)
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")


@cache
def colours(scheme: Literal["light", "dark"] = "light") -> dict[str, str]:
    """Each colour by its name there: a status group's own, ``late``, ``text``, ``line``, …"""
    blocks = _SCHEME.findall(STYLE.read_text("utf-8"))
    light, dark = (dict(_COLOUR.findall(block)) for block in blocks if "--ground" in block)
    return light if scheme == "light" else {**light, **dark}
