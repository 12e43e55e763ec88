"""What the rules read from a record's structure: arms and what they list, links, types, masked names."""

from typing import Any

import pytest

from connectors.trial import Trial
from tests.readings import trial_of
from tests.warehouse.judge.hard_trials import DRUG_MESH, KETAMINE, SALINE, Hard, Label, hard, not_ours, ours
from warehouse.judge.relevance import judge
from warehouse.judge.relevance.words import MOST_LETTERS_OF_A_LIST, Words

NOT_GIVEN, CALMED = not_ours("none"), not_ours("anaesthetic")
AUD, OUD = "Alcohol Use Disorder", "Opioid Use Disorder"
STIMULATION = ("E Active: Device: TMS + Drug: Ketamine", "S Sham: Device: Sham TMS + Drug: Ketamine")


def trial(title: str, conditions: str, *arms: str, label: Label, **says: Any) -> Any:
    return pytest.param(hard(0, title, conditions, *arms, label=label, **says), id=title)


@pytest.mark.parametrize(
    "case",
    [
        trial("KAP Therapy With Ketamine for OUD", "OUD", "E KAP: Behavioral: KAP", label=ours("opioid")),
        trial("KAP for OUD", "OUD", "E KAP: Behavioral: KAP", label=NOT_GIVEN),
        trial("Cocaine Study", "Cocaine Use Disorder", "E One: Drug: CI-581a/CI-581b", label=ours("cocaine")),
        trial("Ketamine or Not in AUD", AUD, "E A: Drug: XY-1234", SALINE, label=ours("alcohol")),
        trial("XY-1234, Not Ketamine, in AUD", AUD, "E A: Drug: XY-1234", label=NOT_GIVEN),
        trial("XY-1234 and Ketamine in AUD", AUD, "E A: Drug: XY-1234", label=NOT_GIVEN),
        trial("Screening", "Substance Use", "E T: Diagnostic_Test: Ketamine", label=NOT_GIVEN),
        trial("Lofexidine", OUD, "E L: Drug: Lofexidine", label=NOT_GIVEN,
              drug_mesh=DRUG_MESH, keywords="ketamine"),
        trial("Sedatives and Craving", AUD, "E S: Drug: Sedative", label=ours("alcohol"), drug_mesh=DRUG_MESH),
        trial("Priming", "Tobacco Use Disorder", *STIMULATION, label=ours("tobacco", "adjunct")),
        trial("TMS in OUD", OUD, "E T: Device: TMS", "A K: Drug: Ketamine", label=ours("opioid", "comparator")),
        trial("DBS in OUD", OUD, "E D: Device: DBS + Drug: Ketamine anesthesia", label=CALMED),
        trial("Ketamine and ECT Sedation in AUD", AUD, "E D: Drug: Ketamine anesthesia", label=CALMED),
        trial("Esketamine in Alcoholics Undergoing Gastroscopy", "Alcoholism", KETAMINE, label=CALMED),
        trial("Ketamine for Chronic Pain in OUD", f"Chronic Pain; {OUD}", KETAMINE, label=CALMED),
        trial("Ketamine for Chronic Pain and OUD", f"Chronic Pain; {OUD}", KETAMINE, label=ours("opioid")),
        trial("Ketamine for Rib Fractures in OUD", f"Rib Fractures; {OUD}", KETAMINE, label=CALMED),
        trial("Ketamine in OUD", f"{OUD}; Pain, Acute", KETAMINE, label=CALMED),
        trial("Depression After Ketamine Abuse", "Depression", KETAMINE, label=not_ours("abused")),
        trial("Ketamine in AUD", AUD, "O Cohort on ketamine: ", type="OBSERVATIONAL", label=NOT_GIVEN),
        trial("BDNF in Healthy Volunteers", f"Healthy; {AUD}", KETAMINE, label=NOT_GIVEN),
        trial("BDNF in Healthy Volunteers", AUD, "E AUD patients: Drug: Ketamine", label=ours("alcohol")),
        trial("BDNF in Patients and Healthy Adults", AUD, KETAMINE, label=ours("alcohol")),
    ],
)  # fmt: skip
def test_a_record_is_judged_by_its_parts(case: Hard) -> None:
    found = judge(trial_of(case.record()))
    assert (found.is_relevant, found.drug_role) == (case.label.is_relevant, case.label.role), found.reason
    if found.is_relevant:
        assert found.substances == case.label.substances


def of(arms_and_interventions: dict[str, Any], title: str = "A Trial") -> Trial:
    return trial_of(
        {
            "protocolSection": {
                "identificationModule": {"nctId": "NCT00000000", "briefTitle": title},
                "conditionsModule": {"conditions": [OUD]},
                "armsInterventionsModule": arms_and_interventions,
            }
        },
    )


def test_an_arm_that_only_an_intervention_links_itself_to_holds_it() -> None:
    arms = [{"label": "One", "type": "EXPERIMENTAL"}, {"label": "Two", "type": "ACTIVE_COMPARATOR"}]
    given = [{"name": "Psilocybin", "armGroupLabels": ["One"]}, {"name": "Ketamine", "armGroupLabels": ["Two"]}]
    found = judge(of({"armGroups": arms, "interventions": given}))
    assert (found.drug_role, found.is_relevant) == ("comparator", True)
    assert "of a comparator arm" in found.reason


def test_a_masked_intervention_is_read_to_its_description_and_a_named_one_is_not() -> None:
    told = "Infusions of ketamine 0.5 mg/kg"
    assert judge(of({"interventions": [{"name": "Study drug", "description": told}]})).is_relevant
    assert judge(of({"interventions": [{"description": told}]})).is_relevant
    assert not judge(of({"interventions": [{"name": "Naltrexone", "description": told}]})).is_relevant


def test_an_intervention_that_says_it_is_the_anaesthetic_of_another_is_one() -> None:
    ketamine = {"name": "Ketamine", "description": "For induction of anesthesia before the implant is set"}
    implant = {"name": "Naltrexone implant"}
    assert judge(of({"interventions": [implant, ketamine]})).drug_role == "anaesthetic"
    assert judge(of({"interventions": [ketamine]})).drug_role == "treatment", "nothing else is given"


def test_of_endless_lists_only_the_beginning_is_read() -> None:
    letters = "ab " * 600
    many = 2 * MOST_LETTERS_OF_A_LIST // len(letters)
    read = Words(of({"interventions": [{"name": letters}] * many, "armGroups": [{"label": letters}] * many}))
    assert len(read.gifts) < many
    assert len(read.groups) < many
