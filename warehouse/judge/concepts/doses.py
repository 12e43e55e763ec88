"""How much of our drug is given at a time, in one spelling, and in mg/kg where the record says so. Pure.

A rate ("0.2 mg/kg/h") is told as it is and is no mg/kg; a strength ("25 mg/mL") and a limit ("at most 100 mg") are
no doses. Of a range both ends are told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warehouse.judge.concepts.concept import Concept
from warehouse.judge.concepts.owners import Owners
from warehouse.judge.concepts.passages import Passage

_NUMBER = r"(?:\d{1,4}(?:[.,]\d{1,4})?|\.\d{1,4})"
_MASS = r"(?:mg|milligrams?|[\u00b5\u03bcu]g|mcg|micrograms?)"
_PER = r"(?:\s*/\s*|\s*per\s+|\s*[.*\u00b7]\s*)"
_WEIGHT = rf"{_PER}(?:kg|kilograms?)(?:-1|\^-1)?"
_TIME = rf"(?:{_PER}|\s+an?\s+)(?:hours?|hrs?|hr|h|minutes?|mins?|min|days?|d)(?:-1)?\b"
_UNIT = rf"{_MASS}(?:{_WEIGHT})?(?:{_TIME})?"
_RANGE = r"(?:-|\bto\b)"
_OR = r"(?:,\s*(?:or\s+|and\s+)?|/|\bor\b|\band\b|\bversus\b|\bvs\.?)"
_DOSE = re.compile(
    rf"(?<![\w.,/-])(?P<numbers>(?:{_NUMBER}\s*(?:{_OR}|{_RANGE})\s*){{0,8}}{_NUMBER})\s*(?P<unit>{_UNIT})"
    rf"(?:\s*{_RANGE}\s*(?P<end>{_NUMBER})\s*{_UNIT})?(?=\W|$)",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<joint>-|\bto\b)?", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:max(?:imum|imal)?(?:\s+(?:dose|of|is|was))*|at most|not (?:to )?exceed(?:ing)?|no more than|less than"
    r"|limit\w*(?:\s+to)?"
    r"|capped at|cap of|total of|cumulative\w*(?:\s+dose)?(?:\s+of)?|equivalent to)[\s:(=]*$",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:days?|weeks?|months?|visits?|sessions?|phase|groups?|arms?|parts?|cohorts?|steps?|periods?)\s*$",
    re.IGNORECASE,
)
_STRENGTH = re.compile(
    r"(?:\s+[\w-]+){0,4}(?:\s*\([^)]{0,40}\)|\))?(?:\s*/\s*|\s*per\s+)(?:\d+\s*)?(?:m?l|cc|vial|ampoule|tablet|spray|device|actuation)s?\b"
    r"|\s*(?:vials?|ampoules?|max\b|maximum\b)",
    re.IGNORECASE,
)
_SO_MANY = re.compile(r"\b(?:two|three|four|five|six|[2-9])(?:\s+of)?(?:\s*[x\u00d7])?\s+$", re.IGNORECASE)
_NEAR = 20
_PIECES = re.compile(
    r"[\s-]+(?:[\w-]+\s+){0,2}?(?:devices|sprays|tablets|capsules|lozenges|troches|pills|vials|ampoules)\b",
    re.IGNORECASE,
)
"""Behind "two 28 mg" they say what one of them holds."""


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose in one spelling. ``mg_per_kg`` are its ends in that unit, where it is one."""

    value: str
    mg_per_kg: tuple[float, ...]


def doses(passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    """Every dose of ours in some passages."""
    for passage in passages:
        for found in _DOSE.finditer(passage.sentence):
            if _is_a_dose(passage.sentence, found) and owners.is_ours(
                passage.sentence, *found.span(), passage.default
            ):
                for dose in _read(found, is_after_a_day=bool(_DAY.search(passage.sentence[: found.start()]))):
                    yield from _concepts(dose, passage, found[0])


def _is_a_dose(sentence: str, found: re.Match[str]) -> bool:
    before = sentence[: found.start()]
    is_of_a_piece = _SO_MANY.search(before[-_NEAR:]) and _PIECES.match(sentence, found.end())
    return not (is_of_a_piece or _STRENGTH.match(sentence, found.end()) or _LIMIT.search(before))


def _concepts(dose: Dose, passage: Passage, words: str) -> Iterator[Concept]:
    for mg_per_kg in dose.mg_per_kg or (None,):
        yield Concept(
            "dose", dose.value, mg_per_kg, passage.text.field, words, "a dose of the drug", passage.confidence
        )


def _read(found: re.Match[str], *, is_after_a_day: bool) -> Iterator[Dose]:
    """The doses of a list such as "28, 56 or 84 mg", whose unit is said once.

    The first number may be of something else ("day 1 and 0.5 mg/kg").
    """
    parts = list(_PART.finditer(found["numbers"]))
    if is_after_a_day and len(parts) > 1:
        del parts[0]
    start = ""
    for part in parts:
        value = start + plain(part["number"])
        start = f"{value}-" if part["joint"] else ""
        if part is parts[-1] and found["end"]:
            value = f"{value}-{plain(found['end'])}"
        if not start:
            yield _dose(value, found["unit"])


def plain(number: str) -> str:
    """0,50 and .5 as 0.5."""
    spelt = number.replace(",", ".")
    return f"{float(spelt):g}"


def _dose(value: str, unit: str) -> Dose:
    mass = "mg" if re.match(r"mg|milli", unit, re.IGNORECASE) else "\u00b5g"
    per_weight = re.search(_WEIGHT, unit, re.IGNORECASE)
    per_time = re.search(_TIME, unit, re.IGNORECASE)
    spelt = mass + ("/kg" if per_weight else "") + (f"/{_time(per_time[0])}" if per_time else "")
    scale = 1 if mass == "mg" else 1000
    ends = tuple(float(each) / scale for each in value.split("-")) if per_weight and not per_time else ()
    return Dose(f"{value} {spelt}", ends)


def _time(words: str) -> str:
    letters = re.sub(r"^\W*(?:(?:per|an?)\s+)?", "", words, flags=re.IGNORECASE).lower()
    return "day" if letters.startswith("d") else letters[:1].replace("m", "min")
