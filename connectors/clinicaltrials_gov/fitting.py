"""A payload as a record: what of it can be read, in the shape of ``record``. Pure.

One value that is not of its type costs that value: it is left out, and said with its path, and the rest is read.
Only bytes that are no JSON object, or in which no number stands, are no record. Everything that looks into a
payload, tonight's or one that we hold, comes this way.
"""

import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import msgspec

from connectors.canonical import RareError, content_hash, stored_in_place
from connectors.clinicaltrials_gov.oddities import is_usual
from connectors.clinicaltrials_gov.persons import Named, named_in
from connectors.clinicaltrials_gov.record import CODES, MOST, TypedRecord, bare, is_code, is_prose
from connectors.clinicaltrials_gov.what_counts import what_counts
from connectors.lenient import Odd, decoded, said
from connectors.numbers import PLACE, number_by_structure, number_in, number_in_passing
from connectors.spelling import compared, in_lines, shown
from connectors.trial import UnreadableError

Record = dict[str, Any]
P = TypeVar("P", bound=msgspec.Struct)

NUMBER_AT = ".".join(PLACE)
MOST_SHOWN = 40
"""Letters of a text that is shown because it stands where only a number or a yes can: it names nobody."""
_MISSING = object()


@dataclass(frozen=True)
class Understood:
    """A record as far as it can be read: every value of ``record`` that ``typed`` knows is of its type.

    ``content_hash`` is that of what counts in it. ``is_usual`` when none of its values needs a flag. ``named``
    is what it says of people, which ``typed`` does not hold.
    """

    trial_id: str
    payload: bytes
    typed: TypedRecord
    content_hash: str
    is_usual: bool = False
    odd: tuple[Odd, ...] = ()
    fitted: Record | None = None
    named: Named = ()

    @property
    def record(self) -> Record:
        """As sent, but for what ``odd`` tells."""
        return self.fitted or _decoded(self.payload)[0]


def understood(payload: bytes) -> Understood:
    """Raises ``UnreadableError``."""
    value, odd = _decoded(payload)
    if not isinstance(value, dict):
        raise UnreadableError(f"no JSON object but {said(value)}", "$", None)
    trial_id = number_in(value)
    if trial_id is None:
        raise UnreadableError("no trial number", f"$.{NUMBER_AT}", number_in_passing(payload))
    try:
        if not odd:
            return _plain(trial_id, payload, value)
    except (msgspec.ValidationError, RareError):
        value, _ = _decoded(payload)
    return _odd(trial_id, payload, value, odd)


def _plain(trial_id: str, payload: bytes, record: Record) -> Understood:
    """The usual record, of which nothing is left out: each of its texts is looked at once."""
    prose = list(_prose(record))
    spelt = stored_in_place(what_counts(record))
    spelt.compare_alike(CODES)
    if shown_only := record.get("documentSection"):
        stored_in_place({"documentSection": shown_only}).compare_alike(CODES)
    typed = msgspec.convert(record, TypedRecord)
    for path, text in prose:
        _set(typed, path, in_lines(text))
    named = named_in(record)
    usual = is_usual(record, typed)
    return Understood(trial_id, payload, typed, spelt.content_hash(), usual, named=named)


def _odd(trial_id: str, payload: bytes, record: Record, odd: list[Odd]) -> Understood:
    try:
        typed = msgspec.convert(record, TypedRecord)
    except msgspec.ValidationError:
        record = _fitted(TypedRecord, record, "", odd)
        record.setdefault(PLACE[0], {}).setdefault(PLACE[1], {}).setdefault(PLACE[2], trial_id)
        typed = msgspec.convert(record, TypedRecord)
    return Understood(
        trial_id,
        payload,
        spelt(typed),
        content_hash(what_counts(record)),
        odd=tuple(odd),
        fitted=record,
        named=named_in(record),
    )


def _prose(record: Record) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text that keeps its lines, with its path, as sent: one that is spelt in place loses them."""
    for path in _prose_paths(TypedRecord):
        part: Any = record
        for step in path:
            part = part.get(step) if type(part) is dict else None
        if type(part) is str:
            yield path, part


@cache
def _prose_paths(kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for part in msgspec.structs.fields(kind):
        of = bare(part.type)
        if isinstance(of, type) and issubclass(of, msgspec.Struct):
            found += [(part.encode_name, *below) for below in _prose_paths(of)]
        elif is_prose(part.type):
            found.append((part.encode_name,))
    return tuple(found)


def _set(part: Any, path: tuple[str, ...], text: str) -> None:
    for step in path[:-1]:
        part = getattr(part, step)
    setattr(part, path[-1], text)


def _decoded(payload: bytes) -> tuple[Any, list[Odd]]:
    try:
        return decoded(payload)
    except ValueError as error:
        raise UnreadableError(str(error), "$", number_by_structure(payload)) from error


# -- fitting a value into its type -------------------------------------------------------------------------


def _fitted(kind: Any, value: Any, path: str, odd: list[Odd]) -> Any:
    """The value as far as it is of its type; ``_MISSING`` where it is not, or null."""
    kind = bare(kind)
    if value is None:
        return _MISSING
    if typing.get_origin(kind) is list:
        return _list(typing.get_args(kind)[0], value, path, odd)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _object(kind, value, path, odd)
    if type(value) is kind and (kind is not int or 0 <= value <= MOST):
        return value
    meant = _meant(kind, value)
    is_safe = kind is not str and (not isinstance(value, str) or len(value) <= MOST_SHOWN)
    sent = str(value) if is_safe and not isinstance(value, dict | list) else said(value)
    if meant is None:
        odd.append(Odd(path, sent, f"not {_EXPECTED[kind]}: left out"))
        return _MISSING
    odd.append(Odd(path, sent, f"not {_EXPECTED[kind]}, but plainly meant as one: read as {str(meant).lower()}"))
    return meant


_EXPECTED = {str: "a text", int: "a count of people", bool: "true or false"}


def _meant(kind: type, value: Any) -> int | bool | None:
    """What a value of another type plainly says: 60 for ``60.0`` and ``"60"``, true for ``"true"``."""
    text = compared(value).lower() if isinstance(value, str) else None
    if kind is bool:
        return {"true": True, "false": False}.get(text or "")
    if kind is not int or isinstance(value, bool):
        return None
    if text and text.isascii() and text.isdigit() and len(text) < len(str(MOST)):
        return int(text)
    return int(value) if isinstance(value, float) and value.is_integer() and 0 <= value <= MOST else None


def _list(kind: Any, value: Any, path: str, odd: list[Odd]) -> Any:
    if not isinstance(value, list):
        odd.append(Odd(path, said(value), "not a list: left out"))
        return _MISSING
    fitted = []
    for place, part in enumerate(value):
        if part is None:
            odd.append(Odd(f"{path}[{place}]", "null", "nothing, in a list: left out"))
            continue
        fit = _fitted(kind, part, f"{path}[{place}]", odd)
        if fit is not _MISSING:
            fitted.append(fit)
    return fitted


def _object(kind: type[msgspec.Struct], value: Any, path: str, odd: list[Odd]) -> Any:
    if not isinstance(value, dict):
        odd.append(Odd(path, said(value), "not an object: left out"))
        return _MISSING
    kept = dict(value)
    for part in msgspec.structs.fields(kind):
        name = part.encode_name
        fit = _fitted(part.type, kept.pop(name, None), f"{path}.{name}".lstrip("."), odd)
        if fit is not _MISSING:
            kept[name] = fit
    return kept


def shaped(kind: type[P], value: Any) -> P:
    """As much of the value as is of this shape, its texts as they are stored."""
    fitted = _fitted(kind, value, "", [])
    part = msgspec.convert({} if fitted is _MISSING else fitted, kind)
    _spell(kind, part)
    return part


# -- spelling its texts ------------------------------------------------------------------------------------


def spelt(typed: TypedRecord) -> TypedRecord:
    """The record with each text as it is stored, in place; one of which nothing is left is none."""
    _spell(TypedRecord, typed)
    return typed


def _spell(kind: type[msgspec.Struct], part: Any) -> None:
    for name, of, is_list, as_stored in _texts(kind):
        value = getattr(part, name)
        if value == "":
            setattr(part, name, None)
        if not value:
            continue
        if of is str:
            stored = [made for each in value if (made := as_stored(each))] if is_list else as_stored(value)
            setattr(part, name, stored or None)
            continue
        for each in value if is_list else (value,):
            _spell(of, each)


@cache
def _texts(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any, bool, Callable[[str], str]], ...]:
    """Of a struct, each part that holds texts: its name, of what it is made, whether a list, how it is stored."""
    parts = []
    for part in msgspec.structs.fields(kind):
        of = bare(part.type)
        is_list = typing.get_origin(of) is list
        inner = typing.get_args(of)[0] if is_list else part.type
        if bare(inner) not in (int, bool):
            as_stored = compared if is_code(inner) else in_lines if is_prose(inner) else shown
            parts.append((part.name, bare(inner), is_list, as_stored))
    return tuple(parts)
