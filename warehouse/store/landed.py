"""Where records land, exactly as sent: NDJSON with ZSTD, one file a registry, watch and night.

A landed file is complete or absent: it is written under another name, and renamed when the registry has been
read whole. Beside it lies what was asked and answered (``Collected``), so that a night can be read again, and by
what each record is known: a frame of some dozens, packed by itself, is unpacked only when one of them is not.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import zstandard

from connectors.files import flush, making, write_whole
from connectors.registry import Collected, Fate, Merged, Part, Removed, Search
from connectors.trial import Mark

A_FRAME = 1 << 20
"""Bytes of records that are packed together: a few more take as much room, many fewer take twice as much."""
PACKED = 8
"""Bytes of a record for one that is landed, about."""


WRITTEN_WITHIN = "a landing is written inside its with block"
Marking = Callable[[bytes], Mark]


class _Frame(msgspec.Struct):
    """How many bytes of the file it takes, and the mark of each of its records."""

    length: int
    marks: list[Mark]


class _Frames(msgspec.Struct):
    """The frames of a manifest alone."""

    frames: list[_Frame]


class _Told(msgspec.Struct, kw_only=True):
    """A manifest without its frames: those of 600,000 records take a tenth of a gigabyte once they are read."""

    registry_name: str
    data_version_before: str | None
    data_version_after: str | None
    searches: list[Search]
    found_by: dict[str, list[str]]
    by_id: list[str]
    removed: dict[str, str]
    merged: dict[str, str]
    unnamed: int
    requests: int
    asked: list[Part] | None = None
    cut_short: str | None = None


class _Manifest(_Told, kw_only=True):
    """What lies beside a landed file."""

    frames: list[_Frame]


class Landing:
    """A landed file being written. Implements ``connectors.registry.Sink``.

    Leaving the ``with`` block without ``finish`` leaves nothing behind.
    """

    def __init__(self, path: Path, marking: Marking) -> None:
        self.path = path
        self._marking = marking
        self._aside = path.with_name(f".{path.name}.part")
        self._open = ExitStack()
        self._packer = zstandard.ZstdCompressor()
        self._file: BinaryIO | None = None
        self._frames: list[_Frame] = []
        self._begin_frame()

    def _begin_frame(self) -> None:
        self._lines: list[bytes] = []
        self._marks: list[Mark] = []
        self._room = A_FRAME

    def __enter__(self) -> "Landing":
        with making(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._open.enter_context(self._aside.open("wb"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.close()
        finally:  # closing writes, and on a full disk cannot
            self._aside.unlink(missing_ok=True)

    def mark(self) -> int:
        """How many frames there are; the one that is being filled ends here."""
        if self._lines:
            self._pack()
        return len(self._frames)

    def rewind(self, mark: int) -> None:
        assert self._file, WRITTEN_WITHIN  # noqa: S101
        del self._frames[mark:]
        self._begin_frame()
        self._file.seek(sum(frame.length for frame in self._frames))
        self._file.truncate()

    def write(self, record: bytes) -> None:
        # Outside of strings a line break is only layout, and inside of them JSON allows none.
        line = record.replace(b"\r", b" ").replace(b"\n", b" ").strip()
        self._lines.append(line)
        self._marks.append(self._marking(line))
        self._room -= len(line)
        if self._room <= 0:
            self._pack()

    def _pack(self) -> None:
        assert self._file, WRITTEN_WITHIN  # noqa: S101
        packed = self._packer.compress(b"".join(line + b"\n" for line in self._lines))
        self._file.write(packed)
        self._frames.append(_Frame(len(packed), self._marks))
        self._begin_frame()

    def finish(self, collected: Collected) -> "Landed":
        """Make the file complete: on disk, under its own name, with what was asked and answered beside it."""
        if self._lines or not self._frames:
            self._pack()
        self._open.close()
        landed = Landed(self.path)
        write_whole(landed.manifest, msgspec.json.encode(_to_manifest(collected, self._frames)))
        flush(self._aside)
        self._aside.replace(self.path)
        return landed


@dataclass(frozen=True, slots=True)
class Frame:
    """Some records, packed, each with its mark."""

    packed: bytes = field(repr=False)
    marks: list[Mark] = field(repr=False)

    def records(self) -> list[bytes]:
        return zstandard.decompress(self.packed).split(b"\n")[: len(self.marks)]


@dataclass(frozen=True)
class Landed:
    """A complete landed file. What is told of it lies beside it, or where ``told_at`` says."""

    path: Path
    told_at: Path | None = None

    @property
    def manifest(self) -> Path:
        return self.told_at or self.path.with_suffix(".json")

    def count(self) -> int:
        """How many records there are."""
        return sum(len(each.marks) for each in self._frames())

    def about_bytes(self) -> int:
        """Of all the records together."""
        return self.path.stat().st_size * PACKED

    def frames(self) -> Iterator[Frame]:
        with self.path.open("rb") as file:
            for each in self._frames():
                yield Frame(file.read(each.length), each.marks)

    def records(self) -> Iterator[bytes]:
        for frame in self.frames():
            yield from frame.records()

    def _frames(self) -> list[_Frame]:
        return msgspec.json.decode(self.manifest.read_bytes(), type=_Frames).frames

    def collected(self) -> Collected:
        """What was asked and answered. Trials that the same searches found share one list of them."""
        kept = msgspec.json.decode(self.manifest.read_bytes(), type=_Told)
        once: dict[tuple[str, ...], list[str]] = {}
        fates: dict[str, Fate] = {trial_id: Removed(said) for trial_id, said in kept.removed.items()}
        fates |= {trial_id: Merged(survivor) for trial_id, survivor in kept.merged.items()}
        return Collected(
            kept.registry_name,
            kept.data_version_before,
            kept.data_version_after,
            kept.searches,
            {trial_id: once.setdefault(tuple(names), names) for trial_id, names in kept.found_by.items()},
            kept.by_id,
            fates,
            kept.unnamed,
            kept.requests,
            kept.asked,
            kept.cut_short,
        )


def _to_manifest(collected: Collected, frames: list[_Frame]) -> _Manifest:
    fates = collected.fates.items()
    return _Manifest(
        registry_name=collected.registry_name,
        data_version_before=collected.data_version_before,
        data_version_after=collected.data_version_after,
        searches=collected.searches,
        found_by=collected.found_by,
        by_id=collected.by_id,
        removed={trial_id: fate.said for trial_id, fate in fates if isinstance(fate, Removed)},
        merged={trial_id: fate.survivor for trial_id, fate in fates if isinstance(fate, Merged)},
        unnamed=collected.unnamed,
        requests=collected.requests,
        frames=frames,
        asked=collected.asked,
        cut_short=collected.cut_short,
    )
