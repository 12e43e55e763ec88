"""Files that are damaged, locked, in the way or left behind: yesterday's state, a code, and what to do."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House, Typed
from tests.records import a_trial
from warehouse.publish.analysts_file import FILE


def tonight_is_whole(house: House, typed: Typed) -> None:
    code, _, said = typed("run", "--no-prefect")
    assert code == 0, said
    assert house.changes() == [("NCT10000001", "completed")]
    assert len(house.mails()) == 2, "the welcome, and the completion"


@contextmanager
def another_program(code: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has run ``code`` and goes on living."""
    words = [sys.executable, "-c", f"{code}\nprint('ready', flush=True)\ninput()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def write_and_die(database: Path, statement: str) -> None:
    """Open a database file, write into it, and die before the log is read into it."""
    dying = f"""
import duckdb, os
con = duckdb.connect({str(database)!r})
con.execute({statement!r})
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", dying], check=False)
    assert database.with_name(f"{database.name}.wal").exists()


# -- the store ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("a_completion_tonight")
@pytest.mark.parametrize("command", [("run", "--no-prefect"), ("deliver",)])
def test_a_store_that_another_program_has_open_is_6_and_says_which(
    house: House, typed: Typed, command: tuple[str, ...]
) -> None:
    store = house.settings.store / "store.duckdb"
    with another_program(f"import duckdb\nc = duckdb.connect({str(store)!r})") as process:
        code, _, said = typed(*command)
        assert (code, said.count("trialwatch: ")) == (6, 1), said
        assert f"{store} is open in" in said
        assert str(process.pid) in said
        assert typed("status")[0] == 0
    tonight_is_whole(house, typed)


@pytest.mark.sampled
@pytest.mark.usefixtures("a_completion_tonight")
@pytest.mark.parametrize("left", [0, 100, 40_000])
def test_a_damaged_store_points_to_restore_and_is_left_alone(house: House, typed: Typed, left: int) -> None:
    store = house.settings.store / "store.duckdb"
    good = store.read_bytes()
    store.write_bytes(good[:left])
    published = (house.settings.published / FILE).read_bytes()
    for words in (("run", "--no-prefect"), ("deliver",)):
        code, _, said = typed(*words)
        assert (code, said.count("trialwatch: ")) == (2, 1), said
        assert "is damaged" in said
        assert "trialwatch restore" in said
    assert store.read_bytes() == good[:left]
    assert (house.settings.published / FILE).read_bytes() == published
    assert typed("changes", "--json")[:2] == (0, "[]\n")
    store.write_bytes(good)
    tonight_is_whole(house, typed)


@pytest.mark.slow
@pytest.mark.usefixtures("a_completion_tonight")
def test_what_a_crash_left_in_the_stores_log_is_read(house: House, typed: Typed) -> None:
    write_and_die(house.settings.store / "store.duckdb", "INSERT INTO trial_flag VALUES ('T', 'p', 'v', 'r')")
    tonight_is_whole(house, typed)
    assert house.ask("SELECT trial_id FROM trial_flags") == [{"trial_id": "T"}]


def test_a_log_beside_a_store_in_the_making_is_not_taken_for_its_own(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial("NCT10000001"))
    house.settings.store.mkdir(parents=True)
    write_and_die(house.settings.store / ".store.duckdb.new", "CREATE TABLE run (half INTEGER)")
    assert typed("run", "--no-prefect")[0] == 0
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 1}]


# -- what is published ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("a_completion_tonight")
def test_a_damaged_published_file_is_told_by_its_readers_and_made_anew(house: House, typed: Typed) -> None:
    published = house.settings.published / FILE
    good = published.read_bytes()
    for left in (0, 5000, len(good) // 3):
        published.write_bytes(good[:left])
        for words in (("status",), ("show", "NCT10000001"), ("changes",), ("query", "SELECT 1")):
            code, _, said = typed(*words)
            assert code == 2, (left, words, said)
            assert "the published file is damaged: `trialwatch run` publishes it anew" in said
    tonight_is_whole(house, typed)


@pytest.mark.usefixtures("a_completion_tonight")
def test_a_published_file_opened_for_writing_keeps_readers_out_and_no_night(house: House, typed: Typed) -> None:
    published = house.settings.published / FILE
    writing = f"import duckdb\nc = duckdb.connect({str(published)!r})\nc.execute('CREATE TABLE mine (a INTEGER)')"
    with another_program(writing) as process:
        code, _, said = typed("show", "NCT10000001")
        assert code == 2
        assert str(process.pid) in said
        assert "read-only" in said
        tonight_is_whole(house, typed)
    assert house.ask("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'mine'") == [{"n": 0}]


@pytest.mark.usefixtures("a_completion_tonight")
def test_a_log_beside_the_published_file_is_not_read_into_the_next(house: House, typed: Typed) -> None:
    write_and_die(house.settings.published / FILE, "CREATE TABLE mine (a INTEGER)")
    tonight_is_whole(house, typed)
    assert house.ask("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'mine'") == [{"n": 0}]


@pytest.mark.usefixtures("a_completion_tonight")
def test_what_dying_in_the_midst_of_publication_leaves_is_cleared_away(house: House, typed: Typed) -> None:
    published = house.settings.published
    shutil.copy(published / FILE, published / f".{FILE}.new")
    write_and_die(published / f".{FILE}.new", "CREATE TABLE half (a INTEGER)")
    (published / "earlier").mkdir(exist_ok=True)
    os.link(published / FILE, published / "earlier" / "trialwatch-20260912T023000000000.duckdb")
    (house.folder / "data" / ".status.json.part").write_bytes(b'{"nights": [')
    tonight_is_whole(house, typed)
    assert not list(published.glob(".*"))
    assert len(list((published / "earlier").glob("*.duckdb"))) == 1, "yesterday's is kept once"
    assert not list((house.folder / "data").glob(".*"))


@pytest.mark.usefixtures("a_completion_tonight")
def test_readers_in_other_processes_go_on_reading_while_a_night_is_published(house: House, typed: Typed) -> None:
    published = str(house.settings.published / FILE)
    reading = f"""
import duckdb
con = duckdb.connect({published!r}, read_only=True)
input_was = input
def input():
    input_was()
    (status,) = con.execute("SELECT overall_status FROM trials WHERE trial_id = 'NCT10000001'").fetchone()
    print(status, flush=True)
    input_was()
"""
    with another_program(reading) as process:
        tonight_is_whole(house, typed)
        assert process.stdin
        assert process.stdout
        print(file=process.stdin, flush=True)
        assert process.stdout.readline() == "RECRUITING\n", "a reader of yesterday's file sees yesterday"
    with duckdb.connect(published, read_only=True) as con:
        status = con.execute("SELECT overall_status FROM trials WHERE trial_id = 'NCT10000001'").fetchone()
    assert status == ("COMPLETED",)


# -- the data directory ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("run", "--no-prefect"), ("deliver",), ("status",)])
def test_a_file_where_the_data_directory_should_be_is_in_the_way(
    house: House, registry: SimulatedRegistry, typed: Typed, command: tuple[str, ...]
) -> None:
    registry.put(a_trial())
    (house.folder / "data").write_text("a letter", "utf-8")
    code, _, said = typed(*command)
    assert (code, said.count("trialwatch: ")) == (2, 1), said
    assert "is in the way" in said
    assert "TRIALWATCH_DATA_DIR" in said
    assert (house.folder / "data").read_text("utf-8") == "a letter"


@pytest.mark.slow
@pytest.mark.usefixtures("a_completion_tonight")
def test_a_status_that_cannot_be_written_is_told_when_all_else_is_done(house: House, typed: Typed) -> None:
    house.settings.status_file.unlink(missing_ok=True)
    house.settings.status_file.mkdir()
    code, _, said = typed("run", "--no-prefect")
    assert code == 2
    assert "status.json is in the way" in said
    assert house.changes() == [("NCT10000001", "completed")]
    assert len(house.mails()) == 2
    house.settings.status_file.rmdir()
    tonight_is_whole(house, typed)


@pytest.mark.usefixtures("a_completion_tonight")
def test_a_damaged_status_says_so_until_the_next_night(house: House, typed: Typed) -> None:
    house.settings.status_file.write_text('{"nights": [', "utf-8")
    code, _, said = typed("status")
    assert code == 2
    assert "status.json is damaged" in said
    tonight_is_whole(house, typed)
    assert typed("status")[0] == 0


@pytest.mark.sampled
@pytest.mark.usefixtures("a_completion_tonight")
@pytest.mark.parametrize("between", [(), ("deliver",)])
def test_a_published_file_that_was_damaged_is_told_by_status(
    house: House, typed: Typed, between: tuple[str, ...]
) -> None:
    tonight_is_whole(house, typed)
    published = house.settings.published / FILE
    sound = published.read_bytes()
    published.write_bytes(b"\0" * len(sound))
    if between:  # it did not look into the file, and does not vouch for it
        assert typed(*between)[0] == 0
    code, _, said = typed("status")
    assert code == 2, said
    assert "the published file is damaged" in said
    published.write_bytes(sound)
    assert typed("status")[0] == 0


AS_A_PLAIN_USER = """
import json, os, sys
import flows.cli, flows.nightly, flows.with_prefect.orchestration, flows.terminal.progress, flows.terminal.show
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
flows.cli.main(json.loads(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("a_completion_tonight")
def test_a_data_directory_that_this_user_may_not_write_is_told(house: House, tmp_path: Path) -> None:
    data = house.folder / "data"
    closed = {folder: folder.stat().st_mode for folder in tmp_path.parents if not folder.stat().st_mode & 0o001}
    for folder, mode in closed.items():  # where root plays a plain user, that one must come as far as the data
        folder.chmod(mode | 0o011)
    tmp_path.chmod(0o755)
    for path in (data, *data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", AS_A_PLAIN_USER, json.dumps(["run", "--no-prefect"])],
            env={**os.environ, **house.variables},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for path in (data, *data.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for folder, mode in closed.items():
            folder.chmod(mode)
    assert (done.returncode, done.stderr.count("trialwatch: ")) == (2, 1), done.stderr
    assert "this user may not do that; give it the right" in done.stderr
    assert not house.night().ending.code
    assert house.changes() == [("NCT10000001", "completed")]


@pytest.mark.slow
def test_a_published_file_that_is_gone_is_told_by_status(house: House, typed: Typed) -> None:
    house.night()
    (house.settings.published / FILE).unlink()
    code, _, said = typed("status")
    assert code == 2
    assert "trialwatch.duckdb is not there" in said
    assert typed("run", "--no-prefect")[0] == 0
    assert typed("status")[0] == 0


def test_a_folder_that_is_gone_is_no_bug(house: House, typed: Typed, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    config = str(house.folder / "trialwatch.toml")
    with chdir(gone):
        gone.rmdir()
        code, _, said = typed("run", "--no-prefect", TRIALWATCH_DATA_DIR="data", TRIALWATCH_CONFIG=config)
    assert code == 2
    assert "the folder that this was started in is gone" in said
