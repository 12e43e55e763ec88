"""What another machine reads for a night, and how the night takes it over: only of trials that are not held yet.

It is what ``processes`` does, on another machine: the rows that are staged of each trial, and the few facts that a
night decides by. What cannot be read is left to the night. Both sides must be the same program; the caller sees to
that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from connectors.dates import version_day
from connectors.trial import Mark, Reader
from warehouse.keep.intake import Frame, Known
from warehouse.keep.processes import FRAMES_A_PIECE, New, Piece, Task, read_piece
from warehouse.store.landed import Landed
from warehouse.store.load import Stage
from warehouse.words.lists import batches

NEWS = "news"


class PieceTold(msgspec.Struct):
    """The facts of a piece, and the file that holds its rows: so many."""

    rows: str
    count: int
    news: list[New]


_told = msgspec.json.Decoder(list[PieceTold])


def read_for_another(
    landed: Landed, reader: Reader, folder: Path, *, run_id: str, registry_name: str, now: datetime
) -> dict[str, Path]:
    """Read what has landed for that run, whose instant is ``now``; the files for it, by name."""
    stage = Stage(
        folder, registry_name=registry_name, run_id=run_id, observed_at=now, edition=reader.edition, name="rows"
    )
    data_on = version_day(landed.collected().data_version_after)
    task = Task(reader, now.date(), Known({}), frozenset(), stage.of_all, data_on)
    told: list[PieceTold] = []
    read_before: set[str] = set()
    files: dict[str, Path] = {}
    for number, frames in enumerate(batches(landed.frames(), FRAMES_A_PIECE)):
        piece = read_piece(frames, task, stage.lines(str(number)), read_before)
        if piece.columns:
            files[f"rows-{number}"] = piece.columns
            news = [each for each in piece.found if isinstance(each, New)]
            told.append(PieceTold(f"rows-{number}", piece.count, news))
    files[NEWS] = folder / NEWS
    files[NEWS].write_bytes(msgspec.json.encode(told))
    return files


def read_afar(folder: Path, landed: Landed, stage: Stage) -> Iterator[Piece]:
    """What others have read for tonight and left in the folders of this one.

    A piece in which anything did not land tonight in these bytes, or of whose trials one was in another, is not
    among them.
    """
    marks = {mark.fingerprint for frame in landed.frames() for mark in frame.marks}
    taken: set[str] = set()
    for part in sorted(folder.glob(f"*/{NEWS}")):
        for told in _told.decode(part.read_bytes()):
            trial_ids = {each.trial_id for each in told.news}
            if taken.isdisjoint(trial_ids) and all(each.fingerprint in marks for each in told.news):
                taken |= trial_ids
                yield Piece(list(told.news), part.with_name(told.rows), told.count)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What of a frame is not done yet."""

    frame: Frame
    done: frozenset[str]

    @property
    def marks(self) -> list[Mark]:
        return [mark for mark in self.frame.marks if mark.fingerprint not in self.done]

    def records(self) -> list[bytes]:
        both = zip(self.frame.records(), self.frame.marks, strict=True)
        return [record for record, mark in both if mark.fingerprint not in self.done]


def frames_without(frames: Iterable[Frame], done: frozenset[str]) -> Iterator[Frame]:
    """The frames without the records of these fingerprints; none that would be empty."""
    for frame in frames:
        if all(mark.fingerprint not in done for mark in frame.marks):
            yield frame
        elif (rest := _Rest(frame, done)).marks:
            yield rest
