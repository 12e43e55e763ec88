"""Nights in a DuckLake: every view as a table, one snapshot a night, and only what differs is written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.errors import PlaceError
from connectors.places.address import Lake, places
from tests.database import PASSWORD, Database, open_database
from tests.loopback import free_port
from tests.shelf import NOW, Shelf
from warehouse.publish import lake, last_night, parquet
from warehouse.publish.lake import Snapshot
from warehouse.publish.lake_access import attached, lacking
from warehouse.publish.views import VIEWS, purpose
from warehouse.store.tables import sql

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three published folders: of a night, of the next, and of one on which a trial completed and one came."""
    return [
        made(tmp_path_factory.mktemp("first"), 0),
        made(tmp_path_factory.mktemp("second"), 1),
        made(tmp_path_factory.mktemp("third"), 2, completed=True),
    ]


def made(folder: Path, day: int, *, completed: bool = False) -> Path:
    """A published folder of so many trials that those of them who change are few."""
    shelf = Shelf(folder, now=NOW + timedelta(days=day))
    then: dict[str, Any] = {"observed_at": NOW}
    for number in range(40):
        shelf.trial(f"NCT2{number:07}", title='It\'s "one"', overall_status="RECRUITING", **then)
    shelf.trial("NCT10000001", overall_status="COMPLETED" if completed else "RECRUITING", **then)
    if completed:
        shelf.trial("NCT10000003", **then)
    shelf.identifier("NCT10000001", "a number")
    with shelf.open():
        return folder / "published"


def marks(night: Path) -> dict[str, str]:
    return {
        view: each.mark for view, each in last_night.noted_in(night / "earlier" / last_night.NOTE).parquet.items()
    }


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with open_database() as opened:
        yield opened


@dataclass
class Told:
    """A lake that three nights went into, and what came of each. Only to be looked at."""

    lake: Lake
    snapshots: list[Snapshot]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nights: list[Path]
) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("lake")
    where = f"{folder}/catalog.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "postgres":
            patch.setenv("PGPASSWORD", PASSWORD)
            where = request.getfixturevalue("database").make("nights")
        there = one(f"ducklake:{request.param}:{where}?data_path={folder}/data")
        yield Told(there, [publish(there, night) for night in nights])


def one(address: str) -> Lake:
    (found,) = places(address)
    assert isinstance(found, Lake)
    return found


def publish(there: Lake, night: Path, *, old_enough: timedelta = timedelta(hours=1)) -> Snapshot:
    return lake.publish(there, night / parquet.LINK, marks(night), old_enough=old_enough)


@contextmanager
def asked(there: Lake) -> Iterator[Callable[..., list[Any]]]:
    with attached(there, None, Path(tempfile.gettempdir())) as con:
        yield lambda question, *values: con.execute(question, list(values)).fetchall()


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def rows_of(night: Path, view: str) -> list[Any]:
    with duckdb.connect() as con:
        return con.execute(
            "FROM read_parquet(?) ORDER BY ALL", [str(night / f"parquet/{view}.parquet")]
        ).fetchall()


def test_every_version_is_a_night_with_every_view_as_the_file_shows_it(told: Told, nights: list[Path]) -> None:
    versions = [each.version for each in told.snapshots]
    assert versions == sorted(set(versions))
    with asked(told.lake) as ask:
        snapshots = ask("SELECT snapshot_id, author, commit_message, commit_extra_info FROM lake.snapshots()")
        assert [snapshot for snapshot, *_ in snapshots] == [0, *versions]  # one a night
        for night, (version, author, message, said) in zip(nights, snapshots[1:], strict=True):
            assert author == "trialwatch"
            assert message.startswith("run r:")
            published_at = rows_of(night, "freshness")[0][1]
            assert json.loads(said)["published_at"] == f"{published_at.isoformat()}Z"
            for view in VIEWS:
                path = night / f"parquet/{view}.parquet"
                was = ask("FROM read_parquet(?) ORDER BY ALL", str(path))
                assert ask(f"FROM lake.{view} AT (VERSION => {version}) ORDER BY ALL") == was, view


def test_only_what_differs_is_written(told: Told, nights: list[Path]) -> None:
    first, second, third = told.snapshots
    assert set(first.tables) >= {"freshness", "trials", "trial_states", "trial_identifiers"}
    assert second.tables["freshness"] == (1, 1)
    assert "trial_identifiers" not in second.tables
    assert third.tables["trial_states"] == (1, 2)
    assert publish(told.lake, nights[2]) == Snapshot(third.version, third.message)  # a retry of what had gone well


def test_what_each_table_and_column_is_stands_in_the_lake(told: Told, nights: list[Path]) -> None:
    with asked(told.lake) as ask:
        comments = dict(ask("SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'lake'"))
        assert comments == {view: purpose(sql(f"publish/views/{view}")) for view in VIEWS}
        described = ask(
            "SELECT table_name, column_name, comment FROM duckdb_columns() "
            "WHERE database_name = 'lake' AND schema_name = 'main' ORDER BY ALL"
        )
    assert described == sorted((view, name, said) for view, name, _, said in rows_of(nights[0], "data_dictionary"))


def test_without_marks_all_is_compared_and_nothing_more_is_written(tmp_path: Path, nights: list[Path]) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    publish(there, nights[0])
    changed = lake.publish(there, nights[1] / parquet.LINK, {}).tables
    assert changed["freshness"] == (1, 1)
    assert "trial_identifiers" not in changed
    assert "data_dictionary" not in changed


def test_no_file_packs_many_rows_together_in_an_older_lake_either(tmp_path: Path, nights: list[Path]) -> None:
    """What is packed together is held in memory until it is written, and a trial's texts take ten kilobytes."""
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    publish(there, nights[0])
    with attached(there, None, tmp_path) as con:
        con.execute("CALL lake.set_option('parquet_row_group_size', 122_880)")  # as it was before
    many = tmp_path / "many" / parquet.LINK
    shutil.copytree(nights[1] / parquet.LINK, many)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT identifiers.* FROM read_parquet('{nights[1]}/parquet/trial_identifiers.parquet') "
            f"AS identifiers, range(50_000)) TO '{many}/trial_identifiers.parquet'"
        )
        lake.publish(there, many, {})
        groups = con.execute(
            f"SELECT row_group_num_rows FROM parquet_metadata('{tmp_path}/data/**/*.parquet') ORDER BY ALL DESC"
        ).fetchall()
    assert groups[0][0] < 2 * parquet.A_GROUP


def test_equal_rows_are_counted(tmp_path: Path, nights: list[Path]) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    publish(there, nights[0])
    with attached(there, None, tmp_path) as con:
        con.execute("INSERT INTO lake.trial_identifiers FROM lake.trial_identifiers")
        con.execute("INSERT INTO lake.trial_identifiers FROM lake.trial_identifiers")
    assert publish(there, nights[1]).tables["trial_identifiers"] == (3, 0)  # a hand's write: all is compared


def test_a_column_that_is_new_or_of_another_type_changes_the_table(tmp_path: Path, nights: list[Path]) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    publish(there, nights[0])
    with attached(there, None, tmp_path) as con:
        con.execute("ALTER TABLE lake.trials DROP COLUMN title")
        con.execute("ALTER TABLE lake.trials ADD COLUMN from_a_version_to_come VARCHAR")
        con.execute("DROP TABLE lake.changes; CREATE TABLE lake.changes (trial_id INTEGER)")
    version = publish(there, nights[1]).version
    with asked(there) as ask:
        names = [name for name, *_ in ask("DESCRIBE lake.trials")]
        assert "from_a_version_to_come" in names  # what is published is never taken away
        assert ask("SELECT DISTINCT title FROM lake.trials WHERE trial_id LIKE 'NCT2%'") == [('It\'s "one"',)]
        assert ask("FROM lake.changes ORDER BY ALL") == rows_of(nights[1], "changes")
        assert ask(f"SELECT count(*) FROM lake.trials AT (VERSION => {version - 1})") == [(41,)]


def test_a_table_in_many_pieces_is_written_whole(
    tmp_path: Path, nights: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    monkeypatch.setattr("warehouse.publish.lake_tables.MOST_FILES", 0)
    publish(there, nights[0])
    assert publish(there, nights[2]).tables["trial_states"] == (1, 2)
    with asked(there) as ask:
        pieces = "SELECT table_name, file_count, delete_file_count FROM ducklake_table_info('lake')"
        assert ("trial_states", 1, 0) in ask(pieces)
        assert ask("FROM lake.trial_states ORDER BY ALL") == rows_of(nights[2], "trial_states")


def test_nights_that_are_past_their_days_are_let_go(tmp_path: Path, nights: list[Path]) -> None:
    address = f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data"
    publish(one(address), nights[0])
    with attached(one(address), None, tmp_path) as con:
        con.execute(f"ATTACH '{tmp_path}/catalog' AS itself (TYPE sqlite)")
        con.execute("UPDATE itself.ducklake_snapshot SET snapshot_time = '2026-01-01 00:00:00+00'")
    version = publish(one(f"{address}&keep_days=30"), nights[1]).version
    with asked(one(address)) as ask:
        assert [found for found, *_ in ask("FROM lake.snapshots()")] == [version]
        assert ask("FROM lake.trials ORDER BY ALL") == rows_of(nights[1], "trials")


DIES = """
import os, signal, sys
from pathlib import Path
from connectors.places.address import places
from warehouse.publish import lake, lake_tables

def write_and_die(con, table, known):
    done = lake_tables.write(con, table, known)
    if table.name == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

lake.write = write_and_die
lake.publish(places(sys.argv[1])[0], Path(sys.argv[2]), {})
"""


def die(address: str, night: Path) -> None:
    words = [sys.executable, "-c", DIES, address, str(night / parquet.LINK), "trials"]
    assert subprocess.run(words, check=False, env={**os.environ}, timeout=120).returncode == -signal.SIGKILL


def test_a_writer_killed_in_the_midst_leaves_the_last_night_and_the_next_clears_up(
    tmp_path: Path, nights: list[Path]
) -> None:
    address = f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data"
    die(address, nights[0])
    publish(one(address), nights[0])
    before = files(tmp_path / "data")
    die(address, nights[1])
    assert files(tmp_path / "data") - before
    with asked(one(address)) as ask:
        assert ask("FROM lake.freshness") == rows_of(nights[0], "freshness")
        assert ask("FROM lake.trials ORDER BY ALL") == rows_of(nights[0], "trials")
    died = files(tmp_path / "data") - before
    publish(one(address), nights[2], old_enough=timedelta(seconds=-60))
    assert not died & files(tmp_path / "data")


def test_a_file_that_is_not_ours_keeps_all_rubbish_where_it_is(
    tmp_path: Path, nights: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    publish(there, nights[0])
    (tmp_path / "data/main/trials/a colleague's.parquet").write_text("")
    publish(there, nights[1], old_enough=timedelta(seconds=-60))
    assert (tmp_path / "data/main/trials/a colleague's.parquet").exists()
    assert "1 files there are not ours" in caplog.text


def test_a_night_is_in_the_lake_though_clearing_up_fails(
    tmp_path: Path, nights: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    there = one(f"ducklake:sqlite:{tmp_path}/catalog?data_path={tmp_path}/data")
    snapshot = publish(there, nights[0], old_enough=timedelta.max)  # beyond any date
    assert (snapshot.version, snapshot.is_cleared) == (1, False)
    assert "the night is in the lake, and clearing up there failed" in caplog.text
    with asked(there) as ask:
        assert ask("FROM lake.freshness") == rows_of(nights[0], "freshness")


def test_a_new_catalog_is_not_laid_over_anothers_files(told: Told, nights: list[Path], tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="name an empty folder"):
        publish(one(f"ducklake:sqlite:{tmp_path}/another?data_path={told.lake.data_path}"), nights[0])


def test_what_is_wrong_with_a_lake_is_said_in_words(told: Told, tmp_path: Path, nights: list[Path]) -> None:
    def said(where: str) -> str:
        with pytest.raises(PlaceError) as failed:
            publish(one(f"ducklake:{where}"), nights[0])
        assert failed.value.__cause__ is None
        assert "hush" not in str(failed.value)
        return str(failed.value)

    assert "cannot be written" in said(f"sqlite:{tmp_path}/nowhere/catalog?data_path={tmp_path}/data")
    if told.lake.kind == "sqlite":
        assert "another data_path" in said(f"sqlite:{told.lake.catalog}?data_path={tmp_path}/elsewhere")
    unreachable = f"postgres://u:hush@127.0.0.1:{free_port()}/lake?data_path={tmp_path}/data"
    assert "its database cannot be reached" in said(unreachable)
    (tmp_path / "text").write_text("no database " * 100)
    assert "DuckDB failed at it" in said(f"sqlite:{tmp_path}/text?data_path={tmp_path}/data")


@pytest.mark.parametrize("login", ["u:Pa55word/rest", "u:Pa55%zzword"])
def test_what_postgresqls_library_says_of_an_address_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, login: str
) -> None:
    there = Lake("shown", "postgres", f"postgresql://{login}@127.0.0.1:9/db", f"{tmp_path}/data")
    with pytest.raises(PlaceError, match="DuckDB failed at it"), attached(there, None, tmp_path):
        pass
    assert "shown: " in caplog.text
    assert not {"Pa55", "word", "zz"} & set(re.findall("Pa55|word|zz", caplog.text))


def test_a_password_that_is_wrong_and_a_database_that_is_not_there(
    tmp_path: Path, nights: list[Path], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    address = f"ducklake:postgres:{database.make('there')}?data_path={tmp_path}/data"
    with pytest.raises(PlaceError, match="there is no such database"):
        publish(one(address.replace("/there", "/nowhere")), nights[0])
    with pytest.raises(PlaceError, match="password is refused") as refused:
        publish(one(address.replace("trialwatch@", "trialwatch:hush@")), nights[0])
    assert "hush" not in str(refused.value)


def test_what_a_lake_lacks_is_known_before_it_is_opened() -> None:
    assert not lacking(one("ducklake:postgres://h/d?data_path=s3://bucket"))
