"""The store read again: nothing where today's code wrote it, and what it would have written where another did."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.simulated.isrctn import SimulatedIsrctn
from flows.demo.year import nights, without_prefect
from tests.flows.test_import import WATCH as OF_FILES
from tests.flows.test_status_turns import FIRST, Registered
from tests.flows.test_status_turns import WATCH as OF_ISRCTN
from tests.flows.test_status_turns import nights as calendar_nights
from tests.house import House, Typed
from tests.ictrprecords import a_record, an_export
from warehouse.judge.rereading import DATES, NO_CHANGE
from warehouse.store.file import FILE, opened
from warehouse.store.load import CONTENTS, DETAIL, TOLD_BY_A_VERSION
from warehouse.store.tables import columns

Rows = list[tuple[Any, ...]]
BY_A_RUN = {"publication", "store_schema"}
REGISTRIES = ("clinicaltrials.gov", "isrctn", "ctis", "ictrp")


def stored(house: House) -> dict[str, Rows]:
    """All that the store holds, but for what notes that it was published."""
    with duckdb.connect(str(house.settings.store / FILE), read_only=True) as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in tables if name not in BY_A_RUN
        }


def differing(before: dict[str, Rows], after: dict[str, Rows]) -> dict[str, tuple[Rows, Rows]]:
    """By table the rows that went, and those that came."""
    return {
        name: ([row for row in rows if row not in after[name]], [row for row in after[name] if row not in rows])
        for name, rows in before.items()
        if rows != after[name]
    }


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after the demo's year on three registries, and a file of WHO's. To be moved into."""
    house = House(tmp_path_factory.mktemp("year"), "http://127.0.0.1:9")
    assert [report.ending.code for report in nights(house.folder, without_prefect)] == [0] * 12
    text = (house.folder / "trialwatch.toml").read_text("utf-8")
    house.configure(text + OF_FILES.replace("ketamine-sud", "files").replace("team", "who"))
    (house.folder / "export.xml").write_text(an_export(a_record()), "utf-8")
    house.now = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)
    return house


@pytest.fixture
def lived(house: House, year: House, typed: Typed) -> House:
    """That house, to do with as one likes, with trials of all four registries."""
    house.move_in(year)
    assert typed("import", "ictrp", str(house.folder / "export.xml"))[0] == 0
    return house


@pytest.mark.slow
def test_what_todays_code_stored_stays_as_it_is(lived: House, typed: Typed) -> None:
    before = stored(lived)
    assert {row[1] for row in before["trial"]} == set(REGISTRIES)
    mails = lived.mails()
    for _ in range(2):
        code, out, err = typed("rebuild")
        assert (code, out) == (0, "")
        assert err.count("all of it as it was") == len(REGISTRIES)
    assert differing(before, stored(lived)) == {}
    assert lived.mails() == mails


def another(value: Any, kind: str) -> Any:
    """What an older trialwatch might have read in the place of a value."""
    match kind:
        case "BOOLEAN":
            return not value
        case "BIGINT":
            return (value or 0) + 1
        case "DOUBLE":
            return (value or 0) + 0.5
        case "DATE":
            return (value or date(2020, 1, 1)) + timedelta(days=1)
        case "VARCHAR[]":
            return [*(value or []), "SOMETHING"]
    return "SOMETHING" if value is None else None


TOLD_AS = {f"{name}_{part}": name for name in DATES for part in ("type", "earliest", "latest")}
TOLD_AS["expected_end_on"] = "expected_end_date"
SAID = [column for column in columns("trial_version") if column.name in TOLD_BY_A_VERSION]


def alter_columns(con: duckdb.DuckDBPyConnection, chance: random.Random, so_many: int) -> set[tuple[str, str]]:
    """Have versions say otherwise, in a column each; returns which trials in what, where that is to be told."""
    held = con.execute(
        "SELECT trial_id, record.version_number, trial.version_number = record.version_number "
        "FROM trial_payload AS record JOIN trial USING (trial_id) ORDER BY ALL"
    ).fetchall()
    told = set()
    for trial_id, version, is_present in chance.sample(held, so_many):
        column = chance.choice(SAID)
        where = "WHERE trial_id = ? AND version_number = ?"
        values = con.execute(f"SELECT {column.name} FROM trial_version {where}", [trial_id, version]).fetchall()
        old = another(values[0][0], column.type)
        con.execute(f"UPDATE trial_version SET {column.name} = ? {where}", [old, trial_id, version])
        told_as = TOLD_AS.get(column.name, column.name)
        if is_present and told_as not in NO_CHANGE:
            told.add((trial_id, told_as))
    return told


def alter_contents(con: duckdb.DuckDBPyConnection, chance: random.Random, so_many: int) -> set[tuple[str, str]]:
    """Have trials lack an entry of a list, or have one twice; returns which trials and in what view."""
    told: set[tuple[str, str]] = set()
    while len(told) < so_many:
        table = chance.choice([each for each in CONTENTS if each not in (DETAIL, "trial_document")])
        rows = con.execute(f"SELECT rowid, trial_id FROM {table} ORDER BY ALL").fetchall()
        row, trial_id = chance.choice(rows)
        if (
            table == "trial_site"
            and con.execute("FROM trial_site WHERE is_country AND rowid = ?", [row]).fetchall()
        ):
            view = "trial_countries"
        else:
            view = f"{table}s"
        if (trial_id, view) in told:
            continue
        if chance.random() < 0.5:
            con.execute(f"INSERT INTO {table} FROM {table} WHERE rowid = ?", [row])
        else:
            con.execute(f"DELETE FROM {table} WHERE rowid = ?", [row])
        told.add((trial_id, view))
    return {each for each in told if each[1] != "trial_documents"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_another_wrote_becomes_what_todays_code_would_have_written(
    lived: House, typed: Typed, seed: int
) -> None:
    chance = random.Random(seed)
    before, mails = stored(lived), lived.mails()
    with opened(lived.settings.store) as con:
        told = alter_columns(con, chance, 60) | alter_contents(con, chance, 12)
        con.execute("UPDATE trial_version SET content_hash = 'of another' WHERE version_number % 2 = 0")
        con.execute("UPDATE trial SET loaded_as = replace(loaded_as, '-', '9-') WHERE trial_id LIKE '%1'")
        con.execute("UPDATE trial SET reads_otherwise_from = NULL, url = 'of another'")
        con.execute("DELETE FROM status_turn WHERE version_number % 2 = 0")
        con.execute("DELETE FROM trial_flag")
    assert typed("rebuild")[0] == 0
    after = stored(lived)
    went, came = differing(before, after).pop("change", ([], []))
    assert differing(before, after).keys() <= {"change"}
    assert went == []
    changes = lived.ask("SELECT * FROM changes WHERE cause = 'normaliser' AND run_id LIKE '%-rebuilt-%'")
    assert len(changes) == len(came) == len(told)
    assert {(each["trial_id"], each["field"]) for each in changes} == told
    assert {each["materiality"] for each in changes} == {"low"}
    assert {each["source"] for each in changes} == {"nightly"}
    assert typed("deliver")[0] == 0
    assert lived.mails() == mails
    assert "all of it as it was" in typed("rebuild")[2]
    assert stored(lived) == after


@pytest.mark.slow
def test_a_status_of_the_calendar_is_what_it_was_and_a_turn_that_is_due_is_for_the_night(
    tmp_path: Path, typed: Typed
) -> None:
    chance = random.Random(20261128)
    trials = [Registered(f"ISRCTN{10000000 + place}", chance) for place in range(60)]
    for trial in trials:
        trial.edit(FIRST - timedelta(chance.randint(1, 900)))
    with SimulatedIsrctn() as isrctn:
        house = House(tmp_path / "one", "http://127.0.0.1:9", {"TRIALWATCH_ISRCTN_URL": isrctn.url})
        house.folder.mkdir()
        house.configure(OF_ISRCTN)
        for before, night in pairwise((FIRST, *calendar_nights())):
            for trial in trials:
                if before < night and chance.random() < 0.3:
                    trial.edit_between(before, night)
            isrctn.trials = {each.number: each.record for each in trials}
            house.now = datetime(night.year, night.month, night.day, 2, 30, tzinfo=UTC)
            house.night()
        other = House(tmp_path / "other", house.registry_url, house.environment)
        other.folder.mkdir()
        other.move_in(house)
        house.now = other.now = house.now + timedelta(days=60)
        held = stored(house)
        assert len(held["status_turn"]) > len(trials)
        assert typed("rebuild", **house.variables)[0] == 0
        assert differing(held, stored(house)) == {}
        with opened(house.settings.store) as con:
            con.execute("UPDATE trial SET reads_otherwise_from = NULL, fingerprint = 'of another'")
            con.execute("UPDATE trial_version SET overall_status = 'Suspended', content_hash = 'x'")
            con.execute("DELETE FROM status_turn")
        assert typed("rebuild", **house.variables)[0] == 0
        assert differing(held, stored(house)).keys() == {"change"}
        for each in (house, other):
            each.night()
    told = "SELECT * EXCLUDE (change_id, run_id) FROM changes WHERE cause <> 'normaliser' ORDER BY ALL"
    assert house.ask(told) == other.ask(told)
    assert {row["cause"] for row in house.ask("FROM changes WHERE observed_at > '2026-10-01'")} >= {"calendar"}
    assert house.ask("FROM status_history ORDER BY ALL") == other.ask("FROM status_history ORDER BY ALL")
