"""How often our drug is given to a participant: "six infusions", "twice weekly for three weeks". Pure.

A count that is said goes before one that follows from a rhythm and its duration. Sessions count only where they
are the drug's; a continuous infusion and a daily medicine without an end have no number.
"""

import re
from collections.abc import Iterable, Iterator

from warehouse.judge.concepts.concept import Concept
from warehouse.judge.concepts.owners import Owners
from warehouse.judge.concepts.passages import Passage
from warehouse.judge.relevance.wording import drug_name

_TO_TWELVE = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_WORDS = {word: number for number, word in enumerate(_TO_TWELVE.split("|"), 1)}
_WORDS |= {"single": 1, "once": 1, "one-time": 1, "one time": 1, "twice": 2, "thrice": 3}
_N = rf"(?:\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_NO_ADJECTIVE = (
    r"(?!mg|minute|min\b|hour|h\b|day|week\b|weeks|month|year|patients?|participants?|subjects?|arms?|groups?|times?"
    r"|fixed|different|variable|various)"
)
_NOUN = (
    r"(?:dosing|infusion|medication|drug|treatment)\s+(?:sessions?|visits?)|infusions?|doses?|dosings?|administrations?"
    r"|injections?|bolus(?:es)?|occasions?|treatments?|sessions?"
)
_NOT_A_NUMBER_OF_THEM = (
    r"(?!\s+(?:a|per|each|every)\s+(?:week|month|day)|\s*/\s*week|\s+(?:weekly|daily|monthly)\s+for"
    r"|\s+(?:levels?|groups?|arms?|regimens?|cohorts?|strengths?)\b)"
)
_SAID = re.compile(
    rf"(?<![\w.,/-])(?P<n>{_N})(?:\s*\(\s*\d+\s*\))?[\s-]+(?:{_NO_ADJECTIVE}[\w./-]+\s+){{0,4}}?(?P<what>{_NOUN})\b"
    rf"{_NOT_A_NUMBER_OF_THEM}",
    re.IGNORECASE,
)
_ONCE = re.compile(r"\b(?P<n>once|twice)\b(?=\s*(?:[,.;)]|$|over\b|only\b))", re.IGNORECASE)
_SO_MANY_TIMES = re.compile(
    rf"(?<![\w.,/-])(?P<n>{_N})\s+times(?=\s*(?:[,.;)]|$|in\b|over\b|within\b|at\b|(?:a|one|two)\s+\w+\s+apart))",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?<![\w.])x\s?(?P<n>\d{1,2})\b(?!\s*(?:h|hrs?|hours?|min\w*|days?|weeks?|months?|mg|ml|kg)\b)", re.IGNORECASE
)
_OFTEN = re.compile(
    r"(?:(?<![\w.,/-])(?P<n>\d{1,2}|once|one|two|twice|three|thrice|four|five)x?"
    r"(?:\s+(?:IV|intravenous|intranasal|\w*ketamine|infusions?|doses?|injections?|sessions?|treatments?|times?))"
    r"{0,3}[\s-]*(?:weekly|(?:a|per|each|every)\s+week|/\s*week)"
    r"|\b(?P<weekly>weekly|every week)|(?P<daily>\bdaily|once a day))"
    r"[\s,]+(?:[\w-]+\s+){0,3}?(?:for|over|during|in|x)\s+(?:up to\s+|the first\s+|a total of\s+)?"
    rf"(?P<m>{_N})[\s-]+(?:consecutive\s+)?(?P<unit>weeks?|days?)",
    re.IGNORECASE,
)
_DAYS_RUNNING = re.compile(rf"\bon\s+(?P<n>{_N})\s+(?:consecutive|separate|alternate)\s+days\b", re.IGNORECASE)
_DAYS_LISTED = re.compile(
    r"\bdays?\s+(?P<days>\d{1,3}(?:\s*(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:days?\s+)?\d{1,3}){1,20})\b",
    re.IGNORECASE,
)
_OTHER_SESSION = re.compile(
    r"\b(?:group|therapy|individual|psychotherapy|CBT|MET|MBRP|counsel\w*|mindfulness|ECT|preparat\w+|integrat\w+"
    r"|training|exposure)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\s+of\s+(?P<what>each\b|(?:the\s+)?(?:study\s+)?(?:drug|medication)\b|\d)?", re.IGNORECASE)
_STRAIGHT = re.compile(r"(?:(?!and\b|with\b|or\b)[\w./()-]+\s+){0,5}", re.IGNORECASE)
"""From "infusions of" to the drug's name."""
_DOSED = re.compile(r"\d\s*(?:mg|mcg|ug|[\u00b5\u03bc]g)\b|\bdose", re.IGNORECASE)


def counts(passages: tuple[Passage, ...], owners: Owners) -> list[Concept]:
    """The numbers that are said; where none is, those that follow from a rhythm."""
    for way in (_said, _said_of_sessions, _rhythms):
        if found := list(way(passages, owners)):
            return found
    return []


def _said(passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    for passage, found in _matches(_SAID, passages, owners):
        if not _is_a_session(found) and _agrees(found):
            yield _concept(_number(found["n"]), passage, found[0], "a number of infusions or doses")
    for pattern in (_ONCE, _SO_MANY_TIMES, _TIMES):
        for passage, found in _matches(pattern, passages, owners):
            yield _concept(_number(found["n"]), passage, found[0], "given so many times")


def _said_of_sessions(passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    for passage, found in _matches(_SAID, passages, owners):
        is_ours = drug_name().search(passage.sentence) or _DOSED.search(passage.sentence)
        is_plain = "session" in found["what"].lower() and not _OTHER_SESSION.search(found[0])
        if is_ours and is_plain and _agrees(found):
            yield _concept(_number(found["n"]), passage, found[0], "a number of sessions with the drug")


def _is_a_session(found: re.Match[str]) -> bool:
    """Whether it may be of a therapy as well: "four sessions", but not "four ketamine sessions"."""
    what = found["what"].lower()
    return what.startswith(("session", "treatment")) and not drug_name().search(found[0])


def _agrees(found: re.Match[str]) -> bool:
    """ "52 minutes of infusion" and "one of two doses" are no numbers of infusions and doses."""
    what = found["what"].lower()
    return what.endswith("s") == (_number(found["n"]) > 1) or what == "bolus"


def _rhythms(passages: Iterable[Passage], owners: Owners) -> Iterator[Concept]:
    for passage in passages:
        found = [each for each in _OFTEN.finditer(passage.sentence) if _is_by_one_unit(each)]
        told = [each for each in found if _is_meant(passage.sentence, each, owners, passage.default)]
        if told:  # "twice weekly for four weeks, then weekly for four weeks"
            number = sum(_number(each["n"] or "one") * _number(each["m"]) for each in told)
            words = passage.sentence[told[0].start() : told[-1].end()]
            yield _concept(number, passage, words, "a rhythm times its duration")
    for passage, running in _matches(_DAYS_RUNNING, passages, owners):
        yield _concept(_number(running["n"]), passage, running[0], "a rhythm times its duration")
    for passage, listed in _matches(_DAYS_LISTED, passages, owners):
        yield _concept(len(re.findall(r"\d+", listed["days"])), passage, listed[0], "days that are listed")


def _is_by_one_unit(found: re.Match[str]) -> bool:
    """A daily rhythm lasts days, a weekly one weeks: else the number is another."""
    return bool(found["daily"]) != found["unit"].lower().startswith("week")


def _matches(
    pattern: re.Pattern[str], passages: Iterable[Passage], owners: Owners
) -> Iterator[tuple[Passage, re.Match[str]]]:
    for passage in passages:
        for found in pattern.finditer(passage.sentence):
            if _is_meant(passage.sentence, found, owners, passage.default):
                yield passage, found


def _is_meant(sentence: str, found: re.Match[str], owners: Owners, default: bool) -> bool:
    """Whether it is our drug's number: not that of sessions of a therapy, or of infusions of another drug."""
    of = _OF.match(sentence, found.end())
    if of and not of["what"]:
        behind = next((name for name in owners.names(sentence) if name.start >= of.end()), None)
        return (
            behind is not None and behind.is_ours and bool(_STRAIGHT.fullmatch(sentence[of.end() : behind.start]))
        )
    return bool(drug_name().search(found[0])) or owners.is_ours(sentence, *found.span(), default, listed=True)


def _concept(number: int, passage: Passage, words: str, rule: str) -> Concept:
    is_worked_out = rule in ("a rhythm times its duration", "days that are listed")
    sure = "medium" if is_worked_out and passage.confidence == "high" else passage.confidence
    return Concept("doses_given", str(number), None, passage.text.field, words.strip(), rule, sure)


def _number(words: str) -> int:
    return _WORDS.get(words.lower()) or int(words)
