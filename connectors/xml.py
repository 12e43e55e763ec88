"""How XML that others send is parsed: without entities; nothing is fetched, and depth and texts have a bound."""

from typing import Any

SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,  # 256 levels, texts of 10 MB
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",  # whatever the bytes say of themselves: else a document type could hide
}
"""What lxml's parsers are told."""
DECLARES_TYPES = "declares a document type, which may hide entities without end"


def declares_types(text: bytes) -> bool:
    """Whether bytes, or their beginning, declare a document type. Such are refused before they are parsed."""
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def said(error: Any) -> str:
    """What lxml says is wrong, on one line of bounded length."""
    return " ".join(str(error.msg or error).split())[:200]
