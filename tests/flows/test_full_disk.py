"""A disk without room, or one that can only be read: yesterday's state, exit 2, and what to do."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.files import write_whole
from connectors.simulated import SimulatedRegistry
from tests.flows.disks import a_small_disk, fill, make_read_only, make_writable
from tests.house import WATCH, House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status
from warehouse.publish.analysts_file import FILE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def disk(house: House, registry: SimulatedRegistry, tmp_path: Path) -> Iterator[Path]:
    """The house on a disk of 64 MB, after a first night; tonight a trial has completed, another says much more."""
    with a_small_disk(tmp_path / "disk", 64) as mounted:
        house.environment["TRIALWATCH_DATA_DIR"] = str(mounted / "data")
        registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
        assert not house.night().ending.code
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
        registry.edit("NCT10000002", _says_much)
        yield mounted


def _says_much(record: dict[str, Any]) -> None:
    record["protocolSection"]["descriptionModule"]["briefSummary"] = os.urandom(200_000).hex()


TONIGHT = [("NCT10000001", "completed"), ("NCT10000002", "record_changed")]


def left_lying(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.name.startswith(".") or path.suffix == ".ndjson"]


@pytest.mark.parametrize(
    ("moment", "room"),
    [
        ("storing", 900_000),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (("taking the lock", 0), ("landing", 100_000), ("publishing", 4_000_000))
        ),
    ],
)
def test_a_full_disk_ends_the_night_as_if_it_had_not_begun(
    house: House, registry: SimulatedRegistry, typed: Typed, disk: Path, moment: str, room: int
) -> None:
    published, status = house.settings.published / FILE, house.settings.status_file
    before = published.read_bytes(), status.exists()
    landed = set(house.settings.landed.rglob("*.zst"))
    film = fill(disk, but=room)
    code, _, said = typed("run", "--no-prefect")
    # A night that was kept and cannot be published tells its mail all the same, if there is room to note that it
    # is sent, and says so: two sentences more.
    assert (code, said.count("trialwatch: ")) in ((2, 1), (2, 3 if moment == "publishing" else 1)), said
    assert "the disk is full; make room and run again" in said
    assert (published.read_bytes(), status.exists()) == before
    assert left_lying(disk) == []
    assert (set(house.settings.landed.rglob("*.zst")) > landed) == (moment in ("storing", "publishing"))
    assert typed("changes", "--json")[:2] == (0, "[]\n")
    film.unlink()
    code, _, said = typed("run", "--no-prefect")
    assert code == 0
    assert ("no new data" in said) == (moment == "publishing"), "what was stored whole is not read again"
    assert house.changes() == TONIGHT
    assert len(house.mails()) == 2, "the welcome, and the completion"


@pytest.mark.slow
def test_a_disk_that_fills_while_a_mail_is_taken_costs_a_mail_twice_at_most(
    house: House, registry: SimulatedRegistry, typed: Typed, disk: Path
) -> None:
    class Filling(PostOffice):
        film: Path | None = None

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.film = self.film or fill(disk)
            return await super().handle_DATA(server, session, envelope)

    # What is left of a page takes many a note, so there are many readers.
    many = [f"reader-{number}@example.org" for number in range(40)]
    house.configure(WATCH.replace('["team@example.org"]', str(many).replace("'", '"')))
    with open_post_office(Filling()) as office:
        house.environment["TRIALWATCH_SMTP_URL"] = office.url
        code, _, said = typed("run", "--no-prefect")
        assert code == 2
        assert "the disk is full" in said
        assert house.changes() == TONIGHT, "published before it was told"
        assert isinstance(office, Filling)
        assert office.film
        office.film.unlink()
        assert typed("deliver")[0] == 0
        sent = [(recipients[0], content) for recipients, content in office.mails]
        assert sorted({recipient for recipient, _ in sent}) == sorted(many)
        assert len(set(sent)) == len(many), "a mail that comes twice is the same to the byte"
        assert len(sent) <= len(many) + 1
        assert typed("deliver")[0] == 0
        assert len(office.mails) == len(sent)


def test_a_small_file_that_finds_no_room_stays_as_it_was(tmp_path: Path) -> None:
    with a_small_disk(tmp_path / "disk", 1) as mounted:
        path = mounted / "status.json"
        write_whole(path, b"yesterday's")
        film = fill(mounted)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"tonight's" * 1000)
        assert path.read_bytes() == b"yesterday's"
        film.unlink()
        assert [each.name for each in mounted.iterdir()] == ["status.json"]


@pytest.mark.slow
def test_a_disk_that_can_only_be_read_is_told_and_can_be_read(
    house: House, registry: SimulatedRegistry, typed: Typed, disk: Path
) -> None:
    make_read_only(disk)
    for words in (("run", "--no-prefect"), ("deliver",)):
        code, _, said = typed(*words)
        assert (code, said.count("trialwatch: ")) == (2, 1), said
        assert "the disk can only be read; mount it for writing" in said
    assert typed("status")[0] == 0
    assert typed("changes", "--json")[:2] == (0, "[]\n")
    assert typed("show", "NCT10000001")[0] == 0
    make_writable(disk)
    assert typed("run", "--no-prefect")[0] == 0
    assert house.changes() == TONIGHT
