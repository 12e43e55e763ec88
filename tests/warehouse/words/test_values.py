"""Old and new told: whatever the values are, the two sides differ for the eye, by something that differs."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.words.values import LETTERS, MOST_LINES, old_and_new

CRITERIA = "Adults with alcohol use disorder, aged 18 to 65 years, who are able to give their informed consent."
OUTCOMES = [
    {"measure": f"Measure {number}", "timeFrame": f"{number} weeks", "description": f"Scale {number}. {CRITERIA}"}
    for number in range(40)
]


def lines(field: str | None, old: Any, new: Any) -> list[str]:
    told = old_and_new(
        field, *(value if isinstance(value, str | None) else json.dumps(value) for value in (old, new))
    )
    assert told is not None
    return [*map(str, told.lines), *([f"({told.cut})"] if told.cut else [])]


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("overall_status", "RECRUITING", "COMPLETED", ["Overall status: Recruiting → Completed"]),
        ("overall_status", None, "COMPLETED", ["+ Overall status: Completed"]),
        ("overall_status", "A_B", "A B", ["Overall status: A_B → A B"]),
        ("has_results", "false", "true", ["Has results: no → yes"]),
        ("enrollment", "60", "90", ["Enrollment: 60 → 90"]),
        (
            "title",
            "Ketamine for alcohol",
            "Ketamine for cannabis",
            ["Title: Ketamine for alcohol → Ketamine for cannabis"],
        ),
        ("why_stopped", None, "Funding", ["+ Why stopped: Funding"]),
        ("why_stopped", "Funding", "", ["− Why stopped: Funding"]),
        ("acronym", "", None, ["− Acronym: empty"]),
        ("x", "1 ", "1", ["X: 1⟨blank⟩ → 1"]),
        (
            "eligibilityModule",
            {"eligibilityCriteria": CRITERIA, "minimumAge": "18 Years"},
            {"eligibilityCriteria": f"{CRITERIA} No psychosis.", "minimumAge": "21 Years"},
            [
                "Criteria: … who are able to give their informed consent. [+ No psychosis.]",
                "Minimum age: 18 Years → 21 Years",
            ],
        ),
        (
            "trial_outcomes",
            {"primaryOutcomes": OUTCOMES},
            {"primaryOutcomes": [*OUTCOMES[:7], {**OUTCOMES[7], "timeFrame": "9 weeks"}, *OUTCOMES[8:]]},
            ["Primary outcome “Measure 7”, time frame: 7 weeks → 9 weeks"],
        ),
        (
            "trial_arms",
            [{"label": "Low", "type": "EXPERIMENTAL", "description": CRITERIA}],
            [{"label": "Lower", "type": "EXPERIMENTAL", "description": CRITERIA}],
            ["Arm “Low”, label: Low → Lower"],
        ),
        (
            "trial_arms",
            [{"label": "Placebo", "interventionNames": ["Drug: Saline"]}],
            [{"label": "Placebo", "interventionNames": ["Drug: Midazolam", "Other: Rest"]}],
            [
                "− Arm “Placebo”, intervention: Drug: Saline",
                "+ Arm “Placebo”, intervention: Drug: Midazolam",
                "+ Arm “Placebo”, intervention: Other: Rest",
            ],
        ),
        (
            "trial_sites",
            [{"city": "Exeter", "facility": "A Clinic"}],
            [{"city": "London", "facility": "Another"}],
            ["− Site: A Clinic · Exeter", "+ Site: Another · London"],
        ),
        ("trial_conditions", ["A", "A"], ["A"], ["− Condition: A"]),
        ("trial_countries", ["France"], ["Spain"], ["− Country: France", "+ Country: Spain"]),
        ("ipdSharingStatementModule", {"availIpds": ["A"]}, None, ["− Available IPD: A"]),
        ("trial_conditions", ["A", "B"], ["B", "A"], ['Conditions: ["A", "B"] → ["B", "A"]']),
        ("descriptionModule", None, {"briefSummary": "New"}, ["+ Brief summary: New"]),
        ("x", {"a": 1}, {"a": "1"}, ['A: 1 → "1"']),
        ("x", {"a": 1}, {"a": True}, ["A: 1 → true"]),
        ("x", [1], {"a": 1}, ['X: [1] → {"a": 1}']),
        ("x", {"a": None}, {}, ['X: {"a": null} → {}']),
        ("x", {"a": {"deep": [{"b": "c"}]}}, {"a": {"deep": [{"b": "d"}]}}, ["− A, deep: c", "+ A, deep: d"]),
        (
            "trial_sponsors",
            {"leadSponsor": {"name": "A"}},
            {"leadSponsor": {"name": "B"}},
            ["Lead sponsor, name: A → B"],
        ),
    ],
)
def test_each_shape_is_told_by_what_differs_in_it(field: str, old: Any, new: Any, said: list[str]) -> None:
    assert lines(field, old, new) == said


@pytest.mark.parametrize("at", [0, 39])
def test_what_is_appended_to_one_long_entry_of_forty_is_told_and_nothing_else(at: int) -> None:
    changed = [
        {**entry, "description": f"{entry['description']} And one more thing."} if place == at else entry
        for place, entry in enumerate(OUTCOMES)
    ]
    (line,) = lines("trial_outcomes", {"secondaryOutcomes": OUTCOMES}, {"secondaryOutcomes": changed})
    assert line.startswith(f"Secondary outcome “Measure {at}”, description: …")
    assert line.endswith("[+ And one more thing.]")


def test_of_a_long_list_some_are_told_and_the_others_counted() -> None:
    sites = [{"facility": f"Hospital {number}", "city": "Exeter"} for number in range(40)]
    told = lines("trial_sites", sites[:20], sites[20:])
    assert told[:2] == ["− Site: Hospital 0 · Exeter", "+ Site: Hospital 20 · Exeter"]
    assert told[MOST_LINES:] == ["(32 further differences)"]


@pytest.mark.parametrize("value", ["[", "{]", "[" * 100_000, "[1", '{"a": NaN', "{" * 5000, "[" * 900 + "]" * 900])
def test_a_value_that_only_looks_like_json_or_is_too_deep_is_told_as_text(value: str) -> None:
    assert value[:60] in " ".join(lines(None, value, "{}"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([1.0, "1", "a", "a, b", "", "\u200b", "none"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "b", "c s"]), inner, max_size=3)
    ),
    max_leaves=12,
)
VALUE = (
    st.none() | JSON.map(json.dumps) | st.text(max_size=30) | st.sampled_from(["true", "false", "yes", "", "[]"])
)


@pytest.mark.slow
@settings(deadline=None, database=None, max_examples=600)
@given(st.sampled_from(["overall_status", "trial_arms", "x", None]), VALUE, VALUE)
@example("x", '{"name": "a", "b": null}', '{"b": "a"}')
@example("x", '["1"]', "[1]")
@example("x", '[["1", 1]]', '[[1, "1"]]')
def test_values_that_differ_are_told_so_that_it_shows(field: str | None, old: str | None, new: str | None) -> None:
    told = old_and_new(field, old, new)
    if told is None:
        assert old == new
        return
    sides = []
    for how in ("gone", "came"):
        there = [line for line in told.lines if any(part.how == how for part in line.parts)]
        sides.append(
            [(line.label, [part.text for part in line.parts if part.how in ("kept", how)]) for line in there]
        )
    assert sides[0] != sides[1]
    assert sum(len(str(line)) for line in told.lines) < 2 * LETTERS


@settings(deadline=None, database=None, max_examples=60)
@given(
    st.lists(st.sampled_from(CRITERIA.split()), min_size=1, max_size=12),
    st.integers(0, 39),
    st.sampled_from([*OUTCOMES[0]]),
)
def test_an_edit_anywhere_in_a_long_list_of_long_entries_names_a_word_of_it(
    words: list[str], at: int, key: str
) -> None:
    edited = {**OUTCOMES[at], key: f"{OUTCOMES[at][key]} {' '.join(words)} zebra"}
    told = lines(
        "trial_outcomes",
        {"otherOutcomes": OUTCOMES},
        {"otherOutcomes": [*OUTCOMES[:at], edited, *OUTCOMES[at + 1 :]]},
    )
    assert "zebra" in " ".join(told)
    assert f"Measure {at}" in " ".join(told)
