"""The stages of a night as the program plays them, each by itself.

A stage finds on disk what the one before it left, and returns how many records it dealt with: all of them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.scale import records
from benchmarks.scale.records import CHANGED_NIGHT, FIRST, STAMPED, Sent
from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.clinicaltrials_gov.reading import Reader
from connectors.http import Manners, PoliteClient
from connectors.registry import Collected, Search
from warehouse.judge.watch import Watch
from warehouse.keep.afar import read_for_another
from warehouse.keep.certificate import Night
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.publish.analysts_file import COMPANIONS, FILE, publish
from warehouse.store.file import opened
from warehouse.store.landed import Landed, Landing

REGISTRY = "clinicaltrials.gov"
EVERYTHING = Watch("everything", (REGISTRY,), everything=True, relevance="ketamine-substance-use")


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder in which the stages of one size are played, and the address of a registry of that size."""

    folder: Path
    size: int
    url: str = ""

    def sent(self, sent: Sent) -> Path:
        return self.folder / f"{sent.name}.ndjson"

    def landed(self, sent: Sent) -> Path:
        return self.folder / "landed" / f"{sent.name}.ndjson.zst"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @property
    def shards(self) -> Path:
        """What workers have left, a folder each."""
        return self.folder / "shards"


class _Counting:
    """A sink that keeps nothing, so that collecting is measured without landing."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, record: bytes) -> None:
        self.count += 1

    def mark(self) -> int:
        return self.count

    def rewind(self, mark: int) -> None:
        self.count = mark


def collect(bench: Bench) -> int:
    manners = Manners("trialwatch benchmark", requests_per_second=float("inf"))
    sink = _Counting()
    with PoliteClient(bench.url, manners) as client:
        ClinicalTrialsGov(client).collect(EVERYTHING.question(()), sink, lambda *_: None)
    return sink.count


def land(bench: Bench, sent: Sent = FIRST) -> int:
    trial_ids = records.trial_ids(bench.size)
    searches = [Search("everything", bench.size, bench.size, bench.size)]
    found_by = {trial_id: ["everything"] for trial_id in trial_ids}
    collected = Collected(REGISTRY, sent.data_version, sent.data_version, searches, found_by)
    count = 0
    with Landing(bench.landed(sent), marking(Reader())) as landing, bench.sent(sent).open("rb") as lines:
        for line in lines:
            landing.write(line)
            count += 1
        landing.finish(collected)
    return count


def first_load(bench: Bench) -> int:
    bench.store.mkdir()
    return _keep(bench, FIRST, new_versions=bench.size)


def stamped_night(bench: Bench) -> int:
    return _keep(bench, STAMPED, new_versions=0)


def changed_night(bench: Bench) -> int:
    return _keep(bench, CHANGED_NIGHT, new_versions=records.changed(bench.size))


def shard_read(bench: Bench) -> int:
    """What a worker does on a first night after it has collected, here of all records as one shard."""
    folder = bench.shards / "all"
    folder.mkdir(parents=True)
    night = _night(bench, FIRST)
    landed = Landed(bench.landed(FIRST))
    files = read_for_another(
        landed, night.reader, folder, run_id=night.run_id, registry_name=REGISTRY, now=night.now
    )
    for name, file in files.items():
        file.rename(folder / name)
    return bench.size


def shard_load(bench: Bench) -> int:
    """The first load of a night that finds all of it read by a worker; into a store of its own."""
    store = bench.folder / "store of shards"
    store.mkdir()
    count = _kept(store, replace(_night(bench, FIRST), afar=bench.shards), bench.landed(FIRST), bench.size)
    assert not any(bench.shards.glob("*/rows-*")), "all was taken over"
    return count


def _keep(bench: Bench, sent: Sent, new_versions: int) -> int:
    return _kept(bench.store, _night(bench, sent), bench.landed(sent), new_versions)


def _night(bench: Bench, sent: Sent) -> Night:
    now = _night_after(sent)
    return Night(
        f"{now:%Y%m%dT%H%M%SZ}-aaaaaa", EVERYTHING, REGISTRY, now, lambda: now, bench.folder / "work", Reader()
    )


def _kept(store: Path, night: Night, landed: Path, new_versions: int) -> int:
    told = Landed(landed)
    with opened(store, awaited=told.about_bytes()) as con:
        certificate = keep_night(con, night, told)
    assert (certificate.outcome, certificate.new_versions) == ("complete", new_versions), certificate
    return certificate.distinct_trials or 0


def _night_after(sent: Sent) -> datetime:
    return datetime.fromisoformat(f"{sent.day}T02:30:00") + timedelta(days=1)


def publication(bench: Bench, sent: Sent = FIRST) -> int:
    """The analysts' file with Parquet, without the page and the feed."""
    with opened(bench.store) as con:
        now = _night_after(sent)
        publish(con, bench.published, now=now, run_id="r", is_complete=True, companions={})
    return bench.size


def publication_again(bench: Bench) -> int:
    return publication(bench, STAMPED)


def page_and_feed(bench: Bench) -> int:
    with duckdb.connect(str(bench.published / FILE), read_only=True) as built:
        for name, make in COMPANIONS.items():
            (bench.published / name).write_bytes(make(built))
    return bench.size


def as_of(bench: Bench, day: str = "2030-01-01") -> int:
    """The trials by status as of a day; by default one that comes after every date in a record."""
    known = f"DATE '{day}', TIMESTAMP '{day}'"
    with duckdb.connect(str(bench.published / FILE), read_only=True) as built:
        states = built.execute(
            f"SELECT overall_status, count(*) FROM trials_as_of({known}) GROUP BY ALL"
        ).fetchall()
    return sum(count for _, count in states)
