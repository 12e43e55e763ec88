"""A card says what is known, once, in a reader's words, and nothing of what nobody gave."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from warehouse.publish.page import card
from warehouse.words.brief import TrialFacts

KARE: dict[str, Any] = {
    "trial_id": "NCT02649231",
    "registry_name": "clinicaltrials.gov",
    "url": "https://clinicaltrials.gov/study/NCT02649231",
    "phases": ["PHASE2"],
    "enrollment": 96,
    "enrollment_type": "ACTUAL",
    "lead_sponsor": "University of Exeter",
    "countries": ["United Kingdom"],
    "substances": ["alcohol"],
    "drug_role": "treatment",
    "start_date": "2016-09-01",
    "start_date_type": "ACTUAL",
    "completion_date": "2020-03",
    "completion_date_type": "ESTIMATED",
    "is_overdue": True,
    "days_overdue": 1,
    "has_results": False,
    "lapses_on": date(2027, 3, 1),
    "interventions": [{"type": "DRUG", "name": "Ketamine"}, {"type": "BEHAVIORAL", "name": "Psychotherapy"}],
    "arms": [
        {"type": "EXPERIMENTAL", "label": "Ketamine + therapy"},
        {"type": "PLACEBO_COMPARATOR", "label": "Saline + education"},
        {"type": "NO_INTERVENTION", "label": None},
    ],
    "outcomes": [
        {"measure": "Days abstinent", "time_frame": "6 months"},
        {"measure": "Relapse", "time_frame": None},
    ],
    "outcome_count": 4,
    "cities": ["Exeter", "London"],
    "city_count": 3,
    "site_count": 3,
    "collaborators": ["University College London"],
    "conditions": ["Alcohol Use Disorder"],
    "identifiers": ["1516/002"],
    "publications": [
        {"pmid": "35012326", "citation": "Grabski M. Adjunctive Ketamine. 2022."},
        {"pmid": "no number", "citation": None},
        {"pmid": None, "citation": None},
    ],
}  # fmt: skip


DESIGN = (
    "phases",
    "allocation",
    "intervention_model",
    "masking",
    "primary_purpose",
    "enrollment",
    "enrollment_type",
)


def facts(trial: dict[str, Any]) -> list[card.Fact]:
    """The facts of a trial of which the brief says no more than its row does of its design."""
    of_design = {name: trial[name] for name in DESIGN if name in trial}
    return card.facts({"brief": TrialFacts("NCT1", "clinicaltrials.gov", **of_design)} | trial)


def test_all_that_is_known_is_told_once() -> None:
    assert dict(facts(KARE)) == {
        "Design": ["Phase 2, 96 people"],
        "Drug": ["Ketamine"],
        "Comparator": ["Saline + education (placebo)", "no intervention"],
        "Beside it": ["Psychotherapy"],
        "Conditions": ["Alcohol Use Disorder"],
        "Substances": ["alcohol"],
        "Role of the drug": ["treatment"],
        "Primary outcome": ["Days abstinent (6 months)", "Relapse", "and 2 more"],
        "Where": ["3 sites: United Kingdom", "Exeter, London and 1 more"],
        "Sponsor": ["University of Exeter", "with University College London"],
        "Start": ["2016-09-01 (actual)"],
        "Completion": ["2020-03 (expected)", "1 day overdue"],
        "Results": ["none posted"],
        "Becomes unknown": ["1 Mar 2027 unless verified before"],
        "Also numbered": ["1516/002"],
    }


def test_what_nobody_gave_is_left_out() -> None:
    assert facts({"trial_id": "NCT1", "drug_role": "none"}) == [("Results", ["none posted"])]
    assert card.publications({}) == card.links({}) == []
    assert dict(facts({"phases": ["NA"], "allocation": "NA"})) == {"Results": ["none posted"]}


def test_columns_that_a_later_file_has_are_told_too() -> None:
    more = {
        "allocation": "RANDOMIZED",
        "masking": "DOUBLE",
        "intervention_model": "PARALLEL",
        "primary_purpose": "TREATMENT",
        "doses": ["0.8 mg/kg"],
        "routes": ["intravenous"],
        "comparators": ["midazolam"],
        "psychotherapies": ["relapse prevention"],
        "results_due_on": date(2027, 2, 3),
        "last_known_status": "ACTIVE_NOT_RECRUITING",
    }
    told = dict(facts(KARE | more))
    assert told["Design"] == ["Phase 2, randomised, parallel groups, double-blind, for treatment, 96 people"]
    assert told["Drug"] == ["Ketamine"]
    assert told["Comparator"] == ["midazolam"]
    assert told["Psychotherapy"] == ["relapse prevention"]
    assert told["Results"] == ["none posted; due about 3 Feb 2027 (our estimate)"]
    submitted = dict(facts(KARE | more | {"results_first_submitted_on": date(2027, 2, 1)}))
    assert submitted["Results"] == ["submitted 1 Feb 2027 (not posted yet)"]
    assert told["Last known status"] == ["Active, not recruiting"]
    posted = {"has_results": True, "results_first_posted_on": date(2026, 9, 1)}
    assert dict(facts(KARE | posted))["Results"] == ["posted 1 Sep 2026"]
    assert dict(facts(KARE | {"has_results": True}))["Results"] == ["posted"]


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        (["PHASE1", "PHASE2"], "Phase 1/2"),
        (["PHASE2", "PHASE1"], "Phase 1/2"),
        (["EARLY_PHASE1"], "Early phase 1"),
        (["PHASE4"], "Phase 4"),
        (["NA"], ""),
        (None, ""),
        (["Human pharmacology"], "Phase Human pharmacology"),
    ],
)
def test_phases_are_said_as_people_say_them(phases: list[str] | None, said: str) -> None:
    assert card.phase({"phases": phases}) == said


def test_a_card_begins_with_the_line_of_the_mails() -> None:
    known = TrialFacts(
        "NCT1", "clinicaltrials.gov", drugs=("ketamine",), substances=("alcohol",), cities=("Exeter",)
    )
    told = facts(KARE | {"brief": known})
    assert told[0] == ("In brief", ["ketamine in alcohol use disorder; Exeter"])
    assert dict(told)["Drug"] == ["Ketamine"]
    given = replace(known, doses=("0.8 mg/kg",), routes=("intravenous",), doses_given=("3",))
    assert dict(facts(KARE | {"brief": given}))["Drug"] == [
        "ketamine, 0.8 mg/kg, intravenous, 3 doses",
        "registered: Ketamine",
    ]
    nameless = TrialFacts("NCT1", "clinicaltrials.gov", title="A title", enrollment=3)
    assert facts(KARE | {"brief": nameless})[0] == ("Design", ["3 people"])


def test_links_lead_to_the_record_and_its_history() -> None:
    record = "https://clinicaltrials.gov/study/NCT02649231"
    assert card.links(KARE) == [
        ("The record at clinicaltrials.gov", record),
        ("Its history there", f"{record}?tab=history"),
    ]
    assert card.comparison(KARE, 3, 4) == f"{record}?tab=history&a=3&b=4#version-content-panel"
    assert card.comparison(KARE, None, 4) == card.comparison(KARE | {"url": "javascript:x"}, 3, 4) == ""
    other = {"registry_name": "isrctn", "url": "https://www.isrctn.com/ISRCTN00000001"}
    assert [text for text, _ in card.links(other)] == ["The record at isrctn"]


def test_publications_lead_to_pubmed_where_it_has_them() -> None:
    assert card.publications(KARE) == [
        ("Grabski M. Adjunctive Ketamine. 2022.", "https://pubmed.ncbi.nlm.nih.gov/35012326/"),
        ("PubMed no number", ""),
    ]
