"""What one sentence of an arm says of ketamine, and what it does not: a table of cases for each concept."""

from typing import Any

import pytest

from tests.readings import trial_of
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.judge.relevance import judge

KETAMINE = ("DRUG", "Ketamine", "")
MIDAZOLAM = ("DRUG", "Midazolam", "")
SALINE = ("DRUG", "Saline", "")


def arm(kind: str, label: str, description: str, *names: str) -> dict[str, Any]:
    listed = [name if ": " in name else f"Drug: {name}" for name in names]
    return {"type": kind, "label": label, "description": description, "interventionNames": listed}


def read(
    *arms: dict[str, Any], gifts: tuple[tuple[str, str, str], ...] = (KETAMINE,), **more: Any
) -> tuple[Concept, ...]:
    trial = trial_of(
        {
            "protocolSection": {
                "identificationModule": {"briefTitle": more.get("title", "A study")},
                "designModule": {
                    "studyType": "INTERVENTIONAL",
                    "designInfo": {"interventionModel": more.get("model")},
                },
                "descriptionModule": {
                    "briefSummary": more.get("summary"),
                    "detailedDescription": more.get("detail"),
                },
                "armsInterventionsModule": {
                    "armGroups": list(arms),
                    "interventions": [
                        {"type": kind, "name": name, "description": description}
                        for kind, name, description in gifts
                    ],
                },
                "outcomesModule": {
                    "primaryOutcomes": [{"measure": each} for each in more.get("outcomes", [])],
                    **more.get("told", {}),
                },
                "eligibilityModule": {"eligibilityCriteria": more.get("criteria")},
            }
        }
    )
    return concepts_of(trial, judge(trial))


def values(found: tuple[Concept, ...], concept: str) -> list[str]:
    return list(dict.fromkeys(each.value for each in found if each.concept == concept))


def of_an_arm(sentence: str, concept: str) -> list[str]:
    return values(read(arm("EXPERIMENTAL", "Ketamine", sentence, "Ketamine")), concept)


@pytest.mark.parametrize(
    ("sentence", "doses"),
    [
        ("ketamine 0.5mg/kg over 40 minutes", ["0.5 mg/kg"]),
        ("0,5 mg/kg", ["0.5 mg/kg"]),
        ("0.5 - 0.8 mg/kg", ["0.5-0.8 mg/kg"]),
        ("ketamine 0.5 mg per kg of body weight", ["0.5 mg/kg"]),
        ("2 mcg/kg/min (0.12 mg/kg/hr) after 0.3 mg.kg-1", ["2 µg/kg/min", "0.12 mg/kg/h", "0.3 mg/kg"]),
        ("0.2mg·kg-1 i.v., then 0.12 mg·kg-1·h-1", ["0.2 mg/kg", "0.12 mg/kg/h"]),
        ("28, 56 or 84 mg twice a week", ["28 mg", "56 mg", "84 mg"]),
        ("56 mg or 84 mg", ["56 mg", "84 mg"]),
        ("100 milligrams by mouth", ["100 mg"]),
        ("150 mg/day", ["150 mg/day"]),
        ("0.3 mg/kg, then 0.1 mg/kg an hour", ["0.3 mg/kg", "0.1 mg/kg/h"]),
        ("200 micrograms/kg", ["200 µg/kg"]),
        ("ketamine/placebo 0.5mg/kg bolus", ["0.5 mg/kg"]),
        ("0.5 mg/kg, at most 50 mg", ["0.5 mg/kg"]),
        ("0.5 mg/kg (maximum dose of 40 mg)", ["0.5 mg/kg"]),
        ("Ketalar 50 mg/ml, of which 0.5 mg/kg in 100 mL of saline", ["0.5 mg/kg"]),
        ("172.5 mg ketamine hydrochloride (150 mg base) per ml, 15 mg a spray", ["15 mg"]),
        ("Ketamine 1 mg/kg IM with ondansetron 4 mg", ["1 mg/kg"]),
        ("midazolam 1 mg IV followed by 0.5 mg/kg of ketamine", ["0.5 mg/kg"]),
        ("an injection with aethimizol 1.5 mg/kg", []),
        ("prior ketamine 2 mg/kg", []),
        ("ketamine 0.3 mg/kg and 5 mg dexamethasone", ["0.3 mg/kg"]),
        ("esketamine 1.5 mg/kg + sufentanil 2 µg/kg + granisetron 6 mg in 100 ml", ["1.5 mg/kg"]),
        ("Ketamine 50 MG/ML Injectable Solution", []),
        ("Ketamine 0.1mg/kg/h-0.3mg/kg/h", ["0.1-0.3 mg/kg/h"]),
        ("titrated from 0.5 mg/kg up to 1.0 mg/kg", ["0.5 mg/kg", "1 mg/kg"]),
        ("a plasma level of 0.8 µg/ml", []),
        ("Day 1 and 0.5 mg/kg", ["0.5 mg/kg"]),
        ("Ketamine in 100 mL normal saline, 0.5 mg/kg over 40 minutes", ["0.5 mg/kg"]),
        ("0.11 mg/kg bolus in saline followed by 0.6 mg/kg over 50 minutes", ["0.11 mg/kg", "0.6 mg/kg"]),
        ("ketamine (0.5mg/kg in 0.9% saline), repeated after a week at 0.75mg/kg", ["0.5 mg/kg", "0.75 mg/kg"]),
        ("ketamine mixed with 50 mL of 0.9%NaCl, 0.5 mg/kg", ["0.5 mg/kg"]),
        ("ketamine in a 100 mL bag of isotonic sodium chloride (0.9%), 0.5 mg/kg", ["0.5 mg/kg"]),
        ("ketamine dissolved in 5% dextrose: 0.5 mg/kg", ["0.5 mg/kg"]),
        ("ketamine made up to 20 mL with sterile water, 0.5 mg/kg", ["0.5 mg/kg"]),
        ("ketamine added to 250 mL Ringer's lactate, 0.5 mg/kg", ["0.5 mg/kg"]),
        ("midazolam in 100 mL normal saline, 0.02 mg/kg", []),
        ("ketamine compared with saline, 0.5 mg/kg", []),
        ("ketamine, and in the saline group 0.5 mg/kg", []),
        ("56 mg esketamine (two 28 mg devices)", ["56 mg"]),
        ("esketamine 84 mg, given as 3 x 28 mg nasal spray devices", ["84 mg"]),
        ("one 28 mg device, then two 28 mg infusions", ["28 mg"]),
        ("ketamine 100 mg capsules", ["100 mg"]),
    ],
)
def test_a_dose(sentence: str, doses: list[str]) -> None:
    assert [each.replace("\u03bc", "µ") for each in of_an_arm(sentence, "dose")] == doses


@pytest.mark.parametrize(
    ("sentence", "mg_per_kg"),
    [
        ("0.5 mg/kg", [0.5]),
        ("0.5 to 0.8 mg/kg", [0.5, 0.8]),
        ("200 µg/kg", [0.2]),
        ("0.2 mg/kg/h", [None]),
        ("84 mg", [None]),
    ],
)
def test_a_dose_in_mg_per_kg(sentence: str, mg_per_kg: list[float | None]) -> None:
    found = read(arm("EXPERIMENTAL", "Ketamine", sentence, "Ketamine"))
    assert [each.mg_per_kg for each in found if each.concept == "dose"] == mg_per_kg


@pytest.mark.parametrize(
    ("sentence", "routes"),
    [
        ("intravenous, intramuscular, or subcutaneous ketamine", ["intravenous", "intramuscular", "subcutaneous"]),
        ("an infusion of ketamine", ["intravenous"]),
        ("a subcutaneous infusion", ["subcutaneous"]),
        ("esketamine nasal spray", ["intranasal"]),
        ("intranasal ketamine with an oral antidepressant", ["intranasal"]),
        ("a lozenge held in the mouth", ["sublingual"]),
        ("200 mg by mouth", ["oral"]),
        ("ketamine 1 mg/kg and propofol 1 mg/kg IV", ["intravenous"]),
        ("ketamine for people with a DSM-IV disorder", []),
        ("oral midazolam", []),
        ("ketamine in a placebo-controlled trial of infusions", ["intravenous"]),
        ("0.11 mg/kg two-minute bolus in saline followed by 0.6 mg/kg infused over 50 minutes", ["intravenous"]),
        ("ketamine in 100 mL of normal saline, intravenously", ["intravenous"]),
    ],
)
def test_a_route(sentence: str, routes: list[str]) -> None:
    assert of_an_arm(sentence, "route") == routes


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("A single infusion of ketamine", "1"),
        ("One-time dose of ketamine", "1"),
        ("ketamine 20 mg over 20 minutes, once", "1"),
        ("Two 40-minute infusions", "2"),
        ("Ketamine infusion on Day 1 and Day 8", "2"),
        ("infusions on days 1, 3, and 5", "3"),
        ("on 3 consecutive days", "3"),
        ("Six (6) infusions of ketamine", "6"),
        ("0.8 mg/kg over 50 minutes, three times, a week apart", "3"),
        ("0.5 mg/kg over 40 minutes, six times in three weeks", "6"),
        ("0.5 mg/kg three times daily", None),
        ("up to 8 sessions of ketamine", "8"),
        ("8 treatment sessions of 84 mg", "8"),
        ("twice weekly for 3 weeks", "6"),
        ("ketamine 3x/week for 2 weeks", "6"),
        ("two infusions a week for three weeks", "6"),
        ("56 mg two times a week for 4 weeks, then weekly for 4 weeks", "12"),
        ("daily for 28 days", "28"),
        ("ketamine infusion x 6", "6"),
        ("12 infusions (3 per week for 4 weeks)", "12"),
        ("four sessions of CBT", None),
        ("Twelve weekly group sessions, beside 0.5 mg/kg", None),
        ("six infusions of midazolam", None),
        ("a 52-minute infusion", None),
        ("two different doses of ketamine", None),
        ("0.2 mg/kg/h x 72 h", None),
        ("daily for 4 weeks", None),
    ],
)
def test_a_number_of_doses(sentence: str, number: str | None) -> None:
    assert of_an_arm(sentence, "doses_given") == ([number] if number else [])


def test_what_the_sponsor_tells_at_length_counts_where_the_arms_are_silent() -> None:
    told: dict[str, Any] = {
        "summary": "Ketamine is given intravenously at 0.5 mg/kg in six infusions.",
        "criteria": "ketamine 2 mg/kg",
    }
    found = read(arm("EXPERIMENTAL", "A", "the study drug", "Ketamine"), **told)
    assert [(each.value, each.field, each.confidence) for each in found][:3] == [
        ("intravenous", "brief_summary", "medium"),
        ("0.5 mg/kg", "brief_summary", "medium"),
        ("6", "brief_summary", "medium"),
    ]
    said_in_the_arm = read(arm("EXPERIMENTAL", "A", "0.8 mg/kg", "Ketamine"), **told)
    assert values(said_in_the_arm, "dose") == ["0.8 mg/kg"]


def test_what_stands_before_a_name_at_length_is_said_of_it() -> None:
    told = "Six infusions of ketamine are compared with six of saline, in addition to usual care."
    assert values(read(arm("EXPERIMENTAL", "A", "", "Ketamine"), summary=told), "route") == ["intravenous"]


@pytest.mark.parametrize(
    "sentence",
    [
        "A previous study gave ketamine 0.5 mg/kg.",
        "Ketamine 0.5 mg/kg has been shown to help [3].",
        "Midazolam 2 mg is the control of ketamine.",
        "Participants weigh at least 50 kg.",
    ],
)
def test_what_the_sponsor_tells_of_others_does_not_count(sentence: str) -> None:
    assert values(read(arm("EXPERIMENTAL", "A", "", "Ketamine"), detail=sentence), "dose") == []


E, A, P, N, OTHER = "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "NO_INTERVENTION", "OTHER"
ARM = arm(E, "Ketamine", "0.5 mg/kg", "Ketamine")


@pytest.mark.parametrize(
    ("arms", "gifts", "comparators"),
    [
        ([ARM], [], ["none"]),
        ([arm(E, "Ketamine or placebo", "", "Ketamine")], [], ["placebo"]),
        ([ARM, arm(A, "Midazolam", "", "Midazolam")], [MIDAZOLAM], ["midazolam"]),
        ([ARM, arm(P, "Active placebo", "", "Midazolam")], [MIDAZOLAM], ["midazolam"]),
        ([ARM, arm(P, "Placebo", "", "Saline")], [SALINE], ["saline", "placebo"]),
        ([ARM, arm(P, "Arm B", "")], [], ["placebo"]),
        ([ARM, arm(N, "Control", "no drug")], [], ["no treatment"]),
        ([ARM, arm(OTHER, "Control", "no drug")], [], ["no treatment"]),
        ([ARM, arm(OTHER, "Control", "treatment as usual")], [], ["treatment as usual"]),
        ([ARM, arm(OTHER, "Later", "waitlist, then ketamine", "Ketamine")], [], ["waiting list"]),
        ([ARM, arm(A, "Low dose", "0.05 mg/kg", "Ketamine")], [], ["ketamine"]),
        ([ARM, arm(E, "Ketamine twice", "", "Ketamine")], [], ["ketamine"]),
        (
            [
                arm(E, "High", "ketamine 0.8 mg/kg", "Ketamine", "Behavioral: Psychotherapy"),
                arm(A, "Low", "ketamine 0.05 mg/kg", "Ketamine", "Behavioral: Psychoeducation"),
            ],
            [("BEHAVIORAL", "Psychotherapy", ""), ("BEHAVIORAL", "Psychoeducation", "")],
            ["ketamine", "psychotherapy"],
        ),
        (
            [
                arm(E, "High", "", "Ketamine", "Ketamine 0.8", "Behavioral: Psychotherapy"),
                arm(P, "Low", "", "Ketamine", "Ketamine 0.05", "Behavioral: Usual care"),
            ],
            [
                *(("DRUG", "Ketamine 0.8", "0.8 mg/kg"), ("DRUG", "Ketamine 0.05", "0.05 mg/kg")),
                *(("BEHAVIORAL", "Psychotherapy", ""), ("BEHAVIORAL", "Usual care", "")),
            ],
            ["ketamine", "treatment as usual"],
        ),
        (
            [ARM, arm(A, "Lower-dose ketamine and CBT", "", "Ketamine", "Behavioral: CBT")],
            [("BEHAVIORAL", "CBT", "")],
            ["ketamine", "psychotherapy"],
        ),
        (
            [
                arm(E, "With therapy", "0.5 mg/kg", "Ketamine", "Behavioral: Psychotherapy"),
                arm(A, "With counselling", "0.5 mg/kg", "Ketamine", "Behavioral: Drug counseling"),
            ],
            [("BEHAVIORAL", "Psychotherapy", ""), ("BEHAVIORAL", "Drug counseling", "")],
            ["psychotherapy"],
        ),
        ([ARM, arm(A, "Control", "25 mg of hydroxyzine in saline", "Ketamine")], [], ["other drug"]),
        ([ARM, arm(A, "Control", "midazolam 2 mg", "Ketamine")], [], ["midazolam"]),
        ([ARM, arm(P, "Placebo", "saline", "Ketamine")], [], ["placebo", "saline"]),
        ([ARM, arm(A, "ECT", "", "Device: ECT")], [("DEVICE", "ECT", "")], ["other treatment"]),
        ([ARM, arm(A, "Morphine", "", "Morphine")], [("DRUG", "Morphine", "")], ["other drug"]),
        ([ARM, arm(OTHER, "CBT", "", "Behavioral: CBT")], [("BEHAVIORAL", "CBT", "")], ["psychotherapy"]),
        (
            [arm(E, "Both", "", "Ketamine", "Behavioral: CBT"), arm(A, "CBT", "", "Behavioral: CBT")],
            [("BEHAVIORAL", "CBT", "")],
            ["psychotherapy"],
        ),
        (
            [arm(E, "Both", "", "Ketamine", "Device: TMS"), arm(A, "TMS", "", "Device: TMS")],
            [("DEVICE", "TMS", "")],
            ["other treatment"],
        ),
        (
            [arm(E, "Both", "", "Ketamine", "Propofol"), arm(A, "Propofol", "", "Propofol")],
            [("DRUG", "Propofol", "")],
            ["other drug"],
        ),
        (
            [arm(E, "Both", "", "Ketamine", "Lithium"), arm(E, "Ketamine", "", "Ketamine")],
            [("DRUG", "Lithium", "")],
            ["other drug"],
        ),
        (
            [arm(E, "First", "", "Ketamine", "Saline"), arm(E, "Second", "", "Ketamine", "Saline")],
            [SALINE],
            ["saline"],
        ),
        ([arm(OTHER, "Group A", "gets it", "")], [("DRUG", "Placebo", "0.9% saline")], ["saline", "placebo"]),
        ([], [MIDAZOLAM, ("BEHAVIORAL", "CBT", "")], ["midazolam"]),
        ([], [("DRUG", "Low dose ketamine", "")], ["ketamine"]),
        (
            [],
            [("", "Usual care", ""), ("", "Naltrexone", ""), ("", "Linkage", "")],
            ["treatment as usual", "other drug"],
        ),
    ],
)
def test_a_comparator(arms: list[Any], gifts: list[tuple[str, str, str]], comparators: list[str]) -> None:
    found = values(read(*arms, gifts=(KETAMINE, *gifts)), "comparator")
    assert sorted(found) == sorted(comparators)


def test_in_a_crossover_every_period_compares() -> None:
    one = arm(E, "All", "", "Ketamine", "Dexmedetomidine")
    found = read(one, gifts=(KETAMINE, ("DRUG", "Dexmedetomidine", "")), model="CROSSOVER")
    assert values(found, "comparator") == ["other drug"]


@pytest.mark.parametrize(
    ("title", "comparators"),
    [
        ("Ketamine Versus Placebo in Surgery", ["placebo"]),
        ("A Comparison of Ketamine With Methadone", ["other drug"]),
        ("A Midazolam-Controlled Trial of Ketamine", ["midazolam"]),
        ("Ketamine and Placebo Effects", []),
    ],
)
def test_a_title_compares_where_nothing_else_says_anything(title: str, comparators: list[str]) -> None:
    assert values(read(gifts=(), title=title), "comparator") == comparators


@pytest.mark.parametrize(
    ("name", "therapies"),
    [
        ("MET and CBT", ["motivational enhancement therapy", "cognitive behavioural therapy"]),
        ("Mindfulness-Based Relapse Prevention, a mindfulness course", ["mindfulness-based relapse prevention"]),
        ("Ketamine-assisted psychotherapy", ["ketamine-assisted psychotherapy"]),
        ("CI-581a-Assisted Psychotherapy", ["ketamine-assisted psychotherapy"]),
        ("Psilocybin-assisted psychotherapy", ["psychotherapy"]),
        ("Psychotherapy with exposure therapy", ["exposure therapy"]),
        ("Drug counseling", ["counselling"]),
        ("No psychotherapy", ["none"]),
        ("Infusion", ["none"]),
    ],
)
def test_a_psychotherapy(name: str, therapies: list[str]) -> None:
    assert values(read(gifts=(KETAMINE, ("BEHAVIORAL", name, ""))), "psychotherapy") == therapies


@pytest.mark.parametrize(
    ("measure", "instruments"),
    [
        ("Percent heavy drinking days (TLFB)", ["days of use"]),
        ("OCDS", ["craving scale"]),
        ("Urine toxicology", ["urine"]),
        ("Urinary retention", []),
        ("PEth", ["alcohol biomarker"]),
        ("Breath alcohol", ["breath"]),
        ("COWS", ["withdrawal scale"]),
        ("Withdrawal of consent", []),
        ("HAM-D and MADRS", ["depression scale"]),
        ("CADSS", ["dissociation scale"]),
        ("Continuous abstinence", ["abstinence"]),
    ],
)
def test_an_instrument(measure: str, instruments: list[str]) -> None:
    assert values(read(ARM, outcomes=[measure]), "outcome_instrument") == instruments


def test_an_instrument_keeps_the_words_of_each_kind_of_outcome() -> None:
    told = {
        "primaryOutcomes": [
            {"measure": "Alcohol consumption", "description": "Number of drinking days by TLFB"},
            {"measure": "Drinking Days", "description": "heavy drinking days"},
        ],
        "secondaryOutcomes": [{"measure": "Heavy drinking days"}, {"measure": "Heavy Drinking Days at week 4"}],
        "otherOutcomes": [{"measure": "TLFB"}],
    }
    found = [each for each in read(ARM, told=told) if each.value == "days of use"]
    assert [(each.matched_text.casefold(), each.rule, each.confidence) for each in found] == [
        ("drinking days", "a primary outcome's name", "high"),
        ("heavy drinking days", "a primary outcome's description", "medium"),
        ("heavy drinking days", "a secondary outcome's name", "high"),
        ("tlfb", "another outcome's name", "high"),
    ]


def test_where_ketamine_is_not_given_nothing_is_asked() -> None:
    naltrexone = ("DRUG", "Naltrexone", "380 mg IM")
    assert read(arm(E, "Naltrexone", "no ketamine", "Naltrexone"), gifts=(naltrexone,), outcomes=["TLFB"]) == ()
