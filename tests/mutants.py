"""Records gone wrong in every way that one can: each mutant is the bytes of a record with one to three wounds.

Whatever is wrong in it, a mutant's brackets match and its texts end: a page whose records cannot be told apart
is a broken answer, not a broken record. The same seed makes the same mutants.
"""

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]
Place = tuple[Any, Any]
"""A dictionary or list, and the key or index in it."""

_RAW = "\ue000raw\ue000"

_MARKER = re.compile(
    rb"(?<!\\)(?:%s|%s)" % tuple(re.escape(json.dumps(_RAW, ensure_ascii=a).encode()) for a in (True, False))
)
"""As a whole value: behind a backslash its first quotation mark is a letter of some other text."""

DATES = (
    *("2024-13", "0000-00", "0000-00-00", "99999-01-01", "2024-02-30", "2023-02-29", "9999-12-31", "1-1-1"),
    *("2024-1-1", " 2024-01 ", "2024-01-01T00:00:00Z", "-0001-01-01", "٢٠٢٤-٠١", "2024‐01", "0001-01-01", "9999"),
    *("infinity", "-infinity", "epoch", "today", "0044-03-15 (BC)", "1e5", "", " ", "NaN"),
)
TEXTS = (
    *("", " ", "\x00", "a\x00b", "\x00" * 50, "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x1b]52;c;aGk=\x07"),
    *("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "\x9b31m", "a\u202eb\u2066c", "\u2028\u2029\x85"),
    *("Ketamine\r\nBcc: all@example.com\r\n\r\nbody", "x\nSubject: y", "=?utf-8?q?=0ABcc=3A_a=40b.c?="),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "{% raw %}",
        "[red]x[/red]",
        "[/]",
    ),
    *(
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\n=cmd|' /C calc'!A0",
        "＝1",
        "'",
        '"',
        "''; DROP TABLE trial; --",
    ),
    *("$1 ?", "%s %n", "\\", "\\u0000", "\ufeff", "\uffff", "😀" * 30, "e\u0301" * 40, "ﷺ" * 30, "null", "true"),
    *(
        "NCT00000000",
        "../../etc/passwd",
        "a" * 300,
        "[" * 50,
        "{" * 50,
        '["x"',
        '{"a": 1}',
        "[]",
        "{}",
        "javascript:",
    ),
)
CODES = ("PAUSED", "recruiting", "RECRUITING ", "COMPLETED\x00", "Ｒecruiting", "N/A", "UNKNOWN_2", "PHASE5", "0")
NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 99999999, 10**30, 0.5, 1e30, 1e308, -0.0),
    *(True, False, None, 5e-324),
)
EMPTIES: tuple[Any, ...] = ([], {}, [[]], [{}], [None], {"": None}, "", None)
RAW = (
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1e999",
        b"9" * 5000,
        b"-" + b"9" * 400,
        b"1e-999",
        b"-0",
        b"01",
    ),
    *(rb'"\ud800"', rb'"\udc00\ud800"', rb'"a\udfffb"', rb'"\ud83d\ude00"', rb'"\u0000"', rb'"\x"', b'"\xff\xfe"'),
    *(b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"a\x00b"', b'"a\x1bb"', b'"tab\there"', b'"line\nbreak"', b"undefined"),
    *(
        b"nul",
        b"TRUE",
        b"+1",
        b".5",
        b"1.",
        b"0x10",
        b"1_000",
        b"[1,]",
        b'{"a":1,}',
        b"[,]",
        b"{1:2}",
        b"// no\n1",
    ),
    *(b'{"a":1,"a":2}', b'{"nctId":"NCT1","nctId":"NCT2"}', b"[" * 50 + b"]" * 50, b"[" * 101 + b"]" * 101),
    *(b"[" * 900 + b"]" * 900, b"[" * 3000 + b"]" * 3000, b'{"a":' * 1200 + b"1" + b"}" * 1200),
    *(b"[" * 20_000 + b"]" * 20_000, b" " * 1000 + b"1", b'"\xef\xbb\xbf"', b"\xef\xbb\xbf1"),
)
INSTEAD = (
    b"[]",
    b"{}",
    b"null",
    b"true",
    b"0",
    b"-1.5e3",
    b'"NCT00000001"',
    b'""',
    b"[[]]",
    b'[{"a":1}]',
    b"NaN",
    b"x",
)
"""What stands where a whole record should be."""


def mutants(records: list[Record], numbers: list[str], seed: int) -> Iterator[tuple[str, Record, bytes]]:
    """For each number a healthy record under that number, and a mutant of it."""
    for place, number in enumerate(numbers):
        chance = random.Random(f"{seed} {number}")
        healthy = renumbered(records[place % len(records)], number)
        yield number, healthy, mutant(healthy, numbers, chance)


def renumbered(record: Record, number: str) -> Record:
    made = copy.deepcopy(record)
    made["protocolSection"]["identificationModule"]["nctId"] = number
    return made


def mutant(healthy: Record, numbers: list[str], chance: random.Random) -> bytes:
    record = copy.deepcopy(healthy)
    raw: list[bytes] = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        wound = chance.choices(list(_WOUNDS), list(_WOUNDS.values()))[0]
        if _places(record):
            wound(record, chance, numbers, raw)
    sent = json.dumps(record, ensure_ascii=chance.random() < 0.5, separators=(",", ":")).encode("utf-8", "replace")
    sent = _MARKER.sub(lambda found: raw.pop() if raw else found[0], sent)
    if chance.random() < 0.01:
        return b"\xef\xbb\xbf" + sent
    return chance.choice(INSTEAD) if chance.random() < 0.01 else sent


def _places(value: Any) -> list[Place]:
    """Every place in a record, walked without calling itself."""
    found: list[Place] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        keys = list(part) if isinstance(part, dict) else range(len(part))
        for key in keys:
            found.append((part, key))
            if isinstance(part[key], dict | list):
                waiting.append(part[key])
    return found


def _somewhere(record: Record, chance: random.Random, wanted: Callable[[Any, Any], bool] | None = None) -> Place:
    places = _places(record)
    fitting = [(part, key) for part, key in places if wanted(key, part[key])] if wanted else places
    # A record may have a thousand sites; a place near the root is as likely as one among them.
    if not wanted and chance.random() < 0.5:
        fitting = [
            place for place in places if isinstance(place[0], dict) and isinstance(_value(place), dict | list)
        ]
    return chance.choice(fitting or places)


def _value(place: Place) -> Any:
    return place[0][place[1]]


Wound = Callable[[Record, random.Random, list[str], list[bytes]], None]


def _retype(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance)
    old = part[key]
    part[key] = chance.choice(
        (str(old)[:200], [old], {"value": old}, {str(key): old}, None, True, 7, 0.5, "text", [], {}, [old] * 3)
    )


def _drop(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance)
    del part[key]


def _date(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(
        record, chance, lambda key, value: "date" in str(key).lower() and isinstance(value, str)
    )
    part[key] = chance.choice(DATES)


def _text(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda _, value: isinstance(value, str))
    part[key] = chance.choice(TEXTS) if chance.random() < 0.7 else f"{part[key]}{chance.choice(TEXTS)}{part[key]}"


def _title(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    told = (
        "briefTitle",
        "officialTitle",
        "acronym",
        "name",
        "whyStopped",
        "overallStatus",
        "label",
        "term",
        "type",
    )
    part, key = _somewhere(record, chance, lambda key, value: key in told and isinstance(value, str))
    part[key] = chance.choice(TEXTS) + str(part[key])


def _code(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda _, value: isinstance(value, str) and value.isupper())
    part[key] = chance.choice(CODES)


def _count(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda _, value: isinstance(value, int | float))
    part[key] = chance.choice(NUMBERS)


def _empty(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance)
    part[key] = copy.deepcopy(chance.choice(EMPTIES))


def _splice(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance)
    part[key] = _RAW
    raw.append(chance.choice(RAW))


def _swell(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda _, value: isinstance(value, str))
    letters = chance.choice(("x", "ab ", "ketamine ", "alcohol use and ", "\x00", "=", "é", "<", "non-", "a,b;"))
    size = chance.choice((1_000, 20_000, 20_000, 200_000)) if chance.random() < 0.97 else 4_000_000
    part[key] = letters * (size // len(letters))


def _multiply(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda _, value: isinstance(value, list) and bool(value))
    if isinstance(part[key], list):
        often = chance.choice((2, 10, 300, 300)) if chance.random() < 0.98 else 20_000
        often = max(2, min(often, 4_000_000 // len(json.dumps(part[key][:2]))))
        if chance.random() < 0.5:
            part[key] = part[key][:2] * often
        else:  # all different, so that nothing that looks for equals finds any soon
            part[key] = [
                f"{each} {n}" if isinstance(each, str) else each for n in range(often) for each in part[key][:1]
            ]


def _rename(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    part, key = _somewhere(record, chance, lambda key, _: isinstance(key, str))
    if isinstance(part, dict):
        part[chance.choice(("", "new", "nctId", f"{key} ", str(key).upper(), "\x00", "a.b[0]`", "k" * 500))] = (
            part.pop(key)
        )


def _number(record: Record, chance: random.Random, numbers: list[str], raw: list[bytes]) -> None:
    names = (
        record["protocolSection"].get("identificationModule")
        if isinstance(record.get("protocolSection"), dict)
        else 0
    )
    if isinstance(names, dict):
        own = str(names.get("nctId"))
        names["nctId"] = chance.choice(
            (
                own.lower(),
                f"  {own}\n",
                f"{own}\u00a0",
                chance.choice(numbers),
                f"{own}1",
                own[:-1],
                "",
                None,
                7,
                own[3:],
            )
        )


_WOUNDS: dict[Wound, int] = {
    _retype: 20,
    _drop: 10,
    _date: 10,
    _text: 12,
    _title: 8,
    _code: 8,
    _count: 6,
    _empty: 8,
    _splice: 12,
    _swell: 3,
    _multiply: 4,
    _rename: 5,
    _number: 3,
}
