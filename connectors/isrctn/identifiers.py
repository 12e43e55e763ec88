"""The numbers that a trial has elsewhere. Pure.

A number's form tells whose it is: the registry files EudraCT numbers with those of CTIS, and "Nil known" where
there is none. Each is told by every other place once at most.
"""

import re
from collections.abc import Iterator

from connectors.isrctn.record import Record
from connectors.isrctn.values import objects, part, text
from connectors.numbers import NCT_NUMBER
from connectors.spelling import compared
from connectors.trial import Identifier

EU_NUMBER = re.compile(r"(?:CTIS|EUCT|EudraCT)?[ :]?(\d{4}-\d{6}-\d{2})(-\d{2})?", re.ASCII | re.I)
SPONSORS_OWN = "Protocol serial number"
FORMER_PLACES = (
    *(("clinicalTrialsGovNumber", "nct"), ("eudraCTNumber", "ctis"), ("irasNumber", "iras")),
    ("protocolSerialNumber", SPONSORS_OWN),
)
"""Where numbers stood before there was a list of them."""
_NONE = re.compile(
    r"nil(?: known)?|none|n/?a|not (?:applicable|known|available)|unknown|tbc|[-–.]*", re.IGNORECASE
)


def identifiers(trial: Record) -> list[Identifier]:
    """The sponsor's own numbers first, each number once."""
    found: dict[str, Identifier] = {}
    for kind, written in _written(part(trial, "externalRefs")):
        number, said = _number(kind, compared(written))
        if number and number not in found:
            place = 1 if kind == SPONSORS_OWN else 2
            found[number] = Identifier(identifier=number, identifier_type=said, is_alias=False, place=place)
    return sorted(found.values(), key=lambda each: each.place or 0)


def malformed(trial: Record) -> Iterator[tuple[str, str]]:
    """What stands where a registry's number should, and is none."""
    for kind, written in _written(part(trial, "externalRefs")):
        spelt = compared(written)
        is_one = NCT_NUMBER.fullmatch(spelt.upper()) if kind == "nct" else EU_NUMBER.fullmatch(spelt)
        if kind in ("nct", "ctis") and not is_one and not _NONE.fullmatch(spelt):
            yield kind, written


def _written(refs: Record) -> Iterator[tuple[str, str]]:
    """Every number with its kind. One field holds all numbers of the sponsor, of which some are listed too.

    There such a one may have whose it is before it: ``CPMS: 49816``.
    """
    entries = refs.get("secondaryNumbers")
    listed = objects(entries if isinstance(entries, list) else [])
    for each in listed:
        yield text(each.get("numberType")) or "other", text(each.get("text"))
    told = tuple(filter(None, (compared(text(each.get("text"))) for each in listed)))
    for key, kind in FORMER_PLACES:
        for number in text(refs.get(key)).split(","):
            if key != "protocolSerialNumber" or not compared(number).endswith(told):
                yield kind, number


def _number(kind: str, written: str) -> tuple[str | None, str]:
    """A number as it is told, and what it is; None for what is none."""
    if _NONE.fullmatch(written):
        return None, kind
    eu = EU_NUMBER.fullmatch(written)
    if NCT_NUMBER.fullmatch(written.upper()):
        return written.upper(), "NCT"
    if eu:
        return (eu[1] + (eu[2] or ""), "CTIS") if eu[1][5] == "5" else (eu[1], "EUDRACT")
    if kind in ("nct", "ctis"):
        return None, kind
    return written, kind.upper() if kind in ("iras", "cpms") else kind
