"""Where a trial stands at CTIS: a public code, and what its countries have reported. Pure.

The code of an end does not tell an end from one before its time: that only the countries' reports do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.ctis.dates import as_iso
from connectors.ctis.record import Record, Understood, inner, is_for_machines, objects, text, texts
from connectors.spelling import compared

LABELS = {
    str(code): label
    for code, label in enumerate(
        (
            *("Under evaluation", "Authorised, recruitment pending", "Authorised, recruiting"),
            *("Ongoing, recruiting", "Ongoing, recruitment ended", "Temporarily halted", "Suspended", "Ended"),
            *("Expired", "Revoked", "Not authorised", "Cancelled"),
        ),
        1,
    )
}
"""The public codes, as the portal words them."""
HALTED, ENDED = "6", "8"
ENDED_EARLY = "Ended, terminated early"
NEVER_BEGAN = frozenset({"9", "10", "11", "12"})
"""A country in which a trial was not authorised, or is no more, has no end to report."""
OF_A_HALT = ("haltDate", "plannedRestartDate", "submitDate")
EARLY = "EARLY_TERMINATION"
_NO_LETTERS = re.compile(r"[^A-Z]+")


@dataclass(frozen=True, slots=True)
class Country:
    """A country concerned, with its own public code."""

    name: str
    code: str

    @property
    def status(self) -> str | None:
        return label(self.code)


@dataclass(frozen=True, slots=True)
class Event:
    """What a country reported, and on which day that was."""

    country: str
    kind: str
    date: str | None
    reasons: tuple[str, ...]


def code_of(found: Understood) -> str:
    """The public code; a word where nothing else is sent."""
    said = (found.row.get("ctStatus"), found.retrieved.get("ctPublicStatusCode"), found.retrieved.get("ctStatus"))
    return next(filter(None, map(compared, map(text, said))), "")


def label(code: str) -> str | None:
    """The portal's word for a code; one that is not known stands as it was sent."""
    return LABELS.get(code, code) or None


def status(found: Understood) -> str | None:
    code = code_of(found)
    return ENDED_EARLY if code == ENDED and is_terminated_early(found) else label(code)


def countries(found: Understood) -> list[Country]:
    """The countries concerned, by name; the row is read every night, so it is believed first."""
    rows = [each.rpartition(":") for each in texts(found.row.get("trialCountries"))]
    told = [(compared(name or code), compared(code) if name else "") for name, _, code in rows]
    states = objects(found.application.get("memberStatesConcerned"))
    told = told or [(_name(each), text(each.get("mscPublicStatusCode"))) for each in states]
    return sorted((Country(name, code) for name, code in told if name), key=lambda each: each.name)


def events(found: Understood) -> list[Event]:
    """What the countries reported, the earliest first."""
    names = _names(found)
    reported = [
        Event(_where(each, names), _kind(event), as_iso(event.get("date")), tuple(reasons(event)))
        for each in objects(inner(found.retrieved, "events").get("trialEvents"))
        for event in objects(each.get("events"))
    ]
    return sorted(reported, key=lambda each: (each.date or "", each.country, each.kind))


def halts(found: Understood) -> list[Record]:
    """Halts in time: where, since when, until when, why."""
    names = _names(found)
    return [
        {
            "country": _where(each, names),
            **{key: day for key in OF_A_HALT if (day := as_iso(each.get(key)))},
            "reasons": reasons(each),
        }
        for each in objects(inner(found.retrieved, "events").get("temporaryHaltList"))
    ]


def lasting_halts(found: Understood) -> list[Record]:
    """The latest halt of each country that is halted tonight: earlier ones are over."""
    halted = {each.name.lower() for each in countries(found) if each.code == HALTED}
    in_time = sorted(halts(found), key=lambda each: [str(each.get(key, "")) for key in (*OF_A_HALT, "reasons")])
    latest = {each["country"].lower(): each for each in in_time if each["country"].lower() in halted}
    return [latest[country] for country in sorted(latest)]


def is_terminated_early(found: Understood) -> bool:
    """Whether every country in which the trial was under way reports that it ended before its time."""
    concerned = {each.name.lower() for each in countries(found) if each.code not in NEVER_BEGAN}
    early = {each.country.lower() for each in events(found) if each.kind == EARLY}
    return bool(concerned) and concerned <= early


def why_stopped(found: Understood) -> str | None:
    """The reasons that are given for an early end, or for a halt that lasts."""
    code = code_of(found)
    given: list[str] = []
    if code == ENDED and is_terminated_early(found):
        given = [reason for each in events(found) if each.kind == EARLY for reason in each.reasons]
    elif code == HALTED:
        given = [reason for each in lasting_halts(found) for reason in each["reasons"]]
    return "; ".join(sorted(set(given))) or None


def basis(found: Understood) -> str | None:
    """What stands behind a status that stops a trial, country by country."""
    code = code_of(found)
    if code == HALTED:
        told = [_halt(each) for each in lasting_halts(found)]
    elif code == ENDED:
        ends = [each for each in events(found) if each.kind in (EARLY, "END_OF_TRIAL")]
        told = [
            f"{each.country}: {each.kind.replace('_', ' ').lower()} {each.date or ''}".strip() for each in ends
        ]
    else:
        return None
    return "reported: " + ", ".join(dict.fromkeys(told)) if told else None


def reasons(event: Record) -> list[str]:
    """What a report gives as its reason, however that is called."""
    given = _for_readers(event)
    return sorted({each for key, value in given if "reason" in key.lower() for each in _words(value)})


def _for_readers(value: Record) -> Iterator[tuple[str, Any]]:
    return ((key, part) for key, part in value.items() if not is_for_machines(key))


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            if compared(value):
                yield compared(value)
        case list():
            for part in value:
                yield from _words(part)
        case dict():
            for _, part in _for_readers(value):
                yield from _words(part)


def _halt(halt: Record) -> str:
    where = f"halted in {halt['country']}" if halt["country"] else "halted"
    since = f" from {halt['haltDate']}" if "haltDate" in halt else ""
    until = f", restart planned for {halt['plannedRestartDate']}" if "plannedRestartDate" in halt else ""
    return where + since + until


def _kind(event: Record) -> str:
    return _NO_LETTERS.sub("_", compared(text(event.get("notificationType"))).upper()).strip("_")


def _name(entry: Record) -> str:
    return compared(text(entry.get("mscName") or entry.get("countryName")))


def _names(found: Understood) -> dict[str, str]:
    """The countries concerned by the registry's own number of each."""
    states = objects(found.application.get("memberStatesConcerned"))
    return {text(each.get("mscId")): _name(each) for each in states}


def _where(entry: Record, names: dict[str, str]) -> str:
    return _name(entry) or names.get(text(entry.get("mscId")), "")
