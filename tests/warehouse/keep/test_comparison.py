"""A night in which a registry touches every record that it has: all of them are compared, some at a time."""

import json
import weakref
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.reading import Reader, Reading
from connectors.registry import Collected, Search
from tests.records import a_trial
from warehouse.judge.checks import Acceptance
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate, Night
from warehouse.keep.holdings import A_BATCH, latest
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.store.file import opened
from warehouse.store.landed import Landing

NAME = "clinicaltrials.gov"
EVERYTHING = Watch("everything", (NAME,), everything=True, relevance="ketamine-substance-use")
NUMBERS = [f"NCT3{number:07d}" for number in range(A_BATCH * 5 // 2)]


class Watched(Reader):
    """Counts the records that are in memory, read, at one time."""

    def __init__(self) -> None:
        self.most = 0
        self._alive: weakref.WeakValueDictionary[int, Reading] = weakref.WeakValueDictionary()

    def read(self, payload: bytes, today: date) -> Reading:
        found = super().read(payload, today)
        self._alive[id(found)] = found
        self.most = max(self.most, len(self._alive))
        return found


def night(
    folder: Path,
    day: int,
    records: list[dict[str, Any]],
    reader: Reader,
    accepted: Acceptance | None = None,
) -> Certificate:
    now = datetime.fromisoformat(f"2026-09-{day}T02:30:00")
    data_version = f"2026-09-{day - 1}"
    search = Search("everything", len(records), len(records), len(records))
    found_by = {record["protocolSection"]["identificationModule"]["nctId"]: ["everything"] for record in records}
    with Landing(folder / f"{day}.ndjson.zst", marking(reader)) as landing:
        for record in records:
            landing.write(json.dumps(record).encode())
        file = landing.finish(Collected(NAME, data_version, data_version, [search], found_by))
    tonight = Night(
        f"night-{day}",
        EVERYTHING,
        NAME,
        now,
        lambda: now,
        folder / "work",
        reader,
        accepted=accepted,
        processes=1,
    )
    with opened(folder / "store") as con:
        certificate = keep_night(con, tonight, file)
    assert list((folder / "work").iterdir()) == []
    return certificate


def changes(folder: Path) -> list[tuple[Any, ...]]:
    with opened(folder / "store") as con:
        return con.execute("SELECT trial_id, kind, from_version, to_version FROM change ORDER BY rowid").fetchall()


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()


@pytest.mark.slow
def test_every_record_can_change_in_one_night_and_few_are_in_memory(tmp_path: Path) -> None:
    night(tmp_path, 12, [a_trial(number) for number in NUMBERS], Reader())
    watched = Watched()
    changed = [a_trial(number, overallStatus="COMPLETED") for number in reversed(NUMBERS)]
    certificate = night(tmp_path, 13, changed, watched)
    assert (certificate.outcome, certificate.new_versions, certificate.changes) == (
        "complete",
        len(NUMBERS),
        len(NUMBERS),
    )
    assert watched.most <= A_BATCH + 2
    assert changes(tmp_path) == [(number, "completed", 1, 2) for number in reversed(NUMBERS)], "as they came"


def test_a_night_that_is_refused_leaves_nothing_of_what_it_compared(tmp_path: Path) -> None:
    """All records are others though nothing was posted: refused, until a person says that it is in order."""
    numbers = NUMBERS[:60]
    night(tmp_path, 12, [a_trial(number) for number in numbers], Reader())
    others = [a_trial(number, overallStatus="PAUSED") for number in numbers]
    assert night(tmp_path, 13, others, Reader()).outcome == "refused"
    assert changes(tmp_path) == []
    certificate = night(tmp_path, 14, others, Reader(), Acceptance("share_changed", "in order", "Ada"))
    assert (certificate.outcome, certificate.new_versions) == ("complete", len(numbers))
    assert {(kind, before, after) for _, kind, before, after in changes(tmp_path)} == {("status_changed", 1, 2)}


def test_days_and_statuses_are_in_memory_once_each(tmp_path: Path) -> None:
    """A whole registry has 600,000 trials, and some dozens of statuses and thousands of days."""
    night(tmp_path, 12, [a_trial(number) for number in NUMBERS[:3]], Reader())
    with opened(tmp_path / "store") as con:
        held = latest(con, NAME)
    assert list(held) == NUMBERS[:3]
    for part in ("overall_status", "first_posted_on", "last_update_posted_on"):
        assert len({id(getattr(each, part)) for each in held.values()}) == 1, part
