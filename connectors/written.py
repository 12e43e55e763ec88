"""Numbers as people write them among results: what number a text is, and what is none. Pure.

A registry's form takes any text where a value goes. What stands there is kept as written beside what is read of
it; a text that is no single number gives none, so that nobody computes with a guess.
"""

import math
import re

from connectors.spelling import compared

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_IN_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WITH_A_DECIMAL_COMMA = re.compile(r"[-+]?(?:0,\d+|\d+,\d{1,2})")
_RELATION = re.compile(r"(?:p\s*)?(<=|>=|[<>=~≤≥])\s*", re.IGNORECASE)
_RANGE = re.compile(r"[\[(]?\s*(?P<low>[-+]?[\d.,]+)\s*(?:to|,(?=\s)|;|-)\s*(?P<high>[-+]?[\d.,]+)\s*[\])]?")
_RELATIONS = {"≤": "<=", "≥": ">="}


def number(text: str | None) -> float | None:
    """The number that a text is; None for a range, a bound, ``NA`` and all else.

    >>> number("1,234"), number("−0.5"), number(".51"), number("0,03"), number("12 %"), number("NA")
    (1234.0, -0.5, 0.51, 0.03, 12.0, None)
    """
    bare = compared(text or "").removesuffix("%").rstrip()
    if _IN_THOUSANDS.fullmatch(bare) and not bare.startswith("0,"):
        bare = bare.replace(",", "")
    elif _WITH_A_DECIMAL_COMMA.fullmatch(bare):
        bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare):
        return None
    found = float(bare)
    return found if math.isfinite(found) else None


def count(text: str | None) -> int | None:
    """The whole number that a text is."""
    found = number(text)
    return int(found) if found is not None and found.is_integer() and abs(found) <= 2**53 else None


def bounded(text: str | None) -> tuple[str | None, float | None]:
    """How what is meant stands to the number that is given, and that number.

    >>> bounded("<0.001"), bounded("p = .04"), bounded("0.2"), bounded("NS")
    (('<', 0.001), ('=', 0.04), ('=', 0.2), (None, None))
    """
    bare = compared(text or "")
    relation = _RELATION.match(bare)
    found = number(bare[relation.end() :] if relation else bare)
    if found is None:
        return None, None
    return (_RELATIONS.get(relation[1], relation[1]) if relation else "="), found


def limits(text: str | None) -> tuple[float, float] | None:
    """The two ends of a range; None for what is none.

    >>> limits("12 to 45"), limits("(-1.5, 3)"), limits("3"), limits("1,234")
    ((12.0, 45.0), (-1.5, 3.0), None, None)
    """
    bare = compared(text or "")
    found = _RANGE.fullmatch(bare) if number(bare) is None else None
    low, high = (number(found["low"]), number(found["high"])) if found else (None, None)
    return (low, high) if low is not None and high is not None and low <= high else None
