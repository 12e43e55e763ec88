"""Who becomes ours and who is ours no longer: told once, to whom it concerned, with the words that decided."""

import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial, with_status

WATCH = """
[watch.%(name)s]
interventions = ["ketamine"]
conditions = ["alcohol use disorder", "pain"]
relevance = "ketamine-substance-use"
"""
SUBSCRIPTION = """
[[subscription]]
name = "readers of %(name)s"
watch = "%(name)s"
%(more)s
to = ["%(name)s@example.org"]
"""


def watch(name: str, more: str = "", overrides: str = "") -> str:
    said = f"\n[watch.{name}.overrides]\n{overrides}\n" if overrides else ""
    return (WATCH + said + SUBSCRIPTION) % {"name": name, "more": more}


def about_pain(record: dict[str, Any]) -> None:
    """Nothing in the record names an addiction any more."""
    protocol = record["protocolSection"]
    protocol["identificationModule"].update(briefTitle="Ketamine for Pain", officialTitle="Ketamine After Surgery")
    protocol["conditionsModule"] = {"conditions": ["Postoperative Pain"]}
    record["derivedSection"]["conditionBrowseModule"] = {"meshes": []}


def withheld(record: dict[str, Any]) -> None:
    """A record of which the registry shows no more than that it exists."""
    protocol = record["protocolSection"]
    names = protocol["identificationModule"]
    record["protocolSection"] = {
        "identificationModule": {"nctId": names["nctId"], "briefTitle": "[Trial of device]"},
        "statusModule": protocol["statusModule"] | {"overallStatus": "WITHHELD"},
    }
    record["derivedSection"] = {}


def turned(house: House) -> list[tuple[Any, ...]]:
    columns = ("trial_id", "field", "old_value", "new_value", "cause", "materiality", "from_version", "to_version")
    rows = house.ask("SELECT * FROM changes WHERE kind = 'relevance_changed' ORDER BY observed_at, trial_id")
    return [tuple(row[column] for column in columns) for row in rows]


def told(house: House, known: list[Path]) -> dict[str, str]:
    """The mails besides those that were known, by recipient."""
    found = {}
    for path in set(house.mails()) - set(known):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        found[str(mail["To"])] = body.get_content() if body else ""
    return found


@pytest.mark.slow
def test_what_was_ours_until_tonight_is_told_and_that_it_is_no_longer(
    house: House, registry: SimulatedRegistry
) -> None:
    """Sponsor's edit, registry's MeSH terms, WITHHELD, and a trial that becomes ours on the day it completes."""
    house.configure(watch("w", 'substances = ["alcohol"]') + watch("v", 'kinds = ["completed"]'))
    only_by_mesh, becomes = a_trial("NCT10000002"), a_trial("NCT10000004")
    by_mesh = only_by_mesh["derivedSection"]["conditionBrowseModule"]
    about_pain(only_by_mesh)
    only_by_mesh["protocolSection"]["identificationModule"].update(briefTitle="Ketamine", officialTitle="Ketamine")
    only_by_mesh["protocolSection"]["conditionsModule"] = {"conditions": ["Relapse"]}
    only_by_mesh["derivedSection"]["conditionBrowseModule"] = by_mesh
    about_pain(becomes)
    registry.put(a_trial("NCT10000001"), only_by_mesh, a_trial("NCT10000003"), becomes)
    registry.put(*(a_trial(f"NCT200000{n}") for n in range(10, 25)))
    house.night()
    assert house.ask("SELECT trial_id FROM trials WHERE is_relevant AND trial_id < 'NCT2' ORDER BY 1") == [
        {"trial_id": number} for number in ("NCT10000001", "NCT10000002", "NCT10000003")
    ]

    registry.night()
    for number in ("NCT10000001", "NCT10000004"):
        registry.edit(number, with_status("COMPLETED", posted="2026-09-14"))
    registry.edit("NCT10000001", about_pain)
    registry.edit("NCT10000002", lambda record: record["derivedSection"].update(conditionBrowseModule={}))
    registry.edit("NCT10000003", withheld)
    ours = a_trial("NCT10000004")
    registry.edit(
        "NCT10000004",
        lambda record: record["protocolSection"].update(
            {part: ours["protocolSection"][part] for part in ("identificationModule", "conditionsModule")}
        ),
    )
    registry.hide("NCT10000001")
    mails = house.mails()
    assert house.night().ending.code is Code.DONE
    assert turned(house) == [
        ("NCT10000001", "is_relevant", "true", "false", "sponsor", "medium", 1, 2),
        ("NCT10000002", "is_relevant", "true", "false", "registry", "medium", 1, 2),
        ("NCT10000003", "is_relevant", "true", "false", "registry", "medium", 1, 2),
        ("NCT10000004", "is_relevant", "false", "true", "sponsor", "medium", 1, 2),
    ], "once each, though two watches hold them, and one left the search"
    (why,) = house.ask("SELECT reason FROM changes WHERE kind = 'relevance_changed' AND trial_id = 'NCT10000001'")
    assert why["reason"].startswith("no longer ours: ketamine is an intervention")
    assert "; until now: " in why["reason"]
    assert "Alcohol" in why["reason"], "the words that decided before"
    assert "is_relevant" not in {row["field"] for row in house.ask("FROM changes WHERE kind = 'record_changed'")}
    mail = told(house, mails)
    assert all(number in mail["w@example.org"] for number in ("NCT10000001", "NCT10000002", "NCT10000003"))
    assert "NCT10000004" in mail["w@example.org"], "it is about alcohol since tonight"
    assert "NCT10000001" in mail["v@example.org"], "the other watch's readers as well"
    assert "NCT10000004" in mail["v@example.org"], "who is ours only since tonight completed tonight"
    assert "NCT10000002" not in mail["v@example.org"], "who asks for completions alone is told of nothing else"

    registry.night()
    registry.edit("NCT10000003", lambda record: record["protocolSection"]["statusModule"].update(whyStopped="x"))
    house.night()
    assert len(turned(house)) == 4


@pytest.mark.slow
def test_a_persons_word_turns_its_own_watch_and_is_told_there(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.configure(watch("w") + watch("v"))
    house.night()
    house.configure(
        watch("w", overrides='NCT10000001 = { relevant = false, reason = "a pilot", by = "curator" }') + watch("v")
    )
    mails = house.mails()
    house.night()
    assert turned(house) == [("NCT10000001", "is_relevant", "true", "false", "watch", "medium", 1, 1)]
    assert list(told(house, mails)) == ["w@example.org"], "to the readers of the other watch nothing has changed"
    house.configure(watch("w") + watch("v"))
    house.night()
    assert turned(house)[1][2:5] == ("false", "true", "watch"), "the person is silent again"
    assert json.loads(house.settings.status_file.read_text())["mail_waiting"] == 0


@pytest.mark.slow
def test_what_only_our_rules_changed_is_in_the_record_and_nobodys_news(
    house: House, registry: SimulatedRegistry
) -> None:
    from warehouse.store.file import locked, opened

    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.configure(watch("w") + watch("v"))
    house.night()
    # As if rules of another day had judged it.
    with locked(house.settings.store, "test"), opened(house.settings.store) as con:
        con.execute(
            "UPDATE trial_judgement SET rules_version = 'old', is_relevant = false, reason = 'an old rule'"
        )
        con.execute("UPDATE watch_member SET is_relevant = false, why_relevant = 'an old rule'")
        con.execute("UPDATE run SET watch_hash = watch_hash || '-old'")
    mails = house.mails()
    house.night()
    assert [row[2:5] for row in turned(house)] == [("false", "true", "normaliser")] * 2
    assert house.ask("SELECT DISTINCT split_part(reason, 'until now: ', 2) AS before FROM changes") == [
        {"before": "an old rule"}
    ]
    assert house.mails() == mails
