"""Letters that the terminal's encoding does not know: said in letters that it does, and never an error.

A terminal or a job may be set to plain ASCII, and titles hold what sponsors typed.
"""

import codecs
import os
import sys
import unicodedata
from pathlib import Path

HANDLER = "trialwatch-plainly"
IN_ASCII = {
    "→": "->", "←": "<-", "…": "...", "–": "-", "—": "-", "−": "-", "·": "-", "•": "*", "✓": "+",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "≥": ">=", "≤": "<=", "×": "x",
    "µ": "u", "μ": "u", "ß": "ss",
}  # fmt: skip


def speak_plainly() -> None:
    """Have standard output and error replace what they cannot encode; what was closed leads nowhere.

    Otherwise the next file that is opened would be taken for standard output by whoever writes to it.
    """
    codecs.register_error(HANDLER, _replaced)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - until the process ends
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors=HANDLER)


def knows(letter: str) -> bool:
    """Whether standard output can encode a letter."""
    try:
        letter.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(letter: str) -> str:
    """Letters without their accents; a question mark for what has no such kin."""
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if part.isascii())
    return IN_ASCII.get(letter) or bare or "?"
