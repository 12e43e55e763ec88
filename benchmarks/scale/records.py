"""The records of a registry of any size: real ones under other numbers where they are, else made-up ones.

The same size and night always make the same bytes. Of a real record only what we ask the registry for is kept.
"""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from connectors.simulated import made_up

REAL = Path(__file__).parents[3] / "shared/registry/records/real_records.jsonl.gz"
SEED = 20260912
ONE_IN = 100
"""One record in so many changes in a changed night."""
FIRST_NUMBER = 90_000_000
"""Beyond the real numbers, so that no former number in a record leads to another of ours."""
ASKED_FOR = ("protocolSection", "derivedSection", "hasResults")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the registry sends on one night. ``day`` is that of its data version, which is in every record."""

    name: str
    day: str
    is_changed: bool = False

    @property
    def data_version(self) -> str:
        return f"{self.day}T09:00:04"


FIRST = Sent("first", "2026-09-11")
STAMPED = Sent("stamped", "2026-09-14")
CHANGED_NIGHT = Sent("changed", "2026-09-15", is_changed=True)


def kind() -> str:
    """What the records are made from, in words."""
    return "real records under other numbers" if REAL.exists() else "made-up records under other numbers"


def trial_ids(size: int) -> list[str]:
    return [f"NCT{FIRST_NUMBER + number:08d}" for number in range(size)]


def changed(size: int) -> int:
    """How many of so many records change in a changed night."""
    return max(1, size // ONE_IN)


def write(path: Path, size: int, sent: Sent) -> None:
    """Write what is sent on that night, a record a line."""
    with path.open("wb") as file:
        for record in _records(size, sent):
            file.write(record + b"\n")


def _records(size: int, sent: Sent) -> Iterator[bytes]:
    originals = _originals()
    chance = random.Random(SEED)
    changes = set(chance.sample(range(size), changed(size))) if sent.is_changed else set()
    chance.seed(SEED)
    for number, trial_id in enumerate(trial_ids(size)):
        record: Record = msgspec.json.decode(chance.choice(originals))
        _renumber(record, trial_id, number)
        if "derivedSection" in record:
            record["derivedSection"].setdefault("miscInfoModule", {})["versionHolder"] = sent.day
        if number in changes:
            _change(record, sent.day)
        yield msgspec.json.encode(record)


def _originals() -> list[bytes]:
    if not REAL.exists():
        return [msgspec.json.encode(record) for record in made_up.records()]
    with gzip.open(REAL) as lines:
        records = map(msgspec.json.decode, lines)
        return [msgspec.json.encode({part: each[part] for part in ASKED_FOR if part in each}) for each in records]


def _renumber(record: Record, trial_id: str, number: int) -> None:
    """Give a copy its own number, and titles and sponsor's number that are no other's."""
    names = record["protocolSection"]["identificationModule"]
    names["nctId"] = trial_id
    for title in ("briefTitle", "officialTitle"):
        if title in names:
            names[title] += f" ({number})"
    if "orgStudyIdInfo" in names:
        names["orgStudyIdInfo"]["id"] = f"{names['orgStudyIdInfo'].get('id', '')}-{number}"


def _change(record: Record, day: str) -> None:
    """What sponsors change most: the date of completion and the enrolment, with a new posting."""
    protocol = record["protocolSection"]
    protocol["statusModule"]["completionDateStruct"] = {"date": "2029-03", "type": "ESTIMATED"}
    protocol["statusModule"]["lastUpdatePostDateStruct"] = {"date": day, "type": "ACTUAL"}
    protocol.setdefault("designModule", {})["enrollmentInfo"] = {"count": 4321, "type": "ESTIMATED"}
