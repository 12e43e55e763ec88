"""The published file: whole, explained, without people or recipients, and never in a reader's way."""

from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status
from warehouse.instants import naive_utc
from warehouse.publish.analysts_file import COMPANIONS, FILE, GENERATIONS_KEPT, NotPublishedError, publish
from warehouse.store.file import opened

PEOPLE = ("Jane Roe", "+44 1392 000000", "jane@clinic.example", "Prof Q. Principal", "1 Hidden Lane")


def with_people() -> dict[str, Any]:
    record = a_trial("NCT10000001")
    contact = {"name": PEOPLE[0], "phone": PEOPLE[1], "email": PEOPLE[2], "role": "CONTACT"}
    contacts = record["protocolSection"]["contactsLocationsModule"]
    contacts["centralContacts"] = [contact]
    contacts["overallOfficials"] = [
        {"name": PEOPLE[3], "affiliation": PEOPLE[4], "role": "PRINCIPAL_INVESTIGATOR"}
    ]
    contacts["locations"][0]["contacts"] = [contact]
    told = f"Write to {PEOPLE[2]} or call {PEOPLE[1]}."
    record["protocolSection"]["descriptionModule"] = {"briefSummary": told, "detailedDescription": told}
    record["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = told
    record["protocolSection"]["ipdSharingStatementModule"] = {"ipdSharing": "YES", "description": told}
    return record


@pytest.mark.slow
def test_it_holds_neither_people_nor_recipients_nor_payloads(house: House, registry: SimulatedRegistry) -> None:
    registry.put(with_people())
    house.night()
    registry.night()

    def others(record: dict[str, Any]) -> None:
        record["protocolSection"]["contactsLocationsModule"]["centralContacts"][0]["name"] = "Jane Doe"
        record["protocolSection"]["contactsLocationsModule"]["locations"][0]["contacts"][0]["phone"] = "+1 2"

    registry.edit("NCT10000001", others)
    house.night()
    assert {row[1] for row in house.changes("trial_id", "kind")} == {"record_changed", "sites_changed"}
    with duckdb.connect(str(house.settings.published / "trialwatch.duckdb"), read_only=True) as con:
        tables = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        text = " ".join(str(con.execute(f"FROM {table}").fetchall()) for (table,) in tables)
    content = text + house.settings.published.joinpath("trialwatch.duckdb").read_bytes().decode("latin-1")
    assert "contactsLocationsModule" in content, "what was looked through is what is published"
    for secret in (*PEOPLE, "Jane Doe", "team@example.org"):
        assert secret not in content
    (row,) = house.ask(
        "SELECT brief_summary, record->>'$.protocolSection.descriptionModule.briefSummary' AS said "
        "FROM trials JOIN trial_records USING (trial_id) WHERE is_latest"
    )
    assert set(row.values()) == {"Write to [mail address] or call [phone number]."}


@pytest.mark.slow
def test_a_record_that_cannot_be_cleared_is_not_shown_and_stops_no_other(
    house: House, registry: SimulatedRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    def clear(payload: bytes) -> bytes:
        if b"NCT10000002" in payload:
            raise RuntimeError("a fault of ours")
        return payload

    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    with opened(house.settings.store) as con:
        publish(
            con,
            house.folder / "anew",
            now=naive_utc(house.now),
            run_id="again",
            is_complete=True,
            clear={"clinicaltrials.gov": clear},
        )
    with duckdb.connect(str(house.folder / "anew" / FILE), read_only=True) as con:
        rows = con.execute("SELECT record IS NULL FROM trial_records ORDER BY trial_id").fetchall()
    assert rows == [(False,), (True,)]
    assert "could not be cleared" in caplog.text


@pytest.mark.slow
def test_of_a_whole_registry_only_the_records_of_relevant_trials_are_shown(
    house: House, registry: SimulatedRegistry
) -> None:
    other = a_trial("NCT10000002")
    other["protocolSection"]["armsInterventionsModule"] = {
        "interventions": [{"type": "DRUG", "name": "Midazolam"}]
    }
    other["derivedSection"] = {}
    other["protocolSection"]["identificationModule"] = {"nctId": "NCT10000002", "briefTitle": "Midazolam"}
    registry.put(a_trial("NCT10000001"), other)
    house.configure('[watch.all]\neverything = true\nrelevance = "ketamine-substance-use"\n')
    house.night()
    assert house.ask("SELECT count(*) AS n FROM trial_records") == [{"n": 2}]
    with opened(house.settings.store) as con:
        con.execute(
            "CREATE TEMP TABLE more AS SELECT 'NCT2' || i AS trial_id, 'clinicaltrials.gov' AS registry_name, "
            "1 AS version_number, now() AS first_seen_at, now() AS last_seen_at, now() AS observed_at, "
            "'nightly' AS source, '' AS content_hash, '' AS run_id FROM range(20000) AS many(i)"
        )
        con.execute(
            "INSERT INTO trial BY NAME "
            "SELECT trial_id, registry_name, version_number, first_seen_at, last_seen_at FROM more"
        )
        con.execute(
            "INSERT INTO trial_version BY NAME "
            "SELECT * EXCLUDE (registry_name, first_seen_at, last_seen_at) FROM more"
        )
    registry.night()
    house.night()
    assert house.ask("SELECT trial_id FROM trial_records") == [{"trial_id": "NCT10000001"}]


@pytest.mark.slow
def test_a_reader_of_yesterdays_file_goes_on_reading(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    path = str(house.settings.published / "trialwatch.duckdb")
    with duckdb.connect(path, read_only=True) as reader:
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED"))
        house.night()
        assert reader.execute("SELECT overall_status FROM trials").fetchall() == [("RECRUITING",)]
    assert house.ask("SELECT overall_status FROM trials") == [{"overall_status": "COMPLETED"}]


@pytest.mark.slow
def test_earlier_generations_are_kept_up_to_a_number(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    for _ in range(GENERATIONS_KEPT + 3):
        house.night()
    kept = sorted((house.settings.published / "earlier").glob("trialwatch-*.duckdb"))
    assert len(kept) == GENERATIONS_KEPT
    with duckdb.connect(str(kept[-1]), read_only=True) as con:
        (runs,) = con.execute("SELECT count(*) FROM runs").fetchone() or (0,)
    assert runs == GENERATIONS_KEPT + 2


def test_a_file_that_does_not_hold_what_the_store_holds_is_not_put_in_place(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial())
    house.night()
    published = house.settings.published / "trialwatch.duckdb"
    before = published.read_bytes()
    with opened(house.settings.store) as con:
        # A trial whose version is missing would silently drop out of the trials view.
        con.execute("UPDATE trial SET version_number = 7")
        with pytest.raises(NotPublishedError, match="yesterday's file stays in place"):
            publish(con, house.settings.published, now=naive_utc(house.now), run_id="r", is_complete=True)
    assert published.read_bytes() == before


def test_what_a_crash_left_is_cleared_away(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    folder = house.settings.published
    folder.mkdir(parents=True)
    (folder / ".trialwatch.duckdb.new").write_bytes(b"half a file")
    (folder / ".trialwatch.duckdb.new.wal").write_bytes(b"and its log")
    (folder / ".parquet.link").symlink_to("nowhere")
    (folder / "earlier/parquet-20260911T023000000000").mkdir(parents=True)
    (folder / "earlier/parquet-20260911T023000000000/trials.parquet").write_bytes(b"half a file")
    house.night()
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 1}]
    assert sorted(path.name for path in folder.iterdir() if path.name not in COMPANIONS) == [
        "earlier",
        "parquet",
        "trialwatch.duckdb",
    ]


@pytest.mark.slow
def test_a_page_that_cannot_be_made_keeps_nobody_from_the_file(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()
    folder = house.settings.published

    def broken(built: duckdb.DuckDBPyConnection) -> bytes:
        raise ZeroDivisionError

    before = (folder / "index.html").read_bytes()
    with opened(house.settings.store) as con, pytest.raises(NotPublishedError, match=r"^index\.html could not be"):
        publish(
            con,
            folder,
            now=naive_utc(house.now),
            run_id="r",
            is_complete=True,
            companions={"index.html": broken, "greeting.txt": lambda built: b"hello"},
        )
    assert house.ask("SELECT run_id FROM freshness") == [{"run_id": "r"}]
    assert (folder / "index.html").read_bytes() == before
    assert (folder / "greeting.txt").read_bytes() == b"hello"
