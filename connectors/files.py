"""Files that are whole or not there: written aside, on disk, then renamed; and whose, whatever the umask."""

import errno
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

log = logging.getLogger("trialwatch")

FOR_EVERYONE = 0o644
FOLDER_FOR_EVERYONE = 0o755


MOST_OF_A_TEXT = 8 << 20
"""Bytes of a file that a person writes: settings, watches, a password."""


@contextmanager
def making(path: Path) -> Iterator[None]:
    """Where nothing can be made, some disks (/proc) call missing what was to be made: told as what it is."""
    try:
        yield
    except FileNotFoundError as error:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP), str(path)) from error


def read_text(path: Path) -> str:
    """A text that a person wrote. Raises ``OSError`` (EFBIG) for what has no end, as a device."""
    with path.open("rb") as file:
        content = file.read(MOST_OF_A_TEXT + 1)
    if len(content) > MOST_OF_A_TEXT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content.decode("utf-8")


def flush(path: Path) -> None:
    """Have a file, or a folder's list of names, on disk before what comes next."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, mode: int = FOR_EVERYONE) -> None:
    """Write a file so that readers see the old one or the new one, never a part. ``mode`` is for a new one.

    It is never more readable than that, not even while it is written.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.unlink(missing_ok=True)  # of one who died; it may be another user's
        with making(path):
            made = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(made, "wb") as file:
            file.write(content)
        take_after(aside, path, mode)
        flush(aside)
        aside.replace(path)
    except OSError:
        with suppress(OSError):  # on a full disk half a file is so much room less
            aside.unlink()
        raise


def take_after(new: Path, before: Path, otherwise: int = FOR_EVERYONE) -> None:
    """Let a new file be whose the one ``before`` it was, as far as this user may give it away, and as readable.

    ``otherwise`` are the rights where there was none. So a night that root ran leaves nothing that is root's.
    """
    try:
        was = before.stat()
    except FileNotFoundError:
        new.chmod(otherwise)
        return
    for owner, group in ((-1, was.st_gid), (was.st_uid, -1)):
        with suppress(PermissionError):
            os.chown(new, owner, group)
    new.chmod(stat.S_IMODE(was.st_mode))


def make_folder(folder: Path, mode: int = FOLDER_FOR_EVERYONE) -> None:
    """Make a folder, with these rights, and those above it, for everyone. What is there stays as it is."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        make_folder(folder.parent)
    with (
        making(folder),
        suppress(FileExistsError),
    ):  # made by another process meanwhile; a file in its place is told by its users
        folder.mkdir(mode)
        folder.chmod(mode)


def trouble_of(folder: Path) -> OSError | None:
    """Why a folder, or where it is not there yet the one that it will be made in, cannot be written."""
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            folder.lstat()  # a name that no folder can have is told
        there = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
        if not there.is_dir():
            return NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
        with making(folder), TemporaryFile(dir=there):
            return None
    except OSError as error:
        error.filename = str(folder)
        return error


def keep_also_as(path: Path, name: Path) -> None:
    """Give a file a second name, or a copy where it can have none: as another user's file, or on some disks."""
    try:
        os.link(path, name)
    except OSError as refused:
        log.info("%s is copied to %s: it can have no second name (%s)", path, name, refused.strerror)
        aside = name.with_name(f".{name.name}.part")
        try:
            shutil.copyfile(path, aside)
            take_after(aside, path)
            aside.replace(name)
        finally:
            aside.unlink(missing_ok=True)
