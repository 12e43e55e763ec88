"""Nights that are published elsewhere too: last, whole, told of where they fail, and never at the mail's cost."""

import json
import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from connectors.places.address import Lake
from connectors.places.shelves import shelf
from connectors.simulated import SimulatedRegistry
from flows import elsewhere, holders, own_process
from flows.elsewhere import BoundsOfAPlace
from flows.endings import Code
from flows.nightly import Report, Steps, night
from flows.settings import SettingsError, configuration
from flows.terminal.progress import silent
from tests.bucket import KEYS, Bucket, open_bucket
from tests.house import WATCH, House, Typed
from tests.records import a_trial, with_status
from warehouse.publish.analysts_file import FILE, NotPublishedError
from warehouse.publish.lake_access import attached
from warehouse.publish.views import VIEWS
from warehouse.store.file import locked

OPERATOR = "operator@example.org"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as opened:
        yield opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, bucket: Bucket) -> Iterator[tuple[House, list[Report]]]:
    """A house after two nights that were published to a folder, a bucket, and a lake with its data in a bucket."""
    folder = tmp_path_factory.mktemp("served")
    lake = f"ducklake:sqlite:{folder}/catalog?data_path=s3://nights/lake&endpoint_url={bucket.endpoint_url}"
    with pytest.MonkeyPatch.context() as patch, SimulatedRegistry(two_trials()) as registry:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        house = House(folder, registry.url)
        house.configure(WATCH)
        house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{folder}/shared {bucket.url('night')} {lake}"
        reports = [house.night()]
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        reports.append(house.night())
        yield house, reports


def two_trials() -> list[dict[str, Any]]:
    return [a_trial("NCT10000001"), a_trial("NCT10000002")]


def noted(house: House) -> list[dict[str, Any]]:
    return list(json.loads(house.settings.status_file.read_bytes())["elsewhere"])


def to_the_operator(house: House) -> list[str]:
    return [text for path in house.mails() if f"\nTo: {OPERATOR}" in (text := path.read_text())]


@pytest.mark.slow
def test_a_folder_and_a_bucket_hold_what_is_published_here(served: tuple[House, list[Report]]) -> None:
    house, reports = served
    here = house.settings.published
    for place in house.settings.publish_to[:2]:
        with shelf(place) as there:  # type: ignore[arg-type]  # the third is the lake
            told = json.loads(there.read("latest.json") or b"")
            assert told["run_id"] == reports[1].run_id
            assert told["data_version"] == "2026-09-14T09:00:04"
            assert set(told["files"]) == {
                *(FILE, "index.html", "changes.atom", "coming-up.ics"),
                *(f"parquet/{view}.parquet" for view in VIEWS),
            }
            for name in told["files"]:
                assert there.read(f"{told['generation']}/{name}") == (here / name).read_bytes()
            assert there.read("index.html") == (here / "index.html").read_bytes()


@pytest.mark.slow
def test_a_lake_holds_a_version_a_night(served: tuple[House, list[Report]]) -> None:
    house, reports = served
    lake = house.settings.publish_to[2]
    assert isinstance(lake, Lake)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        from connectors.places.access import resolved

        s3 = resolved(lake.s3 or pytest.fail("it is in a bucket"))
        with attached(lake, s3, house.settings.data_dir) as con:
            asked = con.execute("SELECT commit_message FROM lake.snapshots() ORDER BY snapshot_id").fetchall()
            assert [said for (said,) in asked[1:]] == [
                f"run {report.run_id}: ketamine-sud; data of clinicaltrials.gov {version}"
                for report, version in zip(reports, ("2026-09-11T09:00:04", "2026-09-14T09:00:04"), strict=True)
            ]
            which = "SELECT overall_status FROM lake.trials AT (VERSION => {}) WHERE trial_id = 'NCT10000001'"
            assert [con.execute(which.format(n)).fetchall() for n in (1, 2)] == [
                [("RECRUITING",)],
                [("COMPLETED",)],
            ]


def test_what_came_of_it_is_said_and_noted_and_nothing_is_left_aside(served: tuple[House, list[Report]]) -> None:
    house, reports = served
    assert [report.ending.code for report in reports] == [Code.DONE, Code.DONE]
    said = reports[1].ending.sentences
    assert any(sentence.startswith("s3://nights/night: ") for sentence in said)
    assert any(sentence.endswith("tables changed") for sentence in said)
    assert [(each["run_id"], each["trouble"]) for each in noted(house)] == [(reports[1].run_id, None)] * 3
    assert [path.name for path in (house.settings.data_dir / "elsewhere").iterdir()] == ["lock"]


@pytest.fixture
def blocked(house: House, registry: SimulatedRegistry) -> House:
    """A house with an operator, whose other place is a folder where a file stands."""
    registry.put(*two_trials())
    house.environment["TRIALWATCH_OPERATOR"] = OPERATOR
    house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{house.folder}/shared/night"
    (house.folder / "shared").write_text("in the way")
    return house


@pytest.mark.slow
def test_the_operator_hears_of_a_place_that_fails_once_and_every_third_night(blocked: House, typed: Typed) -> None:
    told = []
    for _ in range(4):
        assert blocked.night().ending.code is Code.DONE
        told.append(len(to_the_operator(blocked)))
    assert told == [1, 1, 1, 2]
    mail = to_the_operator(blocked)[0]
    assert f"cannot publish to file://{blocked.folder}/shared/night" in mail.replace("=\n", "")
    since = noted(blocked)[0]["failing_since"]
    assert since == "2026-09-12T02:30:00Z"
    assert "not published to file://" in typed("status")[2]
    assert "readers there find nothing yet" in typed("status")[2]
    assert "published to file://" in typed("status")[1]
    assert "not published to file://" in typed("watchdog")[2]

    (blocked.folder / "shared").unlink()
    blocked.night()
    assert (noted(blocked)[0]["trouble"], noted(blocked)[0]["failing_since"]) == (None, None)
    assert "not published" not in typed("status")[2]

    (blocked.folder / "shared").rename(blocked.folder / "away")
    (blocked.folder / "shared").write_text("in the way")
    blocked.night()
    assert len(to_the_operator(blocked)) == 3, "trouble that had passed meanwhile is told at once"
    assert "readers there find the night of 2026-09-16" in typed("status")[2]


@pytest.mark.slow
def test_without_an_operator_status_and_doctor_alone_tell(blocked: House, typed: Typed) -> None:
    del blocked.environment["TRIALWATCH_OPERATOR"]
    assert "not published to" in blocked.night().ending.sentences[-1]
    assert "readers there find nothing yet" in " ".join(typed("doctor")[1].split())
    assert noted(blocked)[0]["trouble"]
    assert not to_the_operator(blocked)


@pytest.mark.slow
def test_a_place_that_is_no_longer_named_is_forgotten(blocked: House) -> None:
    blocked.night()
    blocked.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{blocked.folder}/another"
    blocked.night()
    assert [each["place"] for each in noted(blocked)] == [f"file://{blocked.folder}/another"]


@pytest.mark.slow
def test_a_night_that_cannot_be_set_aside_is_every_places_trouble(blocked: House) -> None:
    (blocked.folder / "shared").unlink()
    (blocked.settings.data_dir / "elsewhere").parent.mkdir(parents=True, exist_ok=True)
    (blocked.settings.data_dir / "elsewhere").write_text("in the way")
    report = blocked.night()
    assert report.ending.code is Code.DONE
    assert "tonight's files could not be set aside on this machine: " in str(noted(blocked)[0]["trouble"])
    assert len(to_the_operator(blocked)) == 1

    (blocked.settings.data_dir / "elsewhere").unlink()
    blocked.night()
    assert noted(blocked)[0]["trouble"] is None

    def half(*_: Any) -> Path:
        raise NotPublishedError("index.html could not be made and stays as it was; all else is published")

    configured = configuration(blocked.settings.config)
    night(blocked.settings, configured, configured.watches, silent, Steps(publish=half))
    assert noted(blocked)[0]["trouble"] == "publishing on this machine failed tonight, so nothing was sent"


@pytest.mark.slow
def test_with_no_place_named_no_trouble_is_left(blocked: House, typed: Typed) -> None:
    blocked.night()
    assert "not published to file://" in typed("status")[2]
    del blocked.environment["TRIALWATCH_PUBLISH_URL"]
    blocked.night()
    assert "not published to" not in typed("status")[2]
    assert json.loads(blocked.settings.status_file.read_bytes())["elsewhere"] is None


@pytest.mark.parametrize("seconds", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_place_that_hangs_costs_no_mail_and_is_left_in_time(
    house: House, registry: SimulatedRegistry, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    registry.put(*two_trials())
    assert not house.night().ending.code
    assert not (house.settings.data_dir / "elsewhere").exists(), "there is no place yet"
    before = len(house.mails())
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
    monkeypatch.setattr(own_process, "is_wanted", True)
    with socket.create_server(("127.0.0.1", 0)) as silence:  # it takes connections, and never says a word
        port = silence.getsockname()[1]
        hanging = f"s3://key:secret@nights/x?endpoint_url=http://127.0.0.1:{port}"
        house.environment["TRIALWATCH_PUBLISH_URL"] = f"{hanging} file://{house.folder}/shared"
        report = night_of(house, BoundsOfAPlace(seconds, seconds_per_byte=0))
    assert report.ending.code is Code.DONE
    assert len(house.mails()) == before + 1
    hung, well = noted(house)
    assert hung["trouble"] == f"this step was ended: it took longer than {seconds} seconds"
    assert hung["place"] == "s3://nights/x"
    if seconds > 3:  # so that the other place has time enough, however busy this machine is
        assert well["trouble"] is None
        assert json.loads((house.folder / "shared/latest.json").read_text())["run_id"] == report.run_id


def night_of(house: House, bounds: BoundsOfAPlace) -> Report:
    settings = house.settings
    configured = configuration(settings.config)
    do = Steps(elsewhere=partial(elsewhere.publish, bounds=bounds))
    return night(settings, configured, configured.watches, silent, do)


@pytest.mark.slow
def test_mail_is_out_and_the_store_is_free_before_anything_goes_elsewhere(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*two_trials())
    house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{house.folder}/shared"
    assert not house.night().ending.code
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
    settings, configured = house.settings, configuration(house.settings.config)
    before = len(house.mails())
    seen = []

    def look(context: Any, aside: Path) -> list[elsewhere.Came]:
        with locked(settings.store, "a test"):
            seen.append(len(house.mails()))
        return elsewhere.publish(context, aside)

    night(settings, configured, configured.watches, silent, Steps(elsewhere=look))
    assert seen == [before + 1]


@pytest.mark.parametrize("command", [holders.RUN, holders.IMPORT])
def test_whoever_notes_what_came_of_it_holds_the_store_under_its_own_name(
    house: House, registry: SimulatedRegistry, command: str
) -> None:
    """A night waits for an import, and leaves another night to its work: it must not take one for the other."""
    registry.put(*two_trials())
    house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{house.folder}/shared"
    settings, configured = house.settings, configuration(house.settings.config)
    holding: list[str] = []

    def answer(facts: bytes) -> None:
        with settings.status_file.open("wb") as asked:  # opens when the facts are read, under the lock
            holding.append((settings.store / "lock").read_text("utf-8"))
            asked.write(facts)

    def publish(context: Any, aside: Path) -> list[elsewhere.Came]:
        came, facts = elsewhere.publish(context, aside), settings.status_file.read_bytes()
        settings.status_file.unlink()
        os.mkfifo(settings.status_file)
        Thread(target=answer, args=(facts,), daemon=True).start()
        return came

    night(settings, configured, configured.watches, silent, Steps(elsewhere=publish, command=command))
    assert [said.split(",")[0] for said in holding] == [command]
    assert [each["trouble"] for each in noted(house)] == [None]


@pytest.mark.slow
def test_what_a_night_that_was_killed_had_set_aside_is_cleared_and_another_nights_is_not(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*two_trials())
    house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{house.folder}/shared"
    house.night()
    aside = elsewhere.set_aside(house.settings, "20260901T023000Z-000001")
    assert aside is not None
    assert aside.is_dir()
    with locked(aside.parent, holders.RUN):
        elsewhere.set_aside(house.settings, "20260902T023000Z-000002")
        assert aside.is_dir(), "its night may still be publishing it"
    elsewhere.set_aside(house.settings, "20260903T023000Z-000003")
    assert aside.is_dir(), "its night may be waiting for its turn"
    for each in aside.parent.iterdir():
        os.utime(each, (0, 0))
    house.night()
    assert [path.name for path in aside.parent.iterdir()] == ["lock"]


def test_a_fault_of_ours_costs_a_night_elsewhere_and_nothing_here(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*two_trials())
    house.environment["TRIALWATCH_PUBLISH_URL"] = f"file://{house.folder}/shared"

    def fails(context: Any, aside: Path) -> list[elsewhere.Came]:
        raise ZeroDivisionError

    settings, configured = house.settings, configuration(house.settings.config)
    report = night(settings, configured, configured.watches, silent, Steps(elsewhere=fails))
    assert report.ending.code is Code.DONE
    assert "not published elsewhere as it should be: ZeroDivisionError" in report.ending.sentences[-1]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("here://there/x", "nothing here knows here://"),
        ("s4:/x", "begins with file://, s3:// or ducklake:"),
        ("gs://bucket/x", "needs a library that is not installed: pip install 'fsspec[gs]'"),
    ],
)
def test_a_place_that_can_never_be_served_is_told_before_the_night(house: House, address: str, said: str) -> None:
    house.environment["TRIALWATCH_PUBLISH_URL"] = address
    with pytest.raises(SettingsError) as refused:
        house.night()
    assert said in str(refused.value)
    assert not (house.folder / "data").exists()
