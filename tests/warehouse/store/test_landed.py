"""Landed files: complete or absent, one record a line as it was sent, and all that was asked and answered."""

import json
from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import zstandard

from connectors.errors import RegistryError
from connectors.registry import Collected, Merged, Part, Removed, Search
from connectors.trial import Mark
from warehouse.store.landed import A_FRAME, Landed, Landing

DAY = date(2026, 9, 11)
NOTHING = Collected("clinicaltrials.gov", None, None)
SOMETHING = Collected(
    registry_name="clinicaltrials.gov",
    data_version_before="2026-09-11T09:00:04",
    data_version_after="2026-09-14T09:00:04",
    asked=[Part("2019", date(2019, 1, 1), date(2019, 12, 31))],
    searches=[Search("ketamine with alcohol use disorder", 4, 5, 3), Search("everything", None, 2, 1)],
    found_by={"NCT00000001": ["ketamine with alcohol use disorder", "everything"], "NCT00000002": ["everything"]},
    by_id=["NCT00000003", "NCT00000004"],
    fates={
        "NCT00000005": Removed("NCT number NCT00000005 not found"),
        "NCT00000006": Merged("NCT00000003"),
        "NCT00000007": Removed("NCT number NCT00000007 not found"),
    },
    unnamed=6,
    requests=7,
)


def plainly(record: bytes) -> Mark:
    return Mark(record.decode("utf-8", "replace"), DAY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "landed" / "clinicaltrials.gov" / "night-1.ndjson.zst"


def left_behind(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def landed(path: Path, *records: bytes, collected: Collected = NOTHING) -> Landed:
    with Landing(path, plainly) as landing:
        for record in records:
            landing.write(record)
        return landing.finish(collected)


class TestCompleteOrAbsent:
    def test_a_landing_left_without_finish_leaves_nothing(self, path: Path) -> None:
        with Landing(path, plainly) as landing:
            landing.write(b'{"a": 1}')
        assert left_behind(path) == []

    def test_a_landing_that_fails_leaves_nothing_and_hides_no_error(self, path: Path) -> None:
        def records() -> Iterator[bytes]:
            yield b'{"a": 1}'
            raise RegistryError("the connection broke off")

        with pytest.raises(RegistryError, match="broke off"), Landing(path, plainly) as landing:
            deque(map(landing.write, records()))
        assert left_behind(path) == []

    def test_until_it_is_finished_no_file_has_its_name(self, path: Path) -> None:
        with Landing(path, plainly) as landing:
            landing.write(b'{"a": 1}')
            assert not path.exists()
            landing.finish(NOTHING)
            assert path.exists()

    def test_finished_there_are_the_records_and_the_manifest_and_nothing_else(self, path: Path) -> None:
        landed(path, b'{"a": 1}')
        assert left_behind(path) == ["night-1.ndjson.json", "night-1.ndjson.zst"]

    def test_a_landing_that_fails_leaves_the_finished_one_of_the_same_name(self, path: Path) -> None:
        earlier = landed(path, b'{"a": 1}', collected=SOMETHING)
        with Landing(path, plainly) as landing:
            landing.write(b'{"a": 2}')
        assert list(earlier.records()) == [b'{"a": 1}']
        assert earlier.collected() == SOMETHING

    def test_a_second_finished_landing_replaces_the_first(self, path: Path) -> None:
        landed(path, b'{"a": 1}', collected=SOMETHING)
        again = landed(path, b'{"a": 2}')
        assert list(again.records()) == [b'{"a": 2}']
        assert again.collected() == NOTHING

    def test_what_a_dead_process_left_is_in_nobodys_way(self, path: Path) -> None:
        path.parent.mkdir(parents=True)
        for name in (path.name, "night-1.ndjson.json"):
            path.with_name(f".{name}.part").write_bytes(b"half a rec")
        assert list(landed(path, b'{"a": 2}').records()) == [b'{"a": 2}']
        assert left_behind(path) == ["night-1.ndjson.json", "night-1.ndjson.zst"]


class TestRecords:
    def test_they_come_back_in_order_and_as_sent(self, path: Path) -> None:
        records = [b'{"b":1,"a":[ 2 ]}', '{"title":"Kétamine \u2028 物質"}'.encode(), b'{"odd":"\xff"}', b"{}"]
        assert list(landed(path, *records).records()) == records

    @pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
    def test_one_with_line_breaks_becomes_one_line_of_the_same_content(self, path: Path, line_break: str) -> None:
        content = {"title": "two\nlines\r\nof text", "conditions": ["a", "b"], "n": {"m": None}}
        sent = json.dumps(content, indent=2).replace("\n", line_break) + line_break
        kept = list(landed(path, sent.encode(), b"{}").records())
        assert len(kept) == 2
        assert json.loads(kept[0]) == content

    def test_what_was_written_since_a_mark_is_forgotten_and_nothing_else(self, path: Path) -> None:
        long = b'{"a": 2}' + b" " * A_FRAME
        with Landing(path, plainly) as landing:
            landing.write(b'{"a": 0}' * 1000)
            landing.rewind(0)
            landing.write(b'{"a": 1}')
            mark = landing.mark()
            assert mark == landing.mark()
            for _ in range(2):
                landing.write(long)
                landing.write(b'{"a": 3}')
                landing.rewind(mark)
            landing.write(b'{"a": 4}')
            finished = landing.finish(NOTHING)
        assert list(finished.records()) == [b'{"a": 1}', b'{"a": 4}']
        with zstandard.open(path, "rt") as lines:
            assert list(lines) == ['{"a": 1}\n', '{"a": 4}\n']

    def test_many_are_packed_in_frames_each_with_the_marks_of_its_own(self, path: Path) -> None:
        records = [b'{"a": "%d"}' % number + b" " * 9 + b"[]" * (A_FRAME // 30) for number in range(50)]
        finished = landed(path, *records)
        frames = list(finished.frames())
        assert len(frames) == 4
        assert [record for frame in frames for record in frame.records()] == records == list(finished.records())
        assert [mark for frame in frames for mark in frame.marks] == list(map(plainly, records))
        with zstandard.open(path, "rt") as lines:
            assert len(list(lines)) == len(records)

    def test_none_at_all_are_a_complete_file_too(self, path: Path) -> None:
        assert list(landed(path).records()) == []

    def test_they_are_compressed_as_anybody_can_read_them(self, path: Path) -> None:
        landed(path, *[b'{"a": "the same again"}'] * 1000)
        assert path.stat().st_size < 1000
        with zstandard.open(path, "rt") as lines:
            assert len(list(lines)) == 1000


class TestManifest:
    @pytest.mark.parametrize("collected", [NOTHING, SOMETHING], ids=["nothing", "something of everything"])
    def test_what_was_asked_and_answered_comes_back_as_it_was(self, path: Path, collected: Collected) -> None:
        assert landed(path, collected=collected).collected() == collected

    def test_a_file_is_all_that_it_takes(self, path: Path) -> None:
        landed(path, b"{}", collected=SOMETHING)
        again = Landed(path)
        assert (list(again.records()), again.collected()) == ([b"{}"], SOMETHING)
