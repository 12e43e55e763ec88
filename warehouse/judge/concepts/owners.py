"""Of whom a text speaks where it names a dose, a route or a number: of our drug, or of another. Pure.

A record gives many drugs. What stands right before a drug's name is that drug's ("0.2 mg/kg of esketamine", "oral
midazolam"); else it is the drug's that was named last in the sentence; else, of whom the whole text is. What
a drug is dissolved in is no drug.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from warehouse.judge.concepts.layout import Layout
from warehouse.judge.relevance.mentions import Named, mentions
from warehouse.judge.relevance.wording import Finder, any_of, drug_name, finder
from warehouse.judge.relevance.words import Text
from warehouse.words.vocabulary import rows

_SENTENCE = re.compile(r";\s*|\n+|(?<![ .(][a-z])(?<!\bvs)(?<!e\.g)(?<!i\.e)[.!?]\s+(?=[A-Z0-9(])")
_ADJECTIVE = (
    r"(?:a|an|the|racemic|open[- ]label|low[- ]dose|single[- ]dose|sub-?\s?an\w+|intravenous|\(?IV\)?|i\.?v\.?"
    r"|intramuscular|IM"
    r"|i\.?m\.?|subcutaneous|SC|intranasal|oral|nasal|sublingual|local|adjunctive)"
)
_AHEAD = re.compile(rf"[\s(]*(?:of\s+)?(?:{_ADJECTIVE}\s+){{0,3}}", re.IGNORECASE)
_AHEAD_OF_A_LIST = re.compile(rf"[\s(,/]*(?:of\s+)?(?:(?:{_ADJECTIVE}|or|and)[\s,/]+){{0,7}}", re.IGNORECASE)
_LIKE_A_DRUG = (
    r"[a-z]{2,}(?:ine|zepam|zolam|zole|ol|il|one|ide|ate|fen|tin|ium|barbital|setron|coxib|oxicam|olac|fenac|dex|mab"
    r"|parin|mycin|oxacin|triptan|gabalin|pentin|sartan|phylline)"
)
_UNKNOWN = re.compile(rf"(?:^|[\s(])(?P<name>{_LIKE_A_DRUG})\s*(?:[(,:]\s*)?$", re.IGNORECASE)
_UNKNOWN_AHEAD = re.compile(rf"\s*(?:of\s+)?(?P<name>{_LIKE_A_DRUG})\b", re.IGNORECASE)
_CONTROLLED = re.compile(r"[\s-]+controlled", re.IGNORECASE)
"""Behind a name: the trial is, and nothing is said of who is given what."""
_TOGETHER = re.compile(r"\s*(?:/|or|and/or)\s*", re.IGNORECASE)
_ALTERNATIVES = re.compile(
    r"\s*(?:\([^)]{0,40}\))?\s*[,(]?\s*(?:/|or|and/or)\s*(?:[\d.]+\s*\w{1,3}(?:/kg)?\s*)?|\s*\(",
    re.IGNORECASE,
)
_NO_DRUG = re.compile(
    r"baseline|routine|medicine|line|nine|total|protocol|control|until|while|rate|state|alone|one|done|alcohol|date"
    r"|administrate|approximate|escalate|titrate|side|wide|provide|inside|hydrochloride|moderate|intermediate"
    r"|appropriate|adequate|immediate|separate",
    re.IGNORECASE,
)
_LIQUID = re.compile(
    r"\b(?:saline|chloride|NaCl|physiological serum|dextrose|glucose|water|lactate)\b(?!.*placebo)", re.IGNORECASE
)
_DISSOLVED_IN = re.compile(
    r"\b(?:in(?:to)?|(?<!compared )(?<!comparison )(?<!treated )(?<!replaced )(?<!substituted )with"
    r"|to(?=\s+(?:an?\s+\w+\s+of\s+)?\d[\d.,]*\s?(?:ml|cc)\b))\s+"
    r"(?:(?:an?|the|of|bags?|syringes?|volume|total|normal|isotonic|sterile|physiologic(?:al)?|distilled|half|sodium"
    r"|\w{1,11} for|lactated|ringer'?s?|\d[\d.,]*\s?-?(?:ml|cc|millilit\w+)|\(?\d[\d.,]*\s?%\)?,?)"
    r"(?:\s+|(?<=%))){0,7}$",
    re.IGNORECASE,
)
_A_GROUP = re.compile(r"\s+(?:\w+\s+)?(?:groups?|arms?|placebo|controls?|recipients|patients)\b", re.IGNORECASE)
_NEAR = 90
"""Letters before a liquid's name in which it is said to be what a drug is dissolved in."""


def sentences(text: str) -> Iterator[str]:
    begin = 0
    for found in _SENTENCE.finditer(text):
        yield text[begin : found.end()]
        begin = found.end()
    yield text[begin:]


@dataclass(frozen=True, slots=True)
class Name:
    """A drug that a sentence names, and whether it is ours."""

    start: int
    end: int
    is_ours: bool


@dataclass(frozen=True)
class Owners:
    """Who is meant in a trial's texts: built once a trial, for its own interventions are among the other drugs."""

    layout: Layout
    _named: dict[str, list[Name]] = field(default_factory=dict)

    def names(self, sentence: str) -> list[Name]:
        """The drugs that it names, in their order."""
        if sentence not in self._named:
            self._named[sentence] = self._names(sentence)
        return self._named[sentence]

    def _names(self, sentence: str) -> list[Name]:
        ours = [
            Name(*found.span(), each.named is Named.GIVEN or sentence[found.end() :].startswith("/"))
            for found, each in zip(drug_name().finditer(sentence), mentions(Text("", sentence)), strict=True)
        ]
        others = [
            Name(*found.span(), False)
            for other in (other_drugs(), self._others)
            if other
            for found in other.finditer(sentence)
            if not _CONTROLLED.match(sentence, found.end())
            and not _is_a_vehicle(sentence, *found.span())
            and not any(name.start < found.end() and found.start() < name.end for name in ours)
        ]
        return sorted((*ours, *others), key=lambda name: (name.start, -name.end))

    def is_ours(self, sentence: str, start: int, end: int, default: bool, *, listed: bool = False) -> bool:
        """Whether what stands there is said of our drug; ``default`` where no drug is named before.

        ``listed``: it may be one of several before the drug's name ("intravenous or oral ketamine"), or be said of
        several drugs together ("ketamine (0.5 mg/kg) or midazolam, twice weekly"); a dose is said of one.
        """
        named = self.names(sentence)
        ahead = (_AHEAD_OF_A_LIST if listed else _AHEAD).match(sentence, end)
        for name in named:
            if ahead and end <= name.start <= ahead.end():
                return name.is_ours
        if _is_unknown(_UNKNOWN_AHEAD.match(sentence, end), sentence) or _is_unknown(
            _UNKNOWN.search(sentence[:start]), sentence
        ):
            return False
        before = [name for name in named if name.end <= start]
        together = _ALTERNATIVES if listed else _TOGETHER
        return _last(sentence, before, together) if before else default

    @cached_property
    def _others(self) -> Finder | None:
        """The trial's own other drugs, by their registered names."""
        names = {
            name.words
            for each in self.layout.given
            if not each.is_ours and each.may_be_a_drug
            for name in each.names
            if len(name.words) < 60 and not drug_name().search(name.words)
        }
        usable = tuple(sorted(filter(_is_a_name, names)))
        return finder(usable) if usable else None


def _is_unknown(found: re.Match[str] | None, sentence: str) -> bool:
    """Whether a word that looks like a drug's name is one, and none that we know as ours."""
    if not found or _NO_DRUG.fullmatch(found["name"]) or drug_name().search(found["name"]):
        return False
    return not _is_a_vehicle(sentence, *found.span("name"))


def _is_a_vehicle(sentence: str, start: int, end: int) -> bool:
    """Whether a liquid is only what the drug before it is dissolved in: "in 100 mL of normal saline"."""
    return bool(
        _LIQUID.search(sentence[start:end])
        and _DISSOLVED_IN.search(sentence[max(0, start - _NEAR) : start])
        and not _A_GROUP.match(sentence, end)
    )


def _last(sentence: str, before: list[Name], together: re.Pattern[str]) -> bool:
    """Whether ours is the drug named last, or one of those named together ("ketamine/placebo")."""
    last = before.pop()
    while not last.is_ours and before and together.fullmatch(sentence[before[-1].end : last.start]):
        last = before.pop()
    return last.is_ours


def _is_a_name(words: str) -> bool:
    return bool(re.search(r"[a-z]{3}", words, re.IGNORECASE)) and not words.endswith("*")


@cache
def other_drugs() -> Finder:
    """Drugs that are often given beside ours, and what is given instead of one."""
    kinds = ("drug", "placebo", "saline", "midazolam")
    return any_of(tuple(row["word"] for row in rows("comparators.csv") if row["comparator"] in kinds))
