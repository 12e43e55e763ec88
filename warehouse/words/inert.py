"""Foreign text for a chat, in which it means nothing: it names nobody, links nowhere and sets nothing in bold.

Pure. Every chat has a markup of its own, and some read their own escapes as markup again. So no letter is escaped:
what any of them gives a meaning to is replaced by its look-alike, which none does.
"""

import re

from warehouse.words.harmless import plain

_LOOK_ALIKES = str.maketrans(
    {
        "@": "＠",
        "#": "＃",
        "&": "＆",
        "<": "‹",
        ">": "›",
        "[": "［",
        "]": "］",
        "{": "｛",
        "}": "｝",
        "|": "∣",
        "\\": "∖",
        "*": "∗",
        "_": "ˍ",
        "~": "∼",
        "`": "ˋ",
        "$": "＄",
    }
)
_OF_AN_ADDRESS = (
    (re.compile(r":(?=//)"), "："),
    (re.compile(r"(?i)\b(mailto|tel|sms|sip|skype|callto|facetime|xmpp|magnet|data|javascript):(?=\S)"), r"\1："),
    # Full stops of other scripts part the names of a domain too; between words of such a script they stay.
    (re.compile(r"(?<=[A-Za-z0-9])[。．｡](?=\w)|[。．｡](?=[A-Za-z])"), "․"),
    # A name with a dot in it is a link in some chats; a number with one, as in 0.5 mg, in none.
    (re.compile(r"(?<=\w)\.(?=[^\W\d])"), "․"),
    (re.compile(r"(?<!\w):(?=[\w+-]+:)"), "∶"),  # a name between two colons is a picture
    (re.compile(r"(?<!\S)/"), "∕"),  # a word after a slash is a command
)


def inert(text: str | None) -> str:
    """The text on one line, to be read and nothing else."""
    said = plain(text).translate(_LOOK_ALIKES)
    for found, instead in _OF_AN_ADDRESS:
        said = found.sub(instead, said)
    return said
