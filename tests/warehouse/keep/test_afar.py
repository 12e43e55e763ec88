"""Records read on another machine: the night that takes them over is the night that would have read them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.reading import Reader
from tests.records import a_trial
from tests.warehouse.keep.test_processes import EVERYTHING, NAME, NUMBERS, Watchful, landed, record, tables
from warehouse.keep.afar import read_for_another
from warehouse.keep.certificate import Certificate, Night
from warehouse.keep.night import keep_night
from warehouse.store.file import opened

NOW = datetime.fromisoformat("2026-09-12T02:30:00")
Records = list[dict[str, Any] | bytes]


def read_in_parts(folder: Path, parts: list[Records]) -> Path:
    """What other machines leave for the night that reads these parts."""
    for number, records in enumerate(parts):
        told = landed(folder / f"landed-{number}", "2026-09-11", records, Reader())
        (work := folder / f"work-{number}").mkdir()
        files = read_for_another(told, Reader(), work, run_id="night", registry_name=NAME, now=NOW)
        (left := folder / "afar" / str(number)).mkdir(parents=True)
        for name, file in files.items():
            file.rename(left / name)
    return folder / "afar"


def kept(
    folder: Path, records: Records, reader: Reader, afar: Path | None = None, processes: int = 1
) -> tuple[Certificate, dict[str, list[tuple[Any, ...]]]]:
    """The certificate of a first night, and all that the store holds after it."""
    folder.mkdir()
    file = landed(folder, "2026-09-11", records, Reader())
    work = folder / "work"
    with opened(folder) as con:
        night = Night("night", EVERYTHING, NAME, NOW, lambda: NOW, work, reader, processes=processes, afar=afar)
        certificate = keep_night(con, night, file)
        assert list(work.glob("*")) == []
        return certificate, tables(con)


@pytest.mark.slow
def test_what_another_machine_has_read_is_kept_as_if_the_night_had_read_it(tmp_path: Path) -> None:
    odd = record(NUMBERS[7])
    odd["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = "many"
    parts: list[Records] = [
        [*map(record, NUMBERS[:7]), odd, b"{", *map(record, NUMBERS[8:50])],
        [b"[]", *map(record, NUMBERS[50:])],
    ]
    records = [*parts[0], *parts[1]]
    watchful = Watchful()
    found = kept(tmp_path / "found", records, watchful, read_in_parts(tmp_path, parts))
    assert found == kept(tmp_path / "here", records, Reader())
    assert (found[0].new_versions, found[0].quarantined) == (len(NUMBERS), 2)
    assert watchful.read_here == []
    assert not list((tmp_path / "afar").rglob("*.ndjson"))


def without_the_last(records: Records) -> Records:
    return records[:-1]


def with_another_last(records: Records) -> Records:
    return [*records[:-1], a_trial(NUMBERS[19], overallStatus="COMPLETED")]


def with_two_of_one(records: Records) -> Records:
    return [*records, a_trial(NUMBERS[3], overallStatus="COMPLETED")]


@pytest.mark.sampled
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("landed_tonight", [without_the_last, with_another_last, with_two_of_one])
def test_a_part_that_did_not_land_as_it_was_read_is_read_by_the_night(
    tmp_path: Path, landed_tonight: Callable[[Records], Records], processes: int
) -> None:
    first: Records = list(map(a_trial, NUMBERS[:10]))
    second: Records = list(map(a_trial, NUMBERS[10:20]))
    records = landed_tonight([*first, *second])
    found = kept(tmp_path / "found", records, Reader(), read_in_parts(tmp_path, [first, second]), processes)
    assert found == kept(tmp_path / "here", records, Reader())


@pytest.mark.slow
def test_a_trial_that_two_parts_have_is_kept_once(tmp_path: Path) -> None:
    records: Records = list(map(a_trial, NUMBERS[:20]))
    afar = read_in_parts(tmp_path, [records[:12], records[10:]])
    watchful = Watchful()
    found = kept(tmp_path / "found", records, watchful, afar)
    assert found == kept(tmp_path / "here", records, Reader())
    assert sorted(watchful.read_here) == sorted(NUMBERS[12:20])


def test_where_a_trial_is_held_nothing_is_taken_over(tmp_path: Path) -> None:
    first: Records = [a_trial(NUMBERS[0])]
    both: Records = [*first, a_trial(NUMBERS[1])]
    (folder := tmp_path / "found").mkdir()
    reader = Watchful()
    afar = read_in_parts(tmp_path, [both])
    with opened(folder) as con:
        for day, records in ((12, first), (13, both)):
            now = NOW.replace(day=day)
            told = (f"night-{day}", EVERYTHING, NAME, now, lambda now=now: now, folder / "work", reader)
            night = Night(*told, afar=afar if day == 13 else None)
            file = landed(folder, f"2026-09-{day - 1}", records, Reader())
            assert keep_night(con, night, file).outcome == "complete"
    assert reader.read_here == NUMBERS[:2]
