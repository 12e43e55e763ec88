"""The store: one writer at a time, all or nothing, and a file of another day refused."""

import hashlib
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.errors import StoreHeldError, StoreSchemaError
from warehouse.store import definition
from warehouse.store.file import FILE, SCHEMA_VERSION, locked, locked_within, opened, transaction
from warehouse.store.tables import PRIVATE_COLUMNS, PUBLIC_TABLES, every_column, sql
from warehouse.tell import ledger
from warehouse.tell.mail_contents import Writer


def test_who_holds_the_store_is_named(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "the night"),
        pytest.raises(StoreHeldError, match=r"is held by the night, process \d+, since"),
        locked(tmp_path, "another"),
    ):
        pass


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with locked(tmp_path, "one"):
        pass
    with locked(tmp_path, "two"):
        assert (tmp_path / "lock").read_text("utf-8").startswith("two")


def test_one_who_waits_gets_the_store_when_it_is_free(tmp_path: Path) -> None:
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path, "first"):
            taken.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    threading.Timer(0.05, free.set).start()
    with locked_within(tmp_path, "second", 60):
        assert free.is_set()
    holder.join()


def test_one_who_waits_in_vain_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "first"),
        pytest.raises(StoreHeldError, match="held by first"),
        locked_within(tmp_path, "second", 0.01),
    ):
        pass


def test_the_store_is_private(tmp_path: Path) -> None:
    with locked(tmp_path / "store", "test"):
        assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_long_text_is_compressed(tmp_path: Path) -> None:
    with opened(tmp_path) as con:
        con.execute(
            "INSERT INTO trial_payload SELECT 'T' || i, 1, repeat('payload ' || i, 900), NULL "
            "FROM range(3000) AS t(i)"
        )
        con.execute("CHECKPOINT")
        kinds = con.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('trial_payload') "
            "WHERE column_name = 'payload' AND segment_type = 'VARCHAR'"
        ).fetchall()
    assert kinds == [("ZSTD",)]


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    one = "INSERT INTO publication VALUES ('R', '2026-09-12')"
    with opened(tmp_path) as con:
        with pytest.raises(duckdb.ConstraintException), transaction(con):
            con.execute(f"{one}; {one}")
        assert con.execute("SELECT count(*) FROM publication").fetchone() == (0,)
        with transaction(con):
            con.execute(one)
    with opened(tmp_path) as con:
        assert con.execute("SELECT count(*) FROM publication").fetchone() == (1,)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as con:
        con.execute("UPDATE store_schema SET version = 99")
    before = (tmp_path / "store.duckdb").read_bytes()
    with pytest.raises(StoreSchemaError, match="version 99"), opened(tmp_path):
        pass
    assert (tmp_path / "store.duckdb").read_bytes() == before


@pytest.fixture
def of_version_1(tmp_path: Path) -> Path:
    """A folder with the store that version 1 of the tables left."""
    with duckdb.connect(str(tmp_path / "store.duckdb")) as con:
        con.execute((Path(__file__).parent / "store_of_version_1.sql").read_text("utf-8"))
    return tmp_path


@pytest.mark.parametrize("path", definition.written(), ids=lambda path: path.name)
def test_what_a_night_reads_of_the_tables_is_what_the_models_say(path: Path) -> None:
    assert path.read_text("utf-8") == definition.written()[path], "`make docs` writes it anew"


def test_what_is_published_and_what_is_not_are_tables_and_columns_that_there_are() -> None:
    there = {(table, column.name) for table, columns in every_column().items() for column in columns}
    assert set(PUBLIC_TABLES) <= every_column().keys()
    assert there >= PRIVATE_COLUMNS


def shape(con: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """Every column with its type and comment, every view, and every key."""
    columns = con.execute(
        # Two columns came with version 2, where no statement could forbid NULL any more.
        "SELECT table_name, column_name, data_type, is_nullable AND column_name <> 'topic', comment "
        "FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    keys = con.execute(
        "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() "
        "WHERE constraint_text NOT IN ('CHECK(topic IS NOT NULL)', 'NOT NULL')"
    ).fetchall()
    return {*columns, *keys}


LATER = [("trial_payload", "revision"), ("trial_site", "is_country")]
"""Columns that came after the keys had gone."""


def test_a_store_that_comes_to_keep_fewer_keys_keeps_every_row(of_version_1: Path) -> None:
    tables = [
        f"trial_{name}" for name in ("payload", "condition", "mesh_term", "arm", "site", "flag", "judgement")
    ]
    with duckdb.connect(str(of_version_1 / FILE)) as con:
        con.execute("INSERT INTO trial_flag VALUES ('NCT10000001', 'a.b', 'v', 'odd')")
        before = {table: con.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}
    assert sum(map(bool, before.values())) > 3
    with opened(of_version_1) as con:
        for table, rows in before.items():
            later = [column for of, column in LATER if of == table]
            without = f"EXCLUDE ({', '.join(later)})" if later else ""
            assert con.execute(f"SELECT * {without} FROM {table} ORDER BY ALL").fetchall() == rows


def test_an_older_store_is_brought_up_to_date_and_a_copy_of_it_stays(of_version_1: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "new", "test"), opened(tmp_path / "new") as con:
        made = shape(con)
    with opened(of_version_1) as con:
        assert shape(con) == made
        assert con.execute("SELECT max(version) FROM store_schema").fetchone() == (SCHEMA_VERSION,)
        ledger_rows = con.execute("SELECT topic, state, count(*) FROM delivery_ledger GROUP BY ALL ORDER BY ALL")
        assert ledger_rows.fetchall() == [("change", "due", 1), ("change", "failed", 2), ("welcome", "sent", 3)]
        assert con.execute("SELECT count(*) FROM change").fetchone() == (1,)
    with opened(of_version_1):
        pass
    with duckdb.connect(str(of_version_1 / f"{FILE}.version-1"), read_only=True) as con:
        assert con.execute("SELECT max(version) FROM store_schema").fetchone() == (1,)


def test_an_older_stores_versions_bear_no_blanks_and_their_one_end(of_version_1: Path) -> None:
    given = {
        "A": ("RECRUITING ", "2026-11\u00a0", "2026-11-30", "2026-10", "2026-10-31"),
        "B": ("COMPLETED\u200b", "soon", None, "2026-10", "2026-10-31"),
        "C": (" ", "soon", None, None, None),
    }
    with duckdb.connect(str(of_version_1 / FILE)) as con:
        con.executemany(
            "INSERT INTO trial_version (trial_id, version_number, observed_at, source, content_hash, run_id, "
            "phases, overall_status, completion_date, completion_date_latest, primary_completion_date, "
            "primary_completion_date_latest, completion_date_type, primary_completion_date_type) "
            "VALUES (?, 1, now()::TIMESTAMP, 'nightly', 'h', 'r', ['NA'], ?, ?, ?, ?, ?, 'ACTUAL', 'ESTIMATED')",
            [[name, *row] for name, row in given.items()],
        )
    with opened(of_version_1) as con:
        assert con.execute(
            "SELECT trial_id, overall_status, expected_end_date, expected_end_date_type, expected_end_on::VARCHAR "
            "FROM trial_version WHERE trial_id IN ('A', 'B', 'C') ORDER BY ALL"
        ).fetchall() == [
            ("A", "RECRUITING", "2026-11", "ACTUAL", "2026-11-30"),
            ("B", "COMPLETED", "2026-10", "ESTIMATED", "2026-10-31"),
            ("C", None, "soon", "ACTUAL", None),
        ]


def test_an_older_stores_places_are_countries_where_their_registry_tells_countries(of_version_1: Path) -> None:
    with duckdb.connect(str(of_version_1 / FILE)) as con:
        for number, registry in enumerate(("ctis", "ictrp", "isrctn")):
            con.execute(
                "INSERT INTO trial BY NAME SELECT * REPLACE (? AS trial_id, ? AS registry_name) "
                "FROM trial WHERE trial_id = 'NCT10000001'",
                [f"T{number}", registry],
            )
            con.execute(
                "INSERT INTO trial_site BY NAME SELECT ? AS trial_id, unnest(['a', 'b']) AS item_key, "
                "1 AS position, unnest(['A Clinic', NULL]) AS facility, 'France' AS country",
                [f"T{number}"],
            )
    with opened(of_version_1) as con:
        found = con.execute("SELECT trial_id, item_key FROM trial_site WHERE is_country ORDER BY ALL").fetchall()
    assert found == [("T0", "b"), ("T1", "b")]


CAME_LATE = {
    3: ["ALTER TABLE trial DROP COLUMN reads_otherwise_from", "ALTER TABLE trial DROP COLUMN fingerprint"],
    5: ["DROP TABLE study_ruling", "DROP TABLE doubt_told"],
    6: ["ALTER TABLE trial_site DROP COLUMN is_country"],
}
"""By the version whose tables these came to when there were stores of it already: what those are without."""


@pytest.mark.parametrize("version", CAME_LATE)
def test_a_store_made_before_its_version_was_whole_is_completed(
    of_version_1: Path, tmp_path: Path, version: int
) -> None:
    with locked(tmp_path / "new", "test"), opened(tmp_path / "new") as con:
        made = shape(con)
    with duckdb.connect(str(of_version_1 / FILE)) as con:
        for step in range(2, version + 1):
            con.execute(sql(f"store/to_version_{step}"))
        for statement in CAME_LATE[version]:
            con.execute(statement)
        if version == 5:  # its places were no countries yet
            con.execute("UPDATE trial SET registry_name = 'ctis'")
            con.execute("UPDATE trial_site SET facility = NULL, city = NULL, state = NULL")
        con.execute("INSERT INTO store_schema VALUES (?, now()::TIMESTAMP)", [version])
    with opened(of_version_1) as con:
        assert shape(con) == made
        countries = con.execute("SELECT count(*) FROM trial_site WHERE is_country").fetchone()
        assert countries == ((2,) if version == 5 else (0,))


def test_the_tables_of_a_version_are_those_that_stores_of_it_have() -> None:
    tables = hashlib.blake2b(sql("store/tables").encode(), digest_size=8).hexdigest()
    assert (SCHEMA_VERSION, tables) == (7, "4f459a6ff033cc1d"), (
        "tables that change are of another version: raise it, and write the step to it"
    )


def test_what_an_older_store_owed_is_still_owed(of_version_1: Path) -> None:
    writer = Writer("watch@example.org", None, ())
    with opened(of_version_1) as con:
        owed = ledger.waiting(con, datetime.fromisoformat("2026-09-15"))
        assert owed.mails == 3, "the completion to two, and the week's digest"
        ledger.freeze(con, writer, datetime.fromisoformat("2026-09-30"))
        mails = ledger.ready(con, datetime.fromisoformat("2026-09-30"))
    assert len({mail.message_id for mail in mails}) == 3


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(of_version_1: Path) -> None:
    with duckdb.connect(str(of_version_1 / FILE)) as con:
        con.execute("CREATE TABLE trouble (something_else INTEGER)")
    with pytest.raises(duckdb.CatalogException), opened(of_version_1):
        pass
    with duckdb.connect(str(of_version_1 / FILE), read_only=True) as con:
        assert con.execute("SELECT max(version) FROM store_schema").fetchone() == (1,)
        columns = con.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'delivery'").fetchall()
    assert ("topic",) not in columns


def test_what_a_crash_left_of_a_store_in_the_making_is_no_store(tmp_path: Path) -> None:
    (tmp_path / ".store.duckdb.new").write_bytes(b"half")
    with opened(tmp_path) as con:
        assert con.execute("SELECT count(*) FROM run").fetchone() == (0,)
