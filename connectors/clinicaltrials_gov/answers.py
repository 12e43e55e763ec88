"""The registry's answers, taken apart without interpreting them.

A page is split into its records with each record's bytes as sent; of a record only its number is read here.
"""

import json
import re
from datetime import datetime

import msgspec

from connectors.errors import RegistryError
from connectors.http import Answer

NCT_NUMBER = re.compile(r"NCT[0-9]{8}")
_NUMBER_ALL_THE_SAME = re.compile(rb'"identificationModule"\s*:\s*\{[^{}]*?"nctId"\s*:\s*"(NCT[0-9]{8})"')
"""Not just any ``nctId``: a record also names its expanded access that way, which is another trial."""

_NEXT_RECORD = re.compile(r"[\s,]*")
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Page(msgspec.Struct):
    studies: list[msgspec.Raw]
    totalCount: int | None = None
    nextPageToken: str | None = None


class _Foot(msgspec.Struct):
    totalCount: int | None = None
    nextPageToken: str | None = None


class _Identification(msgspec.Struct):
    nctId: str


class _Protocol(msgspec.Struct):
    identificationModule: _Identification


class _Named(msgspec.Struct):
    protocolSection: _Protocol


class _Version(msgspec.Struct):
    dataTimestamp: str


_page = msgspec.json.Decoder(Page)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_named = msgspec.json.Decoder(_Named)
_version = msgspec.json.Decoder(_Version)


def page(answer: Answer) -> Page:
    """A page of a search. Raises ``RegistryError`` when the body is cut off or is not a page.

    A page on which one record is no strict JSON (a NaN, half a surrogate pair) is taken apart all the same, so
    that this record can be set aside by itself.
    """
    try:
        return _page.decode(answer.body)
    except _UNREADABLE as error:
        found = _taken_apart_leniently(answer.body)
        if found is None:
            raise RegistryError(f"{answer.url} answered something unreadable: {error}") from error
        return found


def _taken_apart_leniently(body: bytes) -> Page | None:
    """The page as Python's laxer reader sees it, each record still with its bytes as sent; None if not even so."""
    text = body.decode("utf-8", "surrogateescape")
    lax = json.JSONDecoder(strict=False)
    try:
        whole = lax.decode(text)
        page = msgspec.convert({key: whole[key] for key in ("totalCount", "nextPageToken") if key in whole}, _Foot)
        (page.nextPageToken or "").encode()  # a token that cannot be sent back is none
        at = text.index("[", text.index('"studies"')) + 1
        records = []
        for _ in whole["studies"]:
            at = _NEXT_RECORD.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
            _, end = lax.raw_decode(text, at)
            records.append(msgspec.Raw(text[at:end].encode("utf-8", "surrogateescape")))
            at = end
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return Page(records, page.totalCount, page.nextPageToken)


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
