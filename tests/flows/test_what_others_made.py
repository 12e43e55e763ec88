"""What trialwatch did not make it never deletes, wherever in its folders a person has put it."""

import os
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House, Typed
from tests.records import a_trial, with_status
from warehouse.publish.analysts_file import GENERATIONS_KEPT

LONG_AGO = 1_600_000_000
FILES = (
    "thesis.txt",
    "landed/thesis.txt",
    "landed/clinicaltrials.gov/thesis.txt",
    "landed/clinicaltrials.gov/thesis.ndjson.zst",
    "landed/clinicaltrials.gov/a-folder/thesis.txt",
    "outbox/thesis.eml",
    "published/thesis.txt",
    "published/earlier/thesis.txt",
    "published/earlier/trialwatch-thesis.duckdb",
    "published/earlier/parquet-thesis/thesis.txt",
    "published/earlier/parquet-mine/thesis.parquet",
    "published/parquet/thesis.parquet",
    "store/thesis.txt",
    "store/work/thesis.txt",
)


@pytest.mark.slow
def test_no_night_however_many_removes_a_file_of_somebodys(house: House, registry: SimulatedRegistry) -> None:
    for name in FILES:
        path = house.settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (LONG_AGO, LONG_AGO))
    registry.put(a_trial("NCT10000001"))
    house.environment["TRIALWATCH_KEEP_LANDED_DAYS"] = "0"
    for number in range(GENERATIONS_KEPT + 3):
        registry.edit("NCT10000001", with_status("RECRUITING" if number % 2 else "ACTIVE_NOT_RECRUITING"))
        registry.night()
        assert house.night().ending.code == 0
    found = {path.read_text() for path in house.settings.data_dir.rglob("*thesis*") if path.is_file()}
    assert found == set(FILES)
    ours = list(house.settings.published.glob("earlier/trialwatch-2*.duckdb"))
    assert len(ours) == GENERATIONS_KEPT, "and ours do not pile up"
    assert len(list(house.settings.published.glob("earlier/parquet-2*"))) <= 3


@pytest.mark.slow
def test_landed_files_go_when_their_days_are_over(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    landed = list(house.settings.landed.glob("*/*"))
    assert landed
    for path in landed:
        os.utime(path, (LONG_AGO, LONG_AGO))
    house.night()
    assert not any(path.exists() for path in landed)


@pytest.mark.parametrize("contents", ["a thesis", "CREATE TABLE thesis (chapter INTEGER)"])
def test_a_backup_overwrites_backups_only(
    house: House, registry: SimulatedRegistry, typed: Typed, tmp_path: Path, contents: str
) -> None:
    import duckdb

    registry.put(a_trial("NCT10000001"))
    house.night()
    thesis = tmp_path / "thesis"
    if contents.startswith("CREATE"):
        with duckdb.connect(str(thesis)) as con:
            con.execute(contents)
    else:
        thesis.write_text(contents)
    before = thesis.read_bytes()
    code, _, err = typed("backup", str(thesis))
    assert code == 2
    assert "is not overwritten" in err
    assert thesis.read_bytes() == before
    empty = tmp_path / "from-mktemp"
    empty.touch()
    assert [typed("backup", str(empty))[0] for _ in range(2)] == [0, 0]
