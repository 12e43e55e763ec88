"""The registry's answers, taken apart without interpreting them.

A page is split into its records with each record's bytes as sent; of a record only its number is read here.
"""

import re
from datetime import datetime

import msgspec

from connectors.errors import RegistryError
from connectors.http import Answer

NCT_NUMBER = re.compile(r"NCT[0-9]{8}")
_NUMBER_ALL_THE_SAME = re.compile(rb'"identificationModule"\s*:\s*\{[^{}]*?"nctId"\s*:\s*"(NCT[0-9]{8})"')
"""Not just any ``nctId``: a record also names its expanded access that way, which is another trial."""

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Page(msgspec.Struct):
    studies: list[msgspec.Raw]
    totalCount: int | None = None  # noqa: N815 - the registry's spelling
    nextPageToken: str | None = None  # noqa: N815


class _Identification(msgspec.Struct):
    nctId: str  # noqa: N815


class _Protocol(msgspec.Struct):
    identificationModule: _Identification  # noqa: N815


class _Named(msgspec.Struct):
    protocolSection: _Protocol  # noqa: N815


class _Version(msgspec.Struct):
    dataTimestamp: str  # noqa: N815


_page = msgspec.json.Decoder(Page)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_named = msgspec.json.Decoder(_Named)
_version = msgspec.json.Decoder(_Version)


def page(answer: Answer) -> Page:
    """A page of a search. Raises ``RegistryError`` when the body is cut off or is not a page."""
    try:
        return _page.decode(answer.body)
    except _UNREADABLE as error:
        raise RegistryError(f"{answer.url} answered something unreadable: {error}") from error


def study(answer: Answer) -> bytes:
    """A single record, as sent. Raises ``RegistryError`` when the body is cut off or is not an object."""
    try:
        _object.decode(answer.body)
    except _UNREADABLE as error:
        raise RegistryError(f"{answer.url} answered something unreadable: {error}") from error
    return answer.body


def data_version(answer: Answer) -> str:
    """The registry's ``dataTimestamp`` (UTC, no zone in the text). Raises ``RegistryError`` for anything else."""
    try:
        found = _version.decode(answer.body).dataTimestamp
        datetime.fromisoformat(found)
    except (*_UNREADABLE, ValueError) as error:
        raise RegistryError(f"{answer.url} answered something unreadable: {error}") from error
    return found


def trial_id(record: bytes) -> str | None:
    """The record's number, also from a record that is otherwise unreadable; None where there is none."""
    try:
        number = _named.decode(record).protocolSection.identificationModule.nctId.strip().upper()
    except _UNREADABLE:
        found = _NUMBER_ALL_THE_SAME.search(record)
        return found[1].decode() if found else None
    return number if NCT_NUMBER.fullmatch(number) else None


def is_gone(answer: Answer, number: str) -> bool:
    """Whether the registry says that it holds no such trial.

    Only its exact sentence counts: a 404 with an empty body is a mistyped path, not a removal
    (seen live, 2026).
    """
    return answer.status == 404 and answer.text == f"NCT number {number} not found"


def survivor(answer: Answer) -> str | None:
    """The number that a permanent redirect leads to: the trial was merged into that one."""
    if answer.status not in (301, 308):
        return None
    found = NCT_NUMBER.search(answer.headers.get("location", "").rsplit("/", 1)[-1])
    return found[0] if found else None
