"""A registry of another shape goes through whole nights by one module and one line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from flows.endings import Code
from flows.registries import SERVED, Served
from tests.house import House
from tests.tinyregistry import TinyReader, TinyRegistry, TinyServer

WATCH = """
[watch.tiny]
registries = ["isrctn"]
everything = true

[[subscription]]
name = "team"
watch = "tiny"
to = ["team@example.org"]
"""
UNCONFIRMED = "the planned end has passed, and no edit of the record has confirmed it"


def a_record(
    number: str, name: str = "Ketamine for Alcohol Dependence", more: str = "", edited: str = "2026-09-01"
) -> str:
    return (
        f'<trial number="{number}"><name>{name}</name><edited>{edited}</edited><end>2027-03</end>'
        '<phase from="2026-01-01">RECRUITING</phase><phase from="2026-10-01">COMPLETED</phase>'
        f"<illness>Alcohol Dependence</illness><drug>Ketamine</drug>{more}</trial>"
    )


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyServer]:
    with TinyServer() as server:
        line = Served(TinyRegistry, TinyReader(), lambda _: server.url)
        monkeypatch.setitem(SERVED, "isrctn", line)
        server.trials = {number: a_record(number) for number in ("ISRCTN00000001", "ISRCTN00000002")}
        yield server


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path, "http://127.0.0.1:9")
    made.configure(WATCH)
    return made


def told(house: House) -> str:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails()]
    return "\n".join(body.get_content() for mail in mails if (body := mail.get_body(("plain",))))


@pytest.mark.slow
def test_its_records_are_held_in_the_words_of_the_views(house: House, tiny: TinyServer) -> None:
    tiny.trials["ISRCTN00000002"] = a_record("ISRCTN00000002", more="<riddle>42</riddle>")
    assert house.night().ending.code is Code.DONE
    first, second = house.ask("SELECT * FROM trials ORDER BY trial_id")
    assert (first["registry_name"], first["overall_status"], first["status_group"]) == (
        "isrctn",
        "RECRUITING",
        "recruiting",
    )
    assert first["completion_date_latest"] == "2027-03-31"
    assert first["url"] == "https://tiny.example/ISRCTN00000001"
    assert house.ask("SELECT condition FROM trial_conditions") == [{"condition": "Alcohol Dependence"}] * 2
    hashes = house.ask("SELECT DISTINCT content_hash FROM trial_versions")
    assert len(hashes) == 2, "two different records have two hashes"
    assert house.ask("SELECT trial_id, path, value FROM trial_flags") == [
        {"trial_id": "ISRCTN00000002", "path": "riddle", "value": "42"}
    ]
    assert second["trial_id"] == "ISRCTN00000002"


@pytest.mark.slow
def test_what_its_sponsor_changes_is_told_with_its_cause(house: House, tiny: TinyServer) -> None:
    house.night()
    tiny.version = "2026-09-12"
    tiny.trials["ISRCTN00000001"] = a_record(
        "ISRCTN00000001", "Ketamine in Alcoholism", "<note>New</note>", "2026-09-12"
    )
    house.night()
    assert house.changes("trial_id", "kind", "field", "cause", "old_value", "new_value") == [
        ("ISRCTN00000001", "record_changed", "notes", "sponsor", None, '{"note":"New"}'),
        (
            "ISRCTN00000001",
            "title_changed",
            "title",
            "sponsor",
            "Ketamine for Alcohol Dependence",
            "Ketamine in Alcoholism",
        ),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("is_heartbeat", [True, False])
def test_what_only_the_calendar_changes_is_told_once(house: House, tiny: TinyServer, is_heartbeat: bool) -> None:
    house.night()
    house.now = datetime(2026, 10, 1, 2, 30, tzinfo=UTC)
    tiny.version = tiny.version if is_heartbeat else "2026-09-30"
    if not is_heartbeat:  # it shows one of them no longer, and the calendar turns that one too
        del tiny.trials["ISRCTN00000002"]
    house.night()
    completed = [
        change for change in house.changes("trial_id", "kind", "cause", "reason") if change[1] == "completed"
    ]
    assert completed == [
        (number, "completed", "calendar", f"RECRUITING → COMPLETED; {UNCONFIRMED}")
        for number in ("ISRCTN00000001", "ISRCTN00000002")
    ]
    assert "ISRCTN00000001" in told(house)
    versions = house.ask("SELECT trial_id, overall_status FROM trial_versions ORDER BY trial_id, version_number")
    assert [row["overall_status"] for row in versions] == ["RECRUITING", "COMPLETED"] * 2
    before = house.changes()
    for version in ("2026-10-02", "2026-10-02", "2026-10-03"):
        tiny.version = version
        house.night()
    assert len(house.changes()) == len(before)
