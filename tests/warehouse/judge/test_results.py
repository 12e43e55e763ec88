"""What differs between two readings of results: one change, small, with nothing of it lost in silence."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.clinicaltrials_gov.results import Reader
from tests.records import some_results
from warehouse.judge.changes import Finding
from warehouse.judge.results import MOST_LETTERS, difference
from warehouse.words.sentences import saying

Section = dict[str, Any]


def told(edit: Callable[[Section], object], before: Section | None = None) -> Finding:
    old = before or some_results()
    new = copy.deepcopy(old)
    edit(new)
    read = Reader().read
    return difference(read(json.dumps(old).encode()), read(json.dumps(new).encode()), "registry")


def lines(finding: Finding) -> list[str]:
    """As readers are told it."""
    change = {
        name: getattr(finding, name) for name in ("kind", "field", "old_value", "new_value", "cause", "reason")
    }
    said = saying(change)
    return [str(said), *map(str, said.lines)]


def outcome(section: Section) -> Section:
    found: Section = section["outcomeMeasuresModule"]["outcomeMeasures"][0]
    return found


def test_each_part_has_its_view_and_its_words() -> None:
    def analysis(section: Section) -> None:
        outcome(section)["analyses"][0].update(pValue="0.2", ciUpperLimit=None, ciLowerLimit="-7")

    def deaths(section: Section) -> None:
        section["adverseEventsModule"]["eventGroups"][0]["deathsNumAffected"] = 1

    def nausea(section: Section) -> None:
        section["adverseEventsModule"]["otherEvents"][0]["stats"][0]["numAffected"] = 8

    def flow(section: Section) -> None:
        section["participantFlowModule"]["periods"][0]["milestones"][0]["achievements"][0]["numSubjects"] = "51"

    def baseline(section: Section) -> None:
        section["baselineCharacteristicsModule"]["measures"][0]["unitOfMeasure"] = "People"

    seen = [(finding.field, finding.reason) for finding in map(told, (analysis, deaths, nausea, flow, baseline))]
    assert seen == [
        ("trial_result_analyses", "1 analysis changed"),
        ("trial_adverse_event_groups", "1 total of adverse events changed"),
        ("trial_adverse_events", "1 adverse event changed"),
        ("trial_participant_flow", "1 period changed"),
        ("trial_baseline_measurements", "1 baseline characteristic changed"),
    ]
    assert lines(told(analysis))[1:] == [
        "Analysis “Heavy drinking days”, estimate: Mean Difference -3.4 (95 % CI -6.7 to -0.1) → "
        "Mean Difference -3.4 (95 % CI -7 to …)",
        "Analysis “Heavy drinking days”, p value: <0.001 → 0.2",
    ]
    assert lines(told(deaths))[1:] == ["Adverse events in all of “Ketamine”, deaths: 0 of 48 → 1 of 48"]
    assert lines(told(nausea))[1:] == [
        "Adverse event “Nausea”, group: Midazolam: 7 of 46, 9 events → Midazolam: 8 of 46, 9 events"
    ]
    assert lines(told(flow))[1:] == [
        "− Period “Overall Study”, step: STARTED, Ketamine: 50",
        "+ Period “Overall Study”, step: STARTED, Ketamine: 51",
    ]


def test_what_came_and_what_went_is_told_whole() -> None:
    def another(section: Section) -> None:
        section["outcomeMeasuresModule"]["outcomeMeasures"][1]["title"] = "Sleep"

    finding = told(another)
    assert finding.reason == "1 outcome measure new, 1 outcome measure gone"
    assert lines(finding)[1:] == ["Outcome measure “Craving”, measure: Craving → Sleep"]


def test_a_part_that_comes_or_goes_leaves_the_other_side_empty() -> None:
    finding = told(lambda section: section.pop("adverseEventsModule"))
    assert finding.new_value is None
    assert set(json.loads(finding.old_value or "")) == {"adverseEvents", "eventGroups"}


def test_what_no_table_tells_is_named_at_least() -> None:
    finding = told(lambda section: section["moreInfoModule"]["limitationsAndCaveats"].update(description="Many"))
    assert (finding.field, finding.old_value, finding.new_value) == ("trial_results", None, None)
    assert lines(finding) == ["Posted results changed. Limitations reworded."]
    both = told(
        lambda section: (
            section.update(newModule={"a": 1}),
            outcome(section).update(unitOfMeasure="nights"),
        )
    )
    assert both.reason == "1 outcome measure changed, newModule reworded"


def test_an_estimate_that_is_gone_is_told() -> None:
    finding = told(lambda section: outcome(section)["analyses"][0].pop("paramValue"))
    assert lines(finding)[1:] == [
        "− Analysis “Heavy drinking days”, estimate: Mean Difference -3.4 (95 % CI -6.7 to -0.1)"
    ]


def test_two_of_one_name_are_two() -> None:
    before = some_results()
    outcomes = before["outcomeMeasuresModule"]["outcomeMeasures"]
    outcomes.append(copy.deepcopy(outcomes[1]))
    finding = told(lambda section: section["outcomeMeasuresModule"]["outcomeMeasures"].pop(), before)
    assert finding.reason == "1 outcome measure gone"


@pytest.mark.slow
def test_however_much_differs_little_is_told() -> None:
    def everything(section: Section) -> None:
        outcomes = section["outcomeMeasuresModule"]["outcomeMeasures"]
        for number in range(300):
            made = copy.deepcopy(outcomes[0])
            made["title"] = f"Outcome {number} {'x' * 2000}"
            made["classes"] = [{"title": str(place), **made["classes"][0]} for place in range(40)]
            outcomes.append(made)

    finding = told(everything)
    assert len(finding.new_value or "") < 2 * MOST_LETTERS
    assert "and 68 more" in (finding.new_value or "")
    assert finding.reason.startswith("300 outcome measures new, 300 analyses new, ")
    assert finding.reason.endswith(" of these not shown")


def test_a_value_without_number_limits_or_people_can_be_told() -> None:
    def bare(section: Section) -> None:
        cells = outcome(section)["classes"][0]["categories"][0]["measurements"]
        cells[0] = {"groupId": "OG009", "lowerLimit": "1"}

    finding = told(bare)
    assert json.loads(finding.new_value or "")["outcomeMeasures"][0]["values"] == ["OG009: no value (1 to …)"]
