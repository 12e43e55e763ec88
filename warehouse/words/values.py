"""One change's old and new value, short enough to read: a line for each thing that differs.

Pure. Mails, page, feed and terminal draw the same lines. A list tells the entries that went and came, and of one
that was edited what was edited in it; a text tells its words (``worddiff``). What is left out is counted.
It does not know whose values these are.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from warehouse.words.fields import entry_label, label, name_of, ordered
from warehouse.words.harmless import plain
from warehouse.words.lists import lacking
from warehouse.words.phrases import counted_noun, status_words
from warehouse.words.worddiff import Stretch, differences, in_text, look_alike

VALUE_LETTERS = 240
LETTERS = 900
"""Of one change, about; one line is always told."""
MOST_LINES = 8
WHOLE_LETTERS = 80
"""Up to which two values are both told whole."""
MOST_PAIRED = 40
"""Entries that went, and that came, among which edited ones are looked for."""
ALIKE = 0.6
"""Of all words of two entries, those that both have: from this share on, one is the other, edited."""
DEEPEST = 6
CODED_FIELDS = frozenset({"overall_status", "last_known_status", "enrollment_type"})


class Line(NamedTuple):
    """One thing that differs: its name, and its words that were kept, are gone or came."""

    label: str
    parts: tuple[Stretch, ...]

    @property
    def sign(self) -> str:
        """``+`` where it came as a whole, ``−`` where it went, nothing where something of it was there before."""
        return {frozenset({"came"}): "+", frozenset({"gone"}): "−"}.get(self._ways, "")

    @property
    def is_whole(self) -> bool:
        """Whether all of the old and all of the new value stand here, so that an arrow tells it."""
        return self._ways == {"gone", "came"}

    @property
    def _ways(self) -> frozenset[str]:
        return frozenset(part.how for part in self.parts)

    def __str__(self) -> str:
        said = in_text(self.parts)
        said = said[1:-1] if self.is_whole and len(self.parts) == 2 else said
        said = "".join(part.text for part in self.parts).strip() if self.sign else said
        return " ".join(filter(None, (self.sign, f"{self.label}:" if self.label else "", said)))


class OldNew(NamedTuple):
    """The lines, and ``cut`` in words: what was left out of them."""

    lines: tuple[Line, ...]
    cut: str


class _Difference(NamedTuple):
    label: str
    old: str | None
    new: str | None


def old_and_new(field: str | None, old_value: str | None, new_value: str | None) -> OldNew | None:
    """Values as the ledger of changes keeps them: text, or JSON for a list or record. None where nothing differs.

    Values that differ never give lines whose old and new side look alike.
    """
    if old_value == new_value:
        return None
    try:
        told = _told(_within(field, old_value, new_value))
    except RecursionError:
        told = _told(())
    if _tells(told.lines):
        return told
    return _told([_Difference(label(field), old_value, new_value)])


def _told(found: Iterable[_Difference]) -> OldNew:
    waiting = iter(found)
    lines: list[Line] = []
    room, cut = LETTERS, 0
    for difference in islice(waiting, MOST_LINES):
        parts, left_out = _parts(difference.old, difference.new, min(room, 2 * VALUE_LETTERS))
        lines.append(Line(difference.label, parts))
        cut += left_out
        room -= sum(len(part.text) for part in parts)
        if room <= 0:
            break
    entries = sum(1 for _ in waiting)
    counts = ((entries, "further difference"), (cut, "character"))
    return OldNew(tuple(lines), " and ".join(counted_noun(count, noun) for count, noun in counts if count))


def _tells(lines: tuple[Line, ...]) -> bool:
    """Whether a reader can tell the old side from the new one."""
    sides = [
        sorted(
            (line.label, "".join(part.text for part in line.parts if part.how != other))
            for line in lines
            if any(part.how == how for part in line.parts)
        )
        for how, other in (("gone", "came"), ("came", "gone"))
    ]
    return bool(lines) and sides[0] != sides[1]


def _parts(old: str | None, new: str | None, letters: int) -> tuple[tuple[Stretch, ...], int]:
    if old is None or new is None:
        way, text = ("came", new) if old is None else ("gone", old)
        parts, cut = differences("", text or "empty", letters)
        return tuple(Stretch(way, part.text) for part in parts), cut
    if max(len(old), len(new)) <= WHOLE_LETTERS and old and new and not look_alike(old, new):
        return (Stretch("gone", plain(old) + " "), Stretch("came", plain(new))), 0
    return differences(old, new, letters)


# -- what differs --------------------------------------------------------------------------------------


def _within(field: str | None, old_value: str | None, new_value: str | None) -> Iterator[_Difference]:
    old, new = (_parsed(value) for value in (old_value, new_value))
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        kinds = {type(value) for value in (old, new) if value is not None}
        top = "" if kinds == {dict} else entry_label(field) if kinds == {list} else label(field)
        yield from _compared(top, old, new, DEEPEST)
    else:
        yield _Difference(label(field), *_worded(field, old_value, new_value))


def _parsed(value: str | None) -> Any:
    """A list or record written as JSON; any other value is a text, or None."""
    if value is None or not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _worded(field: str | None, old: str | None, new: str | None) -> list[str | None]:
    """Codes in words, as long as the words differ as the codes do."""
    if field in CODED_FIELDS:
        worded = [value and status_words(value) for value in (old, new)]
    else:
        answers = {"true": "yes", "false": "no", None: None}
        worded = [answers.get(value, "") for value in (old, new)] if {old, new} <= answers.keys() else [old, new]
    return worded if worded[0] != worded[1] else [old, new]


def _compared(named: str, old: Any, new: Any, depth: int) -> Iterator[_Difference]:
    """What differs between two values of JSON, each with its name; None is a value that is not there."""
    if _key(old) == _key(new):
        return
    record = isinstance(old, dict) or isinstance(new, dict)
    if depth and record and all(value is None or isinstance(value, dict) for value in (old, new)):
        for key in ordered({*(old or ()), *(new or ())}):
            before, after = ((value or {}).get(key) for value in (old, new))
            yield from _compared(_joined(named, key, before, after), before, after, depth - 1)
    elif depth and all(value is None or isinstance(value, list) for value in (old, new)):
        yield from _lists(named, old or [], new or [], depth)
    else:
        before, after = (None if value is None else _flat(value) for value in (old, new))
        if before == after:
            before, after = (None if value is None else _key(value) for value in (old, new))
        yield _Difference(named, before, after)


def _joined(named: str, key: str, *values: Any) -> str:
    own = entry_label(key) if any(isinstance(value, list) for value in values) else label(key)
    return f"{named}, {own[:1].lower()}{own[1:]}" if named else own


def _lists(named: str, old: list[Any], new: list[Any], depth: int) -> Iterator[_Difference]:
    """Entries that were edited, then those that went and those that came, in turns."""
    gone, came = lacking(old, new, _key), lacking(new, old, _key)
    edited = _of_one_name(gone, came)
    edited |= _of_like_words(gone, came, edited)
    for at, place in edited.items():
        yield from _compared(_titled(named, gone[at]), gone[at], came[place], depth - 1)
    arrived = set(edited.values())
    gone, came = (
        [entry for at, entry in enumerate(gone) if at not in edited],
        [entry for at, entry in enumerate(came) if at not in arrived],
    )
    for before, after in zip_longest(gone, came):
        if before is not None:
            yield _Difference(named, _flat(before), None)
        if after is not None:
            yield _Difference(named, None, _flat(after))


def _of_one_name(gone: list[Any], came: list[Any]) -> dict[int, int]:
    """Places of entries that went, each with the place of the one that came by the same name."""
    waiting: dict[str, list[int]] = {}
    for place, entry in enumerate(came):
        if name := name_of(entry):
            waiting.setdefault(name, []).append(place)
    found = ((at, waiting.get(name_of(entry) or "")) for at, entry in enumerate(gone))
    return {at: places.pop(0) for at, places in found if places}


def _of_like_words(gone: list[Any], came: list[Any], taken: dict[int, int]) -> dict[int, int]:
    """The same for entries that have most of their words in common, among the first of those left."""
    left, right = (_worded_entries(side, known) for side, known in ((gone, taken.keys()), (came, taken.values())))
    shares = sorted(
        (-len(words & others) / max(1, len(words | others)), at, place)
        for at, entry, words in left
        for place, other, others in right
        if type(entry) is type(other) and isinstance(entry, dict | str)
    )
    found: dict[int, int] = {}
    for share, at, place in shares:
        if -share >= ALIKE and at not in found and place not in found.values():
            found[at] = place
    return found


def _worded_entries(entries: list[Any], known: Iterable[int]) -> list[tuple[int, Any, set[str]]]:
    """The first of the entries but for the known ones: place, entry, words."""
    passed = set(known)
    others = ((at, entry) for at, entry in enumerate(entries) if at not in passed)
    return [(at, entry, set(_flat(entry).split()) - {"·"}) for at, entry in islice(others, MOST_PAIRED)]


def _titled(named: str, entry: Any) -> str:
    name = name_of(entry)
    return f"{named} “{plain(name)[:WHOLE_LETTERS]}”" if name else named


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _flat(item: Any) -> str:
    """One entry on one line, what names it first."""
    if isinstance(item, dict):
        return " · ".join(_flat(item[key]) for key in ordered(item))
    if isinstance(item, list):
        return ", ".join(map(_flat, item))
    return item if isinstance(item, str) else json.dumps(item)
