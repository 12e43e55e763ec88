"""Changes from cursor to cursor: each once, whatever clocks, back-fills and restored backups do."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.shelf import Shelf
from warehouse.errors import QuestionError
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE, publish
from warehouse.publish.cursor import Since, all_since, since
from warehouse.store import models
from warehouse.store.file import opened
from warehouse.store.tables import insert

NOW = datetime.fromisoformat("2026-09-13T02:30:00")
TRIALS = ("NCT10000001", "NCT10000002")


def a_run(run_id: str, at: datetime) -> dict[str, object]:
    return {
        "run_id": run_id,
        "watch": "w",
        "registry_name": "clinicaltrials.gov",
        "started_at": at,
        "finished_at": at,
        "outcome": "complete",
        "sentence": "complete",
    }


class Store:
    """A store that nights add to, and its published file."""

    def __init__(self, folder: Path) -> None:
        shelf = Shelf(folder)
        for trial_id in TRIALS:
            shelf.trial(trial_id)
        shelf.put(models.Run, **a_run("20260912T023000Z-aaaaaa", NOW))
        with shelf.open():
            pass
        self.folder = folder

    def night(self, run: str, *changes: str, at: datetime = NOW, **more: object) -> None:
        rows = [
            {
                "change_id": change_id,
                "trial_id": TRIALS[0],
                "kind": "completed",
                "cause": "sponsor",
                "materiality": "high",
                "reason": "r",
                "observed_at": at,
                "run_id": run,
                "source": "nightly",
                **more,
            }
            for change_id in changes
        ]
        with opened(self.folder / "store") as con:
            insert(con, "run", [a_run(run, at)], self.folder / "work")
            insert(con, "change", rows, self.folder / "work")
            publish(con, self.folder / "published", now=at, run_id=run, is_complete=True)

    def since(self, after: str, **more: object) -> Since:
        with questions.published(self.folder / "published" / FILE) as con:
            return since(con, after, **{"most": 100, **more})  # type: ignore[arg-type]

    def told(self, after: str) -> tuple[list[str], str]:
        """By both roads: as a list, and as it comes out of the file."""
        found = self.since(after)
        assert found.is_all
        with questions.published(self.folder / "published" / FILE) as con:
            coming, behind = all_since(con, after)
            assert (list(coming), behind) == (found.changes, found.cursor)
        return [each["change_id"] for each in found.changes], found.cursor


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_each_change_comes_once_in_the_order_in_which_it_was_stored(store: Store) -> None:
    nothing, beginning = store.told("start")
    assert nothing == []
    store.night("20260913T023000Z-bbbbbb", "z", "m")
    # In the same second; and by a clock that was set back; and of the past, as a back-fill or a rebuild adds.
    store.night("20260913T023000Z-cccccc", "a")
    store.night("20260901T023000Z-dddddd", "k", at=NOW - timedelta(days=12))
    store.night(
        "20260914T023000Z-eeeeee", "old", registry_date=date(2019, 1, 1), source="history", cause="normaliser"
    )
    assert store.told(beginning)[0] == store.told("")[0] == ["z", "m", "a", "k", "old"]
    _, cursor = store.told("start")
    assert store.told(cursor) == ([], cursor)
    store.night("20260915T023000Z-ffffff", "b")
    assert store.told(cursor)[0] == ["b"]


@pytest.mark.slow
def test_asked_between_any_two_nights_it_tells_the_same(store: Store) -> None:
    cursor, told = "start", []
    for number in range(5):
        store.night(f"202609{13 + number}T023000Z-{number:06}", f"c{number}", f"b{number}", at=NOW)
        if number % 2:
            some, cursor = store.told(cursor)
            told += some
    some, cursor = store.told(cursor)
    assert told + some == store.told("start")[0]
    assert cursor == store.told("start")[1]


def test_no_more_than_so_many_and_the_cursor_goes_on_behind_them(store: Store) -> None:
    store.night("20260913T023000Z-bbbbbb", *"abcde")
    cursor, told = "start", []
    while True:
        found = store.since(cursor, most=2)
        told.append("".join(each["change_id"] for each in found.changes))
        cursor = found.cursor
        if found.is_all:
            break
    assert told == ["ab", "cd", "e"]
    assert cursor == store.told("start")[1]


@pytest.mark.slow
def test_what_is_left_out_by_a_filter_is_behind_the_cursor_too(store: Store) -> None:
    store.night("20260913T023000Z-bbbbbb", "a")
    store.night("20260914T023000Z-cccccc", "b", kind="stopped", at=NOW + timedelta(days=1))
    found = store.since("start", kinds=["completed"])
    assert [each["change_id"] for each in found.changes] == ["a"]
    assert found.cursor == store.told("start")[1]
    assert [each["change_id"] for each in store.since("", seen_since=date(2026, 9, 14)).changes] == ["b"]
    assert store.since("", substance="alcohol").changes == []


@pytest.mark.slow
def test_after_an_older_backup_came_back_what_later_nights_found_is_told(store: Store) -> None:
    store.night("20260913T023000Z-bbbbbb", "a", "b")
    kept = store.folder / "backup"
    kept.write_bytes((store.folder / "store" / "store.duckdb").read_bytes())
    store.night("20260914T023000Z-cccccc", "lost")
    told, cursor = store.told("start")
    assert told == ["a", "b", "lost"]
    (store.folder / "store" / "store.duckdb").write_bytes(kept.read_bytes())
    store.night("20260915T023000Z-dddddd")
    assert store.told(cursor)[0] == []
    store.night("20260916T023000Z-eeeeee", "found again", "new", "newer")
    assert store.told(cursor)[0] == ["found again", "new", "newer"]
    assert store.told(store.told(cursor)[1])[0] == []


@pytest.mark.slow
def test_a_cursor_of_another_store_or_none_is_refused_with_a_sentence(store: Store, tmp_path: Path) -> None:
    store.night("20260913T023000Z-bbbbbb", "a")
    _, cursor = store.told("start")
    for wrong in ("garbage", cursor[:-1], cursor.replace(".1.", ".2."), "7", "' OR 1=1", cursor + "\n.x"):
        with pytest.raises(QuestionError, match="the cursor is none that trialwatch gave"):
            store.since(wrong)
    other = Store(tmp_path / "other")
    with duckdb.connect(str(other.folder / "store" / "store.duckdb")) as con:
        con.execute("UPDATE run SET run_id = '20260912T023000Z-bbbbbb'")
    other.night("20260913T023000Z-bbbbbb", "a")
    with pytest.raises(QuestionError, match="of another store"):
        other.since(cursor)
