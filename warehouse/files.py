"""Files that are whole or not there: written aside, on disk, then renamed."""

import os
from contextlib import suppress
from pathlib import Path


def flush(path: Path) -> None:
    """Have a file, or a folder's list of names, on disk before what comes next."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old one or the new one, never a part."""
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        flush(aside)
        aside.replace(path)
    except OSError:
        with suppress(OSError):  # on a full disk half a file is so much room less
            aside.unlink()
        raise
