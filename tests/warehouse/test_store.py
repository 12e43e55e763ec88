"""The store: one writer at a time, all or nothing, and a file of another day refused."""

import threading
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import StoreHeldError, StoreSchemaError
from warehouse.store import held, held_within, opened, transaction


def test_who_holds_the_store_is_named(tmp_path: Path) -> None:
    with (
        held(tmp_path, "the night"),
        pytest.raises(StoreHeldError, match=r"is held by the night, process \d+, since"),
        held(tmp_path, "another"),
    ):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with held(tmp_path, "one"):
        pass
    with held(tmp_path, "two"):
        assert (tmp_path / "lock").read_text("utf-8").startswith("two")


def test_one_who_waits_gets_the_store_when_it_is_free(tmp_path: Path) -> None:
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with held(tmp_path, "first"):
            taken.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    threading.Timer(0.05, free.set).start()
    with held_within(tmp_path, "second", 60):
        assert free.is_set()
    holder.join()


def test_one_who_waits_in_vain_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        held(tmp_path, "first"),
        pytest.raises(StoreHeldError, match="held by first"),
        held_within(tmp_path, "second", 0.01),
    ):
        pass


def test_the_store_is_private(tmp_path: Path) -> None:
    with held(tmp_path / "store", "test"):
        assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_long_text_is_compressed(tmp_path: Path) -> None:
    with opened(tmp_path) as con:
        con.execute(
            "INSERT INTO trial_payload SELECT 'T' || i, 1, repeat('payload ' || i, 900) FROM range(3000) AS t(i)"
        )
        con.execute("CHECKPOINT")
        kinds = con.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('trial_payload') "
            "WHERE column_name = 'payload' AND segment_type = 'VARCHAR'"
        ).fetchall()
    assert kinds == [("ZSTD",)]


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    one = "INSERT INTO trial_flag VALUES ('T', 'p', 'v', 'r')"
    with opened(tmp_path) as con:
        with pytest.raises(duckdb.ConstraintException), transaction(con):
            con.execute(f"{one}; {one}")
        assert con.execute("SELECT count(*) FROM trial_flag").fetchone() == (0,)
        with transaction(con):
            con.execute(one)
    with opened(tmp_path) as con:
        assert con.execute("SELECT count(*) FROM trial_flag").fetchone() == (1,)


def test_a_store_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as con:
        con.execute("UPDATE store_schema SET version = 99")
    with pytest.raises(StoreSchemaError, match="version 99"), opened(tmp_path):
        pass


def test_what_a_crash_left_of_a_store_in_the_making_is_no_store(tmp_path: Path) -> None:
    (tmp_path / ".store.duckdb.new").write_bytes(b"half")
    with opened(tmp_path) as con:
        assert con.execute("SELECT count(*) FROM run").fetchone() == (0,)
