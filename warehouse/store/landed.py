"""Where records land, exactly as sent: NDJSON with ZSTD, one file a registry, watch and night.

A landed file is complete or absent: it is written under another name, and renamed when the registry has been
read whole. Beside it lies what was asked and answered (``Collected``), so that a night can be read again.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import zstandard

from connectors.registry import Collected, Fate, Merged, Removed, Search
from warehouse.files import flush, write_whole


class _Manifest(msgspec.Struct):
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


class Landing:
    """A landed file being written. Implements ``connectors.registry.Sink``.

    Leaving the ``with`` block without ``finish`` leaves nothing behind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(f".{path.name}.part")
        self._open = ExitStack()
        self._writer: BinaryIO | None = None

    def __enter__(self) -> "Landing":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.restart()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.close()
        finally:  # closing writes, and on a full disk cannot
            self._aside.unlink(missing_ok=True)

    def restart(self) -> None:
        self._open.close()
        file = self._open.enter_context(self._aside.open("wb"))
        self._writer = self._open.enter_context(zstandard.ZstdCompressor().stream_writer(file))

    def write(self, record: bytes) -> None:
        assert self._writer, "a landing is written inside its with block"  # noqa: S101
        # Outside of strings a line break is only layout, and inside of them JSON allows none.
        self._writer.write(record.replace(b"\r", b" ").replace(b"\n", b" ").strip() + b"\n")

    def finish(self, collected: Collected) -> "Landed":
        """Make the file complete: on disk, under its own name, with what was asked and answered beside it."""
        self._open.close()
        landed = Landed(self.path)
        write_whole(landed.manifest, msgspec.json.encode(_to_manifest(collected)))
        flush(self._aside)
        self._aside.replace(self.path)
        return landed


@dataclass(frozen=True, slots=True)
class Landed:
    """A complete landed file."""

    path: Path

    @property
    def manifest(self) -> Path:
        return self.path.with_suffix(".json")

    def records(self) -> Iterator[bytes]:
        with zstandard.open(self.path, "rb") as stream, io.BufferedReader(stream) as lines:
            for line in lines:
                yield line.rstrip(b"\n")

    def collected(self) -> Collected:
        kept = msgspec.json.decode(self.manifest.read_bytes(), type=_Manifest)
        fates: dict[str, Fate] = {number: Removed(said) for number, said in kept.removed.items()}
        fates |= {number: Merged(survivor) for number, survivor in kept.merged.items()}
        return Collected(
            kept.registry_name,
            kept.data_version_before,
            kept.data_version_after,
            kept.searches,
            kept.found_by,
            kept.by_id,
            fates,
            kept.unnamed,
            kept.requests,
        )


def _to_manifest(collected: Collected) -> _Manifest:
    fates = collected.fates.items()
    return _Manifest(
        collected.registry_name,
        collected.data_version_before,
        collected.data_version_after,
        collected.searches,
        collected.found_by,
        collected.by_id,
        {number: fate.said for number, fate in fates if isinstance(fate, Removed)},
        {number: fate.survivor for number, fate in fates if isinstance(fate, Merged)},
        collected.unnamed,
        collected.requests,
    )
