"""The registry's answers, taken apart without interpreting them.

A page is split into its records with each record's bytes as sent; of a record only its number is read here.
"""

from urllib.parse import urlsplit

import msgspec

from connectors.brackets import divided, named
from connectors.errors import RegistryError
from connectors.http import Answer
from connectors.lenient import decoded
from connectors.numbers import NCT_NUMBER, number_by_structure, number_in
from connectors.versions import normal

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
    dataTimestamp: str | int | float


_page = msgspec.json.Decoder(Page)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_foot = msgspec.json.Decoder(_Foot)
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
            raise RegistryError(f"{answer.where} answered something unreadable") from error
        return found


def _taken_apart_leniently(body: bytes) -> Page | None:
    """The page, each record with its bytes as sent, by brackets and quotation marks alone; None if not even so.

    It never calls itself, so that a record a thousand levels deep is one bad record and not a bad page.
    """
    try:
        at = body.index(b"{")
        members, end = divided(body, at)
        if body[:at].strip() or body[end:].strip():
            return None
        found: dict[bytes, bytes] = {}
        for member in members:
            key_and_value = named(member)
            if not key_and_value:
                return None
            found[key_and_value[0]] = key_and_value[1]
        records = found.pop(b'"studies"')
        parts, end = divided(records, 0) if records.startswith(b"[") else ([], -1)
        if end != len(records):
            return None
        foot = _foot.decode(b"{%s}" % b",".join(b"%s:%s" % member for member in found.items()))
    except (ValueError, KeyError, *_UNREADABLE):
        return None
    return Page([msgspec.Raw(part) for part in parts], foot.totalCount, foot.nextPageToken)


def single_record(answer: Answer) -> bytes:
    """A single record, as sent. Raises ``RegistryError`` when the body is cut off or is not an object.

    As on a page, one whose brackets match is a record, though it may not be strict JSON.
    """
    try:
        _object.decode(answer.body)
    except _UNREADABLE as error:
        if not is_a_trial(answer.body):
            raise RegistryError(f"{answer.where} answered something unreadable") from error
    return answer.body


def is_a_trial(record: bytes) -> bool:
    """Whether it is an object with a protocol section, readable or not, a byte-order mark aside."""
    try:
        at = record.index(b"{")
        members, end = divided(record, at)
    except ValueError:
        return False
    around = record[:at].removeprefix(b"\xef\xbb\xbf") + record[end:]
    return b'"protocolSection"' in dict(filter(None, map(named, members))) and not around.strip()


def results_section(answer: Answer) -> bytes | None:
    """The results section of a record, as sent; None where there is none, or nothing in it.

    Raises ``RegistryError`` when the body is cut off or is not an object.
    """
    try:
        members, end = divided(answer.body, answer.body.index(b"{"))
    except ValueError as error:
        raise RegistryError(f"{answer.where} answered something unreadable") from error
    if answer.body[end:].strip():
        raise RegistryError(f"{answer.where} answered something unreadable")
    section = dict(filter(None, map(named, members))).get(b'"resultsSection"', b"")
    return section if section.startswith(b"{") and section[1:-1].strip() else None


def data_version(answer: Answer) -> str:
    """The registry's ``dataTimestamp`` in our one form; where it is no instant, as sent.

    Raises ``RegistryError`` when the answer holds none.
    """
    try:
        found = normal(str(_version.decode(answer.body).dataTimestamp))
    except _UNREADABLE as error:
        raise RegistryError(f"{answer.where} answered something unreadable") from error
    if not found:
        raise RegistryError(f"{answer.where} answered something unreadable: an empty data version")
    return found


def trial_id(record: bytes) -> str | None:
    """The record's number, also from a record that is otherwise unreadable; None where there is none."""
    try:
        trial_id = _named.decode(record).protocolSection.identificationModule.nctId
        if NCT_NUMBER.fullmatch(trial_id):
            return trial_id
    except _UNREADABLE:
        pass  # the usual record is read at once; any other is looked at as a whole
    try:
        found = number_in(decoded(record)[0])
    except ValueError:
        found = number_by_structure(record)
    return found if found and NCT_NUMBER.fullmatch(found) else None


def is_gone(answer: Answer, trial_id: str) -> bool:
    """Whether the registry says that it holds no such trial.

    Only its exact sentence counts: a 404 with an empty body is a mistyped path, not a removal
    (seen live, 2026).
    """
    return answer.status == 404 and answer.text == f"NCT number {trial_id} not found"


def survivor(answer: Answer) -> str | None:
    """The number that a permanent redirect within the registry leads to: the trial was merged into that one."""
    if answer.status not in (301, 308):
        return None
    try:
        there = urlsplit(answer.headers.get("location", ""))
    except ValueError:
        return None
    if there.netloc not in ("", urlsplit(answer.url).netloc):
        return None
    found = NCT_NUMBER.search(there.path.rsplit("/", 1)[-1])
    return found[0] if found else None
