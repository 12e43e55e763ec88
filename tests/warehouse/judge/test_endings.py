"""Whether another registry has told an ending already, as a table of cases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from warehouse.judge.endings import LatestChange, Twin, told_in

NOON = datetime(2026, 9, 12, 12)  # noqa: DTZ001 - as stored
THEN, LATER = NOON - timedelta(days=2), NOON - timedelta(days=1)
OURS = frozenset({"a", "b"})
TRIAL = Twin("ISRCTN00000001", "Completed", False, OURS, frozenset({"alcohol"}))
TWIN = replace(
    TRIAL, trial_id="NCT00000001", overall_status="COMPLETED", latest={"completed": LatestChange("high", THEN)}
)
BY_TWIN = dict.fromkeys(OURS, "NCT00000001")


@pytest.mark.parametrize(
    ("why", "kind", "trial", "twin", "told"),
    [
        ("it told it", "completed", {}, {}, BY_TWIN),
        ("it stood there from the first night on", "completed", {}, {"latest": {}}, BY_TWIN),
        ("it was told by this one itself", "completed", {}, {"latest": {"completed": LatestChange("low", THEN)}}, {}),
        ("it no longer stands there", "completed", {}, {"overall_status": "RECRUITING"}, {}),
        ("this one went back since", "completed", {"latest": {"resumed": LatestChange("high", LATER)}}, {}, {}),
        ("and one of the first night says nothing of it", "completed", {"latest": {"resumed": LatestChange("high", LATER)}}, {"latest": {}}, {}),
        ("it told it after this one went back", "completed", {"latest": {"resumed": LatestChange("high", THEN)}}, {"latest": {"completed": LatestChange("high", LATER)}}, BY_TWIN),
        ("only who watches both has heard", "completed", {}, {"watches": frozenset({"a", "c"})}, {"a": "NCT00000001"}),
        ("nobody watches this one", "completed", {"watches": frozenset()}, {}, {}),
        ("who asks for one more substance has not heard", "completed", {"substances": frozenset({"alcohol", "opioid"})}, {}, {}),
        ("another end", "stopped", {"overall_status": "Stopped"}, {}, {}),
        ("a halt is no end", "stopped", {"overall_status": "Stopped"}, {"overall_status": "SUSPENDED", "latest": {}}, {}),
        ("nor what one registry's countries refuse", "stopped", {"overall_status": "TERMINATED"}, {"overall_status": "Not authorised", "latest": {}}, {}),
        ("a halt tells a halt", "stopped", {"overall_status": "Suspended"}, {"overall_status": "Temporarily halted", "latest": {}}, BY_TWIN),
        ("an end tells an end", "stopped", {"overall_status": "Stopped"}, {"overall_status": "WITHDRAWN", "latest": {}}, BY_TWIN),
        ("results tell results", "results_posted", {"has_results": True}, {"has_results": True, "latest": {}}, BY_TWIN),
        ("no results tell none", "results_posted", {"has_results": True}, {}, {}),
        ("of other kinds nothing is told already", "resumed", {}, {}, {}),
    ],
)  # fmt: skip
def test_what_a_twin_has_told(
    why: str, kind: str, trial: dict[str, Any], twin: dict[str, Any], told: dict[str, str]
) -> None:
    assert told_in(kind, replace(TRIAL, **trial), [replace(TWIN, **twin)]) == told, why


def test_each_watch_names_the_first_twin_that_told_it_there() -> None:
    twins = [
        replace(TWIN, trial_id=number, watches=frozenset({name})) for number, name in (("X", "a"), ("Y", "b"))
    ]
    assert told_in("completed", TRIAL, [*twins, TWIN]) == {"a": "X", "b": "Y"}
