"""The data directory: may this user write there, and is there room for a night."""

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import suppress

from connectors.files import trouble_of
from flows.demo.folder import must_be_real
from flows.doctor.case import Case
from flows.doctor.finding import GIVE_RIGHTS, Diagnosis, failure, of_error, warning, well
from flows.settings import Settings, SettingsError
from warehouse.publish.analysts_file import FILE as PUBLISHED
from warehouse.store.file import FILE as STORE

LEAST = 32 << 20
"""Bytes. A first night of a few trials takes some ten, in all."""


def folders(case: Case) -> Iterator[Diagnosis]:
    """Whether each folder that a night writes into can be written, by trying it."""
    settings = case.settings
    try:
        must_be_real(settings.data_dir)
    except SettingsError as error:
        yield failure("folders", str(error), "set TRIALWATCH_DATA_DIR to a folder of its own")
    named = (settings.data_dir, settings.store, settings.published, settings.landed, settings.outbox)
    troubles = [trouble for folder in named if (trouble := trouble_of(folder))]
    yield from (of_error("folders", each, GIVE_RIGHTS) for each in troubles)
    if not troubles:
        yield _owned(settings) or well("folders", f"{settings.data_dir.absolute()} can be written")


def _owned(settings: Settings) -> Diagnosis | None:
    """What this user writes there is this user's: another one, who runs the nights, may then not."""
    try:
        owner = settings.data_dir.stat().st_uid
    except OSError:
        return None
    if owner == os.geteuid():
        return None
    name = f"user {owner}"
    with suppress(KeyError):
        name = pwd.getpwuid(owner).pw_name
    told = f"{settings.data_dir.absolute()} is {name}'s, and this is another user"
    return warning("folders", told, f"run trialwatch as {name}")


def room(case: Case) -> Iterator[Diagnosis]:
    """Whether what is free would hold the store and the published file twice more."""
    try:
        yield _room(case.settings)
    except OSError as error:
        yield of_error("disk", error, GIVE_RIGHTS)


def _room(settings: Settings) -> Diagnosis:
    there = next(path for path in (settings.data_dir, *settings.data_dir.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    files = (settings.store / STORE, settings.published / PUBLISHED)
    needed = max(LEAST, 2 * sum(path.stat().st_size for path in files if path.is_file()))
    told = f"{_megabytes(free)} are free on the disk of {there.absolute()}"
    wanted = f"{_megabytes(needed)} should be: twice what the store and the published file take"
    make_room = "make room there, or move TRIALWATCH_DATA_DIR to a larger disk"
    if free < needed:
        return failure("disk", f"{told}; {wanted}", make_room)
    if free < 2 * needed:
        return warning("disk", f"{told}, which will soon be too little; {wanted}", make_room)
    return well("disk", told)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
