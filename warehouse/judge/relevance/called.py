"""What people call the drug that a trial names in any language, by a brand or by a code. Pure."""

import re
from collections.abc import Iterable
from functools import cache

from warehouse.judge.relevance.wording import drug_name
from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

_BETWEEN = re.compile(r"[\s-]+")


def called(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The drugs of ours that are named there, each once, in the order in which they come."""
    found = (match[0] for text in texts if text for match in drug_name().finditer(folded(text)))
    return tuple(dict.fromkeys(_called()[_key(name)] for name in found))


@cache
def _called() -> dict[str, str]:
    return {_key(folded(row["name"])): row["called"] for row in rows("drugs.csv") if row["kind"] != "mesh"}


def _key(name: str) -> str:
    return _BETWEEN.sub("", name).casefold()
