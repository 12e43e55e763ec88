"""Publishing again: always what a publication made anew would be, and only what changed is made again."""

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House
from tests.records import a_trial, with_status
from tests.warehouse.publish.contents import CLEAR, contents, made_anew, places
from warehouse.publish.analysts_file import FILE, publish
from warehouse.publish.last_night import NIGHTS_IN_A_ROW, NOTE, LastNight, TableMark, copied, noted
from warehouse.publish.marks import published_columns
from warehouse.publish.parquet_footer import with_new_metadata
from warehouse.store.file import opened
from warehouse.store.tables import PUBLIC_TABLES, columns

OVERRIDE = """
[watch.ketamine-sud.overrides]
NCT10000002 = { relevant = false, reason = "healthy volunteers", by = "curator" }
"""
EVERY_NIGHT = {"freshness", "run", "trial", "trial_now"}


def _set(module: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["protocolSection"][module].update(values)


def _unreadable(record: dict[str, Any]) -> None:
    del record["protocolSection"]["identificationModule"]["nctId"]


def _odd(record: dict[str, Any]) -> None:
    record["protocolSection"]["designModule"]["phases"] = ["PHASE2", "PHASE9"]


NIGHTS: dict[str, Callable[[House, SimulatedRegistry], object]] = {
    "only the stamp moved": lambda house, registry: registry.night(),
    "no new data": lambda house, registry: None,
    "completed": lambda house, registry: registry.edit("NCT10000001", with_status("COMPLETED")),
    "another site": lambda house, registry: registry.edit(
        "NCT10000002", _set("contactsLocationsModule", locations=[{"city": "Oslo", "country": "Norway"}])
    ),
    "another number": lambda house, registry: registry.edit(
        "NCT10000002",
        _set("identificationModule", secondaryIdInfos=[{"id": "2016-001234-12", "type": "EUDRACT_NUMBER"}]),
    ),
    "another substance": lambda house, registry: registry.edit(
        "NCT10000002", _set("conditionsModule", conditions=["Cocaine Dependence", "Alcohol Use Disorder"])
    ),
    "a new trial": lambda house, registry: registry.put(a_trial("NCT10000009")),
    "removed": lambda house, registry: registry.remove("NCT10000003"),
    "merged": lambda house, registry: registry.merge("NCT10000004", "NCT10000002"),
    "cannot be read": lambda house, registry: registry.edit("NCT10000005", _unreadable),
    "an odd value": lambda house, registry: registry.edit("NCT10000006", _odd),
    "out of the search": lambda house, registry: registry.edit(
        "NCT10000007",
        _set("armsInterventionsModule", interventions=[{"type": "DRUG", "name": "Saline"}], armGroups=[]),
    ),
    "overridden": lambda house, registry: house.configure(WATCH.replace("\n[[sub", f"{OVERRIDE}\n[[sub")),
    "back again": lambda house, registry: registry.put(a_trial("NCT10000003")),
    "another search": lambda house, registry: house.configure(
        WATCH.replace('"ketamine", ', '"ketamine", "s-ket", ')
    ),
    "overdue, by the calendar alone": lambda house, registry: None,
    "nothing again": lambda house, registry: registry.night(),
}
QUIET = {"no new data", "overdue, by the calendar alone"}
"""Nights of which the registry has no new data."""


def types_of(table: str) -> dict[str, str]:
    return {column.name: column.type for column in columns(table)}


@pytest.mark.slow
def test_odd_nights_are_published_as_if_each_were_the_first(
    house: House, registry: SimulatedRegistry, tmp_path: Path
) -> None:
    registry.put(*(a_trial(f"NCT1000000{number}") for number in range(1, 9)))
    registry.edit("NCT10000008", _set("statusModule", completionDateStruct={"date": "2026-10-20"}))
    house.night()
    took_over = 0
    for number, (name, happen) in enumerate(NIGHTS.items()):
        if name not in QUIET:
            registry.night()
        if name == "overdue, by the calendar alone":
            house.now += timedelta(days=40)
        happen(house, registry)
        report = house.night()
        assert report.certificates[0][2].outcome in ("complete", "heartbeat"), (name, report.ending)
        took_over += noted(house.settings.published / "earlier").nights > 0
        assert contents(house.settings.published) == made_anew(house, tmp_path / f"anew-{number}"), name
    assert took_over > len(NIGHTS) / 2, "else nothing was tried"
    kinds = {kind for _, kind in house.changes()}
    assert {"completed", "discovered", "removed", "merged", "restored", "overdue"} <= kinds, kinds
    assert house.ask("SELECT count(*) AS n FROM quarantine")[0]["n"]


class Shop:
    """A store after a first night, and where it is published: again and again, each time a day later."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.published = folder, folder / "published"
        self.now = datetime(2026, 9, 13, 2, 30)  # noqa: DTZ001 - as stored
        self.cleared = 0

    def _clear(self, payload: bytes) -> bytes | None:
        self.cleared += 1
        return CLEAR["clinicaltrials.gov"](payload)

    def publish(self, *statements: str, to: Path | None = None) -> None:
        with opened(self.folder / "store") as con:
            for statement in statements:
                con.execute(statement)
            publish(
                con,
                to or self.published,
                now=self.now,
                run_id="r",
                is_complete=True,
                companions={},
                clear=dict.fromkeys(CLEAR, self._clear),
            )

    def a_day_later(self, *statements: str) -> set[str]:
        """Publish; see that it is what is published where nothing was. Which tables were made anew?"""
        self.now += timedelta(days=1)
        before: dict[str, Any] = {}
        with suppress(duckdb.Error):  # it may be spoilt, or gone
            before = places(self.published)
        self.publish(*statements)
        anew = self.folder / f"anew-{self.now:%d}"
        self.publish(to=anew)
        assert contents(self.published) == contents(anew)
        return {name for name, place in places(self.published).items() if place != before.get(name)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with SimulatedRegistry([a_trial(f"NCT1000000{number}") for number in range(1, 9)]) as registry:
        house = House(tmp_path_factory.mktemp("house"), registry.url)
        house.configure(WATCH)
        registry.edit("NCT10000001", _odd)
        house.night()
        registry.night()
        registry.edit("NCT10000002", with_status("COMPLETED"))
        registry.edit("NCT10000003", _unreadable)
        house.night()
    return house.settings.data_dir


@pytest.fixture
def shop(first: Path, tmp_path: Path) -> Shop:
    """Its first publication is made anew, so that all that follows is of the same facts."""
    shutil.copytree(first / "store", tmp_path / "store")
    made = Shop(tmp_path)
    made.publish()
    return made


@pytest.mark.slow
def test_where_nothing_changed_nothing_is_made_anew(shop: Shop) -> None:
    assert shop.a_day_later() <= EVERY_NIGHT
    assert shop.a_day_later("UPDATE trial SET last_seen_at = last_seen_at + INTERVAL 1 DAY") <= EVERY_NIGHT


@pytest.mark.slow
def test_each_table_that_changed_is_seen_published(shop: Shop) -> None:
    with opened(shop.folder / "store") as con:
        filled = [table for table in PUBLIC_TABLES if con.execute(f"FROM {table} LIMIT 1").fetchone()]
    assert len(filled) > 12
    for table in filled:
        if table == "trial":  # of it no view shows a text
            continue
        text = [column.name for column in published_columns(table) if column.type == "VARCHAR"][-1]
        anew = shop.a_day_later(f"UPDATE {table} SET {text} = concat({text}, ' otherwise')")
        # On the night on which all is made anew a table may come to stand where it stood.
        assert table in anew or noted(shop.published / "earlier").nights == 0, table


def _as_if_all_had_changed(note: Path) -> None:
    note.write_text(note.read_text().replace('"mark": "', '"mark": "0'))


@pytest.mark.slow
def test_records_are_cleared_of_people_once_though_all_else_is_made_anew(shop: Shop) -> None:
    assert shop.cleared > 8
    shop.cleared = 0
    _as_if_all_had_changed(shop.published / "earlier" / NOTE)
    shop.publish("DELETE FROM trial_version WHERE trial_id = 'NCT10000002' AND version_number = 1")
    assert shop.cleared == 0
    shop.publish(to=shop.folder / "anew")
    assert contents(shop.published) == contents(shop.folder / "anew")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", ["note", "file", "program"])
def test_records_of_a_file_that_is_not_the_one_noted_are_cleared_anew(shop: Shop, spoil: str) -> None:
    note, wanted = shop.published / "earlier" / NOTE, shop.cleared
    shop.cleared = 0
    _as_if_all_had_changed(note)
    if spoil == "note":
        note.unlink()
    elif spoil == "file":
        _flipped(shop.published / FILE)
    else:
        note.write_text(re.sub(r'"edition": "\w', '"edition": "-', note.read_text()))
    shop.publish()
    assert shop.cleared == wanted
    shop.publish(to=shop.folder / "anew")
    assert contents(shop.published) == contents(shop.folder / "anew")


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _written_into(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE kept.trial_site SET city = 'Atlantis'")


QUICK = ("a byte is another", "somebody wrote into it", "a view's parquet is another's")
"""Those that stand for the others in the quick tests."""
HANDS: dict[str, Callable[[Path], object]] = {
    "a byte is another": lambda folder: _flipped(folder / FILE),
    "somebody wrote into it": lambda folder: _written_into(folder / FILE),
    "it is cut short": lambda folder: (folder / FILE).write_bytes((folder / FILE).read_bytes()[:5000]),
    "it is gone": lambda folder: (folder / FILE).unlink(),
    "it is an earlier one": lambda folder: shutil.copy(next((folder / "earlier").glob("*.duckdb")), folder / FILE),
    "the note is gone": lambda folder: (folder / "earlier" / NOTE).unlink(),
    "the note is none": lambda folder: (folder / "earlier" / NOTE).write_text('{"digest": 7}'),
    "another program's": lambda folder: (folder / "earlier" / NOTE).write_text(
        (folder / "earlier" / NOTE).read_text().replace('"mark": "', '"mark": "0')
    ),
    "parquet is gone": lambda folder: shutil.rmtree((folder / "parquet").resolve()),
    "a view's parquet is gone": lambda folder: (folder / "parquet" / "trial_sites.parquet").unlink(),
    "a view's parquet is another's": lambda folder: shutil.copy(
        folder / "parquet" / "trial_arms.parquet", folder / "parquet" / "trial_sites.parquet"
    ),
    "a view's parquet is spoilt": lambda folder: _flipped(folder / "parquet" / "trial_sites.parquet"),
    "parquet is a folder": lambda folder: shutil.copytree(
        (folder / "parquet").resolve(), shutil.move(folder / "parquet", folder / "link") and folder / "parquet"
    ),
}


@pytest.mark.parametrize(
    "hand", [hand if hand in QUICK else pytest.param(hand, marks=pytest.mark.slow) for hand in HANDS]
)
def test_whatever_became_of_the_published_files_the_next_are_right(shop: Shop, hand: str) -> None:
    shop.publish()
    HANDS[hand](shop.published)
    shop.a_day_later("UPDATE trial SET last_seen_at = last_seen_at + INTERVAL 1 DAY")


def test_a_file_that_can_be_opened_and_not_read_is_not_taken_over(tmp_path: Path) -> None:
    unreadable = Path("/proc/self/mem")  # its beginning is an input/output error
    assert not copied(unreadable, tmp_path / "copy", "")
    assert with_new_metadata(unreadable, tmp_path / "parquet", "", {}, {}) is None
    assert not (tmp_path / "parquet").exists()


@pytest.mark.slow
def test_a_store_that_went_back_is_published_as_it_is(shop: Shop) -> None:
    shutil.copytree(shop.folder / "store", shop.folder / "backup")
    shop.a_day_later("DELETE FROM trial_site", "UPDATE trial_version SET title = 'another'")
    shutil.rmtree(shop.folder / "store")
    shutil.move(shop.folder / "backup", shop.folder / "store")
    assert {"trial_site", "trial_version"} <= shop.a_day_later()


@pytest.mark.slow
def test_what_died_before_it_left_word_is_not_believed(shop: Shop) -> None:
    note = shop.published / "earlier" / NOTE
    before = note.read_bytes()
    shop.a_day_later("DELETE FROM trial_site WHERE trial_id < 'NCT10000004'")
    note.write_bytes(before)
    shop.a_day_later("DELETE FROM trial_site")


@pytest.mark.slow
def test_after_some_nights_in_a_row_all_is_made_anew(shop: Shop) -> None:
    nights = []
    for _ in range(NIGHTS_IN_A_ROW + 2):
        shop.publish()
        nights.append(noted(shop.published / "earlier").nights)
        shop.now += timedelta(days=1)
    assert nights == [*range(1, NIGHTS_IN_A_ROW), 0, 0, 1]


def test_a_file_of_which_most_changed_is_made_anew() -> None:
    last = LastNight(tables={"small": TableMark("a", 9), "large": TableMark("b", 10)})
    assert last.unchanged_tables({"small": "a", "large": "b"}) == {"small", "large"}
    assert last.unchanged_tables({"small": "changed", "large": "b"}) == {"large"}
    assert last.unchanged_tables({"small": "a", "large": "changed"}) == frozenset()
    assert last.unchanged_tables({"small": "a"}) == frozenset()
