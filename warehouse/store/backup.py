"""The store as one file to keep elsewhere, and back again. The caller holds the store (``file.locked``)."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

from connectors.files import flush, keep_also_as, make_folder
from warehouse.errors import BackupError
from warehouse.store.file import FILE, SCHEMA_VERSION, connected, copy_whole, version_of


def back_up(folder: Path, to: Path) -> None:
    """Copy the store, whole or not at all. Raises ``BackupError`` where there is none yet."""
    store = folder / FILE
    if not store.exists():
        raise BackupError(f"there is no store in {folder} yet: run `trialwatch run` first")
    if to.is_dir():
        raise BackupError(f"{to} is a folder; name the file to write")
    if to.exists() and not to.is_file():
        raise BackupError(f"{to} is a device or the like; name a file to write")
    if to.exists() and to.samefile(store):
        raise BackupError(f"{to} is the store itself; name another file")
    if to.exists() and to.stat().st_size:
        _must_be_a_store(to, f"{to} is there already and is not overwritten: it")
    copy_whole(store, to)


def restore(folder: Path, backup: Path, now: datetime) -> Path | None:
    """Put a backup in the store's place; the store that was there is kept beside it under the path returned.

    ``now`` names it. Raises ``BackupError`` for a file that is no backup, or one that a newer trialwatch made;
    then nothing has changed.
    """
    if backup.is_dir():
        raise BackupError(f"{backup} is a folder; name the file that `trialwatch backup` wrote")
    if not backup.is_file():
        raise BackupError(f"{backup} is not there")
    version = _must_be_a_store(backup, str(backup))
    if version > SCHEMA_VERSION:
        raise BackupError(
            f"{backup} holds tables of version {version}, this trialwatch knows versions up to {SCHEMA_VERSION}: "
            "restore it with the trialwatch that made it, or a newer one"
        )
    make_folder(folder, mode=0o700)
    store = folder / FILE
    aside = folder / f".{FILE}.restored"
    copy_whole(backup, aside)
    kept = _keep_under_another_name(store, now)
    aside.replace(store)
    flush(folder)
    return kept


def _must_be_a_store(file: Path, named: str) -> int:
    """The version of a store's tables. Raises ``BackupError`` for a file that is anything else."""
    try:
        with connected(file, read_only=True) as con:
            version = version_of(con)
    except duckdb.Error as error:
        raise BackupError(f"{named} is no backup of trialwatch: {str(error).splitlines()[0]}") from error
    if version is None:
        raise BackupError(f"{named} is no backup of trialwatch: it holds none of its tables")
    return version


def _keep_under_another_name(store: Path, now: datetime) -> Path | None:
    """The store that is to be replaced, and its write-ahead log, under another name as well.

    It keeps its own name until the other takes it: were there no store for an instant and we died in it, the
    next night would begin a new one.
    """
    if not store.exists():
        return None
    with suppress(duckdb.Error), connected(store, read_only=False) as con:  # it may be broken
        con.execute("CHECKPOINT")
    kept = store.with_name(f"{store.name}.before-{now:%Y%m%dT%H%M%S%f}")
    log = store.with_name(f"{store.name}.wal")
    for path, name in ((store, kept), (log, kept.with_name(f"{kept.name}.wal"))):
        name.unlink(missing_ok=True)
        if path.exists():
            keep_also_as(path, name)
    log.unlink(missing_ok=True)
    return kept
