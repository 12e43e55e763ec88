"""``trialwatch changes --after``, as a script types it."""

import json

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House, Typed
from tests.records import with_status


@pytest.mark.slow
def test_a_script_goes_on_from_cursor_to_cursor(
    house: House, registry: SimulatedRegistry, two_nights: None, typed: Typed
) -> None:
    code, out, _ = typed("changes", "--after", "", "--json")
    first = json.loads(out)
    assert (code, list(first)) == (0, ["changes", "cursor"])
    assert [(each["trial_id"], each["kind"]) for each in first["changes"]] == [("NCT10000001", "completed")]
    _, listed, _ = typed("changes", "--json")
    assert json.loads(listed) == first["changes"], "the same columns as ever"
    registry.night()
    registry.edit("NCT10000002", with_status("TERMINATED"))
    house.night()
    _, out, _ = typed("changes", "--after", first["cursor"], "--json")
    second = json.loads(out)
    assert [(each["trial_id"], each["kind"]) for each in second["changes"]] == [("NCT10000002", "stopped")]
    _, out, _ = typed("changes", "--after", first["cursor"], "--kind", "completed", "--format", "json")
    assert json.loads(out) == {"changes": [], "cursor": second["cursor"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--after", "start"), "--after CURSOR goes with --json"),
        (("--after", "start", "--json", "--since", "2026-09-01"), "without --since"),
        (("--after", "garbage", "--json"), "the cursor is none that trialwatch gave"),
        (("--after", "start", "--json", "--kind", "complete"), "did you mean 'completed'"),
    ],
)
def test_what_cannot_be_meant_is_2_and_a_sentence(
    house: House, two_nights: None, typed: Typed, words: tuple[str, ...], said: str
) -> None:
    code, out, err = typed("changes", *words)
    assert (code, out) == (2, "")
    assert said in err
