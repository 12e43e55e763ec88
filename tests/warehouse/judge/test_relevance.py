"""Who is in the watch: a table of cases that a domain expert can argue with."""

import hashlib
import unicodedata
from typing import Any

import pytest

from tests.readings import trial_of
from tests.warehouse.judge.hard_trials import HARD
from warehouse.judge.relevance import EDITION, Judgement, judge
from warehouse.words.vocabulary import rows


def judged(
    title: str | None = None,
    conditions: tuple[str, ...] = (),
    given: tuple[str, ...] = ("Ketamine",),
    *,
    official: str | None = None,
    keywords: tuple[str, ...] = (),
    arms: tuple[tuple[str, str, str], ...] = (),
    mesh: tuple[str, str] | None = None,
    drug_mesh: tuple[str, str] | None = None,
    eligibility: str | None = None,
) -> Judgement:
    record: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000000", "briefTitle": title, "officialTitle": official},
            "conditionsModule": {"conditions": conditions, "keywords": keywords},
            "armsInterventionsModule": {
                "interventions": [{"name": name} for name in given],
                "armGroups": [
                    {"label": label, "type": kind, "interventionNames": [what]} for label, kind, what in arms
                ],
            },
            "eligibilityModule": {"eligibilityCriteria": eligibility},
        },
        "derivedSection": {
            "conditionBrowseModule": {"meshes": [{"id": mesh[0], "term": mesh[1]}] if mesh else []},
            "interventionBrowseModule": {
                "meshes": [{"id": drug_mesh[0], "term": drug_mesh[1]}] if drug_mesh else []
            },
        },
    }
    return judge(trial_of(record))


@pytest.mark.parametrize(
    ("title", "conditions", "given", "substances"),
    [
        ("Ketamine for Reduction of Alcoholic Relapse", ("Alcoholism",), ("Ketamine",), "alcohol"),
        ("Ketamine in Hazardous Drinkers", ("Heavy Drinking",), ("Ketamine",), "alcohol"),
        ("Therapy for Problematic Alcohol Use", ("Alcohol; Use, Problem",), ("Ketalar",), "alcohol"),
        ("Facilitating Cannabis Abstinence", ("Marijuana Abuse",), ("CI-581aa",), "cannabis"),
        ("Facilitating Therapy", ("Cannabis Dependence",), ("CI581b",), "cannabis"),
        ("Ketamine and Mindfulness", ("Dependence, Cocaine",), ("Ketamine",), "cocaine"),
        ("Cocaine and Opioid Use Disorders", (), ("Ketamine",), "cocaine opioid"),
        ("Rapid Naltrexone Initiation", (), ("CI-581-a",), "opioid"),
        ("Ketamine-assisted Opioid Detoxification Under General Anesthesia", (), ("Ketamine",), "opioid"),
        ("Addiction to Heroin", (), ("Esketamine Nasal Spray (Spravato)",), "opioid"),
        ("S-ketamine", ("Methamphetamine-dependence",), ("S-ketamine",), "methamphetamine"),
        ("Effects of Sedatives on Tobacco Use Disorder", (), ("ketamine",), "tobacco"),
        ("Ketamine", ("Tobacco Smoking",), ("Ketamine",), "tobacco"),
        ("Stopping Benzodiazepines", ("Benzodiazepine Dependence",), ("Ketamine",), "sedative"),
        ("Ketamine", ("Stimulant Use Disorder",), ("Ketamine",), "other"),
        ("Sub-anesthetic Ketamine", ("Alcohol; Harmful Use",), ("Ketamine",), "alcohol"),
        ("Ketamine", ("Smoking (Tobacco) Addiction",), ("Ketamine",), "tobacco"),
        ("Ketamine", ("Drinking, Alcohol",), ("Ketamine",), "alcohol"),
        ("Ketamine", ("Substance Use Disorders",), ("Ketamine",), "unspecified"),
        ("Ketamine", ("Addiction", "Substance Use", "Cocaine Use"), ("Ketamine",), "cocaine"),
        ("Depression With Alcohol Use Disorder", ("Major Depression",), ("Ketamine + Naltrexone",), "alcohol"),
    ],
)
def test_a_treatment_of_a_disorder_is_ours_with_its_substances(
    title: str, conditions: tuple[str, ...], given: tuple[str, ...], substances: str
) -> None:
    found = judged(title, conditions, given)
    assert (found.is_relevant, " ".join(found.substances)) == (True, substances), found.reason


@pytest.mark.parametrize(
    ("title", "conditions", "given", "role"),
    [
        ("Ketamine for Acute Pain in Opioid Use Disorder", ("Opioid Use Disorder",), ("Ketamine",), "anaesthetic"),
        ("Opioid Use After Cesarean", ("Opioid Use",), ("Ketamine",), "anaesthetic"),
        ("Postoperative Pain in Opioid Addicts", (), ("ketamine",), "anaesthetic"),
        ("Delirium After Surgery in Alcoholics", (), ("S-ketamine",), "anaesthetic"),
        ("Emergence Cough in Smokers", ("Smoking",), ("Esketamine",), "anaesthetic"),
        ("Ketamine for Agitation", ("Drug Abuse", "Agitation"), ("Ketamine",), "anaesthetic"),
        ("Alcoholic Liver Disease", ("Liver Cirrhosis, Alcoholic",), ("Ketamine",), "treatment"),
        ("Non-alcoholic Fatty Liver", (), ("Ketamine",), "treatment"),
        ("Abuse Potential of Esketamine", ("Drug Abuse",), ("Esketamine",), "abused"),
        ("Lamotrigine for Ketamine Use Disorder", ("Substance Use Disorders",), ("Lamotrigine",), "abused"),
        ("Addiction to Ketamine: a Cohort", (), (), "abused"),
        ("Family History of Alcoholism", ("Alcoholism",), ("Ketamine",), "none"),
        ("Nicotine and Ketamine", ("Healthy Subjects",), ("Ketamine", "Nicotine"), "none"),
        ("Ketamine Challenge in Alcohol Use Disorder", ("Alcohol Use Disorder",), ("Ketamine",), "none"),
        ("Hydroxynorketamine", ("Alcohol Use Disorder",), ("(2R,6R)-Hydroxynorketamine",), "none"),
        ("Naltrexone for Alcohol Use Disorder", ("Alcoholism",), ("Naltrexone",), "none"),
        ("Ketamine Alcohol (in Treatment-Resistant Depression)", (), ("Ketamine",), "treatment"),
        ("THC and Ketamine Effects", ("Cannabis", "Ketamine"), ("THC", "Ketamine"), "treatment"),
        ("Opiate Suicide Study", ("Major Depression",), ("Buprenorphine", "Ketamine"), "treatment"),
        ("Ketamine for Internet Addiction", ("Internet Addiction Disorder",), ("Ketamine",), "treatment"),
    ],
)
def test_what_only_looks_like_one_is_not_ours(
    title: str, conditions: tuple[str, ...], given: tuple[str, ...], role: str
) -> None:
    found = judged(title, conditions, given)
    assert (found.is_relevant, found.drug_role) == (False, role), found.reason


def test_mesh_headings_count_in_both_lengths_of_their_ids() -> None:
    found = judged(
        "A Trial", given=("Study drug",), mesh=("D000000437", "Alcoholism"), drug_mesh=("D007649", "Ketamine")
    )
    assert (found.is_relevant, found.substances) == (True, ("alcohol",))
    (evidence,) = found.evidence
    assert (evidence.field, evidence.matched_text, evidence.confidence) == (
        "trial_mesh_terms",
        "Alcoholism",
        "high",
    )
    assert "the registry's heading for what is given is ketamine" in found.reason


def test_eligibility_is_never_evidence() -> None:
    found = judged(
        "Ketamine for PTSD", ("PTSD",), eligibility="Exclusion: alcohol use disorder, opioid dependence"
    )
    assert found.evidence == ()
    assert found.reason.endswith("name a substance use disorder")


def test_ketamine_may_stand_in_an_arm_or_a_title_and_a_keyword_gives_nobody_any() -> None:
    in_an_arm = judged("A Trial", ("Alcoholism",), (), arms=(("KARE", "EXPERIMENTAL", "Drug: Ketamine"),))
    in_a_title = judged("A Trial", ("Alcoholism",), (), official="Ketamine and Psychotherapy")
    in_a_keyword = judged("A Trial", ("Alcoholism",), (), keywords=("esketamine",))
    assert [each.is_relevant for each in (in_an_arm, in_a_title, in_a_keyword)] == [True, True, False]


@pytest.mark.parametrize(
    ("found", "role"),
    [
        (judged("Psilocybin vs Ketamine in Alcohol Use Disorder"), "comparator"),
        (
            judged(
                "Psilocybin in Alcohol Use Disorder",
                arms=(("P", "EXPERIMENTAL", "Drug: Psilocybin"), ("K", "ACTIVE_COMPARATOR", "Drug: Ketamine")),
            ),
            "comparator",
        ),
        (
            judged(
                "Ketamine in Alcohol Use Disorder",
                arms=(("K", "EXPERIMENTAL", "Drug: Ketamine"), ("M", "ACTIVE_COMPARATOR", "Drug: Midazolam")),
            ),
            "treatment",
        ),
        (judged("Ketamine vs Placebo in Alcohol Use Disorder"), "treatment"),
        (judged("Adjunctive Ketamine in Alcohol Use Disorder"), "adjunct"),
    ],
)
def test_comparator_and_adjunct_are_ours_as_well(found: Judgement, role: str) -> None:
    assert (found.drug_role, found.is_relevant) == (role, True), found.reason


JUDGED = {3: "fe80fa31c87357f6"}
"""What each edition of the rules says of the hard trials."""


def test_rules_that_judge_otherwise_are_another_edition() -> None:
    said = repr([judge(trial_of(trial.record())) for trial in HARD])
    assert hashlib.blake2b(said.encode(), digest_size=8).hexdigest() == JUDGED[EDITION], (
        "raise EDITION of the rules and note what it says; of a new word note only this"
    )


def test_of_a_list_without_end_only_the_beginning_is_read() -> None:
    assert judged("A trial", ("ab " * 700,) * 20 + ("Alcohol Use Disorder",)).substances == ("alcohol",)
    assert judged("A trial", ("ab " * 700,) * 3000 + ("Alcohol Use Disorder",)).substances == ()
    assert judged("Ketamine for Alcohol Use Disorder", ("ab " * 700,) * 3000).substances == ("alcohol",)


COMPANIONS = [
    "Burnout",
    "Analgesics",
    "Psychological Pain",
    "Family History",
    "Healthy Volunteers",
    "Anesthetics, Dissociative",
    "Pain",
    "Chronic Pain",
    "Emergency Department",
    "Trauma",
    "PTSD",
    "Surgery",
    "Perioperative Care",
    "Agitation",
    "Delirium",
    "Sedation",
    "Cough",
    "Fracture",
    "Critical Illness",
    "Headache",
    "Hyperalgesia",
    "Opioid-Sparing",
    "Postoperative Period",
    "Intubation",
    "Recreational Use",
    "Positron Emission Tomography",
    "Vulnerability",
    "Gaming",
    "Food",
    "Cirrhosis",
    "Anesthesia",
    "Challenge",
    "Burns",
    "Abuse Liability",
    "Electroconvulsive Therapy",
    "Mechanical Ventilation",
    "Analgesia",
    "Sickle Cell",
    "Laparoscopy",
]


@pytest.mark.parametrize("word", COMPANIONS)
def test_no_word_beside_an_agreeing_condition_and_drug_makes_a_trial_another(word: str) -> None:
    as_keyword = judged("Ketamine Infusions in Alcohol Use Disorder", ("Alcohol Use Disorder",), keywords=(word,))
    as_condition = judged("Ketamine for Alcohol Use Disorder", ("Alcohol Use Disorder", word))
    for found in (as_keyword, as_condition):
        assert (found.is_relevant, found.drug_role) == (True, "treatment"), found.reason
        assert found.substances == ("alcohol",)


@pytest.mark.parametrize(
    "words",
    [
        "Burnout",
        "Chronic Pain",
        "Bariatric Surgery",
        "Burn Injuries",
        "a Family History of Alcoholism",
        "Headache",
    ],
)
def test_what_people_have_besides_is_not_what_ketamine_is_for(words: str) -> None:
    found = judged(f"Ketamine Infusions in Patients With Alcohol Use Disorder and {words}", ("Alcoholism",))
    assert (found.is_relevant, found.drug_role) == (True, "treatment"), found.reason


@pytest.mark.parametrize(
    "name",
    [
        *(row["name"] for row in rows("drugs.csv") if row["kind"] not in ("mesh", "abbreviation")),
        "Kétamine", "ESKÉTAMINE", "Ke\u0301tamine", "(R,S)\u2011ketamine", "Spravato™ 28 mg", "CI 581",
        "CI\u2011581a",
        "CI\u2013581\u2013B", "ci581aa", "Keta\u00admine", "ｋｅｔａｍｉｎｅ", "S(+)-ketamine",
        "盐酸艾司氯胺酮注射液", "エスケタミン",
        "Ketamine/placebo", "Ketamine placebo-controlled",
    ],
)  # fmt: skip
def test_ketamine_is_found_by_any_of_its_names(name: str) -> None:
    assert judged("A Trial", ("Alcoholism",), (name,)).is_relevant


@pytest.mark.parametrize(
    "name",
    [
        "Norketamine", "Nor-ketamine", "Hydroxynorketamine", "Ketoprofen", "Non-ketamine anesthesia",
        "No ketamine",        "Placebo ketamine", "Ketamine placebo", "Saline matching ketamine", "Prior ketamine",
        "Urine test for ketamine",
        "Ketamine levels", "Ketamine abuse education", "Ketamin3", "KAP questionnaire", "Knowledge about ketamine",
    ],
)  # fmt: skip
def test_what_only_sounds_like_ketamine_gives_none(name: str) -> None:
    assert not judged("A Trial", ("Alcoholism",), (name,)).is_relevant


USE = {
    "alcohol": "Alcohol; Harmful Use|Drinking, Binge|Excessive Drinking|At-Risk Drinking",
    "cannabis": "Cannabinoid Use Disorder|Marijuana Use|THC Dependence|Marijuana Dependence",
    "cocaine": "Crack Cocaine Use|Cocaine Type; Drug Dependence|Cocaine Smoking|Cocaine Craving",
    "opioid": "Opioid Use|Fentanyl Dependence|Synthetic Opioid Use|Opium Addiction|Painkiller Addiction",
    "methamphetamine": "Meth Use Disorder|Amphetamine-Type Stimulant Use Disorder|Crystal Methamphetamine Use",
    "tobacco": "Vaping|Smoking, Cigarette|Nicotine Vaping|E-Cig Use|Smokeless Tobacco Use|Dependence, Tobacco",
    "sedative": "Sedative, Hypnotic, or Anxiolytic Use Disorder|Zolpidem Dependence|Benzodiazepine Use",
    "other": "Pregabalin Abuse|Kratom Use|GHB Addiction|Inhalant Abuse|Stimulant Use Disorder|Gabapentin Misuse",
    "unspecified": "Injecting Drug Use|Chemsex|Drug-Seeking Behavior|Combined Drug Dependence|Substance Addiction",
    "": "Cannabis|Alcoholic Liver Disease|Fetal Alcohol Syndrome|Opioid-Induced Constipation|Alcohol Intoxication|"
    "Drug Overdose|Drug-Resistant Depression|Internet Addiction|Work Addiction|Passive Smoking|Child Abuse|"
    "Treatment Withdrawal|Care Dependency|Opioid Analgesia|Medication Overuse Headache|Social Drinkers|"
    "Family Members of Addicts",
}


@pytest.mark.parametrize(("substance", "conditions"), USE.items())
def test_a_condition_names_its_substance_and_no_other(substance: str, conditions: str) -> None:
    for condition in conditions.split("|"):
        assert " ".join(judged("A Trial", (condition,)).substances) == substance, condition


@pytest.mark.parametrize(
    ("condition", "substances"), [("Psychoses, Alcoholic", ("alcohol",)), ("Liver Diseases, Alcoholic", ())]
)
def test_a_heading_above_counts_unless_it_stands_above_harm_to_the_body(
    condition: str, substances: tuple[str, ...]
) -> None:
    mesh = {"id": "D000000001", "term": condition}
    browse = {"meshes": [mesh], "ancestors": [{"id": "D019973", "term": "Alcohol-Related Disorders"}]}
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000000"},
            "conditionsModule": {"conditions": [condition]},
        },
        "derivedSection": {"conditionBrowseModule": browse},
    }
    assert judge(trial_of(record)).substances == substances


def test_a_keyword_only_makes_particular_what_another_place_says() -> None:
    assert judged("Ketamine", ("Depression",), keywords=("alcohol use disorder",)).substances == ()
    assert judged("Ketamine", ("Craving",), keywords=("cocaine use disorder",)).substances == ("cocaine",)
    assert judged("Ketamine", ("Addiction",), keywords=("opioid dependence",)).substances == ("opioid",)
    twice = judged("Ketamine", ("Craving", "Craving"), keywords=("cocaine abuse", "cocaine abuse"))
    assert len(twice.evidence) == 1, "what is stored is stored once"


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "alcohol and ",
        "ketamine ",
        "using a, ",
        "- ",
        "opioid use ",
        "ketamine - a adjunct ",
        "for in ",
        "\u00ad",
        "ﷺ",
    ],
)
def test_a_hostile_text_ends_in_a_short_sentence(words: str) -> None:
    endless = words * (200_000 // len(unicodedata.normalize("NFKD", words)))
    arms = (("Ketamine " + endless, "EXPERIMENTAL", endless),) * 30
    found = judged(endless, (endless,) * 30, (endless,) * 30, official="Ketamine " + endless, arms=arms)
    assert len(found.reason) < 300
    assert judged("Ketamine", (words,) * 10_000, (words,) * 10_000).reason
