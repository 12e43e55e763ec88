"""Foreign text on its way into a log or onto a terminal: what does not print becomes a blank. Pure."""


def printable(text: str, *kept: str) -> str:
    """The text without control characters and the like, but for those ``kept``."""
    return "".join(letter if letter.isprintable() or letter in kept else " " for letter in text)


def one_line(text: str) -> str:
    """The same with blanks folded and line breaks gone."""
    return " ".join(printable(text).split())
