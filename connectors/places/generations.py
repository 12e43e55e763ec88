"""A night at a place: files under names of its own first, then one pointer to them; readers never see half of it.

``latest.json`` names the folder of the night. It is replaced in one step and last; whoever follows it finds whole
what it names, for as long as ``KEPT`` nights come after. A run that died has left files that no pointer names: the
next one removes them. One installation publishes to a place; two would remove each other's.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.places.order import is_overtaken
from connectors.places.shelves import Shelf, in_words

log = logging.getLogger("trialwatch")

POINTER = "latest.json"
FOLDER = "generations"
KEPT = 7
GENERATION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
"""What we call a night's folder, by its run. Nothing else at the place is ever removed."""
AT_A_NAME_OF_THEIR_OWN = ("index.html", "changes.atom", "coming-up.ics")
"""Each is whole by itself, and people keep its address: it stands beside the pointer too."""
IN_A_FOLDER_TOO = ("trialwatch.duckdb",)
"""So does the file, where one that is open stays what it was: a bucket's is read in pieces, of two nights then."""
CLEAR = "clear away old nights"
OVERTAKEN = "put it over a later night's"


@dataclass(frozen=True, slots=True)
class Put:
    """What putting a night came to: how many files were sent, and how many a place copied from its last night.

    ``undone`` is what else was to be done there and could not: the night stands without it.
    """

    sent: int
    copied: int
    undone: tuple[str, ...] = ()


def put(shelf: Shelf, folder: Path, run_id: str, facts: Mapping[str, Any]) -> Put:
    """Put every file of a folder at a place, as the night of that run. ``facts`` go into the pointer."""
    before = _pointer(shelf)
    if is_overtaken(facts.get("published_at"), before.get("published_at")):
        return Put(0, 0, (OVERTAKEN,))
    earlier = [each for each in before.get("generations", []) if each != run_id]
    undone: list[str | None] = []
    if before:  # else nobody knows which nights are being read, until this one is there
        standing = [*earlier, *([run_id] if before.get("run_id") == run_id else [])]
        undone += [_tried(CLEAR, _clear, shelf, standing)]
    files = {path.relative_to(folder).as_posix(): _known_by(path) for path in _files(folder)}
    copied = 0
    for name, known in files.items():
        is_there = before.get("run_id") in earlier and before.get("files", {}).get(name) == known
        if is_there and _copied(shelf, f"{FOLDER}/{before['run_id']}/{name}", f"{FOLDER}/{run_id}/{name}"):
            copied += 1
        else:
            shelf.put(folder / name, f"{FOLDER}/{run_id}/{name}")
    kept = [run_id, *earlier][:KEPT]
    pointer = {**facts, "run_id": run_id, "generation": f"{FOLDER}/{run_id}", "generations": kept, "files": files}
    shelf.write(json.dumps(pointer, indent=1).encode(), POINTER)
    undone += [_tried("replace what stands beside the pointer", _copy_beside, shelf, run_id, files)]
    undone += [_tried(CLEAR, _clear, shelf, kept)]
    return Put(len(files) - copied, copied, tuple(dict.fromkeys(filter(None, undone))))


def _tried(what: str, do: Callable[..., None], *arguments: Any) -> str | None:
    """Do what the night can do without; returns ``what`` where it failed."""
    try:
        do(*arguments)
    except Exception as error:  # whatever a place's library raises
        log.warning("publishing elsewhere could not %s: %s", what, in_words(error))
        return what
    return None


def _copy_beside(shelf: Shelf, run_id: str, files: Collection[str]) -> None:
    for name in (*AT_A_NAME_OF_THEIR_OWN, *(IN_A_FOLDER_TOO if shelf.is_folder else ())):
        if name in files:
            shelf.copy(f"{FOLDER}/{run_id}/{name}", name)


def _pointer(shelf: Shelf) -> dict[str, Any]:
    """What the last night left; nothing where there was none, or it is not ours."""
    try:
        found = json.loads(shelf.read(POINTER) or b"{}")
        return found if all(GENERATION.fullmatch(each) for each in found["generations"]) else {}
    except (ValueError, KeyError, TypeError):
        return {}


def _copied(shelf: Shelf, name: str, to: str) -> bool:
    try:
        shelf.copy(name, to)
    except FileNotFoundError:  # somebody has removed it there
        return False
    return True


def _clear(shelf: Shelf, kept: list[str]) -> None:
    for name in shelf.folders(FOLDER):
        if GENERATION.fullmatch(name) and name not in kept:
            shelf.remove(f"{FOLDER}/{name}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _known_by(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
