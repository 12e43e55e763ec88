"""Files that are whole or not there, and no more readable than they may be."""

import os
from pathlib import Path

import pytest

from connectors.files import write_whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.eml"


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_a_dead_program_left_beside_a_file_neither_stands_in_the_way_nor_opens_it(path: Path) -> None:
    left = path.with_name(f".{path.name}.part")
    left.write_bytes(b"to: nobody@example.org")
    left.chmod(0o644)
    write_whole(path, b"to: she@example.org", 0o600)
    assert (path.read_bytes(), rights(path)) == (b"to: she@example.org", 0o600)
    assert not left.exists()


def test_it_is_as_readable_as_the_one_before_whatever_the_umask(path: Path) -> None:
    umask = os.umask(0)
    try:
        write_whole(path, b"1", 0o600)
        assert rights(path) == 0o600
        path.chmod(0o640)
        write_whole(path, b"2", 0o600)
        assert rights(path) == 0o640
    finally:
        os.umask(umask)
