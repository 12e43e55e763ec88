"""What registries wrote, made harmless on its way into a mail, a table or a terminal.

Pure. All of it is taken for hostile, whichever field it came from: this module refuses to know what a text
means, and which texts we would rather believe.
"""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # format characters that some scripts and emoji cannot be written without
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_FORMULA = re.compile(r"[\s\x00-\x20\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹢﹣﹦﹫−]")
"""What some spreadsheet begins a formula with, also behind what it drops at the beginning of a cell."""
LONGEST_PART = 40
"""Letters of a word that are given up, so that the text is cut between two words."""
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?")


def plain(text: str | None) -> str:
    """Foreign text on one line, without what could steer a terminal, a mail or a reader's eye.

    Whitespace is folded; control, bidirectional-override and other invisible characters go; a half of a
    surrogate pair becomes U+FFFD, so that the text can be encoded.
    """
    folded = " ".join((text or "").split())
    if folded.isprintable():
        return folded
    return " ".join("".join(map(_harmless, folded)).split())


def _harmless(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":
        return "\ufffd"
    is_hidden = kind in ("Cc", "Cf") and letter not in _JOINERS
    return "" if is_hidden or letter in "\ufffe\uffff" else letter


def defused(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection). A number stays a number."""
    if not cell or _NUMBER.fullmatch(cell):
        return cell or ""
    return f"'{cell}" if cell[0] in "\t\r" or _FORMULA.match(cell) else cell


def web_address(url: str | None) -> str | None:
    """The address when it is one that a reader may follow: http or https, and nothing odd in it."""
    return url if url and len(url) <= 2000 and _WEB_ADDRESS.fullmatch(url) else None


def shortened(text: str, limit: int) -> tuple[str, int]:
    """The text in at most ``limit`` letters, and how many of it were cut: whole words, but for a very long one."""
    if len(text) <= limit:
        return text, 0
    room = max(0, limit - 1)
    end = text.rfind(" ", max(0, room - LONGEST_PART), room + 1)
    kept = text[: end if end > 0 else room].rstrip()
    return f"{kept}…", len(text) - len(kept)
