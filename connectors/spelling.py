"""How a text is spelt: as it is stored, and as it is compared and searched for words. Pure.

A registry sends blanks behind codes, letters that nobody sees and letters that only look otherwise. The payload
keeps them; everything else of ours goes through ``shown``, ``in_lines`` or ``compared``, so that what is stored is
what was compared. They refuse to know what a text means.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

_LOOKS_OTHERWISE = (
    *("<wide>", "<narrow>", "<font>", "<small>", "<vertical>"),
    *("<isolated>", "<initial>", "<medial>", "<final>", "<noBreak>"),
)
"""The same letter in another dress. Not ``10⁹``, ``½``, ``™`` or ``µ``: a reader would miss what they say."""
_ROMAN_AND_LIGATURES = re.compile("[\u2160-\u217f\ufb00-\ufb06\ufb13-\ufb17]")
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufffe\uffff")
_JOINERS = frozenset("\u200c\u200d")
_IDLE_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
"""Some scripts and emoji cannot be written without them; between letters of ours they are nothing."""
VANISHING = "\u200c\u200d" + "".join(map(chr, range(0xFE00, 0xFE10)))
"""Letters that are stored, for they choose how others look, and not compared."""
_VARIANTS = re.compile(f"[{VANISHING}]")
_HYPHENS = frozenset("\u2010\u2011\ufe63\uff0d")
_PLAIN = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-")
_PLAIN |= dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032", "'")
_PLAIN |= dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"') | {"\u2044": "/"}
_TYPOGRAPHIC = re.compile(f"[{''.join(_PLAIN)}]")


def shown(text: str) -> str:
    """The text as it is stored and told: on one line, nothing unseen in it, letters in their usual dress.

    >>> shown(" COMPLETED\\u200b ｋｅｔａ\\u00admine\\u00a010⁹ ")
    'COMPLETED ketamine 10⁹'
    """
    if text.isascii() and text.isprintable():
        return _with_single_blanks(text)
    lines = text.replace("\r", "\n").replace("\t", "\n").split("\n")
    line = " ".join(filter(None, map(str.strip, lines)))
    others = _other_letters(line)
    if any(map(str.isspace, others)):
        line = " ".join(line.split())
        others = {letter for letter in others if not letter.isspace()}
    else:
        line = _with_single_blanks(line)
    letter_by_letter = _each_by_itself(line, others, usual_alone)
    return _dressed(line) if letter_by_letter is None else letter_by_letter


def in_lines(text: str) -> str:
    """The text as ``shown``, but for its lines: they stay apart, with the blanks that they begin with.

    >>> in_lines("Inclusion:\\r\\n\\n\\n* Adults \\n  * who drink\\n")
    'Inclusion:\\n\\n* Adults\\n  * who drink'
    """
    laid_out = text.strip().replace("\t", "    ").replace("\r\n", "\n").replace("\r", "\n")
    others = _other_letters(laid_out) - {"\n"}
    is_usual = not any(map(str.isspace, others))  # other blanks may begin a line, or part two
    spelt = _each_by_itself(laid_out, others, usual_alone) if is_usual else None
    return _line_by_line(text) if spelt is None else _with_even_lines(spelt)


def _line_by_line(text: str) -> str:
    lines: list[str] = []
    for line in text.strip().replace("\t", "    ").splitlines():
        content = shown(line)
        if content or (lines and lines[-1]):
            lines.append(" " * (len(line) - len(line.lstrip(" "))) + content if content else "")
    return "\n".join(lines).strip("\n")


def _with_even_lines(text: str) -> str:
    """The lines without blanks at their ends, single ones after their beginning; empty ones one at a time."""
    while " \n" in text:
        text = text.replace(" \n", "\n")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return "\n".join(map(_indented, text.split("\n"))) if "  " in text else text


def _indented(line: str) -> str:
    content = line.lstrip(" ")
    return line[: len(line) - len(content)] + _with_single_blanks(content) if "  " in content else line


def _with_single_blanks(text: str) -> str:
    """As ``" ".join(text.split(" "))`` without empty words; a long text is not taken apart."""
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _dressed(folded: str) -> str:
    letters = [letter for letter in set(folded) if not " " <= letter <= "~"]
    dressed = {ord(letter): usual for letter in letters if (usual := _usual(letter)) != letter}
    has_joiners = not _JOINERS.isdisjoint(letters)
    if has_joiners:
        folded = _IDLE_JOINER.sub("", folded.translate(dressed))
    elif dressed:
        folded = folded.translate(dressed)
    if has_joiners or dressed:
        folded = " ".join(folded.split())
    return unicodedata.normalize("NFC", folded)


def compared(text: str) -> str:
    """The text as it is compared, and as codes, dates and numbers are stored: NFKC, with plain hyphens and quotes.

    >>> compared("CI‑581a – the patient’s “m²”")
    'CI-581a - the patient\\'s "m2"'
    """
    return plain(shown(text))


def plain(stored: str) -> str:
    """As ``compared``, of a text that is spelt as it is stored."""
    if stored.isascii():
        return stored
    letter_by_letter = _each_by_itself(stored, _other_letters(stored), compared_alone)
    return _plain(stored) if letter_by_letter is None else letter_by_letter


def _plain(stored: str) -> str:
    spelt = unicodedata.normalize("NFKC", _VARIANTS.sub("", stored))
    return " ".join(_TYPOGRAPHIC.sub(lambda found: _PLAIN[found[0]], spelt).split())


def _other_letters(text: str) -> set[str]:
    """The letters that may be spelt otherwise than they are written: all but those that ASCII prints."""
    if text.isascii() and text.isprintable():
        return set()
    others = text.encode("utf-8", "surrogatepass").translate(None, _PRINTED)
    return set(others.decode("utf-8", "surrogatepass"))


_PRINTED = bytes(range(0x20, 0x7F))


def _each_by_itself(text: str, others: Iterable[str], spelt: Callable[[str], str | None]) -> str | None:
    """The text with each of these letters spelt by itself; None where that needs a look at its neighbours."""
    for letter in others:
        instead = spelt(letter)
        if instead is None:
            return None
        if instead != letter:
            text = text.replace(letter, instead)
    return text


@cache
def usual_alone(letter: str) -> str | None:
    """How ``shown`` writes a letter wherever it stands; None for one that depends on its neighbours."""
    return _alone(letter, _dressed(letter))


@cache
def compared_alone(letter: str) -> str | None:
    """How ``compared`` writes a letter wherever it stands; None for one that depends on its neighbours."""
    return _alone(letter, _plain(_dressed(letter)))


def _alone(letter: str, spelt: str) -> str | None:
    """Marks join the letter before them, letters of some scripts each other; what is unseen leaves a gap."""
    is_in_reach = any(first <= letter <= last for first, last in _STAND_ALONE)
    joins = not spelt or " " in spelt or any(map(unicodedata.combining, letter + spelt))
    return spelt if is_in_reach and not joins else None


_STAND_ALONE = (
    *(("\u00a1", "\u02ff"), ("\u0370", "\u052f"), ("\u2010", "\u2bff")),
    *(("\u3001", "\u3029"), ("\ufb00", "\ufb06"), ("\uff01", "\uff5e")),
)
"""Latin, Greek, Cyrillic, marks and signs: the letters of nearly every record, which compose with no other."""


@cache
def _usual(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":
        return "\ufffd"
    if letter in _UNSEEN or (kind in ("Cc", "Cf") and letter not in _JOINERS):
        return ""
    if letter in _HYPHENS:
        return "-"
    if unicodedata.decomposition(letter).startswith(_LOOKS_OTHERWISE) or _ROMAN_AND_LIGATURES.match(letter):
        return unicodedata.normalize("NFKC", letter)
    return letter


class OneSpelling:
    """Spells texts that are compared as equal alike: as it met them first, in the form that is stored."""

    def __init__(self) -> None:
        self._met: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        return self._met.setdefault(compared(text), shown(text))
