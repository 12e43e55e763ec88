"""One change's old and new value, short enough to read: two texts, or what went and what came of two lists.

Pure. Long texts are shown from shortly before the place where they part, and what is left out is counted.
It does not know whose values these are, nor the mail that shows them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from warehouse.foreign import plain, shortened
from warehouse.phrases import number, status_words

VALUE_LETTERS = 240
PIECES = 6
"""How many entries that came, and how many that went, are listed of one change."""
CODED_FIELDS = frozenset({"overall_status", "last_known_status", "enrollment_type"})
FIRST_IN_AN_ENTRY = ("measure", "label", "name", "facility", "city", "citation")


class OldNew(NamedTuple):
    """Either ``old`` and ``new``, or ``gone`` and ``came``; ``cut`` says in words what was left out."""

    label: str
    old: str | None
    new: str | None
    gone: list[str]
    came: list[str]
    cut: str


def old_and_new(field: str | None, old_value: str | None, new_value: str | None) -> OldNew | None:
    """Values as the ledger of changes keeps them: text, or JSON for a list or record. None without values."""
    if old_value is None and new_value is None:
        return None
    label = _field(field)
    old, new = _entries(old_value), _entries(new_value)
    if old is None or new is None:
        texts = [_said(value, field) for value in (old_value, new_value)]
        (before, after), cut = _side_by_side(*texts)
        return OldNew(label, before, after, [], [], _cut(cut, 0))
    held, holds = set(old), set(new)  # a list may be long without end
    gone = [entry for entry in old if entry not in holds]
    came = [entry for entry in new if entry not in held]
    pairs = [
        _side_by_side(gone[at] if at < len(gone) else "", came[at] if at < len(came) else "")
        for at in range(min(PIECES, max(len(gone), len(came))))
    ]
    return OldNew(
        label,
        None,
        None,
        [pair[0] for pair, _ in pairs if pair[0]],
        [pair[1] for pair, _ in pairs if pair[1]],
        _cut(sum(cut for _, cut in pairs), max(0, len(gone) - PIECES) + max(0, len(came) - PIECES)),
    )


def _field(field: str | None) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain(field).removeprefix("trial_").removesuffix("Module"))
    return words.replace("_", " ").capitalize() or "Value"


def _said(value: str | None, field: str | None) -> str:
    if value is None:
        return "none"
    if field in CODED_FIELDS:
        return status_words(value)
    return {"true": "yes", "false": "no"}.get(value, plain(value)) or "empty"


def _entries(value: str | None) -> list[str] | None:
    """The entries of a list or record written as JSON, each on a line; None for any other value."""
    if value is None:
        return []
    if not value.startswith(("[", "{")):
        return None
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return [plain(entry) for entry in _lines(parsed)]


def _lines(parsed: Any) -> Iterator[str]:
    if isinstance(parsed, list):
        yield from (_flat(item) for item in parsed)
        return
    for key, part in parsed.items():
        for item in part if isinstance(part, list) else [part]:
            yield f"{_field(key)}: {_flat(item)}"


def _flat(item: Any) -> str:
    if isinstance(item, dict):
        keys = [*(key for key in FIRST_IN_AN_ENTRY if key in item)]
        keys += sorted(item.keys() - set(keys))
        return " · ".join(_flat(item[key]) for key in keys)
    if isinstance(item, list):
        return ", ".join(_flat(part) for part in item)
    return item if isinstance(item, str) else json.dumps(item)


def _side_by_side(old: str, new: str) -> tuple[tuple[str, str], int]:
    """Both texts shortened, from shortly before the place where they part; and how many letters were cut."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    skipped = old.rfind(" ", 0, max(0, same - 60)) + 1 if max(len(old), len(new)) > VALUE_LETTERS else 0
    (before, cut_before), (after, cut_after) = (
        shortened(("…" if skipped else "") + text[skipped:], VALUE_LETTERS) for text in (old, new)
    )
    return (before, after), cut_before + cut_after + 2 * skipped


def _cut(letters: int, entries: int) -> str:
    parts = [number(count, noun) for count, noun in ((letters, "character"), (entries, "entry")) if count]
    return " and ".join(parts)
