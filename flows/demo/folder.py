"""The demo's folder: made, recognised and cleared without ever deleting what trialwatch did not make.

A list of all that a demo left lies in the folder. Only what is on that list is removed, and nothing at all where
anything else lies beside it: a person's file among ours is worth more than a tidy folder.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.files import making, write_whole
from flows.settings import SettingsError

LIST = ".made-by-trialwatch-demo.json"
OTHERS_SHOWN = 3


def is_demo(data_dir: Path) -> bool:
    """Whether a data directory is one that the demo made."""
    return (data_dir.parent / LIST).is_file()


def must_be_real(data_dir: Path) -> None:
    """Raises ``SettingsError`` where a real night would go among made-up ones."""
    if is_demo(data_dir):
        raise SettingsError(
            f"{data_dir} holds the demo's made-up nights; set TRIALWATCH_DATA_DIR to another folder"
        )


@contextmanager
def prepared(folder: Path) -> Iterator[None]:
    """An empty folder for a demo; whatever ends the block, what has been made by then is on the list.

    Raises ``SettingsError`` when the name is taken by something that the demo did not make.
    """
    clear(folder)
    with making(folder):
        folder.mkdir(parents=True, exist_ok=True)
    note(folder)
    try:
        yield
    finally:
        note(folder)


def clear(folder: Path) -> bool:
    """Remove what an earlier demo made; False where there is nothing. Raises ``SettingsError`` as ``prepared``."""
    if not os.path.lexists(folder):
        return False
    if folder.is_symlink() or not folder.is_dir():
        raise SettingsError(f"{folder} is {_what(folder)} that the demo did not make; {_choices(folder)}")
    there = list(_contents(folder))
    if not there:
        return False
    ours = _listed(folder)
    others = [path for path in there if path not in ours]
    if others or not ours:
        raise SettingsError(f"{folder} holds what the demo did not make ({_named(others)}); {_choices(folder)}")
    _remove(folder, there)
    return True


def _remove(folder: Path, names: list[str]) -> None:
    """The list goes last: cut short, the rest is still known as ours."""
    for name in sorted(names, key=lambda name: (name != LIST, name), reverse=True):
        if name.endswith("/"):
            (folder / name).rmdir()
        else:
            (folder / name).unlink()
    folder.rmdir()


def _contents(folder: Path) -> Iterator[str]:
    """All there is, by its way from here; folders end in a stroke. What a link leads to is somebody else's."""
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent) / name
            way = path.relative_to(folder).as_posix()
            yield f"{way}/" if name in folders and not path.is_symlink() else way


def note(folder: Path) -> None:
    """Put on the list all that is in the folder now."""
    made = sorted({LIST, *_contents(folder)})
    write_whole(folder / LIST, json.dumps(made, indent=1).encode())


def _listed(folder: Path) -> frozenset[str]:
    try:
        return frozenset(map(str, json.loads((folder / LIST).read_bytes())))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _what(folder: Path) -> str:
    return "a link" if folder.is_symlink() else "a file"


def _named(others: list[str]) -> str:
    more = f" and {len(others) - OTHERS_SHOWN} more" if len(others) > OTHERS_SHOWN else ""
    return ", ".join(sorted(others)[:OTHERS_SHOWN]) + more or "no list of ours is in it"


def _choices(folder: Path) -> str:
    return f"nothing was touched: move {folder} away, or name another with --folder"
