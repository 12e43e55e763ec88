"""A night at a place: whole or not there, however it is read, and whatever becomes of who puts it."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import PlaceError
from connectors.places.address import Place, places
from connectors.places.generations import KEPT, put
from connectors.places.shelves import Folder, shelf
from tests.bucket import KEYS, Bucket, open_bucket
from tests.loopback import free_port

FACTS = {"published_at": "2026-09-12T02:30:00Z", "notice": "This is not medical advice."}
VIEWS = ("freshness", "trials", "changes")


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as opened:
        yield opened


@pytest.fixture(params=["file", "memory", pytest.param("s3", marks=pytest.mark.slow)])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> Place:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    where = {
        "file": f"file://{tmp_path}/shared%20folder",
        "s3": bucket.url(f"{tmp_path.name}/tonight"),
        "memory": f"memory://{tmp_path.name}/tonight",
    }
    (found,) = places(where[request.param])
    assert isinstance(found, Place)
    return found


def run_id(night: int) -> str:
    return f"202609{night:02}T023000Z-{night:06x}"


def a_night(folder: Path, night: int) -> Path:
    """Files that each say which night they are of; the calendar is every night's."""
    aside = folder / run_id(night)
    (aside / "parquet").mkdir(parents=True)
    for name in (
        "trialwatch.duckdb",
        "index.html",
        "changes.atom",
        *(f"parquet/{each}.parquet" for each in VIEWS),
    ):
        (aside / name).write_text(f"{name} of night {night}")
    (aside / "coming-up.ics").write_text("nothing comes up")
    return aside


def read(place: Place, name: str) -> str | None:
    with shelf(place) as there:
        found = there.read(name)
    return None if found is None else found.decode()


def pointer(place: Place) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(read(place, "latest.json") or "{}")
    return told


def generations(place: Place) -> list[str]:
    with shelf(place) as there:
        return sorted(there.folders("generations"))


def publish(place: Place, tmp_path: Path, night: int) -> Any:
    with shelf(place) as there:
        return put(there, a_night(tmp_path / "aside", night), run_id(night), FACTS)


def test_a_pointer_leads_to_a_whole_night_and_pages_stand_where_they_are_bookmarked(
    place: Place, tmp_path: Path
) -> None:
    publish(place, tmp_path, 1)
    done = publish(place, tmp_path, 2)
    told = pointer(place)
    assert (told["run_id"], told["generation"]) == (run_id(2), f"generations/{run_id(2)}")
    assert told["notice"] == "This is not medical advice."
    for name, known in told["files"].items():
        found = read(place, f"{told['generation']}/{name}")
        assert found is not None
        assert hashlib.sha256(found.encode()).hexdigest() == known["sha256"]
        assert found == ("nothing comes up" if name == "coming-up.ics" else f"{name} of night 2")
    assert read(place, "index.html") == "index.html of night 2"
    is_stable = place.scheme == "file"  # an open file of a folder stays what it was, a bucket's does not
    assert read(place, "trialwatch.duckdb") == ("trialwatch.duckdb of night 2" if is_stable else None)
    assert (done.sent, done.copied) == (6, 1)  # the calendar had not changed
    assert read(place, f"generations/{run_id(1)}/parquet/trials.parquet") == "parquet/trials.parquet of night 1"


def test_earlier_nights_are_kept_for_a_while(place: Place, tmp_path: Path) -> None:
    for night in range(1, KEPT + 3):
        publish(place, tmp_path, night)
    assert generations(place) == [run_id(night) for night in range(3, KEPT + 3)]
    assert pointer(place)["generations"] == [run_id(night) for night in range(KEPT + 2, 2, -1)]


def test_what_a_run_that_died_left_is_removed_and_nothing_else(place: Place, tmp_path: Path) -> None:
    publish(place, tmp_path, 1)
    with shelf(place) as there:
        there.put(tmp_path / "aside" / run_id(1) / "index.html", f"generations/{run_id(2)}/index.html")
        there.put(tmp_path / "aside" / run_id(1) / "index.html", "generations/a colleague's/index.html")
    assert pointer(place)["run_id"] == run_id(1)
    publish(place, tmp_path, 3)
    assert generations(place) == [run_id(1), run_id(3), "a colleague's"]


def test_a_night_is_put_again_over_what_it_had_put(place: Place, tmp_path: Path) -> None:
    publish(place, tmp_path, 1)
    with shelf(place) as there:
        put(there, tmp_path / "aside" / run_id(1), run_id(1), FACTS)
    assert pointer(place)["generations"] == [run_id(1)]
    assert read(place, f"generations/{run_id(1)}/index.html") == "index.html of night 1"


@pytest.mark.parametrize("left", ["", "no JSON", "[]", '{"generations": ["../.."]}', '{"generations": [3]}'])
def test_a_pointer_that_is_not_ours_is_replaced(tmp_path: Path, left: str) -> None:
    place = Place("file://x", "file", str(tmp_path / "x"))
    with shelf(place) as there:
        there.write(left.encode(), "latest.json")
    publish(place, tmp_path, 1)
    assert pointer(place)["generations"] == [run_id(1)]


def test_without_a_pointer_the_night_that_was_there_stays_until_the_next_is_whole(tmp_path: Path) -> None:
    place = Place("file://x", "file", str(tmp_path / "x"))
    publish(place, tmp_path, 1)
    with shelf(place) as there:
        there.write(b"half a poin", "latest.json")

    class Full(Folder):
        def put(self, source: Path, name: str) -> None:
            raise OSError(28, name)

    with pytest.raises(OSError, match="generations"):
        put(Full(tmp_path / "x"), a_night(tmp_path / "aside", 2), run_id(2), FACTS)
    assert generations(place) == [run_id(1)]
    publish(place, tmp_path, 3)
    assert generations(place) == [run_id(3)]


def test_what_somebody_removed_there_is_sent_again(place: Place, tmp_path: Path) -> None:
    publish(place, tmp_path, 1)
    with shelf(place) as there:
        there.remove(f"generations/{run_id(1)}")
    done = publish(place, tmp_path, 2)
    assert (done.sent, done.copied) == (7, 0)
    assert read(place, f"generations/{run_id(2)}/coming-up.ics") == "nothing comes up"


def test_two_readers_beside_a_writer_only_ever_find_whole_nights(place: Place, tmp_path: Path) -> None:
    publish(place, tmp_path, 1)
    is_over = threading.Event()
    found: list[tuple[str, set[str]]] = []
    broken: list[BaseException] = []

    def follow() -> None:
        try:
            while not is_over.is_set():
                with shelf(place) as there:
                    told = json.loads(there.read("latest.json") or b"")
                    said = {
                        there.read(f"{told['generation']}/{name}") for name in told["files"] if "ics" not in name
                    }
                nights = {(each or b"nothing").decode().rpartition(" of ")[2] for each in said}
                found.append((told["run_id"], nights))
        except BaseException as error:
            broken.append(error)

    readers = [threading.Thread(target=follow) for _ in range(2)]
    for each in readers:
        each.start()
    for night in range(2, 6):
        publish(place, tmp_path, night)
    is_over.set()
    for each in readers:
        each.join()
    assert not broken
    assert found
    assert all(nights == {f"night {int(run[6:8])}"} for run, nights in found), found


DIES = """
import os, signal, sys
from pathlib import Path
from connectors.places.address import places
from connectors.places.generations import put
from connectors.places.shelves import Folder

class Dying(Folder):
    left = {left}
    def put(self, source, name):
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        super().put(source, name)

put(Dying(Path(sys.argv[1])), Path(sys.argv[2]), {run!r}, {{}})
"""


@pytest.mark.parametrize("left", [0, 3, 5])
def test_a_writer_killed_in_the_midst_leaves_the_last_night_and_the_next_clears_up(
    tmp_path: Path, left: int
) -> None:
    place = Place("file://x", "file", str(tmp_path / "x"))
    publish(place, tmp_path, 1)
    script = DIES.format(left=left, run=run_id(2))
    words = [sys.executable, "-c", script, place.url, str(a_night(tmp_path / "aside", 2))]
    assert subprocess.run(words, check=False, env={**os.environ}, timeout=60).returncode == -signal.SIGKILL
    assert pointer(place)["run_id"] == run_id(1)
    assert read(place, "index.html") == "index.html of night 1"
    publish(place, tmp_path, 3)
    assert generations(place) == [run_id(1), run_id(3)]


@pytest.mark.parametrize(
    ("published_at", "shown"),
    [("2026-09-12T02:29:00Z", 1), ("2026-09-12T02:30:00Z", 2), ("2026-09-11T02:30:00Z", 2)],
)
def test_a_night_that_was_overtaken_is_not_put_over_the_later_one(
    tmp_path: Path, published_at: str, shown: int
) -> None:
    """One that is a day and more behind is put: the clock was ahead when the other one was."""
    place = Place("file://x", "file", str(tmp_path / "x"))
    publish(place, tmp_path, 1)
    facts = {**FACTS, "published_at": published_at}
    done = put(Folder(tmp_path / "x"), a_night(tmp_path / "aside", 2), run_id(2), facts)
    assert pointer(place)["run_id"] == run_id(shown)
    assert done.undone == (("put it over a later night's",) if shown == 1 else ())


class Keeping(Folder):
    """As a bucket whose key may write and not delete, and where a page has become a folder."""

    def remove(self, folder: str) -> None:
        raise PermissionError(folder)


def test_a_night_is_at_a_place_though_what_follows_the_pointer_fails(tmp_path: Path) -> None:
    place = Place("file://x", "file", str(tmp_path / "x"))
    there = Keeping(tmp_path / "x")
    for night in range(1, KEPT + 3):
        done = put(there, a_night(tmp_path / "aside", night), run_id(night), FACTS)
    assert done.undone == ("clear away old nights",)
    assert pointer(place)["run_id"] == run_id(KEPT + 2)
    assert read(place, "index.html") == f"index.html of night {KEPT + 2}"
    (tmp_path / "x/changes.atom").unlink()
    (tmp_path / "x/changes.atom/in it").mkdir(parents=True)
    publish(place, tmp_path, KEPT + 3)
    assert pointer(place)["run_id"] == run_id(KEPT + 3)


@pytest.mark.slow
def test_what_is_wrong_with_a_place_is_said_in_words_that_hold_no_secret(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(address: str) -> str:
        (place,) = places(address)
        assert isinstance(place, Place)
        with pytest.raises(PlaceError) as failed:
            publish(place, tmp_path / str(len(said_so_far)), 1)
        said_so_far.append(str(failed.value))
        assert failed.value.__cause__ is None
        return str(failed.value)

    said_so_far: list[str] = []
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert "there is no such bucket" in said(bucket.url("x").replace("nights", "days"))
    closed = f"http://127.0.0.1:{free_port()}"
    assert "cannot be reached" in said(f"s3://k:hush@nights/x?endpoint_url={closed}")
    assert "hush" not in " ".join(said_so_far)
    (tmp_path / "file").write_text("")
    assert "Not a directory" in said(f"file://{tmp_path}/file")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in KEYS:
        monkeypatch.delenv(name)
    assert "no keys are known" in said(bucket.url("x"))
