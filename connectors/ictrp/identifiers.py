"""The numbers that a trial has elsewhere. Pure. A number's form tells whose it is."""

import re
from collections.abc import Iterator

from connectors.ictrp.numbers import eu_number
from connectors.ictrp.record import Understood
from connectors.spelling import compared
from connectors.trial import Identifier

FORMS = {
    "NCT": re.compile("NCT[0-9]{8}"),
    "ISRCTN": re.compile("ISRCTN[0-9]{8}"),
    "CTIS": re.compile("(?:CTIS|EUCT)?[: ]?([0-9]{4}-5[0-9]{5}-[0-9]{2}(?:-[0-9]{2})?)"),
    "EUDRACT": re.compile(
        "(?:EUCTR|EUDRACT)?(?: ?(?:NO\\.?|NUMBER))?[: ]{0,2}([0-9]{4}-[0-9]{6}-[0-9]{2})(?:-[A-Z]{2})?"
    ),
    "WHO UTN": re.compile("(?:UTN)?[: ]{0,2}(U1111-[0-9]{4}-[0-9]{4})"),
}
_APART = re.compile(r"[;,\n]+")
_NONE = re.compile(
    r"nil(?: known)?|none|no|null|n/?a|not (?:applicable|known|available)|unknown|tbc|[-–.]*", re.IGNORECASE
)


def identifiers(found: Understood) -> list[Identifier]:
    """Each number once, in their order; that of the EU's old register also without its country."""
    numbers: dict[str, str] = {}
    if bare := eu_number(found.trial_id):
        numbers[bare] = "EUDRACT"
    for spelt, kind in _written(found["secondary_ids"]):
        numbers.setdefault(spelt, kind)
    numbers.pop(found.trial_id, None)
    return [
        Identifier(identifier=spelt, identifier_type=kind, is_alias=False, place=2)
        for spelt, kind in numbers.items()
    ]


def _written(text: str) -> Iterator[tuple[str, str]]:
    for part in _APART.split(text):
        spelt = compared(part)
        if not _NONE.fullmatch(spelt):
            yield _told(spelt)


def _told(spelt: str) -> tuple[str, str]:
    """A number without the name that is set before it, and whose it is."""
    capitals = spelt.upper()
    for kind, form in FORMS.items():
        if found := form.fullmatch(capitals):
            return (found[1] if form.groups else found[0]), kind
    return (spelt[5:] if capitals.startswith("JPRN-") else spelt), "other"
