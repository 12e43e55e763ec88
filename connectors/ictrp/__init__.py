"""WHO ICTRP, by a file that a person saved: the trials in it that a watch asks for.

It is asked nothing: what is not in the file is not known to be anywhere else. Of each trial the later record
lands, that in the file or that which is held. Trials of registries that are asked by themselves stay theirs: they
are told, and never taken from here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO

from connectors.ictrp.bearing import Wanted
from connectors.ictrp.export import Export, Pass
from connectors.ictrp.numbers import read_at
from connectors.ictrp.record import Understood, understood
from connectors.ictrp.values import known_order, many
from connectors.registry import Collected, Progress, Question, RegistryName, Search, Sink
from connectors.trial import UnreadableError

NAME: RegistryName = "ictrp"
A_BATCH = 200
"""Trials whose held records are looked at together."""
OFTEN = 500
NAMED = 5
Order = tuple[date, datetime]


@dataclass(slots=True)
class Taken:
    """What of a file a watch took, and what it left.

    ``elsewhere`` are trials of registries that are asked by themselves, each with whether it is held; ``older``
    counts records of which a later one is held, ``strange`` those that cannot be read and bear no term.
    """

    collected: Collected
    elsewhere: dict[str, bool] = field(default_factory=dict)
    older: int = 0
    strange: int = 0

    def sentences(self) -> Iterator[str]:
        if self.elsewhere:
            unheld = [trial_id for trial_id, is_held in self.elsewhere.items() if not is_held]
            told = f"{many(len(self.elsewhere), 'trial')} of registries that are read by themselves not taken"
            names = ", ".join(unheld[:NAMED]) + (" …" if len(unheld) > NAMED else "")
            yield f"{told}; {len(unheld)} of them not held from there: {names}" if unheld else f"{told}, all held"
        if self.older:
            yield f"of {many(self.older, 'trial')} a later record is held than that in the file"
        if self.strange:
            yield f"{many(self.strange, 'record')} that cannot be read and bear none of the terms left out"


@dataclass(slots=True)
class _Place:
    """Where a record lies aside, and by what it is later than another."""

    order: Order
    start: int
    length: int
    is_found: bool


class _Aside:
    """The latest record of each trial, on disk: which of several in a file that is only its end tells."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = 0
        self.places: dict[str, _Place] = {}

    def put(self, trial_id: str, record: bytes, order: Order, *, is_found: bool) -> None:
        before = self.places.get(trial_id)
        if before is None or before.order < order:
            self._file.write(record)
            self.places[trial_id] = _Place(order, self._end, len(record), is_found)
            self._end += len(record)

    def record(self, place: _Place) -> bytes:
        self._file.seek(place.start)
        return self._file.read(place.length)


def take(export: Export, question: Question, sink: Sink, progress: Progress) -> Taken:
    """Write every trial of the file that answers the question to the sink. Raises ``ExportError``.

    Held trials that are not in the file were not asked for: none of them is gone, nor left.
    """
    wanted, followed = Wanted(question), frozenset(question.followed)
    taken = Taken(Collected(NAME, None, None, asked=[]))
    through = Pass(export)
    with TemporaryFile() as file:
        aside = _Aside(file)
        for place, payload in enumerate(through.records(), 1):
            if place % OFTEN == 0:
                progress(str(export.path.name), place, export.trials)
            try:
                found = understood(payload)
            except UnreadableError:
                _set_aside(taken, payload, wanted, sink)
                continue
            is_found = wanted.is_borne_by(found)
            if is_found or found.trial_id in followed:
                _sort(taken, aside, found, payload, is_found=is_found)
        _land(taken, aside, question, wanted.name, sink)
    for batch in _batches(taken.elsewhere):
        taken.elsewhere |= dict.fromkeys(question.held(batch), True)
    if through.is_cut:
        taken.collected.cut_short = "the file ends before its end: whole trials were taken as far as they go"
    return taken


def _set_aside(taken: Taken, payload: bytes, wanted: Wanted, sink: Sink) -> None:
    """What cannot be read lands for the quarantine, but only where it may be one of ours."""
    if wanted.may_be_borne_by(payload):
        taken.collected.unnamed += 1
        sink.write(payload)
    else:
        taken.strange += 1


def _sort(taken: Taken, aside: _Aside, found: Understood, payload: bytes, *, is_found: bool) -> None:
    if read_at(found.trial_id):
        taken.elsewhere[found.trial_id] = False
    else:
        aside.put(found.trial_id, payload, _order(found), is_found=is_found)


def _land(taken: Taken, aside: _Aside, question: Question, name: str, sink: Sink) -> None:
    for batch in _batches(aside.places):
        held = question.held(batch)
        for trial_id in batch:
            place = aside.places[trial_id]
            before = held.get(trial_id)
            is_older = before is not None and place.order < _held_order(before)
            taken.older += is_older
            sink.write(before if before is not None and is_older else aside.record(place))
            if place.is_found:
                taken.collected.found_by[trial_id] = [name]
            else:
                taken.collected.by_id.append(trial_id)
    found = len(taken.collected.found_by)
    taken.collected.searches.append(Search(name, None, found, found))


def _order(found: Understood) -> Order:
    return known_order(found["ictrp_date_str"], found["export_date"])


def _held_order(payload: bytes) -> Order:
    """The same of a record that is held; whatever comes is later than one that cannot be read any more."""
    try:
        return _order(understood(payload))
    except UnreadableError:
        return known_order("", "")


def _batches(trial_ids: Iterable[str]) -> Iterator[list[str]]:
    waiting = list(trial_ids)
    while waiting:
        batch, waiting = waiting[:A_BATCH], waiting[A_BATCH:]
        yield batch
