"""Parts of a registry asked for by workers: what lands is what the night alone would have landed.

Workers are threads here, and a process where one is killed; Prefect's own are in test_standing_workers.py.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.clinicaltrials_gov.reading import Reader
from connectors.clinicaltrials_gov.searches import years
from connectors.errors import RegistryError
from connectors.http import Manners, PoliteClient
from connectors.registry import Collected, Question
from connectors.simulated import SimulatedRegistry, faults
from flows.settings import Settings, SettingsError, from_environment
from flows.spread import work
from flows.spread.order import Order, leave, made, take
from flows.spread.place import SharedPlace
from flows.spread.pulse import Heard, Pulse, Tempo
from flows.spread.runs import FlowRuns, Runs
from flows.spread.spread import MOST_ATTEMPTS, Waits
from flows.spread.workers import Workers, afar, workers_for
from tests.loopback import free_port
from tests.records import a_trial
from tests.standing_prefect import wait_for
from tests.warehouse.keep.test_processes import Watchful
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import Night
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.store.file import opened
from warehouse.store.landed import Landed, Landing

RUN_ID = "20260912T023000Z-aaaaaa"
VERSION = "2026-09-11T09:00:04"
YEARS = years(date(2026, 9, 11))[-4:]
EVERYTHING = Question(everything=True, parts=YEARS)
LIVELY = Tempo(beat=0.05, silence=10.0)
HASTY = Tempo(beat=0.05, silence=3.0)
"""A machine with much else to do may be silent for a second."""
SOON = Waits(look=0.02, begin=30.0)


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    """Three trials are first posted in each of four years; two of them fit on a page."""
    records = [
        a_trial(f"NCT{year}000{n}", studyFirstPostDateStruct={"date": f"{year}-0{n}-03"})
        for year in (2023, 2024, 2025, 2026)
        for n in (1, 2, 3)
    ]
    with SimulatedRegistry(records, page_cap=2, data_version=VERSION) as running:
        yield running


@pytest.fixture
def settings(registry: SimulatedRegistry, tmp_path: Path) -> Settings:
    return from_environment(
        {
            "TRIALWATCH_DATA_DIR": str(tmp_path / "data"),
            "TRIALWATCH_CTGOV_URL": registry.url,
            "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
            "TRIALWATCH_RETRY_SECONDS": "0",
            "TRIALWATCH_WORKERS": "2",
            "TRIALWATCH_LANDING_URL": str(tmp_path / "shared"),
        }
    )


@dataclass
class Threads:
    """Workers that are threads. Implements ``Runs``; of the first ``stillborn`` runs each ends at once."""

    settings: Settings
    stillborn: int = 0
    started: list[Order] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)

    def start(self, order: Order) -> str:
        is_born = len(self.started) >= self.stillborn
        thread = threading.Thread(target=self._work if is_born else lambda _: None, args=(order,), daemon=True)
        self.started.append(order)
        self._threads[f"run {len(self.started)}"] = thread
        thread.start()
        return f"run {len(self.started)}"

    def _work(self, order: Order) -> None:
        try:
            # As Prefect hands it over.
            order = work.understood(json.loads(json.dumps(msgspec.to_builtins(order))))
            self.said.append(work.work(order, self.settings, LIVELY))
        except (work.ShardError, RegistryError) as error:
            self.said.append(str(error))

    def have_ended(self, runs: list[str]) -> set[str]:
        return {run for run in runs if not self._threads[run].is_alive()}

    def end(self, run: str, why: str, *, is_dead: bool) -> None:
        self.said.append(why)


class Nobody(Threads):
    """A work pool without a worker."""

    def start(self, order: Order) -> str:
        self.started.append(order)
        return "a run that never begins"

    def have_ended(self, runs: list[str]) -> set[str]:
        return set()


@dataclass
class Processes(Threads):
    """Workers that are processes; of one that was killed nobody tells anything."""

    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, order: Order) -> str:
        written = json.dumps(msgspec.to_builtins(order))
        program = (
            "import json, msgspec; from flows.settings import from_environment; from flows.spread import work; "
            "from flows.spread.order import Order; from flows.spread.pulse import Tempo; "
            f"work.work(msgspec.convert(json.loads({written!r}), Order), from_environment(), Tempo(0.05, 3.0))"
        )
        variables = {
            "TRIALWATCH_CTGOV_URL": self.settings.ctgov_url,
            "TRIALWATCH_REQUESTS_PER_SECOND": "100000",
            "TRIALWATCH_LANDING_URL": str(self.settings.landing_url),
        }
        process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, **variables})
        self.started.append(order)
        self.processes.append(process)
        return str(process.pid)

    def have_ended(self, runs: list[str]) -> set[str]:
        return set()

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def workers(settings: Settings, by: Runs, tempo: Tempo = LIVELY, waits: Waits = SOON) -> Workers:
    return Workers(settings, RUN_ID, "everything", "clinicaltrials.gov", runs=by, tempo=tempo, waits=waits)


def landed(
    registry: SimulatedRegistry, folder: Path, others: Workers | None = None, question: Question = EVERYTHING
) -> tuple[list[bytes], Collected]:
    """The records of one night in their order, and what was asked and answered."""
    reader = Reader()
    manners = Manners("tests", requests_per_second=1e6, retry_s=0)
    with (
        PoliteClient(registry.url, manners) as client,
        Landing(folder / f"{others is None}.ndjson.zst", marking(reader)) as landing,
    ):
        asked = ClinicalTrialsGov(client, at_once=5, others=others)
        file = landing.finish(asked.collect(question, landing, lambda *_: None))
    return list(file.records()), replace_requests(file.collected())


def replace_requests(collected: Collected) -> Collected:
    """Who asks alone asks for the version once, and workers ask for it twice a part."""
    assert collected.requests > 0
    collected.requests = 0
    return collected


def shared(settings: Settings) -> list[Path]:
    return list(Path(settings.landing_url or "").glob("*"))


def test_what_workers_bring_lands_as_if_the_night_had_asked(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    alone = landed(registry, tmp_path)
    by = Threads(settings)
    assert landed(registry, tmp_path, workers(settings, by)) == alone
    assert len(alone[0]) == 12
    assert sorted(by.said) == [f"collect of {part.name}: landed" for part in YEARS]
    assert shared(settings) == []


def test_what_was_updated_is_asked_by_the_night_and_lands_once(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    registry.edit(
        "NCT20250001",
        lambda record: record["protocolSection"]["statusModule"].update(
            lastUpdatePostDateStruct={"date": "2026-09-10", "type": "ACTUAL"}
        ),
    )
    question = Question(everything=True, parts=YEARS[2:], updated_since=date(2026, 9, 4))
    alone = landed(registry, tmp_path, question=question)
    by = Threads(settings)
    assert landed(registry, tmp_path, workers(settings, by), question) == alone
    assert len(alone[0]) == 6
    assert len(by.said) == 2


@pytest.fixture(params=["memory", "s3", "s3 by its address"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an object store, empty."""
    if request.param == "memory":
        yield "memory://shards/of-ours"
        return
    s3fs, moto = pytest.importorskip("s3fs"), pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "for-a-test")
    bucket = f"ours-{len(request.param)}"  # all servers of one process serve the same ones
    s3fs.S3FileSystem(endpoint_url=endpoint).mkdir(bucket)
    if request.param == "s3":
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        yield f"s3://{bucket}/shards"
    else:
        yield f"s3://{bucket}/shards?endpoint_url={endpoint}"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_an_object_store_serves_as_well(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path, store: str
) -> None:
    settings = replace(settings, landing_url=store)
    by = Threads(settings)
    assert landed(registry, tmp_path, workers(settings, by)) == landed(registry, tmp_path)
    assert len(by.said) == len(YEARS)
    assert SharedPlace(store).names() == []


def test_a_shard_whose_run_ends_without_anything_is_run_again(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    by = Threads(settings, stillborn=2)
    assert landed(registry, tmp_path, workers(settings, by)) == landed(registry, tmp_path)
    assert sorted(order.attempt for order in by.started) == [1, 1, 1, 1, 2, 2]


def test_a_shard_that_is_said_to_have_ended_and_is_heard_is_not_run_twice(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    @dataclass
    class Mistaken(Threads):
        """Whoever has begun is said to have ended, as by an automation that misses heartbeats."""

        def have_ended(self, runs: list[str]) -> set[str]:
            begun = {path.parent.name for path in Path(settings.landing_url or "").glob("*/*/*/pulse-1")}
            return {run for run, order in zip(self._threads, self.started, strict=True) if order.name in begun}

    alone = landed(registry, tmp_path)
    registry.fail(faults.slow(0.5, on="search", times=4))
    by = Mistaken(settings)
    assert landed(registry, tmp_path, workers(settings, by)) == alone
    assert [order.attempt for order in by.started] == [1] * len(YEARS)


@pytest.mark.slow
def test_the_shard_of_a_killed_process_is_run_again(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    question = Question(everything=True, parts=YEARS[:1], updated_since=date(2026, 9, 10))
    alone = landed(registry, tmp_path, question=question)
    by = Processes(settings)
    found: list[Any] = []
    night = threading.Thread(
        target=lambda: found.append(landed(registry, tmp_path, workers(settings, by, HASTY), question))
    )
    registry.requests.clear()
    registry.fail(faults.slow(600, on="search", page=2, times=1))  # which the night itself does not ask for
    night.start()
    wait_for(lambda: sum("/studies" in seen.path for seen in registry.requests) > 2)
    by.processes[0].kill()
    night.join(120)
    by.stop()
    assert found == [alone]
    assert [order.attempt for order in by.started] == [1, 2]


def test_what_nobody_manages_the_night_does_itself(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    stillborn = MOST_ATTEMPTS * len(YEARS)
    by = Threads(settings, stillborn)
    assert landed(registry, tmp_path, workers(settings, by)) == landed(registry, tmp_path)
    assert len(by.started) == stillborn


def test_without_any_worker_the_night_asks_by_itself(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    by = Nobody(settings)
    impatient = Waits(look=0.02, begin=0.2)
    assert landed(registry, tmp_path, workers(settings, by, waits=impatient)) == landed(registry, tmp_path)
    assert [order.name for order in by.started] == ["2023", "2024"], "no more than two are out at once"
    assert by.said == ["the night needs it no more"] * 2


@pytest.mark.prefect
def test_without_a_server_the_night_asks_by_itself(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    asked = workers_for(settings, RUN_ID, "everything", "clinicaltrials.gov", 0)
    assert asked
    assert isinstance(asked.runs, FlowRuns)
    assert landed(registry, tmp_path, asked) == landed(registry, tmp_path)


def test_where_the_shared_place_cannot_be_used_the_night_asks_by_itself(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "shared").write_text("no folder")
    assert landed(registry, tmp_path, workers(settings, Threads(settings))) == landed(registry, tmp_path)


def test_when_the_data_version_moves_the_pass_is_made_again_and_workers_ask_again(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    @dataclass
    class Late(Threads):
        """Before the first of them begins the registry moves on."""

        def start(self, order: Order) -> str:
            if not self.started:
                registry.night("2026-09-12T09:00:04")
            return super().start(order)

    by = Late(settings)
    _, collected = landed(registry, tmp_path, workers(settings, by))
    assert collected.data_version_before == collected.data_version_after == "2026-09-12T09:00:04"
    assert sorted(collected.found_by) == sorted(landed(registry, tmp_path)[1].found_by)
    assert f"the registry moved from {VERSION} to 2026-09-12T09:00:04 meanwhile" in by.said
    assert sorted(by.said[-4:]) == [f"collect of {part.name}: landed" for part in YEARS]


def test_a_part_that_is_not_what_was_written_is_asked_for_by_the_night(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    @dataclass
    class Careless(Threads):
        def _work(self, order: Order) -> None:
            super()._work(order)
            for file in Path(self.settings.landing_url or "").glob(f"*/*/{order.name}/*-records"):
                file.write_bytes(file.read_bytes()[:-1])

    by = Careless(replace(settings, workers=4))
    assert landed(registry, tmp_path, workers(by.settings, by)) == landed(registry, tmp_path)
    assert len(by.said) == len(YEARS)


def test_what_workers_have_read_on_a_first_night_the_night_does_not_read(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, workers=1)  # threads that read at once msgspec does not bear; processes do
    now = datetime.fromisoformat("2026-09-12T02:30:00")
    asked = replace(workers(settings, Threads(settings)), read_for=now)
    landed(registry, tmp_path, asked)
    reader = Watchful()
    for read, left in ((afar(settings), 0), (None, 12)):
        watch = Watch("everything", (asked.registry_name,), everything=True)
        told = (RUN_ID, watch, asked.registry_name, now, lambda: now, tmp_path / "work", reader)
        (store := tmp_path / f"store-{left}").mkdir()
        with opened(store) as con:
            file = Landed(tmp_path / "False.ndjson.zst")
            assert keep_night(con, Night(*told, afar=read), file).new_versions == 12
            (rows,) = con.execute("SELECT count(DISTINCT content_hash) FROM trial_version").fetchone() or ()
        assert (rows, len(reader.read_here)) == (12, left)


def test_workers_of_another_program_only_collect(
    registry: SimulatedRegistry, settings: Settings, night: SharedPlace, tmp_path: Path
) -> None:
    told = {**order(settings).told, "now": "2026-09-12T02:30:00", "program": "another"}
    work.work(order(settings, told=told), settings)
    whole = made(night, order(settings))
    assert sorted(whole or {}) == ["answered", "records"]


# -- one shard ------------------------------------------------------------------------------------------------


def order(settings: Settings, **changed: Any) -> Order:
    told = work.ShardTask("clinicaltrials.gov", YEARS[0], VERSION, 0)
    return msgspec.structs.replace(
        Order(RUN_ID, "collect", "batch", YEARS[0].name, 2, msgspec.to_builtins(told)), **changed
    )


@pytest.fixture
def night(settings: Settings) -> Iterator[SharedPlace]:
    """The shared place, while a night is on."""
    place = SharedPlace(settings.landing_url or "")
    with Pulse(place, order(settings).nights_pulse, LIVELY):
        yield place


def test_a_shard_that_is_there_is_not_made_again(
    settings: Settings, registry: SimulatedRegistry, night: SharedPlace
) -> None:
    assert work.work(order(settings), settings) == "collect of 2023: landed"
    registry.requests.clear()
    assert work.work(order(settings, attempt=2), settings) == "2023 is there already"
    assert registry.requests == []


def test_two_at_once_leave_one_that_is_whole(settings: Settings, night: SharedPlace, tmp_path: Path) -> None:
    twice = [threading.Thread(target=work.work, args=(order(settings, attempt=n), settings)) for n in (1, 2)]
    for thread in twice:
        thread.start()
    for thread in twice:
        thread.join()
    whole = made(night, order(settings))
    assert whole
    assert sorted(take(night, whole, tmp_path / "taken")) == ["answered", "records"]
    left = [each.name for each in Path(settings.landing_url or "").rglob("*.part")]
    assert not [name for name in left if not name.startswith(".night.")], "the night's pulse goes on"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"batch": "yesterday's"}, "the night .* is over"),
        ({"job": "histories"}, r"another version's: .*there is no job 'histories'"),
        ({"told": {"registry_name": "isrctn"}}, r"another version's: .* missing required field"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    settings: Settings, night: SharedPlace, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(work.ShardError, match=why):
        work.work(order(settings, **changed), settings)


def test_an_order_of_another_version_is_refused_in_words(settings: Settings) -> None:
    written = msgspec.to_builtins(order(settings))
    assert work.understood(written) == order(settings)
    with pytest.raises(work.ShardError, match=r"another version's: .* unknown field `of_tomorrow`"):
        work.understood({**written, "of_tomorrow": 1})


def test_a_registry_without_parts_is_refused(settings: Settings, night: SharedPlace) -> None:
    told = {**order(settings).told, "registry_name": "isrctn"}
    with pytest.raises(work.ShardError, match="isrctn cannot be asked in parts"):
        work.work(order(settings, told=told), settings)


def test_a_worker_that_knows_no_shared_place_says_which_setting_it_needs(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="TRIALWATCH_LANDING_URL is not set"):
        work.work(order(settings), replace(settings, landing_url=None))


def test_a_shard_whose_night_ends_asks_no_more(settings: Settings, registry: SimulatedRegistry) -> None:
    place = SharedPlace(settings.landing_url or "")
    registry.fail(faults.slow(1.0, on="search", times=1))
    said: list[str] = []

    def try_it() -> None:
        try:
            work.work(order(settings), settings, LIVELY)
        except work.ShardError as error:
            said.append(str(error))

    shard = threading.Thread(target=try_it)
    with Pulse(place, order(settings).nights_pulse, LIVELY):
        shard.start()
        wait_for(lambda: any("/studies" in seen.path for seen in registry.requests))
    shard.join()
    assert said == ["the night is over, or does not hear this shard any more"]
    assert made(place, order(settings)) is None


def test_a_shard_has_its_share_of_the_pace(settings: Settings) -> None:
    assert work.at_a_share(Manners("tests", 3.0), order(settings, share=3)).requests_per_second == 1.0


def test_an_order_holds_no_address_and_fits_on_a_page(settings: Settings) -> None:
    asked = workers(replace(settings, landing_url="sftp://user:secret@host/shards"), Threads(settings))
    written = msgspec.json.encode(asked.order(YEARS[0], VERSION)).decode()
    assert "secret" not in written
    assert "://" not in written
    assert len(written) < 600


# -- the shared place and signs of life -----------------------------------------------------------------------


def test_a_file_that_is_not_what_was_written_is_not_taken(tmp_path: Path, settings: Settings) -> None:
    place = SharedPlace(str(tmp_path))
    (tmp_path / "file").write_bytes(b"content")
    leave(place, order(settings), {"file": tmp_path / "file"})
    whole = made(place, order(settings)) or {}
    with pytest.raises(ValueError, match="is no name that a shard gives a file"):
        take(place, {"../file": whole["file"]}, tmp_path / "taken")
    (tmp_path / whole["file"].name).write_bytes(b"conten_")
    with pytest.raises(ValueError, match="is not what was written there"):
        take(place, whole, tmp_path / "taken")


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_half_of_a_manifest_is_none(kind: str, tmp_path: Path, settings: Settings) -> None:
    place = SharedPlace(str(tmp_path) if kind == "folder" else "memory://half")
    (tmp_path / "file").write_bytes(b"content")
    leave(place, order(settings), {"file": tmp_path / "file"})
    assert made(place, order(settings))
    place.write(f"{order(settings).at}/whole.json", b'{"file"')
    assert made(place, order(settings)) is None
    place.remove(RUN_ID)
    place.remove(RUN_ID)
    assert made(place, order(settings)) is None


def test_what_dead_nights_left_is_removed_and_nothing_else(
    registry: SimulatedRegistry, settings: Settings, tmp_path: Path
) -> None:
    for name in ("20200101T000000Z-aaaaaa", "99990101T000000Z-aaaaaa", "somebody's"):
        (tmp_path / "shared" / name / "batch").mkdir(parents=True)
    landed(registry, tmp_path, workers(settings, Threads(settings)))
    assert sorted(path.name for path in shared(settings)) == ["99990101T000000Z-aaaaaa", "somebody's"]


@pytest.mark.slow
def test_a_pulse_is_heard_by_its_changes(tmp_path: Path) -> None:
    place = SharedPlace(str(tmp_path))
    heard = Heard(place, "pulse", HASTY)

    def is_alive() -> bool:
        heard.listen()
        return heard.is_alive

    assert not is_alive()
    with Pulse(place, "pulse", HASTY) as pulse:
        assert is_alive()
        assert pulse.is_heard
        beat = place.read("pulse")
        wait_for(lambda: place.read("pulse") != beat)
    assert not is_alive()
    assert heard.has_begun

    place.write("pulse", b"of one that was killed")
    assert is_alive()
    wait_for(lambda: not heard.is_alive)


def test_a_place_that_fails_is_silence(tmp_path: Path) -> None:
    class Failing(SharedPlace):
        def read(self, name: str) -> bytes | None:
            raise OSError("gone")

        def write(self, name: str, content: bytes) -> None:
            if (tmp_path / "fails").exists():
                raise OSError("gone")
            super().write(name, content)

        def remove(self, name: str) -> None:
            raise OSError("gone")

    place = Failing(str(tmp_path))
    heard = Heard(place, "pulse", HASTY)
    with Pulse(place, "pulse", HASTY) as pulse:
        heard.listen()
        assert not heard.is_alive
        (tmp_path / "fails").touch()
        wait_for(lambda: not pulse.is_heard)


# -- settings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({"WORKERS": "many", "LANDING_URL": "/shared"}, "WORKERS is 'many'; it must be a number of workers"),
        ({"WORKERS": "2"}, "TRIALWATCH_WORKERS is set and TRIALWATCH_LANDING_URL is not"),
        ({"LANDING_URL": "not/from:hidden@the/root"}, "LANDING_URL holds '…'; a place begins with file://, s3://"),
        (
            {"LANDING_URL": "s3://a:hidden@bucket/x file:///y"},
            "LANDING_URL must name one folder or bucket, and no",
        ),
        ({"LANDING_URL": "ducklake:sqlite:/x?data_path=/hidden"}, "must name one folder or bucket, and no lake"),
        ({"LANDING_URL": "s3://ours/x?endpoint=hidden"}, "with the option 'endpoint'; there is endpoint_url"),
    ],
)
def test_settings_that_cannot_be_meant(variables: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why) as told:
        from_environment({f"TRIALWATCH_{name}": value for name, value in variables.items()})
    assert "hidden" not in str(told.value)


def test_by_default_a_night_has_no_workers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers_for(from_environment({}), RUN_ID, "everything", "clinicaltrials.gov", 0) is None
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert workers_for(settings, RUN_ID, "everything", "clinicaltrials.gov", 0) is None
