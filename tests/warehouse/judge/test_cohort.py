"""Precision and recall on the labelled trials beside the repository, told, and held to a bound.

Records are rebuilt from the cohort's facts, missing fields left out. What experts would debate is not judged. The
trials fall in two by the last digit of their number: with the even ones, and those without a number, the rules
were written; the odd ones are held back, and are what figures are told of.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.searches import expressions
from connectors.simulated import SimulatedRegistry
from flows.settings import configuration
from tests.readings import trial_of
from warehouse.judge.relevance import Judgement, judge
from warehouse.judge.relevance.words import folded
from warehouse.words.vocabulary import rows

LEAST_RECALL = 1.0
LEAST_PRECISION = 1.0
LEAST_EXACT = 1.0
OWN = Path(__file__).parents[3] / "trialwatch.toml"


def is_held_back(facts: dict[str, Any]) -> bool:
    digits = re.findall(r"\d", facts.get("registry_id") or "")
    return bool(digits) and int(digits[-1]) % 2 == 1


def rebuilt(facts: dict[str, Any]) -> dict[str, Any]:
    number = facts.get("registry_id") or "NCT00000000"
    identification = {
        "nctId": number,
        "briefTitle": facts.get("title"),
        "officialTitle": facts.get("official_title"),
        "acronym": facts.get("acronym"),
    }
    protocol: dict[str, Any] = {
        "identificationModule": {key: value for key, value in identification.items() if value}
    }
    if facts.get("conditions_as_registered"):
        protocol["conditionsModule"] = {"conditions": facts["conditions_as_registered"]}
    if facts.get("interventions"):
        names = (re.sub(r"^(?:Drug|Behavioral): ", "", each) for each in facts["interventions"])
        protocol["armsInterventionsModule"] = {"interventions": [{"name": name} for name in names]}
    return {"protocolSection": protocol}


def cases(shared: Path, name: str, key: str = "trials") -> list[dict[str, Any]]:
    read = json.loads((shared / "cohort" / name).read_text("utf-8"))[key]
    return list(read)


@pytest.fixture
def labelled(shared: Path) -> list[tuple[dict[str, Any], bool, Judgement]]:
    """Facts, whether the trial is ours by its label, and our judgement."""
    debated = {each["registry_id"] for each in cases(shared, "borderline.json", "cases")}
    return [
        (facts, ours, judge(trial_of(rebuilt(facts))))
        for name, ours in (("treatment_trials.json", True), ("other_ketamine_trials.json", False))
        for facts in cases(shared, name)
        if facts.get("registry_id") not in debated
    ]


@pytest.mark.parametrize("held_back", [False, True], ids=["written with", "held back"])
def test_precision_and_recall_are_above_their_bounds(
    labelled: list[tuple[dict[str, Any], bool, Judgement]], held_back: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled = [each for each in labelled if is_held_back(each[0]) == held_back]
    told = [(facts, ours, found) for facts, ours, found in labelled if found.is_relevant]
    hits = [facts for facts, ours, _ in told if ours]
    all_ours = [facts for facts, ours, _ in labelled if ours]
    recall, precision = len(hits) / len(all_ours), len(hits) / len(told)
    exact = [
        facts for facts, ours, found in labelled if ours and list(found.substances) == sorted(facts["substances"])
    ]
    lines = [
        f"{len(labelled)} labelled trials {'held back' if held_back else 'in view'}, {len(all_ours)} of them ours",
        f"relevant: precision {precision:.2f}, recall {recall:.2f}",
        f"substances exactly right: {len(exact) / len(all_ours):.2f}",
    ]
    for substance in sorted({each for facts in all_ours for each in facts["substances"]}):
        right = {id(facts) for facts in all_ours if substance in facts["substances"]}
        said = {id(facts) for facts, ours, found in told if substance in found.substances}
        lines.append(
            f"{substance}: precision {len(right & said) / len(said):.2f}, "
            f"recall {len(right & said) / len(right):.2f} ({len(right)} trials)"
        )
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert recall >= LEAST_RECALL
    assert precision >= LEAST_PRECISION
    assert len(exact) / len(all_ours) >= LEAST_EXACT


def test_every_judgement_quotes_words_of_the_record(
    labelled: list[tuple[dict[str, Any], bool, Judgement]],
) -> None:
    for facts, _, found in labelled:
        words = folded(json.dumps(rebuilt(facts), ensure_ascii=False)).casefold()
        quoted = re.findall("“([^”]*)”", found.reason)
        assert quoted or "no intervention" in found.reason or "neither conditions nor titles" in found.reason
        assert all(each.removesuffix(" …").casefold() in words for each in quoted), found.reason


@pytest.mark.parametrize(
    "name", ["control", "letters", "named_not_given", "names", "vetoes"], ids=lambda name: str(name)
)
def test_records_that_went_wrong_are_judged_as_labelled(shared: Path, name: str) -> None:
    case = shared / "cases" / f"relevance_{name}.json"
    if not case.exists():
        pytest.skip(f"{case.name} is not beside the repository")
    for each in json.loads(case.read_text("utf-8"))["judge"]:
        found = judge(trial_of(each["record"]))
        right = (each["relevant"], each["drug_role"], sorted(each["substances"]))
        assert (found.is_relevant, found.drug_role, list(found.substances)) == right, found.reason


def test_no_treatment_trial_is_out_of_reach_of_the_default_searches(shared: Path) -> None:
    watch = configuration(OWN).watches[0]
    ours = [facts for facts in cases(shared, "treatment_trials.json") if facts["registry_id"].startswith("NCT")]
    with SimulatedRegistry(map(rebuilt, ours)) as registry:
        from connectors.clinicaltrials_gov import ClinicalTrialsGov
        from connectors.http import Manners, PoliteClient
        from connectors.registry import Question
        from flows.terminal.progress import silent

        class Nowhere:
            def write(self, record: bytes) -> None: ...
            def mark(self) -> int:
                return 0

            def rewind(self, mark: int) -> None: ...

        with PoliteClient(registry.url, Manners("test", 100_000, 0)) as client:
            question = Question(watch.interventions, watch.conditions)
            found = ClinicalTrialsGov(client).collect(question, Nowhere(), silent).found_by
    assert sorted({facts["registry_id"] for facts in ours} - set(found)) == []


def test_the_default_watch_asks_for_every_term_of_the_vocabulary() -> None:
    watch = configuration(OWN).watches[0]
    assert list(watch.interventions) == [row["name"] for row in rows("drugs.csv") if row["search"] == "yes"]
    assert list(watch.conditions) == [row["condition"] for row in rows("conditions.csv")]
    assert len(list(expressions(watch.interventions, watch.conditions))) <= 18, "requests a night"


def test_registries_that_know_no_synonyms_are_asked_for_the_bare_substances_of_the_review() -> None:
    watch = configuration(OWN).watches[0]
    assert watch.registries == ("clinicaltrials.gov", "isrctn", "ctis")
    assert {"alcohol", "cannabis", "cocaine", "heroin", "methamphetamine"} <= set(watch.conditions)
    assert "ISRCTN85955128" in watch.follow


@pytest.mark.parametrize(
    "name",
    [
        *("drugs.csv", "substances.csv", "disorder_words.csv", "disorder_terms.csv", "contexts.csv"),
        *("conditions.csv", "routes.csv", "therapies.csv", "comparators.csv", "instruments.csv"),
    ],
)
def test_every_term_has_a_source_and_stands_once(name: str) -> None:
    read = rows(name)
    assert all(row["source"] and row["source"].strip() for row in read)
    terms = [tuple(value for key, value in row.items() if key != "source") for row in read]
    assert len(terms) == len(set(terms))
