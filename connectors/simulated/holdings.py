"""What the registry holds on a given night: records as data, their aliases, and how a night changes them."""

import copy
import random
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from connectors.simulated.asked import nct_number
from connectors.simulated.trial import Record, Trial


class Holdings:
    """Records by number. Not safe for threads: whoever shares it must see to that."""

    def __init__(self, data_version: str) -> None:
        self.data_version = data_version
        self._trials: dict[str, Trial] = {}
        self._hidden: set[str] = set()
        self._seed: int | None = None
        self._aliases: dict[str, str] | None = None
        self._in_order: list[str] | None = None

    def put(self, records: Iterable[Record]) -> None:
        for record in records:
            name = _name(record)
            before = self._trials.get(name)
            self._trials[name] = Trial(copy.deepcopy(record), before.past if before else ())
            if before:
                self._trials[name].note_version(before.record)
        self._forget()

    def remove(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            del self._trials[_key(number)]
        self._forget()

    def merge(self, old: str, survivor: str) -> None:
        surviving = self._trials[_key(survivor)]
        merged = self._trials.pop(_key(old), None)
        names = surviving.record.setdefault("protocolSection", {}).setdefault("identificationModule", {})
        names["nctIdAliases"] = [*surviving.aliases, _key(old), *(merged.aliases if merged else ())]
        surviving.changed()
        self._forget()

    def hide(self, numbers: Iterable[str]) -> None:
        self._hidden.update(map(_key, numbers))

    def reveal(self, numbers: Iterable[str]) -> None:
        self._hidden.difference_update(map(_key, numbers))

    def edit(self, number: str, change: Callable[[Record], object]) -> None:
        trial = self._trials[_key(number)]
        before = copy.deepcopy(trial.record)
        change(trial.record)
        trial.note_version(before)
        trial.changed()
        self._forget()

    def night(self, data_version: str | None) -> None:
        """The next night. Every record says its data version, whether anything else in it changed or not."""
        self.data_version = data_version or _next_weekday(self.data_version)
        for trial in self._trials.values():
            _hold_version(trial.record, self.data_version[:10])
            trial.changed()

    def shuffle(self, seed: int) -> None:
        self._seed = seed
        self._forget()

    def in_order(self) -> list[str]:
        """Every name, in an order that means nothing but stays as it is, as without ``sort`` at the registry."""
        if self._in_order is None:
            salt = "" if self._seed is None else str(self._seed)
            self._in_order = sorted(self._trials, key=lambda name: (zlib.crc32((salt + name).encode()), name))
        return self._in_order

    def holds(self, number: str) -> bool:
        return number in self._trials

    def trial(self, name: str) -> Trial:
        return self._trials[name]

    def survivor(self, number: str) -> str | None:
        """The trial that this one was merged into."""
        if self._aliases is None:
            self._aliases = {_key(alias): name for name, t in self._trials.items() for alias in t.aliases}
        return self._aliases.get(number)

    def is_hidden(self, name: str) -> bool:
        return name in self._hidden

    def as_sent(self, name: str, record: Record) -> object:
        """The record in the order of keys and lists in which the registry sends it just now."""
        if self._seed is None:
            return record
        return _reordered(record, random.Random(f"{self._seed} {name}"))

    def _forget(self) -> None:
        self._aliases = self._in_order = None


def _key(number: str) -> str:
    return nct_number(number) or number


def _name(record: Record) -> str:
    """The record's number; one that has none still needs a name of its own here."""
    number = Trial(record).texts("NCTId")
    return _key(number[0]) if number else f"nameless {zlib.crc32(repr(record).encode())}"


def _next_weekday(data_version: str) -> str:
    night = datetime.fromisoformat(data_version) + timedelta(days=1)
    while night.weekday() >= 5:
        night += timedelta(days=1)
    return night.isoformat()


def _hold_version(record: Record, date: str) -> None:
    derived = record.setdefault("derivedSection", {})
    misc = derived.setdefault("miscInfoModule", {}) if isinstance(derived, dict) else None
    if isinstance(misc, dict):
        misc["versionHolder"] = date


def _reordered(value: object, order: random.Random) -> object:
    if isinstance(value, dict):
        items = [(key, _reordered(part, order)) for key, part in value.items()]
        order.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        parts = [_reordered(part, order) for part in value]
        order.shuffle(parts)
        return parts
    return value
