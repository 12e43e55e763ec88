"""Trials' numbers: the form that each registry gives them, and the one in a record that cannot be read. Pure.

The place in a record is ClinicalTrials.gov's, which the records of other registries are brought into.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.brackets import divided, named
from connectors.lists import read_rows

PLACE = ("protocolSection", "identificationModule", "nctId")
"""Not just any ``nctId``: a record also names its expanded access that way, which is another trial."""
_PATTERNS = {row["registry"]: row["pattern"] for row in read_rows(Path(__file__).parent / "numbers.csv")}
NCT_NUMBER = re.compile(_PATTERNS["clinicaltrials.gov"])
REGISTRIES_NUMBERS = "|".join(_PATTERNS.values())
"""A number of any registry that we know, as a pattern."""
_REGISTERS = "EUCTR|EUCT|CTIS|JPRN"
"""Names of registers that stand before numbers, beside EudraCT."""
WRITTEN = (
    rf"^(?:EUDRACT(?:NO\.?|NUMBER)?|{_REGISTERS}|UTN|WHO|REC)?[:#-]?"
    rf"({REGISTRIES_NUMBERS})(?:-[A-Z]{{2}}|-OUTSIDE-EU/EEA|-[0-9]{{2}}|P)?$"
)
"""Such a number as it is written, upper case and without blanks. The group is its spelling for comparison: EU
numbers without country or version, a registry's prefix only where it is part of the number."""
_SUBMITTED = re.compile("[0-9]{4}-5[0-9]{5}-[0-9]{2}-[0-9]{2}")
_CTIS_NUMBER = re.compile("[0-9]{4}-5[0-9]{5}-[0-9]{2}")
_SET_BEFORE = re.compile(rf"(?:EUDRACT|{_REGISTERS})(?:NUMBER|NO\.?)?[:#-]?(?=[A-Z0-9])")
"""The names of registers that WHO, or a person, sets before their numbers."""
_LOOKS_LIKE_A_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{3,39}")
_IN_PASSING = re.compile(rb'"identificationModule"\s*:\s*\{[^{}]*?"nctId"\s*:\s*"\s*([A-Za-z]{3}[0-9]{8})\s*"')


def as_typed(text: str) -> str:
    """A number that a person typed, as trials bear it: no register before it, no count of submissions behind.

    >>> as_typed(" nct0123 4567"), as_typed("EUCT 2024-518143-38-00"), as_typed("JPRN-UMIN000051234")
    ('NCT01234567', '2024-518143-38', 'UMIN000051234')
    >>> as_typed("EU CT number: 2024-518143-38-00"), as_typed("EUCTR2015-000222-11-GB")
    ('2024-518143-38', '2015-000222-11-GB')
    """
    bare = _SET_BEFORE.sub("", "".join(text.split()).upper(), count=1)
    return bare[:-3] if _SUBMITTED.fullmatch(bare) else bare


def is_a_trials_number(text: str) -> bool:
    """Whether some registry could have given it. What begins as ClinicalTrials.gov's do must have that form."""
    if text.startswith("NCT"):
        return NCT_NUMBER.fullmatch(text) is not None
    return len(text) >= 6 and _LOOKS_LIKE_A_NUMBER.fullmatch(text) is not None


def compared(text: str) -> str | None:
    """A number as it is spelt for comparison; None where it is no registry's.

    >>> compared("EudraCT: 2015-000222-11"), compared("2024-518143-38-00"), compared("PROT-2015")
    ('2015-000222-11', '2024-518143-38', None)
    """
    found = re.match(WRITTEN, "".join(text.split()).upper())
    return found[1] if found else None


def giver_of(number: str) -> str | None:
    """Which registry gives numbers spelt like this one; CTIS and EudraCT are two."""
    given = (registry for registry, pattern in _PATTERNS.items() if re.fullmatch(pattern, number))
    giver = next(given, None)
    return "ctis" if giver and _CTIS_NUMBER.fullmatch(number) else giver


def number_in(record: Any) -> str | None:
    """The number in a decoded record, upper case and without blanks; None where none, or more than one, stands.

    A number without its letters, or wrapped into a list or an object, is a number all the same.
    """
    found = {number for value in _at(record, PLACE) for number in _numbers(value)}
    return found.pop() if len(found) == 1 else None


def number_by_structure(payload: bytes) -> str | None:
    """The number in bytes that are no JSON, by brackets and quotation marks."""
    value = payload
    try:
        for key in PLACE:
            members, _ = divided(value, value.index(b"{"))
            value = dict(filter(None, map(named, members)))[b'"%s"' % key.encode()]
    except (ValueError, KeyError, IndexError):
        return number_in_passing(payload)
    written = value.decode("utf-8", "replace")
    return _number(written.strip('"')) if written[:1] in '"0123456789' else None


def number_in_passing(payload: bytes) -> str | None:
    """The number in an identification module wherever that stands, if it is written as the registry writes it."""
    found = _IN_PASSING.search(payload)
    return found[1].decode().upper() if found else None


def _at(value: Any, place: tuple[str, ...]) -> Iterator[Any]:
    """Every value at a place; a list on the way is looked through."""
    if not place:
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _at(part, place)
    elif isinstance(value, dict) and place[0] in value:
        yield from _at(value[place[0]], place[1:])


def _numbers(value: Any) -> Iterator[str]:
    """The numbers that a value is, or that stand in it: there only in the registry's exact form."""
    if not isinstance(value, dict | list):
        number = _number(value)
        if number:
            yield number
        return
    for part in value.values() if isinstance(value, dict) else value:
        yield from filter(NCT_NUMBER.fullmatch, _numbers(part))


def _number(value: Any) -> str | None:
    match value:
        case bool():
            return None
        case int() | float() if 0 < value < 10**8 and value == int(value):
            return f"NCT{int(value):08d}"
        case str():
            letters = unicodedata.normalize("NFKC", value[:100]).upper()
            bare = "".join(x for x in letters if not x.isspace() and unicodedata.category(x) not in ("Cf", "Cc"))
            if re.fullmatch("[0-9]{8}", bare):
                return f"NCT{bare}"
            return bare if _LOOKS_LIKE_A_NUMBER.fullmatch(bare) else None
    return None
