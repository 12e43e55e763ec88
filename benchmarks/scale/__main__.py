"""Plays every stage at every size and tells what it cost; writes docs/performance.md and its plot."""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scale import records, report, stages
from benchmarks.scale.loopback import served
from benchmarks.scale.measuring import Cost, measured
from benchmarks.scale.records import CHANGED_NIGHT, FIRST, STAMPED, Sent
from benchmarks.scale.stages import Bench

DOCS = Path(__file__).parents[2] / "docs"
SIZES = (1000, 5000, 20_000)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in its turn. ``after`` is what must have landed before it; ``times`` how often, the best counts."""

    module: str
    name: str
    after: Sent | None = None
    times: int = 1
    up_to: int | None = None

    def play(self, bench: Bench) -> Cost:
        spent = (measured(f"{self.module}:{self.name}", bench) for _ in range(self.times))
        return min(spent, key=lambda cost: cost.cpu_s)


STEPS = (
    Step("limits", "orjson_parse", times=3),
    Step("limits", "msgspec_decode", times=3),
    Step("limits", "duckdb_count", times=3),
    Step("stages", "collect"),
    Step("stages", "land"),
    Step("stages", "first_load"),
    Step("stages", "shard_read"),
    Step("stages", "shard_load"),
    Step("stages", "publication"),
    Step("stages", "page_and_feed"),
    Step("stages", "as_of", times=3),
    Step("stages", "stamped_night", after=STAMPED),
    Step("stages", "publication_again"),
    Step("stages", "changed_night", after=CHANGED_NIGHT),
    Step("others", "plain_loop", up_to=1000),
    Step("others", "dlt_same_tables", up_to=5000),
    Step("others", "dlt_whole_records", up_to=1000),
)


def costs_of(bench: Bench) -> Iterator[tuple[str, Cost]]:
    """Every stage of one size, in turn."""
    with served(bench.sent(FIRST), bench.size, FIRST.data_version) as url:
        bench = replace(bench, url=url)
        for step in STEPS:
            if step.up_to and bench.size > step.up_to:
                continue
            if step.after:
                landed(bench, step.after)
            yield step.name, step.play(bench)


def landed(bench: Bench, sent: Sent) -> None:
    """Let a later night's records land, unmeasured."""
    records.write(bench.sent(sent), bench.size, sent)
    stages.land(bench, sent)
    bench.sent(sent).unlink()


def of_size(size: int) -> tuple[dict[str, Cost], float]:
    """What each stage costs at one size, and the mean bytes of a record."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), size)
        records.write(bench.sent(FIRST), size, FIRST)
        return dict(costs_of(bench)), bench.sent(FIRST).stat().st_size / size


def of_versions(versions: int) -> dict[str, Cost]:
    """The as-of over so many versions."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), versions)
        measured("history:many_versions", bench)
        return {"as_of_many": Step("history", "as_of_many", times=3).play(bench)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=list(SIZES), help="how many trials, each size in turn"
    )
    parser.add_argument("--versions", type=int, default=0, help="measure as-of over so many versions too")
    parser.add_argument(
        "--docs", type=Path, default=DOCS, help="where to write performance.md and performance.svg"
    )
    asked = parser.parse_args()
    run = report.Run({}, datetime.now(UTC).date(), 0.0)
    for size in sorted(asked.sizes):
        costs, bytes_each = of_size(size)
        run = replace(run, costs={**run.costs, size: costs}, bytes_each=bytes_each)
        print(*report.table(run, size), "", sep="\n", flush=True)
    if asked.versions:
        run = replace(
            run, costs={**run.costs, asked.versions: of_versions(asked.versions)}, versions=asked.versions
        )
    print(*report.verdicts(run), sep="\n")
    (asked.docs / "performance.md").write_text(report.document(run), "utf-8")
    (asked.docs / "performance.svg").write_text(report.drawing(run), "utf-8")


if __name__ == "__main__":
    main()
