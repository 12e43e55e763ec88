"""A Parquet file under new metadata: its columns byte for byte as they are, what it says of itself written anew.

At its end such a file has its footer, the footer's length in four bytes, and ``PAR1``. The footer is in Thrift's
compact form (parquet-format, ``FileMetaData.key_value_metadata``); what it says of places in the file it says of
columns, which stand before it and do not move.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

MAGIC = b"PAR1"
A_PIECE = 1 << 20


def with_new_metadata(
    path: Path, to: Path, digest: str, before: Mapping[str, str], now: Mapping[str, str]
) -> str | None:
    """Copy the file of that digest, with the metadata ``now`` for that of ``before``; returns the copy's digest.

    None, and no copy, where it is another file by now, or none that can be read: then its view is to be written
    out again.
    """
    seen = None
    try:
        with path.open("rb") as file:
            seen = _copied(file, to, digest, _encoded(before), _encoded(now))
    except OSError:
        pass  # whoever writes it out again meets the same trouble, if it is the disk's, and says so
    if seen is None:
        to.unlink(missing_ok=True)
    return seen


def _copied(file: BinaryIO, to: Path, digest: str, before: bytes, now: bytes) -> str | None:
    columns, footer = _parts(file)
    seen = hashlib.sha256()
    with to.open("wb") as copy:
        for piece in _pieces(file, columns):
            seen.update(piece)
            copy.write(piece)
        was = seen.copy()
        was.update(file.read())
        if was.hexdigest() != digest or footer.count(before) != 1:
            return None
        footer = footer.replace(before, now)
        end = footer + len(footer).to_bytes(4, "little") + MAGIC
        seen.update(end)
        copy.write(end)
    return seen.hexdigest()


def _parts(file: BinaryIO) -> tuple[int, bytes]:
    """The length of what stands before the footer, and the footer. Of a file that is no Parquet: anything."""
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - 8))
    length = int.from_bytes(file.read(4), "little")
    columns = max(0, size - 8 - length)
    file.seek(columns)
    footer = file.read(length)
    file.seek(0)
    return columns, footer


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    while piece := file.read(min(A_PIECE, length)):
        yield piece
        length -= len(piece)


def _encoded(words: Mapping[str, str]) -> bytes:
    """Key and value, one pair after the other: structs of two texts, the fields 1 and 2, each ended by a zero."""
    return b"".join(b"\x18%b\x18%b\0" % (_text(key), _text(value)) for key, value in words.items())


def _text(text: str) -> bytes:
    """A text, after its length in groups of seven bits, the lowest first."""
    content = text.encode()
    length, head = len(content), bytearray()
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*head, length]) + content
