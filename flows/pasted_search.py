"""A watch from a pasted ClinicalTrials.gov search address. Pure, but for the file that it is added to at the end.

What a watch cannot mean is refused with the reason; what it must not mean (a filter by status or date, because the
trial that completes would drop out of it) is left out, and said so. The watch is of ClinicalTrials.gov alone:
whoever pasted the address saw what that registry finds by it, and no other finds the same by the same words.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flows.settings import WATCH_NAME, SettingsError, configuration

HOSTS = ("clinicaltrials.gov", "www.clinicaltrials.gov")
REGISTRY = "clinicaltrials.gov"
ALONE = (
    f"registries: {REGISTRY} alone, where the search was made; it widens words by synonyms, and others do not: "
    "to add them, name them in trialwatch.toml, and every word that their records may use"
)
ASKED = {"cond": "conditions", "intr": "interventions", "term": "terms"}
"""What a search address calls it, and what a watch does."""
ABOUT_THE_LIST = frozenset({"page", "limit", "sort", "viewType", "checkSpell", "rank", "tab", "from"})
STATUS_OR_DATE = frozenset(
    {"aggFilters", "start", "primComp", "studyComp", "firstPost", "resFirstPost", "lastUpdPost"}
)
_OPERATOR = re.compile(r"\b(?:AND|NOT|AREA\[|SEARCH\[|RANGE\[|EXPANSION\[)")


@dataclass(slots=True)
class Pasted:
    """What a watch asks for; of an address also what was left out of it."""

    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    is_of_an_address: bool = False


def read(address: str) -> Pasted:
    """What a pasted search address asks for. Raises ``SettingsError`` when no watch can ask for that."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # half a bracket
        parts = urlsplit("")
    if parts.hostname not in HOSTS or parts.path.rstrip("/") not in ("/search", ""):
        raise SettingsError(
            f"{address!r} is no ClinicalTrials.gov search; paste the address of a page of results, "
            "which begins with https://clinicaltrials.gov/search?"
        )
    pasted = Pasted(is_of_an_address=True)
    for name, value in parse_qsl(parts.query):
        if name in ASKED:
            pasted.lists[ASKED[name]] = tuple(_alternatives(name, value))
        elif name in STATUS_OR_DATE:
            pasted.left_out.append(f"{name}={value}")
        elif name not in ABOUT_THE_LIST:
            raise SettingsError(
                f"the address also asks for {name}={value}, which a watch cannot; "
                "search by condition, intervention and other terms only"
            )
    if not any(pasted.lists.values()):
        raise SettingsError(
            "the address names no condition, no intervention and no other term: it would match the whole registry"
        )
    return pasted


def _alternatives(name: str, value: str) -> Iterator[str]:
    """The terms of one field: what stands between its ORs, without the quotes and brackets around them."""
    if _OPERATOR.search(value):
        raise SettingsError(
            f"{name}={value} holds an operator that a watch cannot mean; use terms joined by OR, or more watches"
        )
    for words in re.split(r"\s+OR\s+", value):
        term = words.strip().strip('()"').strip()
        if re.search(r"\w", term):
            yield term


def add(path: Path, name: str, address: str) -> Pasted:
    """Add the watch to a trialwatch.toml, which is replaced whole or not at all.

    Raises ``SettingsError`` when the address or the name cannot be used, or the file is not valid.
    """
    if not re.fullmatch(WATCH_NAME, name):
        raise SettingsError(f"{name!r} cannot be a watch's name; use letters, digits, '-', '_' and '.'")
    if any(watch.name == name for watch in configuration(path).watches):
        raise SettingsError(f"there is a watch {name!r} in {path} already; choose another name")
    pasted = read(address)
    block = "\n".join(["", f'[watch."{name}"]', f'registries = ["{REGISTRY}"]', *_lines(pasted), ""])
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + block, "utf-8")
    try:
        configuration(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return pasted


def _lines(pasted: Pasted) -> Iterator[str]:
    for key, words in pasted.lists.items():
        if words:
            # A JSON text is a TOML text: the same quotes and the same escapes.
            yield f"{key} = {json.dumps(words, ensure_ascii=False)}"
