"""The store copied elsewhere, and back: into another house, over a broken store, and what is no backup."""

import json
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.flows.disks import a_small_disk, make_read_only
from tests.house import House, Typed
from tests.records import with_status
from warehouse.store.file import FILE, locked


@pytest.mark.slow
def test_a_backup_is_restored_in_another_house_which_goes_on_from_there(
    house: House, registry: SimulatedRegistry, two_nights: None, typed: Typed, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "store.backup"
    code, _, err = typed("backup", str(copy))
    assert code == 0
    assert f"{copy} holds the store, whole" in err
    assert copy.stat().st_mode & 0o077 == 0, "it names recipients"
    other = House(tmp_path / "other", registry.url, now=house.now)
    other.folder.mkdir()
    other.configure((house.folder / "trialwatch.toml").read_text("utf-8"))
    there = {"TRIALWATCH_DATA_DIR": str(other.folder / "data")}
    code, _, err = typed("restore", str(copy), **there)
    assert code == 0
    assert "is restored and published" in err
    assert typed("changes", "--json", **there) == typed("changes", "--json")
    code, out, _ = typed("status", "--json", **there)
    assert code == 0
    assert json.loads(out)["mail_waiting"] == 0
    registry.night()
    registry.edit("NCT10000002", with_status("TERMINATED", posted="2026-09-15"))
    assert other.night().ending.code is Code.DONE
    assert other.changes() == [
        *[("NCT10000001", "completed"), ("NCT10000002", "stopped")],
    ]
    assert [b"Subject: Stopped" in mail.read_bytes() for mail in other.mails()] == [True]


@pytest.mark.slow
def test_a_broken_store_is_kept_beside_the_one_restored(
    house: House, two_nights: None, typed: Typed, tmp_path: Path
) -> None:
    copy = tmp_path / "store.backup"
    typed("backup", str(copy))
    store = house.settings.store / FILE
    store.write_bytes(store.read_bytes()[:5000])
    store.with_name(f"{FILE}.wal").write_bytes(b"rubbish")
    code, _, err = typed("restore", str(copy))
    assert code == 0
    assert "what was there before is kept in" in err
    (kept,) = house.settings.store.glob(f"{FILE}.before-*[0-9]")
    assert kept.stat().st_size == 5000
    assert kept.with_name(f"{kept.name}.wal").read_bytes() == b"rubbish"
    assert house.night().ending.code is Code.DONE


def test_a_backup_holds_what_only_the_write_ahead_log_held(
    house: House, two_nights: None, typed: Typed, tmp_path: Path
) -> None:
    import duckdb

    store = house.settings.store / FILE
    con = duckdb.connect(str(store))
    con.execute("PRAGMA disable_checkpoint_on_shutdown")
    con.execute("UPDATE change SET reason = 'only in the log'")
    con.close()
    assert store.with_name(f"{FILE}.wal").exists()
    copy = tmp_path / "store.backup"
    assert typed("backup", str(copy))[0] == 0
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.execute("SELECT DISTINCT reason FROM change").fetchall() == [("only in the log",)]


def test_a_backup_waits_for_nobody_in_vain_and_says_who_holds_the_store(house: House, two_nights: None) -> None:
    from flows import backups
    from warehouse.errors import StoreHeldError
    from warehouse.store.file import locked_within

    with (
        locked(house.settings.store, "the night"),
        pytest.raises(StoreHeldError, match="held by the night"),
        locked_within(house.settings.store, "trialwatch backup", 0.01),
    ):
        backups.back_up(house.settings, house.folder / "never")


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there"),
        (b"not a database", "is no backup of trialwatch"),
        ("CREATE TABLE t (i INTEGER)", "holds none of its tables"),
        ("CREATE TABLE store_schema (version INTEGER); INSERT INTO store_schema VALUES (99)", "version 99"),
        ("CREATE TABLE store_schema (version INTEGER)", "holds none of its tables"),
    ],
)
def test_what_is_no_backup_changes_nothing(
    house: House, two_nights: None, typed: Typed, tmp_path: Path, content: bytes | str | None, said: str
) -> None:
    import duckdb

    file = tmp_path / "file"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        with duckdb.connect(str(file)) as con:
            con.execute(content)
    before = (house.settings.store / FILE).read_bytes()
    code, _, err = typed("restore", str(file))
    assert code == 2
    assert said in err
    assert (house.settings.store / FILE).read_bytes() == before


def test_a_backup_on_a_disk_that_can_only_be_read_is_restored(
    house: House, two_nights: None, typed: Typed, tmp_path: Path
) -> None:
    with a_small_disk(tmp_path / "disk", 40) as disk:
        assert typed("backup", str(disk / "backup"))[0] == 0
        make_read_only(disk)
        code, _, err = typed("restore", str(disk / "backup"))
    assert (code, "is restored and published" in err) == (0, True), err


def test_a_folder_is_no_backup(house: House, typed: Typed, tmp_path: Path) -> None:
    house.night()
    code, _, err = typed("restore", str(tmp_path))
    assert code == 2
    assert f"{tmp_path} is a folder; name the file" in err


def test_a_backup_goes_nowhere_foolish(house: House, two_nights: None, typed: Typed, tmp_path: Path) -> None:
    store = house.settings.store / FILE
    assert "names" in typed("backup", str(tmp_path))[2] or typed("backup", str(tmp_path))[0] == 2
    code, _, err = typed("backup", str(store))
    assert code == 2
    assert "is the store itself" in err


def test_before_the_first_night_there_is_nothing_to_back_up(typed: Typed, tmp_path: Path) -> None:
    code, _, err = typed("backup", str(tmp_path / "file"))
    assert code == 2
    assert "run `trialwatch run` first" in err


@pytest.mark.slow
def test_a_store_that_is_gone_is_not_begun_anew_in_silence(house: House, typed: Typed, tmp_path: Path) -> None:
    house.night()
    copy = tmp_path / "copy"
    assert typed("backup", str(copy))[0] == 0
    store = house.settings.store / FILE
    store.unlink()
    for command in (("run", "--no-prefect"), ("deliver",), ("run", "--no-prefect")):
        code, _, err = typed(*command)
        assert code == 2
        assert f"{store} is gone" in err
    assert not store.exists()
    assert typed("backup", str(copy))[0] == 2, "nothing is no backup"
    code, out, _ = typed("doctor")
    assert code == 2
    assert "is gone, with all that nights have kept" in " ".join(out.split())
    assert typed("restore", str(copy))[0] == 0
    assert typed("run", "--no-prefect")[0] == 0


@pytest.mark.slow
def test_who_means_to_begin_anew_can(house: House, typed: Typed) -> None:
    house.night()
    (house.settings.store / FILE).unlink()
    house.settings.status_file.unlink()
    assert typed("run", "--no-prefect")[0] == 0
