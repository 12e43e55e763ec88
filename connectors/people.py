"""People in a text: the mail addresses and telephone numbers that stand in it, and names that are known. Pure.

What is published holds no person's name, phone or address from a record. Where a text is looked at, most bear
none: a few looks at its letters tell so before any pattern is tried.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAIL = re.compile(
    r"[\w.+%'’-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{1,63}){0,6}\.[^\W\d_]{2,24}"
)
"""Every part has a bound: a text may be a megabyte of one letter."""
_DIGITS = r"\(?\d[\d\s().\-/\u2010-\u2015]{4,22}\d"
PHONE = re.compile(
    r"(?i:\b(?:tele?phone|tel|phone|fax|mobile|call|hotline|helpline|whatsapp|contact)\b)"
    rf"(?:[^\d\n+(]{{0,24}})(?P<introduced>\+?{_DIGITS})"
    rf"|(?<![\w.])(?P<abroad>\+\d{_DIGITS})"
    r"|(?<![\w./-])(?P<american>(?:\+?1[\s.-])?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4})(?![\w-])"
)
_TITLE = "(?:Drs?|Prof|Professor|Mrs?|Ms)"
A_MAIL, A_PHONE, A_NAME = "[mail address]", "[phone number]", "[name]"

_AT = (b"@", b"[at]", b"(at)")
_SEPARATORS = b" ().-/\t\n"
_SHAPE = bytes(ord("0") if 48 <= byte <= 57 else byte if byte == ord("+") else ord("x") for byte in range(256))
_A_NUMBER, _AN_AMERICAN, _FROM_ABROAD = b"0" * 7, b"0" * 10, b"+" + b"0" * 7
_INTRODUCED = (b"phone", b"tel", b"fax", b"mobile", b"call", b"hotline", b"helpline", b"whatsapp", b"contact")
LEAST_LETTERS = 4
"""What is shorter, as a number or an address, stands in too many words that are neither."""
LEAST_DIGITS = len(_A_NUMBER)
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
_ALIKE = r"[\s().\-/\u2010-\u2015]{0,3}"
_NO_PERSONS = frozenset(
    {"study", "trial", "trials", "clinical", "director", "center", "centre", "contact", "research", "site", "team"}
    | {"office", "department", "hospital", "university", "institute", "institut", "information", "call", "unit"}
    | {"coordinator", "medical", "investigator", "group", "program", "programme", "recruitment", "line", "inc"}
    | {"llc", "ltd", "gmbh", "pharma", "pharmaceuticals", "therapeutics", "company", "corporation", "clinic"}
    | {"college", "school", "foundation", "please", "public", "for", "use", "central", "principal", "patient"}
    | {"services", "service", "health", "national", "the", "and"}
)
"""Words that stand in the names of offices and organisations, and in nobody's."""


def may_bear_addresses(text: bytes) -> bool:
    """Whether a mail address or a telephone number may stand in a text; most have nothing that looks like one."""
    return _may_bear_mails(text) or _may_bear_numbers(text)


def _may_bear_mails(text: bytes) -> bool:
    return any(map(text.__contains__, _AT))


def _may_bear_numbers(text: bytes) -> bool:
    numbers = text.translate(_SHAPE, _SEPARATORS)  # a number to call is so many digits in a row
    if _A_NUMBER not in numbers:
        return False
    return _AN_AMERICAN in numbers or _FROM_ABROAD in numbers or any(map(text.lower().__contains__, _INTRODUCED))


def digits_of(text: bytes) -> bytes:
    return text.translate(None, _NO_DIGITS)


def without_addresses(text: str) -> str:
    """The text with a word in the place of each mail address and telephone number.

    >>> without_addresses("Write to a.b@example.org or call +44 1392 555 019 (10 mg/kg, 2019-2021).")
    'Write to [mail address] or call [phone number] (10 mg/kg, 2019-2021).'
    """
    if len(text) < LEAST_DIGITS:
        return text
    sent = text.encode("utf-8", "replace")
    text = MAIL.sub(A_MAIL, text) if _may_bear_mails(sent) else text
    return PHONE.sub(_phone, text) if _may_bear_numbers(sent) else text


def _phone(found: re.Match[str]) -> str:
    written = found["introduced"] or found["abroad"] or found["american"]
    number = _number_alone(written, found.string[found.end() : found.end() + 2])
    if _digits_in(number) < LEAST_DIGITS or (found["introduced"] and _YEARS.search(number)):
        return found[0]
    return found[0][: -len(written)] + A_PHONE + written[len(number) :]


def _number_alone(written: str, after: str) -> str:
    """A number without what is written behind it: a dose in brackets, the next sentence or line.

    ``after`` is what comes then: digits before a word are of that word. Where they may be another number to call
    they stay with this one, so that none is left.
    """
    for end in _ENDS.finditer(written):
        number, rest = written[: end.start()], written[end.start() :]
        is_another = "\n" in end[0] or after.strip()[:1].isalpha()
        if is_another and _digits_in(number) >= LEAST_DIGITS > _digits_in(rest):
            return number
    return written.rstrip(" (")


def _digits_in(text: str) -> int:
    return sum(map(str.isdigit, text))


_ENDS = re.compile(r"\s*\((?![^()]*\))|\)|\.\s|\s*\n")
"""Where a number that is long enough may end: at a bracket, a sentence or a line of what is around it."""
_YEARS = re.compile(r"\b(?:19|20)\d\d[-/.](?:0?\d|1[0-2]|(?:19|20)\d\d)\b")
"""A day or a span of years: no number to call."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom a record names, with their addresses and numbers: nothing of it may be published.

    ``phones`` are the digits of numbers, which stand in many spellings; ``numbers`` are they as written there.
    """

    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def within(self, text: bytes) -> "People | None":
        """Those of them that may stand in a text; None where there is nobody, and no address of anybody either."""
        there = People(
            frozenset(each for each in self.names if _family_name(each).encode() in text),
            frozenset(self._called(text) if self.phones else ()),
            frozenset(each for each in self.mails if each.encode() in text),
            frozenset(each for each in self.numbers if each.encode() in text),
        )
        return there if there != NOBODY or may_bear_addresses(text) else None

    def _called(self, text: bytes) -> list[str]:
        digits = digits_of(text)
        return [phone for phone in self.phones if phone.encode() in digits]

    def removed_from(self, text: str, *, is_text: bool = True) -> str:
        """The text without them. What is no text, but a number or a link, has nobody else's telephone number."""
        for word, written in ((A_MAIL, self.mails), (A_PHONE, self.numbers)):
            for each in written:
                text = text.replace(each, word)
        for phone in self._called(text.encode("utf-8", "replace")) if self.phones else ():
            text = re.sub(rf"(?<!\d)\+?\(?{_ALIKE.join(phone)}(?!\d)", A_PHONE, text)
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, A_NAME)
            if (family := _family_name(name)) in text:
                titled = rf"\b({_TITLE}\.?)\s(?:[\w.-]+\s){{0,2}}{re.escape(family)}\b"
                text = re.sub(titled, rf"\1 {A_NAME}", text)
        return without_addresses(text) if is_text else MAIL.sub(A_MAIL, text)


NOBODY = People()


def people(names: Iterable[str], phones: Iterable[str], mails: Iterable[str]) -> People:
    """Of what is written where a record names people: what may be somebody's. Offices have names too."""
    numbers = frozenset(each.strip() for each in phones if len(each.strip()) > LEAST_LETTERS)
    digits = (re.sub(r"[^0-9]", "", each) for each in numbers)
    return People(
        frozenset(filter(None, map(_persons, names))),
        frozenset(each for each in digits if len(each) >= LEAST_DIGITS),
        frozenset(each.strip() for each in mails if len(each.strip()) > LEAST_LETTERS),
        numbers,
    )


def _persons(written: str) -> str:
    """The name without degrees; nothing for an office's, or one too short to be told from a word."""
    name = re.sub(rf"^(?:{_TITLE}\.?\s+)+", "", written.split(",")[0].strip())
    words = re.findall(r"[^\W\d_]+", name.lower())
    is_one = len(words) > 1 and len(name) > 5 and _NO_PERSONS.isdisjoint(words)
    return name if is_one else ""


def _family_name(name: str) -> str:
    return name.split()[-1]
