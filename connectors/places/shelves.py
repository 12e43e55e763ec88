"""What a place must be able to do, and the two kinds of it: a folder of this machine, and whatever fsspec knows.

Each file that is put is whole or not there. A bucket has that by itself; a folder by renaming; of what else fsspec
knows some have it (object stores) and some have not (FTP). What a library raises is told in words of ours, which
never quote it: it may quote a password.
"""

import errno
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from connectors.errors import PlaceError
from connectors.files import FOR_EVERYONE, flush, keep_also_as, make_folder, write_whole
from connectors.places.address import S3, Place

log = logging.getLogger("trialwatch")

BUCKETS = {"s3", "gs", "abfs", "az", "oss", "obs", "oci"}


class Shelf(Protocol):
    """A place with files in it, by their names (``folder/file``) below its address."""

    is_folder: bool
    """Whether a file that is open stays as it was when another takes its name."""

    def read(self, name: str) -> bytes | None: ...
    def put(self, source: Path, name: str) -> None: ...
    def write(self, content: bytes, name: str) -> None: ...
    def copy(self, name: str, to: str) -> None: ...
    def folders(self, name: str) -> list[str]: ...
    def remove(self, folder: str) -> None: ...


@contextmanager
def shelf(place: Place) -> Iterator[Shelf]:
    """The place, ready to be used. Raises ``PlaceError`` for whatever goes wrong there, then or later."""
    try:
        yield Folder(Path(place.url)) if place.scheme == "file" else Remote(place)
    except PlaceError:
        raise
    except Exception as error:
        log.debug("%s failed", place.shown, exc_info=True)
        raise PlaceError(in_words(error)) from None


class Folder:
    """A folder of this machine, or one that is mounted."""

    is_folder = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> bytes | None:
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, source: Path, name: str) -> None:
        path = self._path / name
        make_folder(path.parent)
        aside = path.with_name(f".{path.name}.part")
        shutil.copyfile(source, aside)
        aside.chmod(FOR_EVERYONE)
        flush(aside)
        aside.replace(path)
        flush(path.parent)

    def write(self, content: bytes, name: str) -> None:
        make_folder(self._path)
        write_whole(self._path / name, content)
        flush(self._path)

    def copy(self, name: str, to: str) -> None:
        path = self._path / to
        make_folder(path.parent)
        aside = path.with_name(f".{path.name}.part")
        aside.unlink(missing_ok=True)
        keep_also_as(self._path / name, aside)
        aside.replace(path)

    def folders(self, name: str) -> list[str]:
        try:
            return [each.name for each in (self._path / name).iterdir() if each.is_dir()]
        except FileNotFoundError:
            return []

    def remove(self, folder: str) -> None:
        shutil.rmtree(self._path / folder)


class Remote:
    """A bucket, or what else fsspec knows by its scheme."""

    is_folder = False

    def __init__(self, place: Place) -> None:
        self._fs, self._root = filesystem(place)

    def read(self, name: str) -> bytes | None:
        try:
            found: bytes = self._fs.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        return found

    def put(self, source: Path, name: str) -> None:
        self._make_folder_of(name)
        self._fs.put_file(str(source), f"{self._root}/{name}")

    def write(self, content: bytes, name: str) -> None:
        self._make_folder_of(name)
        self._fs.pipe_file(f"{self._root}/{name}", content)

    def copy(self, name: str, to: str) -> None:
        self._make_folder_of(to)
        self._fs.cp_file(f"{self._root}/{name}", f"{self._root}/{to}")

    def folders(self, name: str) -> list[str]:
        try:
            found = self._fs.ls(f"{self._root}/{name}", detail=True)
        except FileNotFoundError:
            return []
        return [each["name"].rstrip("/").rpartition("/")[2] for each in found if each["type"] == "directory"]

    def remove(self, folder: str) -> None:
        self._fs.rm(f"{self._root}/{folder}", recursive=True)

    def _make_folder_of(self, name: str) -> None:
        """A bucket has no folders; asked for one, some make a bucket, which is not ours to make."""
        protocol = self._fs.protocol
        if BUCKETS.isdisjoint([protocol] if isinstance(protocol, str) else protocol):
            self._fs.makedirs(f"{self._root}/{name}".rpartition("/")[0], exist_ok=True)


def filesystem(place: Place) -> tuple[Any, str]:
    """fsspec's file system of a place, which remembers no listing, and the place's path in it."""
    from fsspec.core import url_to_fs

    fresh = {"use_listings_cache": False, "skip_instance_cache": True}
    options = {**_of_s3(place.s3)} if place.s3 else dict(place.options)
    fs, root = url_to_fs(place.url, **options, **fresh)
    return fs, str(root).rstrip("/")


def _of_s3(s3: S3) -> Mapping[str, Any]:
    region = {"region_name": s3.region} if s3.region else {}
    named = {"key": s3.key, "secret": s3.secret, "token": s3.token, "endpoint_url": s3.endpoint_url}
    return {**{name: value for name, value in named.items() if value}, "client_kwargs": region}


_OF_KIND = {
    FileNotFoundError: "there is no such bucket or folder: make it, or correct the address",
    PermissionError: "it refuses us: see that its keys are right and may write there",
    "NoCredentialsError": "no keys are known for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "PartialCredentialsError": "its keys are not complete: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ConnectionError: "it cannot be reached: see that it runs, and that this machine's network lets us there",
    TimeoutError: "it did not answer in time: see that it runs, and that this machine's network lets us there",
}
_OF_NAME = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError")


def in_words(error: BaseException) -> str:
    """What is wrong with a place, from the kind of what was raised; its text is not quoted."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if any(name in kinds for name in _OF_NAME):
        return _OF_KIND[ConnectionError]
    for kind, sentence in _OF_KIND.items():
        if (isinstance(kind, str) and kind in kinds) or (isinstance(kind, type) and isinstance(error, kind)):
            return sentence
    if isinstance(error, OSError) and error.errno in errno.errorcode:
        return os.strerror(error.errno or 0)
    return f"it failed with {type(error).__name__}"
