"""The benchmark plays what it says it plays, and tells of it. How long anything takes, no test asks."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.scale import records, report, stages
from benchmarks.scale.bars import OURS, bars
from benchmarks.scale.loopback import served
from benchmarks.scale.measuring import Cost, StageFailedError, measured
from benchmarks.scale.records import CHANGED_NIGHT, FIRST, STAMPED
from benchmarks.scale.stages import Bench

SIZE = 50


def costs(**seconds: float) -> dict[str, Cost]:
    """Costs of that many seconds, by the wall as by processor time."""
    return {name: Cost(1000, spent, spent, 100.0) for name, spent in seconds.items()}


@pytest.mark.slow
def test_every_stage_of_fifty_records_is_played(tmp_path: Path) -> None:
    for sent in (FIRST, STAMPED, CHANGED_NIGHT):
        records.write(tmp_path / f"{sent.name}.ndjson", SIZE, sent)
    with served(tmp_path / "first.ndjson", SIZE, FIRST.data_version) as url:
        bench = Bench(tmp_path, SIZE, url)
        assert stages.collect(bench) == SIZE
    for sent in (FIRST, STAMPED, CHANGED_NIGHT):
        assert stages.land(bench, sent) == SIZE
    played = (
        *(stages.first_load, stages.shard_read, stages.shard_load),
        *(stages.publication, stages.page_and_feed, stages.as_of),
        *(stages.stamped_night, stages.publication_again, stages.changed_night),
    )
    assert [play(bench) for play in played] == [SIZE] * len(played)
    assert {"collect", "land", *(play.__name__ for play in played)} == set(OURS)


def test_the_same_size_and_night_make_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    records.write(one, SIZE, FIRST)
    records.write(two, SIZE, FIRST)
    assert one.read_bytes() == two.read_bytes()


def test_between_nights_only_what_is_said_to_move_has_moved(tmp_path: Path) -> None:
    lines = {}
    for sent in (FIRST, STAMPED, CHANGED_NIGHT):
        records.write(tmp_path / sent.name, SIZE, sent)
        stamp = f'"versionHolder":"{sent.day}"'.encode()
        lines[sent] = (tmp_path / sent.name).read_bytes().replace(stamp, b"").splitlines()
    assert lines[FIRST] == lines[STAMPED]
    differ = [before != after for before, after in zip(lines[STAMPED], lines[CHANGED_NIGHT], strict=True)]
    assert sum(differ) == records.changed(SIZE)


def test_a_stage_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path, SIZE)
    records.write(bench.sent(FIRST), SIZE - 1, FIRST)
    with pytest.raises(StageFailedError, match="dealt with 49 records of 50"):
        measured("stages:land", bench)
    assert bench.landed(FIRST).exists()


def test_bars_are_met_and_missed_by_ratios() -> None:
    small = costs(orjson_parse=1, first_load=5, stamped_night=0.1, changed_night=1, publication=4)
    large = costs(orjson_parse=2, first_load=10, stamped_night=1, changed_night=1, publication=4)
    told = {bar.asked: (bar.by_cpu, bar.verdict) for bar in bars({1000: small, 2000: large})}
    assert told["first load at least 0.10 of the speed of orjson"] == ("0.200", "met")
    assert told["a night of stamps at most 1/20 of the first load"] == ("0.100", "missed")
    assert told["a night of 1 % at most 1/8 of the first load"] == ("0.100", "met")
    assert told["doubling the trials at most 2.2 × the time"] == ("2.0", "met")
    assert told["first load at least 20 × dlt on the same tables"] == (None, "not measured in this run")


def test_memory_that_grows_with_the_registry_is_no_bar_met() -> None:
    grown = {size: {"first_load": Cost(size, 1, 1, 100 + size / 20)} for size in (1000, 20_000)}
    still = {size: {"first_load": Cost(size, 1, 1, 100 + size / 200)} for size in (1000, 20_000)}
    said = [next(bar.verdict for bar in bars(costs) if "memory" in bar.asked) for costs in (grown, still)]
    assert said == ["met here, but not at 200,000: it grows by 50 kB a trial", "met"]


def test_the_document_and_its_plot_tell_every_stage() -> None:
    spent = costs(**{stage.name: 0.5 + place for place, stage in enumerate(report.STAGES)})
    run = report.Run({1000: spent, 20_000: spent}, date(2026, 11, 26), 13_000.0)
    text = report.document(run)
    drawing = report.drawing(run)
    assert all(f"| {stage.words} |" in text for stage in report.STAGES)
    assert "\n\n\n" not in text
    ElementTree.fromstring(drawing)  # noqa: S314 - our own
    assert all(f">{words}</text>" in drawing for _, words, _ in report.DRAWN)
