"""A text cut to what a channel takes: whole lines, and how many of its entries are not shown. Pure."""

import re

ENTRY = "• "
"""What the first line of an entry begins with."""
_MORE = re.compile(r"… and ([\d,]+) more\.")
_ROOM_FOR_MORE = len("\n… and 9,999,999 more.\n")


def fitted(text: str, most: int) -> str:
    """The text in at most ``most`` letters. Its last line, which says where to read on, is kept.

    Only where not even the first one fits beside it is a line cut.
    """
    if len(text) <= most:
        return text
    *lines, last = text.split("\n")
    room = most - len(last) - _ROOM_FOR_MORE
    shown = 0
    while shown < len(lines) and room >= len(lines[shown]):
        room -= len(lines[shown]) + 1
        shown += 1
    left_out = sum(map(_entries, lines[shown:]))
    told = [*lines[:shown], *([f"… and {left_out:,} more."] if left_out else []), last]
    return "\n".join(told) if shown else _shortest(lines[0] if lines else "", last, most)


def _shortest(first: str, last: str, most: int) -> str:
    """What happened comes before where to read on: as much of the first line as there is, then of the last."""
    room = max(most - len(last) - 1, most // 2)
    told = first if len(first) <= room else f"{first[: room - 1]}…"
    return "\n".join(filter(None, (told, last)))[:most]


def _entries(line: str) -> int:
    """How many entries a line stands for: one that was cut before says so itself."""
    before = _MORE.fullmatch(line)
    return int(before[1].replace(",", "")) if before else int(line.startswith(ENTRY))
