"""How text becomes words, on both sides of a search: what is asked and what a record says."""

import re

_POSSESSIVE = re.compile(r"['’]s\b")
_CODE = re.compile(r"\b([a-z]{1,5})-(\d+)(?:-?([a-z]{1,2}))?\b")
_WORD = re.compile(r"\w+")


def normal(text: str) -> str:
    """The words in lower case and in the singular, one blank between them.

    A drug code with its hyphens is one word, so that CI-581 is not the beginning of CI-581-a: the registry
    does not find the one by the other (seen in six trials that hide ketamine this way).
    """
    text = _POSSESSIVE.sub("", text.lower())
    text = _CODE.sub(lambda code: "".join(part for part in code.groups() if part), text)
    return " ".join(_singular(word) for word in _WORD.findall(text))


def _singular(word: str) -> str:
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural else word
