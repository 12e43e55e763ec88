"""Records read in processes of their own: the same night, whatever is among them and whatever becomes of those."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.clinicaltrials_gov.reading import Reader, Reading
from connectors.registry import Collected, Search
from tests.records import a_trial
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Certificate, Night
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.store.file import opened
from warehouse.store.landed import Landed, Landing

NAME = "clinicaltrials.gov"
EVERYTHING = Watch("everything", (NAME,), everything=True, relevance="ketamine-substance-use")
NUMBERS = [f"NCT4000{number:04d}" for number in range(60)]
LONG = "words of a protocol, " * 12_000
"""A quarter of a megabyte: four records fill a frame, twelve frames a piece."""


class Watchful(Reader):
    """Counts what the night itself reads. In any other process it dies, or has no memory, if it is told to."""

    def __init__(self, *, dies: bool = False, has_no_memory: bool = False) -> None:
        self.home = os.getpid()
        self.dies = dies
        self.has_no_memory = has_no_memory
        self.read_here: list[str] = []

    def read(self, payload: bytes, today: date) -> Reading:
        if os.getpid() != self.home and self.dies:
            os._exit(1)
        if os.getpid() != self.home and self.has_no_memory:
            with duckdb.connect(config={"memory_limit": "1MB", "temp_directory": ""}) as con:
                con.execute("CREATE TABLE too_much AS SELECT range AS n FROM range(1_000_000)")
        found = super().read(payload, today)
        self.read_here.append(found.trial_id)
        return found


def record(number: str, **status: Any) -> dict[str, Any]:
    trial = a_trial(number, **status)
    trial["protocolSection"]["descriptionModule"] = {"detailedDescription": LONG}
    return trial


def landed(folder: Path, day: str, records: Iterable[dict[str, Any] | bytes], reader: Reader) -> Landed:
    sent = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    found_by = {number: ["everything"] for number in NUMBERS}
    search = Search("everything", len(sent), len(sent), len(sent))
    with Landing(folder / f"{day}.ndjson.zst", marking(reader)) as landing:
        for each in sent:
            landing.write(each)
        return landing.finish(Collected(NAME, day, day, [search], found_by))


def kept(
    folder: Path, nights: list[list[dict[str, Any] | bytes]], processes: int | None, reader: Reader
) -> tuple[list[Certificate], dict[str, list[tuple[Any, ...]]]]:
    """The certificates of some nights, a day apart, and all that the store holds after them."""
    certificates = []
    folder.mkdir()
    with opened(folder) as con:
        for day, records in enumerate(nights, 12):
            now = datetime.fromisoformat(f"2026-09-{day}T02:30:00")
            file = landed(folder, f"2026-09-{day - 1}", records, reader)
            night = Night(
                f"night-{day}",
                EVERYTHING,
                NAME,
                now,
                partial(datetime.replace, now),
                folder / "work",
                reader,
                processes=processes,
            )
            certificates.append(keep_night(con, night, file))
            assert list((folder / "work").glob("*")) == []
        return certificates, tables(con)


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    names = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    return {
        name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in names if name != "store_schema"
    }


def see_that_both_agree(folder: Path, *nights: list[dict[str, Any] | bytes]) -> tuple[Watchful, list[Certificate]]:
    watchful = Watchful()
    expected = kept(folder / "here", list(nights), 1, Reader())
    found = kept(folder / "apart", list(nights), 2, watchful)
    assert found == expected
    return watchful, found[0]


@pytest.mark.slow
def test_what_other_processes_read_is_kept_as_if_the_night_had_read_it(tmp_path: Path) -> None:
    odd = record(NUMBERS[7])
    odd["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "many"
    records: list[dict[str, Any] | bytes] = [
        *map(record, NUMBERS[:7]),
        odd,
        b"{",
        b"[]",
        *map(record, NUMBERS[8:]),
    ]
    watchful, (certificate,) = see_that_both_agree(tmp_path, records)
    assert (certificate.new_versions, certificate.quarantined) == (len(NUMBERS), 2)
    assert watchful.read_here == []


@pytest.mark.slow
def test_what_is_held_is_read_by_the_night_itself(tmp_path: Path) -> None:
    first = list(map(record, NUMBERS[:20]))
    changed = [record(number, overallStatus="COMPLETED") for number in NUMBERS[:3]]
    watchful, (_, second) = see_that_both_agree(tmp_path, [*first], [*changed, *map(record, NUMBERS[3:])])
    assert (second.new_versions, second.changes) == (43, 43)
    assert sorted(watchful.read_here) == sorted(NUMBERS[:3] * 2)


@pytest.mark.slow
def test_two_records_of_one_number_that_two_processes_read_are_told_apart(tmp_path: Path) -> None:
    again = record(NUMBERS[0], overallStatus="COMPLETED")
    _, (certificate,) = see_that_both_agree(tmp_path, [*map(record, NUMBERS), again])
    assert (certificate.new_versions, certificate.quarantined) == (len(NUMBERS), 1)


@pytest.mark.slow
def test_a_held_trial_that_lands_as_it_was_and_as_it_is_is_told_apart(tmp_path: Path) -> None:
    again = record(NUMBERS[0], overallStatus="COMPLETED")
    others = list(map(record, NUMBERS[1:]))
    _, (_, second) = see_that_both_agree(tmp_path, [record(NUMBERS[0])], [again, *others, record(NUMBERS[0])])
    assert (second.new_versions, second.quarantined) == (len(NUMBERS), 1)


@pytest.mark.slow
@pytest.mark.parametrize("dying", [Watchful(dies=True), Watchful(has_no_memory=True)], ids=["dies", "no memory"])
def test_a_process_that_dies_costs_time_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, dying: Watchful
) -> None:
    records: list[dict[str, Any] | bytes] = [*map(record, NUMBERS)]
    with caplog.at_level(logging.WARNING, "trialwatch"):
        found = kept(tmp_path / "apart", [records], 2, dying)
    assert "the records are read without processes of their own" in caplog.text
    assert dying.read_here == NUMBERS
    assert found == kept(tmp_path / "here", [records], 1, Reader())


WITHOUT_PROCESSES = """
import multiprocessing, sys
from pathlib import Path
multiprocessing.set_forkserver_preload(["tests.warehouse.keep.cannot_fork"])
from tests.warehouse.keep.test_processes import NUMBERS, Reader, kept, record
(certificate,), _ = kept(Path(sys.argv[1]), [[*map(record, NUMBERS)]], 2, Reader())
print(certificate.outcome, certificate.new_versions)
"""


@pytest.mark.slow
def test_where_no_process_can_be_had_the_night_reads_alone(tmp_path: Path) -> None:
    """In a process of its own, for the server that forks is there once for all."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROCESSES, str(tmp_path / "store")],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == f"complete {len(NUMBERS)}\n", done.stderr
    assert "without processes of their own" in done.stderr
