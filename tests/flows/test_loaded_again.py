"""A trial that is held is loaded once more where more is to be loaded of it, and that is no news."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial
from warehouse.store.file import opened

NUMBERS = [f"NCT{number:08}" for number in range(1, 6)]
NEW_VIEWS = ("trials", "trial_arm_interventions", "trial_documents", "trial_arms", "trial_flags")
PLAN = {"typeAbbrev": "SAP", "hasProtocol": False, "hasSap": True, "hasIcf": False, "label": "Analysis plan"}
PLAN |= {"date": "2026-08-01", "uploadDate": "2026-09-12T10:15", "filename": "SAP 000.pdf"}


def designed(number: str) -> Any:
    record = a_trial(number)
    record["protocolSection"]["designModule"]["designInfo"] = {
        "allocation": "BY_LOT",
        "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    }
    record["documentSection"] = {"largeDocumentModule": {"largeDocs": [PLAN]}}
    return record


def everything(house: House) -> dict[str, list[dict[str, Any]]]:
    """What the published views say, but for what each night says anew."""
    found = {view: house.ask(f"SELECT * FROM {view} ORDER BY ALL") for view in NEW_VIEWS}
    for row in found["trials"]:
        del row["last_seen_at"]
    return found


def forget(house: House, *trial_ids: str) -> None:
    """Leave of these trials what an older trialwatch would have."""
    with opened(house.settings.store) as con:
        for table in ("trial_detail", "trial_arm_intervention", "trial_document", "trial_flag"):
            con.execute(f"DELETE FROM {table} WHERE trial_id IN (SELECT unnest(?))", [list(trial_ids)])
        con.execute("UPDATE trial SET loaded_as = NULL WHERE trial_id IN (SELECT unnest(?))", [list(trial_ids)])


def see_that_nothing_was_told(house: House) -> None:
    assert house.changes() == []
    assert len(house.mails()) == 1, "the welcome"
    assert house.ask("SELECT DISTINCT version_number FROM trial_versions") == [{"version_number": 1}]


@pytest.mark.slow
def test_what_an_older_trialwatch_stored_is_filled_from_the_records_it_holds(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*map(designed, NUMBERS))
    house.night()
    full = everything(house)
    assert full["trials"][0]["who_masked"] == ["PARTICIPANT", "INVESTIGATOR"]
    assert full["trial_documents"][0]["url"].endswith("/01/NCT00000001/SAP%20000.pdf")
    assert {row["value"] for row in full["trial_flags"]} == {"BY_LOT"}

    forget(house, *NUMBERS)
    assert house.night().certificates[0][2].outcome == "heartbeat"
    assert everything(house) == full, "on a night without new data"

    forget(house, *NUMBERS[:3])  # an upgrade that died after its first batch
    with opened(house.settings.store) as con:
        con.execute("UPDATE trial_payload SET payload = '{}' WHERE trial_id = ?", [NUMBERS[0]])
    registry.night()
    assert house.night().ending.code is Code.DONE
    lost = {view: [row for row in rows if row["trial_id"] != NUMBERS[0]] for view, rows in full.items()}
    found = everything(house)
    assert {view: [row for row in rows if row["trial_id"] != NUMBERS[0]] for view, rows in found.items()} == lost
    with opened(house.settings.store) as con:
        assert len(con.execute("SELECT DISTINCT loaded_as FROM trial").fetchall()) == 1, (
            "none is tried every night"
        )
    see_that_nothing_was_told(house)


@pytest.mark.slow
def test_a_document_that_appears_is_shown_and_no_change(house: House, registry: SimulatedRegistry) -> None:
    registry.put(*map(a_trial, NUMBERS))
    house.night()
    assert house.ask("SELECT * FROM trial_documents") == []

    def add(record: dict[str, Any]) -> None:
        record["documentSection"] = {"largeDocumentModule": {"largeDocs": [PLAN, PLAN]}}

    registry.edit(NUMBERS[1], add)
    registry.night()
    house.night()
    found = house.ask("SELECT trial_id, position, name, uploaded_on FROM trial_documents ORDER BY position")
    assert [tuple(row.values()) for row in found] == [
        (NUMBERS[1], position, "Analysis plan", "2026-09-12") for position in (1, 2)
    ]
    with opened(house.settings.store) as con:
        rows = con.execute("SELECT trial_id FROM trial_payload WHERE payload LIKE '%SAP 000.pdf%'").fetchall()
        assert rows == [(NUMBERS[1],)], "the record is kept as it was sent last"

    forget(house, *NUMBERS)
    registry.shuffle(1)
    registry.night()
    house.night()
    assert house.ask("SELECT count(*) AS n FROM trial_documents") == [{"n": 2}]

    registry.edit(NUMBERS[1], lambda record: record.pop("documentSection"))
    registry.night()
    house.night()
    assert house.ask("SELECT * FROM trial_documents") == []
    see_that_nothing_was_told(house)


@pytest.mark.slow
def test_what_is_odd_about_a_document_is_told_beside_it(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(NUMBERS[0]))
    house.night()

    def add(record: dict[str, Any]) -> None:
        record["documentSection"] = {"largeDocumentModule": {"largeDocs": [PLAN | {"hasSap": "of course"}]}}

    registry.edit(NUMBERS[0], add)
    registry.night()
    house.night()
    assert house.ask("SELECT value FROM trial_flags") == [{"value": "of course"}]
    see_that_nothing_was_told(house)
