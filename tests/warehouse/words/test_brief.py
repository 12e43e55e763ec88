"""A trial in brief: the line a clinician reads first, and the facts below it."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.words.brief import TrialFacts, design, headline, people, place, rows
from warehouse.words.harmless import plain

EXETER = TrialFacts(
    trial_id="NCT02649231",
    registry_name="clinicaltrials.gov",
    title="Ketamine for Reduction of Alcoholic Relapse",
    study_type="INTERVENTIONAL",
    phases=("PHASE2",),
    allocation="RANDOMIZED",
    intervention_model="PARALLEL",
    masking="DOUBLE",
    enrollment=96,
    enrollment_type="ACTUAL",
    drugs=("ketamine",),
    substances=("alcohol",),
    routes=("intravenous",),
    doses=("0.8 mg/kg",),
    doses_given=("3",),
    comparators=("saline",),
    psychotherapies=("relapse prevention",),
    primary_outcomes=(("Days of abstinence", "6 months"), ("Relapse", "6 months")),
    sites=1,
    cities=("Exeter",),
    countries=("United Kingdom",),
    lead_sponsor="University of Exeter",
    start_date="2016-09",
    start_date_type="ACTUAL",
    completion_date="2020-06",
    completion_date_type="ESTIMATED",
    results_due_on=date(2021, 6, 30),
    publications=2,
    why_here="ketamine is given to treat alcohol use disorder",
)
NOTHING_KNOWN = TrialFacts("NCT00000001", "clinicaltrials.gov")


def test_a_headline_is_what_a_clinician_would_say() -> None:
    assert headline(EXETER) == (
        "ketamine 0.8 mg/kg with relapse prevention against saline in alcohol use disorder; 96 people, Exeter"
    )


def test_a_drug_that_another_is_compared_with_is_not_what_the_trial_is_of() -> None:
    assert headline(replace(EXETER, drug_role="comparator")) == "Ketamine for Reduction of Alcoholic Relapse"


def test_a_card_says_the_rest() -> None:
    assert list(rows(EXETER)) == [
        ("Design", "Phase 2, randomised, parallel groups, double-blind, 96 people"),
        ("Drug", "ketamine, 0.8 mg/kg, intravenous, 3 doses"),
        ("Compared with", "saline"),
        ("Therapy", "relapse prevention"),
        ("Primary outcome", "Days of abstinence (6 months), and 1 more"),
        ("Where", "Exeter; United Kingdom"),
        ("Sponsor", "University of Exeter"),
        ("Dates", "start 2016-09 (actual); completion 2020-06 (expected)"),
        ("Results", "none posted; due about 2021-06-30 (our estimate)"),
        ("Publications", "2 named in the record"),
        ("Why it is here", "ketamine is given to treat alcohol use disorder"),
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert headline(NOTHING_KNOWN) == "NCT00000001"
    assert list(rows(NOTHING_KNOWN)) == []
    bare = replace(NOTHING_KNOWN, drugs=("ketamine",), title="A title")
    assert headline(bare) == "ketamine"
    assert headline(replace(bare, drugs=())) == "A title"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"substances": ("alcohol", "cocaine")}, "in alcohol use disorder and cocaine use disorder"),
        ({"substances": (), "conditions": ("Major Depression", "Pain")}, "in Major Depression"),
        ({"substances": (), "conditions": ("PTSD",)}, "in PTSD"),
        ({"substances": ("unspecified",)}, "in substance use disorder"),
        ({"comparators": ("midazolam", "none")}, "against midazolam in"),
        ({"comparators": ("other drug",)}, "against another drug in"),
        ({"comparators": ("ketamine",)}, "against ketamine given otherwise in"),
        ({"comparators": ("midazolam", "placebo")}, "against midazolam in"),
        ({"comparators": ("placebo", "treatment as usual")}, "against placebo or treatment as usual in"),
        ({"psychotherapies": ("motivational interviewing", "psychoeducation")}, "ketamine 0.8 mg/kg against"),
        ({"drugs": ("esketamine", "ketamine")}, "esketamine and ketamine 0.8 mg/kg"),
        ({"comparators": ("none",)}, "relapse prevention in"),
        ({"psychotherapies": ("none",)}, "mg/kg against"),
        ({"doses": ("0.5 mg/kg", "0.8 mg/kg")}, "ketamine 0.5 mg/kg or 0.8 mg/kg with"),
        ({"comparators": ("a", "b", "c", "d")}, "against a, b or others in"),
        ({"doses": tuple("abcde")}, "a, b, c or others with"),
    ],
)
def test_lists_read_as_they_are_said(more: dict[str, Any], said: str) -> None:
    assert said in headline(replace(EXETER, **more))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "96 people"),
        ({"planned": 96}, "96 people"),
        ({"enrollment": 60, "planned": 96}, "60 of 96 people"),
        ({"enrollment": 1, "planned": None}, "1 person"),
        ({"planned": 90}, "96 people (90 planned)"),
        ({"enrollment_type": None, "planned": 90}, "96 people"),
        ({"enrollment": 1200, "enrollment_type": "ESTIMATED", "planned": 80}, "1,200 people planned"),
        ({"enrollment": None}, ""),
    ],
)
def test_people_are_those_it_had_of_those_it_planned(more: dict[str, Any], said: str) -> None:
    assert people(replace(EXETER, **more)) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Exeter"),
        ({"sites": 3, "cities": ("Bath", "Exeter")}, "3 sites in United Kingdom"),
        ({"sites": 9, "cities": ("Bath", "Oslo"), "countries": ("Norway", "Wales")}, "9 sites in 2 countries"),
        ({"sites": 1, "cities": ()}, "United Kingdom"),
        ({"sites": 0, "cities": (), "countries": ()}, ""),
    ],
)  # fmt: skip
def test_a_place_is_as_exact_as_one_line_allows(more: dict[str, Any], said: str) -> None:
    assert place(replace(EXETER, **more)) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"phases": ("PHASE1", "PHASE2")}, "Phase 1/2, randomised"),
        ({"phases": ("EARLY_PHASE1",)}, "Early phase 1, randomised"),
        ({"phases": ("NA",)}, "Randomised, parallel groups"),
        ({"masking": "NONE", "allocation": "NA", "intervention_model": "SINGLE_GROUP"}, "one group, open-label"),
        ({"masking": "SOMETHING_NEW"}, "something new"),
        ({"primary_purpose": "BASIC_SCIENCE"}, "double-blind, for basic science, 96"),
    ],
)
def test_a_design_is_one_line(more: dict[str, Any], said: str) -> None:
    assert said in design(replace(EXETER, **more))


def test_a_study_that_only_observes_says_so() -> None:
    cohort = replace(
        NOTHING_KNOWN, study_type="OBSERVATIONAL", observational_model="COHORT", time_perspective="PROSPECTIVE"
    )
    assert design(cohort) == "Observational, cohort, prospective"


def test_results_that_are_posted_are_not_due() -> None:
    posted = replace(EXETER, results_first_posted_on=date(2021, 3, 1))
    assert dict(rows(posted))["Results"] == "posted 2021-03-01"
    submitted = replace(EXETER, results_first_submitted_on=date(2021, 2, 1))
    assert dict(rows(submitted))["Results"] == "submitted 2021-02-01; not posted yet"


def test_many_places_are_counted() -> None:
    many = replace(EXETER, sites=30, cities=tuple("ABCDE"), countries=tuple("VWXYZ"))
    assert dict(rows(many))["Where"] == "A, B, C …; V, W, X and 2 more; 30 sites"


def test_where_no_site_is_told_the_countries_are_counted() -> None:
    elsewhere = replace(EXETER, sites=0, cities=(), countries=("Australia", "New Zealand"))
    assert headline(elsewhere).endswith("2 countries")
    assert dict(rows(elsewhere))["Where"] == "Australia, New Zealand"


TEXTS = {each.name for each in fields(TrialFacts) if each.type == "str | None"}
LISTS = {each.name for each in fields(TrialFacts) if each.type == "Sequence[str]"}


@given(st.fixed_dictionaries({}, optional={name: st.text() for name in TEXTS} | {
    name: st.lists(st.text(), max_size=5).map(tuple) for name in LISTS
}))  # fmt: skip
def test_whatever_a_registry_writes_stays_one_plain_line_of_bounded_length(texts: dict[str, Any]) -> None:
    facts = replace(EXETER, **texts)
    for line in (headline(facts), *(text for _, text in rows(facts))):
        assert plain(line) == line.strip()
        assert len(line) < 1500
