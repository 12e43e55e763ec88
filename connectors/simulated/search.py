"""A subset of Essie, the registry's query language: from the text of a query to a test of one trial.

``OR`` binds least, then ``AND`` (also a comma, and also nothing at all before a parenthesis, a quotation or
``NOT``), then ``NOT``; operators are such only in capitals. Words side by side are one concept and are
widened by synonyms; quoted words are taken as they stand. ``AREA[X]`` looks in one area or piece, with
``RANGE[a,b]`` for dates and numbers. Sentences of refusal follow the live API's (cyanheads/
clinicaltrialsgov-mcp-server, issues 34 and 94, 2026).
"""

import re
from collections.abc import Callable

from connectors.simulated.pieces import DATES, NUMBERS, SORTABLE
from connectors.simulated.refusal import Refusal, not_simulated
from connectors.simulated.synonyms import Thesaurus
from connectors.simulated.trial import AREAS, Trial
from connectors.simulated.words import normal

Predicate = Callable[[Trial], bool]

MOST_ALTERNATIVES = 12
"""12 OR terms pass and 14 are "too complicated" (measured once, live, 2026); 13 is our guess."""

_TOKEN = re.compile(
    r"""\s*(?: (?P<quoted>"(?:[^"\\]|\\.)*")
             | AREA\[(?P<area>[^\]]*)\]
             | RANGE\[(?P<low>[^,\]]*),(?P<high>[^\]]*)\]
             | (?P<beyond>(?:EXPANSION|COVERAGE|SEARCH|TILT|DISTANCE)\[[^\]]*\] | (?:MISSING|ALL)(?![^\s(),"\[\]]))
             | (?P<mark>[(),])
             | (?P<word>[^\s(),"\[\]]+) )""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_ONLY_NUMBERS = re.compile(r"\s*NCT\d+(?:[\s,]+NCT\d+)*\s*", re.IGNORECASE)
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_AMERICAN_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def meaning_of(query: str, area: str, label: str, thesaurus: Thesaurus) -> Predicate:
    """The test that a query stands for. ``label`` is the query's name in the registry's refusals.

    Raises ``Refusal`` for what the registry does not understand or finds too complicated.
    """
    try:
        return _Parser(query, thesaurus).whole(area)
    except _SyntaxError as error:
        raise Refusal(f"Error parsing query in {label}: {error}") from error


def only_numbers(query: str) -> list[str]:
    """The NCT numbers of a query that holds nothing else; such a query makes the registry ignore filters."""
    return re.findall(r"NCT\d+", query.upper()) if _ONLY_NUMBERS.fullmatch(query) else []


class _SyntaxError(Exception):
    """What the registry says after "Error parsing query in …:"."""


def _tokens(query: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    position = 0
    end = len(query.rstrip())
    while position < end:
        token = _TOKEN.match(query, position)
        if token is None:
            offender = query[position:].lstrip()[0]
            raise _SyntaxError(f"mismatched input '{offender}' expecting <EOF>")
        found.append(token)
        position = token.end()
    return found


class _Parser:
    """Recursive descent; one method a level of precedence."""

    def __init__(self, query: str, thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._tokens = _tokens(query)
        self._at = 0

    def whole(self, area: str) -> Predicate:
        if sum(token["word"] == "OR" for token in self._tokens) >= MOST_ALTERNATIVES:
            raise _SyntaxError("Too complicated query")
        test = self._any(area)
        if self._token is not None:
            raise _SyntaxError(f"extraneous input '{self._text}' expecting <EOF>")
        return test

    @property
    def _token(self) -> re.Match[str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    @property
    def _text(self) -> str:
        return "<EOF>" if self._token is None else self._token[0].strip()

    def _any(self, area: str) -> Predicate:
        tests = [self._all(area)]
        while self._skip("OR"):
            tests.append(self._all(area))
        return tests[0] if len(tests) == 1 else lambda trial: any(test(trial) for test in tests)

    def _all(self, area: str) -> Predicate:
        tests = [self._negated(area)]
        while self._text not in ("OR", ")", "<EOF>"):
            if self._text in ("AND", ","):
                self._at += 1
            tests.append(self._negated(area))
        return tests[0] if len(tests) == 1 else lambda trial: all(test(trial) for test in tests)

    def _negated(self, area: str) -> Predicate:
        if not self._skip("NOT"):
            return self._operand(area)
        test = self._negated(area)
        return lambda trial: not test(trial)

    def _operand(self, area: str) -> Predicate:
        token = self._token
        if token is None or self._text in (*_OPERATORS, ")", ","):
            raise _SyntaxError(f"no viable alternative at input '{self._text}'")
        if self._skip("("):
            test = self._any(area)
            if not self._skip(")"):
                raise _SyntaxError(f"missing ')' at '{self._text}'")
            return test
        if token["beyond"] is not None:
            raise not_simulated(f"the operator {self._text}")
        if token["word"] is not None:
            return self._concept(area)
        self._at += 1
        if token["area"] is not None:
            return self._operand(_known_area(token["area"].strip()))
        if token["low"] is not None:
            return _in_range(area, token["low"].strip(), token["high"].strip())
        return _says(area, {normal(re.sub(r"\\(.)", r"\1", token["quoted"][1:-1]))})

    def _concept(self, area: str) -> Predicate:
        words: list[str] = []
        while self._token is not None and self._token["word"] and self._text not in _OPERATORS:
            words.append(self._text)
            self._at += 1
        phrase = " ".join(words)
        if area in DATES:
            return lambda trial: any(date.startswith(phrase) for date in trial.texts(area))
        return _says(area, self._thesaurus.widened(phrase))

    def _skip(self, text: str) -> bool:
        is_there = self._token is not None and self._text == text
        self._at += is_there
        return is_there


def _known_area(name: str) -> str:
    if name not in AREAS:
        raise _SyntaxError(f"Unknown area name: '{name}'")
    return name


def _says(area: str, phrases: set[str]) -> Predicate:
    wanted = [f" {phrase} " for phrase in sorted(phrases) if phrase]
    return lambda trial: any(phrase in trial.words(area) for phrase in wanted)


def _in_range(area: str, low: str, high: str) -> Predicate:
    if area not in SORTABLE:
        raise _SyntaxError(f"RANGE is not applicable to area '{area}'")
    if area in NUMBERS:
        least, most = _number(low, float("-inf")), _number(high, float("inf"))
        return lambda trial: any(least <= number <= most for number in trial.numbers(area))
    first, last = _day(low, "-01"), _day(high, "-31")
    return lambda trial: any(first <= _padded(date, "-01") <= last for date in trial.texts(area))


def _number(bound: str, open_end: float) -> float:
    if bound in ("MIN", "MAX"):
        return open_end
    try:
        return float(bound)
    except ValueError as error:
        raise _SyntaxError(f"Invalid number: '{bound}'") from error


def _day(bound: str, missing: str) -> str:
    """A bound as text that sorts like the day it means; a month or a year means its first or last day."""
    if bound in ("MIN", "MAX"):
        return "0000" if bound == "MIN" else "9999-99"
    american = _AMERICAN_DATE.fullmatch(bound)
    if american:
        month, day, year = american.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    if not _DATE.fullmatch(bound):
        raise _SyntaxError(f"Invalid date: '{bound}'")
    return _padded(bound, missing)


def _padded(date: str, missing: str) -> str:
    if len(date) == 4:
        date += "-01" if missing == "-01" else "-12"
    return date + missing if len(date) == 7 else date
