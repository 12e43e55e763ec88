"""The kinds of change: what each is called, how it is told, how much it matters and when it is told.

Pure. All of it stands in ``vocabulary/kinds.csv``, from which docs/changes.md is made too. It does not know how a
change is found.
"""

import re
from dataclasses import dataclass

from warehouse.words.vocabulary import rows

MATERIALITIES = ("high", "medium", "low")
"""The most material first."""
MATERIAL = frozenset({"high", "medium"})
"""What is told to who asked for no kinds of their own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table, whose head says what each column is."""

    name: str
    trials: str
    sentence: str
    materiality: str
    medium_from: str
    when: str

    @property
    def bound(self) -> float | None:
        """The size from which on it is medium: in days, or as a share."""
        if not self.medium_from:
            return None
        size, unit = self.medium_from.split()
        return float(size) / 100 if unit == "%" else float(size)


KINDS = {row.pop("kind"): Kind(**row) for row in map(dict, rows("kinds.csv"))}
"""Every kind there is, those that readers ask for first."""
_PLACES = {kind: place for place, kind in enumerate(KINDS)}


def materiality(kind: str, size: float = 0) -> str:
    """How much a change of this kind and size matters; a kind that nobody knows matters little."""
    known = KINDS.get(kind)
    if known is None:
        return "low"
    return "medium" if known.bound is not None and size >= known.bound else known.materiality


def weight(materiality: str, kind: str) -> tuple[int, int]:
    """What changes are sorted by, the most material first, then by kind; what nobody knows comes last."""
    known = MATERIALITIES.index(materiality) if materiality in MATERIALITIES else len(MATERIALITIES)
    return known, place(kind)


def place(kind: str) -> int:
    return _PLACES.get(kind, len(_PLACES))


def document() -> str:
    """The kinds as a table in Markdown."""
    lines = ["| kind | told when | as a sentence | materiality |", "|---|---|---|---|"]
    for name, kind in KINDS.items():
        sentence = re.sub(r"{(\w+)}", lambda gap: f"*{gap[1].replace('_', ' ')}*", kind.sentence)
        matters = kind.materiality + (f"; medium from {kind.medium_from}" if kind.medium_from else "")
        lines.append(f"| `{name}` | {kind.when} | {sentence} | {matters} |")
    return "\n".join(lines) + "\n"
