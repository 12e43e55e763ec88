"""What can go wrong in the warehouse, named by who must act. Every text says what to do.

``named`` is the one place where a failure of the system or of DuckDB gets such a name; what has none is a bug.
"""

import errno
import os
import pwd
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class WarehouseError(Exception):
    """Anything the warehouse refuses."""


class StoreHeldError(WarehouseError):
    """Another process holds the store: wait, or stop it. ``holder`` is what it says that it is, if it does."""

    def __init__(self, sentence: str, holder: str = "") -> None:
        super().__init__(sentence)
        self.holder = holder


class OperatorError(WarehouseError):
    """Nothing here can mend it: whoever runs this machine must act."""


class StoreSchemaError(OperatorError):
    """The store was written by another version of trialwatch."""


class DiskError(OperatorError):
    """The disk is full, cannot be written, or fails; or there is not enough memory."""


class DamagedError(OperatorError):
    """A file of ours is not what was written into it."""


class StoreGoneError(OperatorError):
    """There is no store where nights were kept in one."""


class NothingStoredError(OperatorError):
    """There is no store yet: run a night first."""


class NothingPublishedError(WarehouseError):
    """There is no published file to read yet: run a night first."""


class QuestionError(WarehouseError):
    """A question that cannot be answered as asked: the asker must change it."""


class BackupError(WarehouseError):
    """A backup that cannot be made or restored as asked: the operator must act."""


_AS_IT_WAS = "what was complete is kept, the rest is as it was"
_FULL = f"{{}}: the disk is full; make room and run again ({_AS_IT_WAS})"
_ELSEWHERE = "or name another place (TRIALWATCH_DATA_DIR is the data's)"
_NOT_ALLOWED = f"{{}}: this user may not do that; give it the right, {_ELSEWHERE}"
_IN_THE_WAY = f"{{}} is in the way: a file stands where a folder must be, or the reverse; move it, {_ELSEWHERE}"
_TOO_MANY = f"{{}}: too many files are open; raise the limit (ulimit -n) and run again ({_AS_IT_WAS})"
SENTENCES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: f"{{}}: this user's share of the disk is used up; make room and run again ({_AS_IT_WAS})",
    errno.EFBIG: f"{{}}: the file would be larger than this system allows; raise the limit ({_AS_IT_WAS})",
    errno.EROFS: f"{{}}: the disk can only be read; mount it for writing, {_ELSEWHERE}",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EOPNOTSUPP: f"{{}}: nothing can be made there; make it where there is a disk, {_ELSEWHERE}",
    errno.EIO: f"{{}}: the disk failed; see to it (dmesg says more) and run again ({_AS_IT_WAS})",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
"""What the operator can do about a failure of the system."""
_OTHERWISE = f"{{}}: {{}}; see to it, {_ELSEWHERE}"
"""Of whatever else befalls a file. What is not there is a fault of ours: ``making`` tells what cannot be there."""
NO_MEMORY = f"there was not enough memory; give it more and run again ({_AS_IT_WAS})"
SIGNS_OF_DAMAGE = re.compile(
    "not a valid DuckDB database file|Could not read enough bytes|Corrupt database file|Failed to deserialize"
)
LOCKED = re.compile(r"Conflicting lock is held in (?P<who>.+?)(?: by user [^.]+)?\. See also")
PATH = re.compile(r'file "([^"]+)"', re.IGNORECASE)


def named(error: BaseException) -> WarehouseError | None:
    """What a failure means to whoever runs us; None when only a developer can do anything about it."""
    for each in _behind(error):
        if isinstance(each, WarehouseError):  # has its name already
            return each if isinstance(each, OperatorError | StoreHeldError) else None
        found = _of_the_system(each) if isinstance(each, OSError) else _of_duckdb(each)
        if found:
            return found
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from. In DuckDB's wake more errors follow, of which the first is the cause."""
    import duckdb

    while error:
        yield error
        error = error.__cause__ or (error.__context__ if isinstance(error, duckdb.Error) else None)


def _of_the_system(error: OSError) -> WarehouseError | None:
    if error.errno in (errno.ENOENT, errno.EOPNOTSUPP) and not _is_anywhere():
        return DiskError("the folder that this was started in is gone: go to one that is there and run again")
    sentence = SENTENCES.get(error.errno or 0)
    where = error.filename2 or error.filename
    if sentence:
        return DiskError(_said(sentence, str(where or "where the data or the output go")))
    if where and error.errno not in (None, errno.ENOENT):
        return DiskError(_OTHERWISE.format(where, os.strerror(error.errno or 0).lower()))
    return None


def _is_anywhere() -> bool:
    """Whether the folder that this process works in is still there: paths are relative to it by default."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _said(sentence: str, where: str) -> str:
    """The sentence of a file; where this user lacks a right, it says whose the file is, or its folder."""
    return sentence.format(f"{where} ({_owner(Path(where))})" if sentence is _NOT_ALLOWED else where)


def _owner(path: Path) -> str:
    """Whose a path is; of one that is not there, or cannot be seen, whose the folder is."""
    for each in (path, *path.absolute().parents):
        with suppress(OSError):
            number = each.stat().st_uid
            try:
                name = pwd.getpwuid(number).pw_name
            except KeyError:
                name = f"user {number}"
            return f"{name}'s" if each == path else f"in {each}, {name}'s"
    return "of an owner unknown"


def _of_duckdb(error: BaseException) -> WarehouseError | None:
    """DuckDB says in words what the system told it, and nothing else."""
    import duckdb

    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return DiskError(NO_MEMORY)
    if not isinstance(error, duckdb.Error):
        return None
    said = str(error)
    path = PATH.search(said)
    where = path[1] if path else "the store"
    if lock := LOCKED.search(said):
        return StoreHeldError(f"{where} is open in {lock['who']}: close it there and run again")
    if SIGNS_OF_DAMAGE.search(said):
        return DamagedError(
            f"{where} is damaged and nothing was written to it: put a good copy in its place "
            "with `trialwatch restore FILE` and run again"
        )
    for number, sentence in SENTENCES.items():
        if said.endswith(os.strerror(number)):
            return DiskError(_said(sentence, where))
    return None
