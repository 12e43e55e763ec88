"""Two texts told as one: the words that stayed, went and came, each difference with a few words around it.

Pure, and bounded: a text of 200 kB takes a moment, whatever it says. Texts are foreign, and made plain; where two
differ only in what no eye can see, those letters are written by their code.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import NamedTuple

from warehouse.words.harmless import plain, shortened

PLACES = 3
"""How many differences of one text are shown; of any further one only the letters are counted."""
LEAST_LETTERS = 80
"""Of what went or came at one place. The first word that differs is never longer than half of it."""
CONTEXT_LETTERS = 48
LONGEST_WORD = 40
"""What is longer is compared letter by letter: no language writes it, or one that puts no blanks between words."""
MOST_COMPARISONS = 400_000
"""Words of one text times words of the other, up to which they are compared each with each."""
AN_ISLAND = 2
"""Words that stayed between two differences, up to which the differences are told as one."""

_DRAWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Unicode's default ignorable letters that ``plain`` lets stand, and a braille cell without dots."""


class Stretch(NamedTuple):
    """Words that were ``kept``, are ``gone``, or ``came``. Blanks between parts stand at their ends."""

    how: str
    text: str


class _Place(NamedTuple):
    """One difference: words ``old[at:until]`` became ``new[new_at:new_until]``."""

    at: int
    until: int
    new_at: int
    new_until: int

    @property
    def size(self) -> int:
        return max(self.until - self.at, self.new_until - self.new_at)


def differences(old: str, new: str, letters: int) -> tuple[tuple[Stretch, ...], int]:
    """What parts the texts, in about ``letters`` letters; and how many letters that went or came were left out.

    Texts that differ never give sides that look alike; equal texts give no part.
    """
    if old == new:
        return (), 0
    before, after = (_exactly(old), _exactly(new)) if look_alike(old, new) else (plain(old), plain(new))
    words = _words(before), _words(after)
    places = list(_places(*words))
    shown = places[:PLACES]
    room = max(LEAST_LETTERS, letters // (2 * len(shown)))
    parts, cut = [Stretch("kept", _behind_a_gap(words[0][: shown[0].at]))], 0
    for number, place in enumerate(shown):
        for how, said in zip(("gone", "came"), _sides(place, *words), strict=True):
            text, left_out = shortened(said, room)
            parts.append(Stretch(how, f"{text} " if left_out else text))
            cut += left_out
        following = places[number + 1].at if number + 1 < len(places) else None
        stayed = words[0][place.until : following]
        parts.append(Stretch("kept", _around_a_gap(stayed) if place is not shown[-1] else _before_a_gap(stayed)))
    cut += sum(len(side) for place in places[PLACES:] for side in _sides(place, *words))
    return tuple(part for part in parts if part.text), cut


def look_alike(old: str, new: str) -> bool:
    """Whether no eye can tell the texts apart: they differ in blanks, or in letters that draw nothing."""
    seen = (unicodedata.normalize("NFC", _DRAWS_NOTHING.sub("", plain(text))) for text in (old, new))
    return next(seen) == next(seen)


def _exactly(text: str) -> str:
    """The text with every letter that cannot be seen, or not be told from another, written by its code."""
    blanks = {found.start() for found in re.finditer(r"^ | $|(?<= ) | (?= )", text)}
    return "".join(
        "⟨blank⟩" if at in blanks else f"⟨U+{ord(letter):04X}⟩" if _cannot_be_seen(letter) else letter
        for at, letter in enumerate(text)
    )


def _cannot_be_seen(letter: str) -> bool:
    is_odd = letter in "⟨\ufffd\ufffe\uffff" or unicodedata.category(letter)[0] in "CMZ"
    return letter != " " and (is_odd or bool(_DRAWS_NOTHING.match(letter)))


def _words(text: str) -> list[str]:
    """Words with the blank behind them, the last one too, so that what is appended changes no word before it."""
    return [
        piece
        for word in re.findall(r"\S+ ", f"{text} ")
        for piece in ([word] if len(word) <= LONGEST_WORD else [*word[:-2], word[-2:]])
    ]


def _sides(place: _Place, old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    return "".join(old[place.at : place.until]), "".join(new[place.new_at : place.new_until])


def _behind_a_gap(stayed: Sequence[str]) -> str:
    kept = _few(stayed[::-1])
    return ("… " if len(kept) < len(stayed) else "") + "".join(kept[::-1])


def _before_a_gap(stayed: Sequence[str]) -> str:
    kept = _few(stayed)
    return "".join(kept) + ("…" if len(kept) < len(stayed) else "")


def _around_a_gap(stayed: Sequence[str]) -> str:
    whole = "".join(stayed)
    return whole if len(whole) <= 3 * CONTEXT_LETTERS else "".join(_few(stayed)) + _behind_a_gap(stayed)


def _few(words: Sequence[str]) -> list[str]:
    """The first words, as far as they are context."""
    few: list[str] = []
    for word in words[:CONTEXT_LETTERS]:
        if sum(map(len, few)) + len(word) > CONTEXT_LETTERS:
            break
        few.append(word)
    return few


# -- where they differ ---------------------------------------------------------------------------------


def _places(old: Sequence[str], new: Sequence[str]) -> Iterator[_Place]:
    """The differences as time went through the text; those that an island parts are one."""
    told: list[_Place] = []
    for place in _apart(old, new, 0, 0):
        if told:
            last = told[-1]
            island = place.at - last.until
            if island <= AN_ISLAND or island < min(last.size, place.size) // 2:
                told[-1] = _Place(last.at, place.until, last.new_at, place.new_until)
                continue
        told.append(place)
    for place in told:
        yield _trimmed(place, old, new)


def _trimmed(place: _Place, old: Sequence[str], new: Sequence[str]) -> _Place:
    """Without what both sides begin and end with."""
    at, until, new_at, new_until = place
    while at < until and new_at < new_until and old[at] == new[new_at]:
        at, new_at = at + 1, new_at + 1
    while at < until and new_at < new_until and old[until - 1] == new[new_until - 1]:
        until, new_until = until - 1, new_until - 1
    return _Place(at, until, new_at, new_until)


def _apart(old: Sequence[str], new: Sequence[str], at: int, new_at: int) -> Iterator[_Place]:
    """Differences of two stretches that begin at these words; at least one where the stretches differ."""
    whole = _trimmed(_Place(0, len(old), 0, len(new)), old, new)
    left, right = old[whole.at : whole.until], new[whole.new_at : whole.new_until]
    at, new_at = at + whole.at, new_at + whole.new_at
    if not left and not right:
        return
    if len(left) * len(right) <= MOST_COMPARISONS:
        for tag, a, b, c, d in SequenceMatcher(None, left, right).get_opcodes():
            if tag != "equal":
                yield _Place(at + a, at + b, new_at + c, new_at + d)
        return
    anchors = _anchors(left, right)
    if not anchors:
        yield _Place(at, at + len(left), new_at, new_at + len(right))
        return
    for (a, c), (b, d) in pairwise([(-1, -1), *anchors, (len(left), len(right))]):
        yield from _apart(left[a + 1 : b], right[c + 1 : d], at + a + 1, new_at + c + 1)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Words that stand once in each text, as many as stand in one order in both (a patience diff)."""
    counts, counts_new = Counter(old), Counter(new)
    place = {word: at for at, word in enumerate(new) if counts_new[word] == 1}
    pairs = [(at, place[word]) for at, word in enumerate(old) if counts[word] == 1 and word in place]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(tails, there)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [there]
        ends[length : length + 1] = [number]
    chain: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


# -- read back -----------------------------------------------------------------------------------------


def in_text(parts: Sequence[Stretch]) -> str:
    """For a reader without colours: ``aged 18 to [65 → 70] years``, ``[+ came]``, ``[− gone]``."""
    said = ""
    for is_kept, group in groupby(parts, key=lambda part: part.how == "kept"):
        some = list(group)
        if is_kept:
            said += "".join(part.text for part in some)
            continue
        sides = {part.how: part.text for part in some}
        gone, came = (sides.get(how, "").strip() for how in ("gone", "came"))
        marked = f"{gone} → {came}" if gone and came else f"+ {came}" if came else f"− {gone}"
        said += f"[{marked}]" + (" " if some[-1].text.endswith(" ") else "")
    return said.strip()
