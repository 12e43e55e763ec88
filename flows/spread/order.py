"""What a shard is told, and what it leaves: small, without a secret, and read strictly.

Prefect stores and shows an order. Addresses of registries and of the shared place are each machine's own settings.
"""

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

import msgspec

from flows.spread.place import SharedPlace


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a job of a night. ``told`` is for that kind of job; ``attempt`` counts from 1.

    ``share`` is among how many a registry's pace is divided.
    """

    run_id: str
    job: str
    batch: str
    name: str
    share: int
    told: dict[str, Any]
    attempt: int = 1

    @property
    def at(self) -> str:
        """Its folder in the shared place; the same for every attempt."""
        return f"{self.run_id}/{self.batch}/{self.name}"

    @property
    def pulse(self) -> str:
        return f"{self.at}/pulse-{self.attempt}"

    @property
    def nights_pulse(self) -> str:
        return f"{self.run_id}/{self.batch}/night"

    def again(self) -> "Order":
        return msgspec.structs.replace(self, attempt=self.attempt + 1)


class KeptFile(msgspec.Struct, frozen=True):
    """Under which name a file is kept in the shared place, and the hash of its bytes."""

    name: str
    blake2b: str


Whole = dict[str, KeptFile]
"""All that a shard made. That it is there says that the shard is done."""

_whole = msgspec.json.Decoder(Whole)


def made(place: SharedPlace, order: Order) -> Whole | None:
    """What was made of an order, by whichever attempt; None as long as it is not whole."""
    said = place.read(f"{order.at}/whole.json")
    try:
        return None if said is None else _whole.decode(said)
    except msgspec.DecodeError:
        return None  # a store that is neither a folder nor one of objects may show half of it


def leave(place: SharedPlace, order: Order, files: dict[str, Path]) -> None:
    """Leave files in the shared place, and then, at once, that they are whole. Who comes second replaces all."""
    token = secrets.token_hex(4)
    whole: Whole = {}
    for name, file in files.items():
        whole[name] = KeptFile(f"{order.at}/{token}-{name}", _hash(file))
        place.put(file, whole[name].name)
    place.write(f"{order.at}/whole.json", msgspec.json.encode(whole))


def take(place: SharedPlace, whole: Whole, folder: Path) -> dict[str, Path]:
    """Copy what a shard made into a folder. Raises ``ValueError`` where it is not what the shard wrote."""
    if strange := [name for name in whole if not re.fullmatch(r"[a-z]+(-\d+)?", name)]:
        raise ValueError(f"{strange[0]!r} is no name that a shard gives a file")
    folder.mkdir(parents=True)
    files = {name: folder / name for name in whole}
    for name, kept in whole.items():
        place.fetch(kept.name, files[name])
        if _hash(files[name]) != kept.blake2b:
            raise ValueError(f"{kept.name} is not what was written there")
    return files


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
