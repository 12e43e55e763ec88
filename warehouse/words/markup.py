"""Foreign text in a page or a mail: escaped, and a word that no line can hold may be broken.

Pure. Words are never broken otherwise: the styles of page and mail leave them whole.
"""

import re

from markupsafe import Markup, escape

from warehouse.words.harmless import plain, shortened
from warehouse.words.values import Line
from warehouse.words.worddiff import Stretch

LONGEST_WORD = 26
"""Letters that stand on one line of a phone. The longest word in the records at hand, outside of codes and
addresses, has 25. A longer one may break (styles: ``long``)."""
_DATE = re.compile(r"(?<![\w-])(\d{4}-\d\d(?:-\d\d(?:T[\d:]+)?)?)(?![\w-])", re.ASCII)
_ODD = re.compile(rf"[^ ]{{{LONGEST_WORD + 1}}}|\d{{4}}-\d\d", re.ASCII)
"""What a text has that must be looked at word by word; most have none of it, and a page has thousands."""
_LEFTWARDS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
"""Letters of the scripts that run from right to left, by their blocks in Unicode."""
_FROM_RIGHT = re.compile(rf"[{_LEFTWARDS}](?:[^A-Za-z<>&;“”]*[{_LEFTWARDS}])?(?:[\d\s.,:/()\[\]-]*[)\]])?")
"""As much of a text as runs from right to left, with what stands in brackets behind it."""
_UNBROKEN = Markup('<span class="date">{}</span>')
_LONG = Markup('<span class="long">{}</span>')


def breakable(text: object) -> Markup:
    """The text, made plain and escaped; a word that no line can hold may break, where no line can.

    A date is never broken, though its hyphens would let it be (styles: ``date``).
    """
    said = plain(str(text))
    return Markup(" ").join(map(_word, said.split(" "))) if _ODD.search(said) else escape(said)


def isolated(text: object) -> Markup:
    """As ``breakable``; what runs from right to left has a direction of its own.

    Otherwise a bracket at its end would be drawn at its beginning (Unicode, annex 9).
    """
    return Markup(_FROM_RIGHT.sub(r"<bdi>\g<0></bdi>", str(breakable(text))))  # noqa: S704 - escaped, with tags of ours


def _word(word: str) -> Markup:
    if len(word) > LONGEST_WORD:
        return _LONG.format(word)
    pieces = enumerate(_DATE.split(word))
    return Markup("").join(_UNBROKEN.format(piece) if at % 2 else escape(piece) for at, piece in pieces)


def short(text: str | None, most: int = 160) -> Markup:
    return breakable(shortened(plain(text), most)[0])


def marked(line: Line) -> Markup:
    """A line of what differs: its name, what went struck out, what came beside it."""
    said = Markup("").join(_marked(line, at) for at in range(len(line.parts)))
    name = breakable(f"{line.label}:") if line.label else Markup("")
    said = said.strip()
    if not line.is_whole and _FROM_RIGHT.search(said):  # a sentence keeps the order of its words
        said = Markup("<bdi>{}</bdi>").format(said)
    return Markup(" ").join(part for part in (line.sign, name, said) if part)


def _marked(line: Line, at: int) -> Markup:
    part = line.parts[at]
    if part.how == "kept":
        return _spaced(part, breakable(part.text.strip()))
    tag = "del" if part.how == "gone" else "ins"
    told = isolated if line.is_whole else breakable  # from what to what is told from left to right
    said = Markup("<{}>{}</{}>").format(tag, told(part.text.strip()), tag)
    turns_into = part.how == "gone" and at + 1 < len(line.parts) and line.parts[at + 1].how == "came"
    return said + Markup(" → ") if turns_into else _spaced(part, said)


def _spaced(part: Stretch, said: Markup) -> Markup:
    return said + " " if part.text.endswith(" ") else said
