"""Parquet of every view: the same rows as the file, saying where they come from, whole at every instant."""

import os
import shutil
import threading
import time
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status
from warehouse.publish.analysts_file import FILE, VIEWS, publish
from warehouse.publish.last_night import NOTHING
from warehouse.publish.parquet import put_in_place, write_parquet
from warehouse.store.file import opened

LONG_TEXTS = """
CREATE TEMP TABLE made AS SELECT format('NCT{:08d}', n) AS trial_id FROM range(1, 60001) AS numbers(n);
INSERT INTO trial BY NAME SELECT trial_id, 'clinicaltrials.gov' AS registry_name, 1 AS version_number,
    TIMESTAMP '2026-09-12 02:30' AS first_seen_at, TIMESTAMP '2026-09-12 02:30' AS last_seen_at FROM made;
INSERT INTO trial_version BY NAME SELECT trial_id, 1 AS version_number,
    TIMESTAMP '2026-09-12 02:30' AS observed_at, 'nightly' AS source,
    trial_id AS content_hash, 'r' AS run_id, trial_id AS title FROM made;
INSERT INTO trial_detail BY NAME SELECT trial_id, repeat(trial_id, 700) AS detailed_description FROM made
"""
"""Of sixty thousand trials, half a gigabyte."""
NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone


@pytest.mark.slow
def test_every_view_is_there_with_the_files_own_rows(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002", overallStatus="COMPLETED"))
    house.night()
    folder = house.settings.published / "parquet"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{view}.parquet" for view in VIEWS)
    with duckdb.connect(str(house.settings.published / FILE), read_only=True) as con:
        for view in VIEWS:
            path = str(folder / f"{view}.parquet")
            assert (
                con.execute("SELECT * FROM read_parquet(?) ORDER BY ALL", [path]).fetchall()
                == con.execute(f"SELECT * FROM {view} ORDER BY ALL").fetchall()
            ), view
            said = con.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [path]).fetchall()
            told = dict(said)
            assert told["registry"] == "clinicaltrials.gov"
            assert told["data_version"] == "2026-09-11T09:00:04"
            assert "not medical advice" in told["notice"]
            assert told["terms"].startswith("ClinicalTrials.gov asks: Name ClinicalTrials.gov as the source")
            assert told["run_id"].startswith("20260912T023000Z-")


@pytest.mark.slow
def test_the_last_night_is_in_place_and_the_one_before_stays_for_who_is_reading_it(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001"))
    folder = house.settings.published / "parquet"
    nights = []
    for status in ("RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED"):
        registry.edit("NCT10000001", with_status(status))
        registry.night()
        house.night()
        nights.append(folder.resolve())
    with duckdb.connect() as con:
        statuses = [
            con.execute("SELECT overall_status FROM read_parquet(?)", [str(night / "trials.parquet")]).fetchall()
            for night in nights[1:]
        ]
    assert statuses == [[("ACTIVE_NOT_RECRUITING",)], [("COMPLETED",)]]
    assert sorted(folder.parent.glob("earlier/parquet-*")) == nights[1:]


def a_folder(parent: Path, name: str) -> Path:
    folder = parent / "earlier" / f"parquet-{name}"
    folder.mkdir(parents=True)
    for view in VIEWS:
        (folder / f"{view}.parquet").write_text(name)
    return folder


@pytest.mark.slow
def test_a_reader_finds_one_night_or_the_other_and_never_none(tmp_path: Path) -> None:
    put_in_place(a_folder(tmp_path, "0"), tmp_path / "parquet")
    ended, missed = threading.Event(), []

    def read() -> None:
        while not ended.is_set():
            try:
                # Opened once, a folder stays the night it was, as a reader who lists and then reads has it.
                handle = os.open(tmp_path / "parquet", os.O_RDONLY)
            except FileNotFoundError as error:
                missed.append(error)
            else:
                os.close(handle)

    reader = threading.Thread(target=read)
    reader.start()
    for night in range(1, 50):
        put_in_place(a_folder(tmp_path, str(night)), tmp_path / "parquet")
        time.sleep(0.01)  # a folder stays for a night: while a reader opens it, two must not pass
    ended.set()
    reader.join()
    assert missed == []
    assert {path.read_text() for path in (tmp_path / "parquet").iterdir()} == {"49"}


def test_a_copy_that_made_a_folder_of_the_link_is_replaced(tmp_path: Path) -> None:
    shutil.copytree(a_folder(tmp_path, "old"), tmp_path / "parquet")
    put_in_place(a_folder(tmp_path, "new"), tmp_path / "parquet")
    assert (tmp_path / "parquet" / "trials.parquet").read_text() == "new"
    assert [path.name for path in (tmp_path / "earlier").iterdir()] == ["parquet-new"], "and nothing else is left"


@pytest.mark.slow
def test_long_texts_are_not_held_all_at_once(tmp_path: Path) -> None:
    """A whole registry took four gigabytes: its texts all at once, and rows by the hundred thousand."""
    (tmp_path / "store").mkdir()
    with opened(tmp_path / "store") as con:
        con.execute(LONG_TEXTS)
        publish(con, tmp_path / "published", now=NOW, run_id="r", is_complete=True, companions={})
    with duckdb.connect(str(tmp_path / "published" / FILE), read_only=True) as con:
        for setting in ("memory_limit = '500MB'", "threads = 1"):
            con.execute(f"SET {setting}")
        write_parquet(con, {"trials": "m"}, tmp_path / "columns", tmp_path / "parquet", NOTHING, {"run_id": "r"})
        told = con.execute(
            "SELECT count(*), min(length(detailed_description)) FROM read_parquet(?)",
            [str(tmp_path / "columns" / "trials.parquet")],
        )
        assert told.fetchone() == (60_000, 7_700)
