"""The place that all machines share: a folder, or an object store, by the addresses that publishing takes too.

What is written is whole or not there. Whatever a store raises travels as it is: the callers do without the place.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from connectors.files import flush
from connectors.places.address import one_place
from connectors.places.shelves import filesystem


class SharedPlace:
    """Files by their names below one address. Imports fsspec when it is made."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = filesystem(there := one_place(url))
        self._is_local = there.scheme == "file"

    def _at(self, name: str) -> str:
        return str(PurePosixPath(self._root) / name)

    def read(self, name: str) -> bytes | None:
        """The content of a small file; None where there is none."""
        try:
            content: bytes = self._fs.cat_file(self._at(name))
        except FileNotFoundError:
            return None
        return content

    def write(self, name: str, content: bytes) -> None:
        """Write a small file, over the one of that name. An object store puts an object at once."""
        if self._is_local:
            self._with_room(name, lambda: _write_whole(Path(self._at(name)), content))
        else:
            self._with_room(name, lambda: self._fs.pipe_file(self._at(name), content))

    def put(self, file: Path, name: str) -> None:
        """Copy a file there under a name that nobody knows yet: it may be seen in part."""
        self._with_room(name, lambda: self._fs.put_file(str(file), self._at(name)))

    def fetch(self, name: str, file: Path) -> None:
        """Copy a file from there."""
        self._fs.get_file(self._at(name), str(file))

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it; nothing happens where there is none."""
        with suppress(FileNotFoundError):
            self._fs.rm(self._at(name), recursive=True)

    def names(self) -> list[str]:
        """What there is at the top, files and folders."""
        with suppress(FileNotFoundError):
            return sorted(PurePosixPath(each).name for each in self._fs.ls(self._root, detail=False))
        return []

    def _with_room(self, name: str, write: Callable[[], None]) -> None:
        """An object store has no folders, and may not let us look whether there is one."""
        try:
            write()
        except FileNotFoundError:
            self._fs.makedirs(str(PurePosixPath(self._at(name)).parent), exist_ok=True)
            write()


def _write_whole(path: Path, content: bytes) -> None:
    # A name of its own: two may write the same file at once, each from another machine.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    aside.write_bytes(content)
    flush(aside)
    aside.replace(path)
