"""What CTIS answers, and what of it can be believed. Pure."""

from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.ctis.record import NUMBER, number
from connectors.errors import RegistryError
from connectors.http import Answer, must_be_json
from connectors.lenient import decoded

Row = tuple[str | None, bytes]
"""A row as it was sent, with its whole number, if it has one."""
_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: the registry's own total, the rows, and whether it says that there are more."""

    declared: int
    rows: list[Row]
    is_last: bool


class _Envelope(msgspec.Struct):
    pagination: dict[str, Any]
    data: list[msgspec.Raw]


class _Row(msgspec.Struct):
    number: Any = msgspec.field(name="ctNumber", default=None)


def page(answer: Answer, asked: int) -> Page:
    """Raises ``RegistryError`` for whatever is not the page that was asked for."""
    must_be_json(answer)
    told, data = _envelope(answer)
    declared, current, more = (told.get(key) for key in ("totalRecords", "currentPage", "nextPage"))
    if type(declared) is not int or declared < 0 or type(more) is not bool:
        raise RegistryError(f"{answer.where} does not say how many trials it found, or whether there are more")
    if current != asked and data:
        raise RegistryError(f"{answer.where} answered page {current!r} where page {asked} was asked for")
    return Page(declared, [(_number(each), each) for each in data], not more or not data)


def _envelope(answer: Answer) -> tuple[dict[str, Any], list[bytes]]:
    try:
        found = msgspec.json.decode(answer.body, type=_Envelope)
    except _UNREADABLE as error:
        return _leniently(answer, error)
    return found.pagination, [bytes(each) for each in found.data]


def _leniently(answer: Answer, error: Exception) -> tuple[dict[str, Any], list[bytes]]:
    """A page in which some value is none costs that value."""
    value = _decoded(answer)
    told, data = (value.get("pagination"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(told, dict) or not isinstance(data, list):
        raise RegistryError(f"{answer.where} answered JSON of another shape ({error})") from error
    return told, [msgspec.json.encode(each) for each in data]


def _number(row: bytes) -> str | None:
    try:
        found = number(msgspec.json.decode(row, type=_Row).number)
    except _UNREADABLE:
        return None
    return found[1] if found else None


def retrieved(answer: Answer, asked: str) -> bytes | None:
    """The record that was asked for by number, as it was sent; None where the registry knows no such number."""
    must_be_json(answer)
    value = _decoded(answer)
    if value == {}:
        return None
    found = number(value.get("ctNumber")) if isinstance(value, dict) else None
    if found is None:
        raise RegistryError(f"{answer.where} answered something that is no trial")
    wanted = NUMBER.fullmatch(asked)
    if wanted is None or found[0] != wanted[1]:
        raise RegistryError(f"{answer.where} answered with another trial, {found[1]}")
    return answer.body.removeprefix(b"\xef\xbb\xbf").strip()


def _decoded(answer: Answer) -> Any:
    try:
        return decoded(answer.body)[0]
    except ValueError as error:
        raise RegistryError(f"{answer.where} answered JSON that cannot be read ({error})") from error
