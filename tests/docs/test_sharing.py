"""What docs/sharing.md has an analyst type is typed: in a folder, a bucket and a lake, after two nights."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.places.address import Lake, places
from connectors.simulated import SimulatedRegistry
from tests.bucket import KEYS, Bucket, open_bucket
from tests.database import PASSWORD, open_database
from tests.house import WATCH, House
from tests.records import a_trial, with_status
from warehouse.publish import lake, lake_access, parquet

PAGE = (Path(__file__).parents[2] / "docs/sharing.md").read_text("utf-8")
TONIGHT = [("NCT10000001", "COMPLETED"), ("NCT10000002", "RECRUITING")]
THE_NIGHT_BEFORE = [("NCT10000001", "RECRUITING"), ("NCT10000002", "RECRUITING")]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket("team") as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, bucket: Bucket) -> House:
    folder = tmp_path_factory.mktemp("shared")
    (folder / "lake").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        with SimulatedRegistry([a_trial("NCT10000001"), a_trial("NCT10000002")]) as registry:
            made = House(folder, registry.url)
            made.configure(WATCH)
            made.environment["TRIALWATCH_PUBLISH_URL"] = " ".join(
                (
                    f"file://{folder}/trialwatch",
                    bucket.url("trialwatch"),
                    f"ducklake:sqlite:{folder}/lake/catalog.sqlite?data_path={folder}/lake/data",
                )
            )
            made.night()
            registry.night()
            registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
            made.night()
    return made


def block(language: str, words: str) -> str:
    (found,) = (each for each in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if words in each)
    return str(found)


def answers(text: str, house: House, *extensions: str) -> list[list[Any]]:
    """Each statement's answer, typed into a new DuckDB that fetches nothing; extensions come from beside us."""
    text = re.sub("--.*", "", text).replace("/shared/", f"{house.folder}/").replace("LOAD httpfs;", "")
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
        for name in extensions:
            con.execute(f"LOAD '{lake_access._file_of(name)}'")
        return [con.execute(each).fetchall() for each in text.split(";") if each.strip()]


@pytest.mark.slow
def test_the_files_of_a_folder(house: House) -> None:
    assert answers(block("sql", "trialwatch.duckdb"), house)[1] == TONIGHT


@pytest.mark.slow
def test_the_files_of_a_bucket(house: House, bucket: Bucket) -> None:
    text = block("sql", "latest.json").replace("'KEY'", f"'{KEYS['AWS_ACCESS_KEY_ID']}'")
    text = text.replace("'SECRET'", f"'{KEYS['AWS_SECRET_ACCESS_KEY']}'")
    there = f"ENDPOINT '{bucket.endpoint_url.removeprefix('http://')}', URL_STYLE 'path', USE_SSL false"
    *_, freshness, trials = answers(text.replace("ENDPOINT 's3.amazonaws.com'", there), house, "httpfs")
    assert [run_id for _, run_id in freshness] == [house.ask("SELECT run_id FROM freshness")[0]["run_id"]]
    assert trials == TONIGHT


def test_the_file_from_python(house: House, tmp_path: Path) -> None:
    text = block("python", "fsspec").replace("/shared/", f"{house.folder}/")
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "This is not medical advice." in done.stdout


def test_the_tables_of_a_lake_and_each_night_of_it(house: House) -> None:
    text = block("sql", "lake.snapshots()")
    _, snapshots, now, before, did, comments = answers(text, house, "ducklake", "sqlite_scanner")
    assert [version for version, _ in snapshots] == [0, 1, 2]
    assert house.ask("SELECT run_id FROM freshness")[0]["run_id"] in snapshots[2][1]
    assert (now, before) == (TONIGHT, THE_NIGHT_BEFORE)
    assert (2, "insert", *TONIGHT[0]) in did
    assert dict(comments)["trial_id"].startswith("The registry's number of the trial")


@pytest.mark.slow
def test_a_reader_of_a_lake_in_postgresql_needs_no_right_to_write(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    folder = house.settings.published / parquet.LINK
    with open_database() as database:
        where = database.make("trialwatch")
        (there,) = places(f"ducklake:postgres:{where}?data_path={tmp_path}/data")
        assert isinstance(there, Lake)
        first = lake.publish(there, folder, {})
        typed = ["psql", f"postgresql:{where}", "-v", "ON_ERROR_STOP=1", "-c", block("psql", "CREATE ROLE")]
        subprocess.run(typed, env={**os.environ}, check=True, capture_output=True, timeout=60)
        with lake_access.attached(there, None, tmp_path) as con:  # a night to come: it makes tables in the catalog
            con.execute("CREATE TABLE lake.later AS SELECT 1 AS n")
        monkeypatch.setenv("PGPASSWORD", "a password")
        attach = re.findall(r"`(ATTACH 'ducklake:postgres.*?)`", PAGE, re.DOTALL)[0].replace("\n", " ")
        attach = attach.replace("//reader@db.example.org/trialwatch", where.replace("trialwatch@", "reader@"))
        text = f"{attach} SELECT trial_id, overall_status FROM lake.trials ORDER BY ALL; FROM lake.later"
        _, trials, later = answers(text, house, "ducklake", "postgres_scanner")
    assert first.version == 1
    assert (trials, later) == (TONIGHT, [(1,)])
