"""Membership and relevance over the nights: why a trial is in, why it is ours, and who may overrule that."""

import re
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial, with_status

WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "w"
to = ["team@example.org"]
"""
OVERRULED = '\n[watch.w.overrides]\nNCT10000001 = { relevant = %s, reason = "a pilot of ours", by = "curator" }\n'


def pain(number: str) -> dict[str, Any]:
    record = a_trial(number)
    names = record["protocolSection"]["identificationModule"]
    names.update(
        briefTitle="Ketamine for Postoperative Pain in Alcoholics", officialTitle="Ketamine After Surgery"
    )
    return record


@pytest.mark.slow
def test_a_trial_that_is_not_ours_is_a_member_and_told_to_nobody(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(WATCH)
    registry.put(a_trial("NCT10000001"), pain("NCT10000002"))
    house.night()
    registry.night()
    registry.edit("NCT10000002", with_status("COMPLETED"))
    house.night()
    assert house.changes() == [("NCT10000002", "completed")]
    assert len(house.mails()) == 1, "the welcome only"
    ours, theirs = house.ask("SELECT is_relevant, why_relevant FROM watch_members ORDER BY trial_id")
    assert (ours["is_relevant"], theirs["is_relevant"]) == (True, False)
    assert ours["why_relevant"] == (
        "the conditions name “Alcohol Use Disorder”; ketamine is an intervention of the experimental arm; "
        "no other purpose is named"
    )
    assert theirs["why_relevant"] == (
        "ketamine is an intervention of the experimental arm, but it is given against pain, for anaesthesia or "
        "sedation (the title says “Postoperative”)"
    )
    assert house.ask("SELECT drug_role, is_relevant FROM trials ORDER BY trial_id") == [
        {"drug_role": "treatment", "is_relevant": True},
        {"drug_role": "anaesthetic", "is_relevant": False},
    ]


@pytest.mark.slow
def test_a_person_excludes_a_trial_and_that_stands_in_the_evidence(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(WATCH)
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    house.configure(WATCH + OVERRULED % "false")
    house.night()
    (row,) = house.ask("SELECT is_relevant, why_relevant FROM watch_members WHERE trial_id = 'NCT10000001'")
    assert row == {"is_relevant": False, "why_relevant": "overruled as not ours by curator: a pilot of ours"}
    house.configure(WATCH)
    house.night()
    (row,) = house.ask("SELECT is_relevant FROM watch_members WHERE trial_id = 'NCT10000001'")
    assert row == {"is_relevant": True}, "the rules speak again when the person no longer does"


@pytest.mark.slow
def test_a_person_includes_a_trial_that_no_search_returns(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH)
    record = a_trial("NCT10000001")
    record["protocolSection"]["conditionsModule"]["conditions"] = ["Something else"]
    record["protocolSection"]["identificationModule"].update(briefTitle="A Trial", officialTitle="Of Ketamine")
    record["derivedSection"]["conditionBrowseModule"]["meshes"] = []
    registry.put(record, a_trial())
    house.night()
    house.configure(WATCH + OVERRULED % "true")
    house.night()
    (member,) = house.ask("SELECT * FROM watch_members WHERE trial_id = 'NCT10000001'")
    assert member["is_relevant"]
    assert member["why_entered"] == "overruled by curator: a pilot of ours"
    (label,) = house.ask("SELECT * FROM trial_substances WHERE trial_id = 'NCT10000001'")
    assert (label["substance"], label["field"], label["matched_text"], label["rule"]) == (
        "unspecified",
        "trialwatch.toml",
        "a pilot of ours",
        "overruled by curator (w)",
    )
    house.configure(WATCH)
    registry.night()
    house.night()
    assert house.ask("SELECT * FROM trial_substances WHERE trial_id = 'NCT10000001'") == []


@pytest.mark.slow
def test_a_changed_rule_labels_anew_with_cause_normaliser_and_mails_nobody(
    house: House, registry: SimulatedRegistry
) -> None:
    from warehouse.store.file import locked, opened

    house.configure(WATCH)
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    # As if the labels had been given by rules of another day.
    with locked(house.settings.store, "test"), opened(house.settings.store) as con:
        con.execute("UPDATE trial_judgement SET rules_version = 'old', drug_role = 'none', is_relevant = false")
        con.execute("UPDATE trial_substance SET substance = 'opioid' WHERE trial_id = 'NCT10000001'")
        con.execute("UPDATE run SET watch_hash = watch_hash || '-old'")
    registry.night()
    house.night()
    changes = house.changes("trial_id", "kind", "field", "old_value", "new_value", "cause", "materiality")
    assert (
        "NCT10000001",
        "record_changed",
        "trial_substances",
        '["opioid"]',
        '["alcohol"]',
        "normaliser",
        "low",
    ) in changes
    assert ("NCT10000002", "record_changed", "drug_role", "none", "treatment", "normaliser", "low") in changes
    assert {change[5] for change in changes} == {"normaliser"}
    assert len(house.mails()) == 1
    assert house.ask("SELECT DISTINCT substance FROM trial_substances") == [{"substance": "alcohol"}]
    registry.night()
    house.night()
    assert len(house.changes()) == len(changes), "once"


@pytest.mark.slow
def test_why_a_trial_left_is_told_apart(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH)
    registry.put(*(a_trial(f"NCT1000000{n}") for n in range(1, 10)))
    house.night()
    registry.night()
    registry.hide("NCT10000001", "NCT10000002")
    registry.edit("NCT10000002", lambda record: record["protocolSection"]["conditionsModule"].update(keywords=[]))
    registry.remove("NCT10000003")
    house.night()
    left = house.ask("SELECT trial_id, why_left FROM watch_members WHERE left_at IS NOT NULL ORDER BY 1")
    assert [re.split("[:,]", row["why_left"])[0] for row in left] == [
        "left the search",
        "text changed",
        "removed from the registry",
    ]


def test_a_watch_with_terms_asks_for_them_anywhere(house: House, registry: SimulatedRegistry) -> None:
    house.configure('[watch.w]\nterms = ["keep people from drinking"]\n')
    registry.put(a_trial("NCT10000001"))
    assert house.night().ending.code is Code.DONE
    assert [row["trial_id"] for row in house.ask("SELECT trial_id FROM trials")] == ["NCT10000001"]
    assert {request.params.get("query.term") for request in registry.requests} == {
        None,
        "keep people from drinking",
    }


def test_a_watch_is_added_from_a_pasted_address_and_read(house: House, registry: SimulatedRegistry) -> None:
    from flows.pasted_search import add

    house.configure(WATCH)
    address = "https://clinicaltrials.gov/search?cond=Alcohol%20Use%20Disorder&intr=Ketamine"
    add(Path(house.settings.config), "pasted", address)
    registry.put(a_trial("NCT10000001"))
    assert house.night("pasted").ending.code is Code.DONE
    assert [row["watch"] for row in house.ask("SELECT watch FROM watch_members")] == ["pasted"]
