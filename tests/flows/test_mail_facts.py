"""What a mail and a terminal say of a trial, from a record to the reader."""

import email
import email.policy
from dataclasses import asdict, fields
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry, made_up
from tests.house import House
from tests.records import a_trial, with_status
from warehouse.judge.trial_facts import as_facts
from warehouse.publish import one_trial, questions
from warehouse.publish.analysts_file import FILE
from warehouse.publish.brief import briefs
from warehouse.store.file import locked, opened
from warehouse.tell.facts import Facts
from warehouse.words.brief import TrialFacts

NUMBER = "NCT02649231"
SECTIONS: dict[str, Any] = {
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE2"],
        "designInfo": {
            "allocation": "RANDOMIZED",
            "interventionModel": "PARALLEL",
            "maskingInfo": {"masking": "DOUBLE"},
        },
        "enrollmentInfo": {"count": 96, "type": "ESTIMATED"},
    },
    "outcomesModule": {"primaryOutcomes": [{"measure": "Days abstinent", "timeFrame": "6 months"}]},
    "contactsLocationsModule": {"locations": [{"city": "Exeter", "country": "United Kingdom"}]},
    "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Ketamine hydrochloride"}]},
}


def mails(house: House) -> list[EmailMessage]:
    found = sorted(house.settings.outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def form(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.slow
def test_a_mail_says_what_the_trial_is_and_where_to_look(house: House, registry: SimulatedRegistry) -> None:
    house.environment["TRIALWATCH_PAGE_URL"] = "https://trials.example.org/"
    record = a_trial(NUMBER)
    record["protocolSection"].update(SECTIONS)
    registry.put(record)
    house.night()
    registry.edit(NUMBER, with_status("COMPLETED", posted="2026-09-11"))
    registry.edit(
        NUMBER,
        lambda sent: sent["protocolSection"]["designModule"].update(
            enrollmentInfo={"count": 60, "type": "ACTUAL"}
        ),
    )
    registry.night()
    house.night()
    welcome, told = mails(house)
    line = "ketamine in alcohol use disorder; 96 people planned, Exeter"
    assert f"{NUMBER} {line} · Recruiting" in form(welcome, "plain")
    assert f'href="https://trials.example.org/#trial-{NUMBER}"' in form(welcome, "html")
    text = form(told, "plain")
    assert "Completed: ketamine in alcohol use disorder; 60 of 96 people, Exeter" in text
    assert "Design: Phase 2, randomised, parallel groups, double-blind, 60 of 96 people" in text
    assert "Primary outcome: Days abstinent (6 months)" in text
    assert "Where: Exeter; United Kingdom" in text
    assert f"Its history: https://trials.example.org/#trial-{NUMBER}" in text
    (change_id,) = (
        each["change_id"] for each in house.ask("SELECT change_id FROM changes WHERE kind = 'completed'")
    )
    feed = (house.settings.published / "changes.atom").read_text("utf-8")
    assert f'<link rel="alternate" href="https://trials.example.org/#change-{change_id}"' in feed
    assert f'<link rel="related" href="https://clinicaltrials.gov/study/{NUMBER}"' in feed


def test_a_terminal_and_a_program_are_told_the_same(house: House, registry: SimulatedRegistry) -> None:
    record = a_trial(NUMBER)
    record["protocolSection"].update(SECTIONS)
    registry.put(record)
    house.night()
    with questions.published(house.settings.published / FILE) as con:
        told = one_trial.trial(con, NUMBER)
    assert told is not None
    assert told["headline"] == "ketamine in alcohol use disorder; 96 people planned, Exeter"
    assert {"label": "Where", "fact": "Exeter; United Kingdom"} in told["facts"]


BY_PUBLICATION = {"results_due_on", "is_on_the_page"}
"""What only a publication knows: a mail is written beside it."""


@pytest.mark.slow
def test_mail_and_page_know_the_same_of_every_trial(house: House, registry: SimulatedRegistry) -> None:
    unsure = a_trial("NCT00000061")  # what the second is, is not said: a drug, by its name
    interventions = [{"type": "DRUG", "name": "Ketamine"}, {"name": "Fentanyl"}]
    unsure["protocolSection"]["armsInterventionsModule"] = {"interventions": interventions}
    for record in (*made_up.records(), unsure):
        registry.put(record)
    house.night()
    everyone = [row["trial_id"] for row in house.ask("FROM trials")]
    assert house.ask("FROM trial_concepts WHERE confidence = 'low' AND trial_id = 'NCT00000061'")
    with questions.published(house.settings.published / FILE) as con:
        on_the_page = briefs(con, everyone)
    with locked(house.settings.store, "test"), opened(house.settings.store) as con:
        in_a_mail = {trial_id: told.facts for trial_id, told in Facts(con).known(everyone).items()}
    assert len(everyone) > 30
    for trial_id in everyone:
        page, mail = asdict(on_the_page[trial_id]), asdict(in_a_mail[trial_id])
        assert {name for name in page if page[name] != mail[name]} <= BY_PUBLICATION, trial_id


def test_a_record_that_says_next_to_nothing_has_a_card_all_the_same() -> None:
    lists = dict.fromkeys((each.name for each in fields(TrialFacts)), None)
    row = {**lists, "trial_id": "NCT1", "registry_name": "ctis", "sites": 0, "publications": 0}
    del row["drugs"]
    facts = as_facts({**row, "official_title": None, "interventions": [(None, None, None)]})
    assert facts == TrialFacts("NCT1", "ctis", is_on_the_page=facts.is_on_the_page)


@pytest.mark.parametrize(
    ("interventions", "title", "role", "drugs"),
    [
        ([("DRUG", "Ketamine HCl", None), ("DRUG", "Midazolam", None)], None, "treatment", ("ketamine",)),
        ([("BEHAVIORAL", "Therapy", None)], "S-Ketamine and therapy", "treatment", ("esketamine",)),
        ([("DRUG", "Naltrexone", None)], "Naltrexone for Ketamine Use Disorder", "abused", ("Naltrexone",)),
        ([("DRUG", "Naltrexone", None)], "Naltrexone after ketamine", None, ("Naltrexone",)),
        ([("DEVICE", "Scan", None)], "Bladders of people who use ketamine", "none", ()),
        ([("DRUG", "LSD", None), ("DRUG", "Placebo", None)], "LSD in headache", None, ("LSD",)),
    ],
)
def test_a_trial_is_called_by_the_drug_that_it_gives(
    interventions: list[Any], title: str | None, role: str | None, drugs: tuple[str, ...]
) -> None:
    row = {"trial_id": "NCT1", "registry_name": "ctis", "title": title, "official_title": None, "drug_role": role}
    assert as_facts({**row, "interventions": interventions}).drugs == drugs


def test_a_file_that_knew_less_of_a_trial_is_read_all_the_same(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE VIEW trials AS SELECT 'NCT00000001' AS trial_id")
        assert briefs(con, ["NCT00000001"]) == {}
