"""Small disks of a test's own, in memory; and reasons to skip where they may not be had."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def a_small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    at.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        asked = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)]
        mounted = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("only root, and only on some machines, may mount a small disk")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def fill(disk: Path, *, but: int = 0) -> Path:
    """Fill the disk up to so many bytes; returns the file to drop when there is to be room again."""
    room = os.statvfs(disk)
    filler = disk / "somebody elses film"
    with filler.open("wb") as film:
        for _ in range(max(0, room.f_bavail * room.f_bsize - but) // 4096):
            film.write(b"\0" * 4096)
    return filler


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def make_writable(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
