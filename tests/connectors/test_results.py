"""Posted results read into tables; held against the real ones of the workshop."""

import copy
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.clinicaltrials_gov.results import Reader
from connectors.results import TABLES, Results
from tests.records import some_results

Section = dict[str, Any]


# -- reading -------------------------------------------------------------------------------------------


def read(section: Section) -> Results:
    return Reader().read(json.dumps(section).encode()).results


def told(row: msgspec.Struct) -> Section:
    return {name: value for name, value in msgspec.structs.asdict(row).items() if value is not None}


def test_a_measurement_stands_with_all_that_it_is_of() -> None:
    first, second = map(told, read(some_results()).measurements)
    assert first == {
        "position": 1,
        "outcome_position": 1,
        "outcome_type": "primary",
        "outcome": "Heavy drinking days",
        "time_frame": "6 months",
        "population": "All who were randomised",
        "unit": "days",
        "param_type": "MEAN",
        "dispersion_type": "Standard Deviation",
        "group_id": "OG000",
        "group_title": "Ketamine",
        "group_description": "0.8 mg/kg",
        "denominator": 48,
        "denominator_unit": "Participants",
        "value": 12.3,
        "value_as_written": "12.3",
        "spread": 4.5,
        "spread_as_written": "4.5",
    }
    assert (second["value_as_written"], second["comment"]) == ("NA", "Too few came back")
    assert "value" not in second


def test_an_outcome_that_is_only_announced_is_told_too() -> None:
    assert told(read(some_results()).outcomes[1]) == {
        "position": 2,
        "outcome_type": "other",
        "outcome": "Craving",
        "time_frame": "4 weeks",
        "reporting_status": "NOT_POSTED",
        "expected_posting_date": "2027-03",
    }


def test_an_analysis_stands_with_its_groups_by_name() -> None:
    (analysis,) = map(told, read(some_results()).analyses)
    assert analysis == {
        "position": 1,
        "outcome_position": 1,
        "outcome_type": "primary",
        "outcome": "Heavy drinking days",
        "time_frame": "6 months",
        "group_ids": ["OG000", "OG001"],
        "group_titles": ["Ketamine", "Midazolam"],
        "method": "ANCOVA",
        "p_value": 0.001,
        "p_value_relation": "<",
        "p_value_as_written": "<0.001",
        "estimate_type": "Mean Difference",
        "estimate": -3.4,
        "estimate_as_written": "-3.4",
        "interval_percent": 95,
        "interval_sides": "TWO_SIDED",
        "non_inferiority_type": "SUPERIORITY",
        "lower_limit": -6.7,
        "lower_limit_as_written": "-6.7",
        "upper_limit": -0.1,
        "upper_limit_as_written": "-0.1",
    }


def test_events_flow_and_baseline_are_counted_by_group() -> None:
    results = read(some_results())
    assert [(each.event_type, each.term, each.group_title, each.affected) for each in results.adverse_events] == [
        ("serious", "Fracture", "Ketamine", 1),
        ("other", "Nausea", "Midazolam", 7),
    ]
    assert told(results.adverse_event_groups[0]) == {
        "position": 1,
        "group_id": "EG000",
        "group_title": "Ketamine",
        "group_description": "0.8 mg/kg",
        "deaths": 0,
        "deaths_at_risk": 48,
        "serious_affected": 1,
        "time_frame": "24 weeks",
        "frequency_threshold": "5",
    }
    assert [(each.step_type, each.step, each.group_title, each.participants) for each in results.flow] == [
        ("milestone", "STARTED", "Ketamine", 50),
        ("milestone", "STARTED", "Midazolam", 1049),
        ("drop-out", "Lost to Follow-up", "Ketamine", 2),
        ("drop-out", "Lost to Follow-up", "Midazolam", 3),
    ]
    assert [(each.measure, each.category_title, each.value, each.denominator) for each in results.baseline] == [
        ("Sex", "Female", 21, 49),
        ("Sex", "Female", 22, 47),
    ]


def outcome(section: Section) -> Section:
    found: Section = section["outcomeMeasuresModule"]["outcomeMeasures"][0]
    return found


def test_a_denominator_is_its_classs_own_in_the_unit_that_is_told() -> None:
    section = some_results()
    units = [{"units": "Eyes", "counts": [{"groupId": "OG000", "value": "90"}]}]
    outcome(section)["denoms"] += units
    outcome(section)["denomUnitsSelected"] = "Eyes"
    first, second = read(section).measurements
    assert (first.denominator, first.denominator_unit) == (90, "Eyes")
    assert (second.denominator, second.denominator_unit) == (None, None)
    outcome(section)["classes"][0]["denoms"] = [
        {"units": "Eyes", "counts": [{"groupId": "OG000", "value": "88"}, {"groupId": "OG001", "value": "80"}]}
    ]
    assert [each.denominator for each in read(section).measurements] == [88, 80]


def test_a_spread_that_is_a_range_is_its_two_ends() -> None:
    section = some_results()
    cell = outcome(section)["classes"][0]["categories"][0]["measurements"][0]
    cell["spread"] = "8.5 to 16"
    first = read(section).measurements[0]
    assert (first.spread, first.lower_limit, first.upper_limit) == (None, 8.5, 16)
    cell["lowerLimit"] = "9"
    first = read(section).measurements[0]
    assert (first.lower_limit, first.upper_limit) == (9, None)


def test_no_row_names_whom_to_ask() -> None:
    said = msgspec.json.encode(read(some_results())).decode()
    assert "Few people" not in said
    assert not any(word in said for word in ("Roe", "555", "example.org"))


def test_people_in_its_texts_give_way_to_a_word() -> None:
    section = some_results()
    outcome(section)["description"] = "Rated by Jane Roe; ask roe.j@example.org or call +1 555 010 0199."
    (told_of, *_) = read(section).outcomes
    assert told_of.description == "Rated by [name]; ask [mail address] or call [phone number]."
    assert read(section).measurements[0].value == 12.3


@pytest.mark.sampled
@pytest.mark.parametrize("part", [None, 7, "x", [], [None, 3, "x"], {"a": None}])
def test_parts_of_another_shape_cost_only_themselves(part: Any) -> None:
    """Each part of the section in turn is something else: all the others are read."""

    def ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*way, key)
            if isinstance(below, dict | list):
                yield from ways(below, (*way, key))

    for *way, last in ways(some_results()):
        section = copy.deepcopy(some_results())
        place = section
        for step in way:
            place = place[step]
        place[last] = part
        results = read(section)
        if way[:1] != ["adverseEventsModule"] and last != "adverseEventsModule":
            assert len(results.adverse_events) == 2
        assert Reader().read(json.dumps(section).encode()).content_hash


def test_bytes_that_are_no_results_are_refused() -> None:
    for payload in (b"[]", b"7", b"{", b""):
        with pytest.raises(ValueError, match=r"\w"):
            Reader().read(payload)


# -- what counts ---------------------------------------------------------------------------------------


def edited(change: Callable[[Section], object]) -> Section:
    section = some_results()
    change(section)
    return section


def test_order_whitespace_and_whom_to_ask_are_no_difference() -> None:
    def known_by(section: Section) -> str:
        return Reader().read(json.dumps(section).encode()).content_hash

    def shuffled(section: Section) -> None:
        section["outcomeMeasuresModule"]["outcomeMeasures"].reverse()
        outcome = section["outcomeMeasuresModule"]["outcomeMeasures"][1]
        outcome["title"] = " Heavy  drinking\u00a0days "
        outcome["groups"].reverse()

    same = known_by(some_results())
    assert known_by(edited(shuffled)) == same
    assert known_by(edited(lambda section: section["moreInfoModule"].pop("pointOfContact"))) == same
    assert known_by(dict(reversed(some_results().items()))) == same
    for part in some_results():
        assert known_by({name: rest for name, rest in some_results().items() if name != part}) != same


def test_parts_have_words() -> None:
    parts = Reader().read(json.dumps({**some_results(), "newModule": {"a": 1}}).encode()).parts
    assert set(parts) == {
        *("outcome measures", "baseline characteristics", "adverse events"),
        *("participant flow", "limitations", "newModule"),
    }
    assert Reader().read(b'{"moreInfoModule": 7}').parts.keys() == {"limitations"}


# -- the real ones -------------------------------------------------------------------------------------


def walked(section: Section) -> Counter[str]:
    """The rows that each table must have, by a plain walk over the JSON."""
    found: Counter[str] = Counter()

    def walk(value: Any, above: tuple[str, ...]) -> None:
        if isinstance(value, list):
            for each in value:
                found[" ".join((above[0], above[-1]))] += 1
                walk(each, above)
        elif isinstance(value, dict):
            for key, part in value.items():
                walk(part, (*above, key))

    walk(section, ())
    flow = "participantFlowModule"
    return +Counter(
        {
            "outcomes": found["outcomeMeasuresModule outcomeMeasures"],
            "measurements": found["outcomeMeasuresModule measurements"],
            "analyses": found["outcomeMeasuresModule analyses"],
            "baseline": found["baselineCharacteristicsModule measurements"],
            "adverse_events": found["adverseEventsModule stats"],
            "adverse_event_groups": found["adverseEventsModule eventGroups"],
            "flow": found[f"{flow} achievements"] + found[f"{flow} reasons"],
        }
    )


def test_every_row_of_real_results_is_there(shared: Path) -> None:
    numbers, unread = 0, set()
    with gzip.open(shared / "registry/records/real_records.jsonl.gz") as lines:
        sections = [record["resultsSection"] for record in map(json.loads, lines) if "resultsSection" in record]
    for section in sections:
        results = read(section)
        assert +Counter({name: len(getattr(results, name)) for name in TABLES}) == walked(section)
        assert all(each.group_title and each.denominator for each in results.measurements)
        numbers += sum(each.value is not None for each in results.measurements)
        unread |= {each.value_as_written for each in results.measurements if each.value is None}
        assert all(each.p_value is not None for each in results.analyses if each.p_value_as_written)
        assert all(each.affected is not None for each in results.adverse_events)
        assert all(each.participants is not None for each in results.flow)
    assert numbers > 2700
    assert unread == {"NA"}
