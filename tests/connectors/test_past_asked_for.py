"""The record history is asked for what its list names; what it answers otherwise is told from what it refuses."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from connectors.clinicaltrials_gov.past import Past
from connectors.clinicaltrials_gov.past_records import stamp
from connectors.errors import NotShownError, RefusedError, RegistryError
from connectors.http import Manners, PoliteClient
from connectors.registry import PastVersion
from connectors.simulated import SimulatedRegistry, faults
from connectors.simulated.effects import Fault
from connectors.trial import UnreadableError
from tests.records import a_trial, with_status

T = "NCT50000001"


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    with SimulatedRegistry([a_trial(T)]) as running:
        running.edit(T, with_status("UNKNOWN", lastKnownStatus="RECRUITING"))
        running.edit(T, with_status("COMPLETED", posted="2026-09-01"))
        running.put(a_trial(T, lastUpdateSubmitDate="2026-09-08"))
        yield running


@pytest.fixture
def past(registry: SimulatedRegistry) -> Iterator[Past]:
    manners = Manners("trialwatch/9", requests_per_second=1e6, retry_s=0)
    with PoliteClient(registry.url, manners, sleep=lambda _: None) as client:
        yield Past(client)


def answering(body: Any, status: int = 200, **where: Any) -> Fault:
    sent = body if isinstance(body, bytes) else json.dumps(body)
    return faults.status(status, body=sent, headers={"Content-Type": "application/json"}, **where)


def test_the_list_names_each_version_once_and_no_lapse(past: Past) -> None:
    assert past.versions(T) == [
        PastVersion(0, date(2026, 6, 1), "UNKNOWN"),
        PastVersion(1, date(2026, 9, 1), "COMPLETED"),
        PastVersion(2, date(2026, 9, 8), "RECRUITING"),
    ]
    assert stamp(past.version(T, 0)).status == "RECRUITING"


def test_it_is_asked_for_nothing_else(past: Past, registry: SimulatedRegistry) -> None:
    for listed in past.versions(T):
        past.version(T, listed.number)
    assert [(seen.path, seen.params) for seen in registry.requests] == [
        (f"/api/int/studies/{T}", {"history": "true"}),
        *((f"/api/int/studies/{T}/history/{number}", {}) for number in range(3)),
    ]


def test_a_list_in_any_order_and_with_odd_days_is_read(past: Past, registry: SimulatedRegistry) -> None:
    listed = [
        {"version": 2, "date": "2020-01-01"},
        {"version": 0, "date": "2024-05-06", "status": "RECRUITING", "moduleLabels": []},
        {"version": 1},
    ]
    registry.fail(answering({"history": {"changes": listed}}))
    on = date(2024, 5, 6)
    assert past.versions(T) == [
        PastVersion(0, on, "RECRUITING"),
        PastVersion(1, on, None),
        PastVersion(2, on, None),
    ]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.html_wall(), RegistryError),
        (faults.html_wall(status=403, times=None), RefusedError),
        (faults.empty_404(), RegistryError),
        (faults.empty_body(), RegistryError),
        (faults.status(503), RegistryError),
        (faults.reset(), RegistryError),
        (faults.cut_json(), NotShownError),
        (answering([]), NotShownError),
        (answering({"history": {}}), NotShownError),
        (answering(b"\xff\xfe"), NotShownError),
        (faults.status(301, headers={"Location": "/api/int/studies/NCT50000002"}), NotShownError),
        (faults.status(404, body=f"NCT number {T} not found"), NotShownError),
    ],
)
def test_a_list_that_does_not_come_is_told_from_a_history_that_does_not(
    past: Past, registry: SimulatedRegistry, fault: Fault, error: type[Exception]
) -> None:
    registry.fail(fault)
    with pytest.raises(RegistryError) as raised:
        past.versions(T)
    assert type(raised.value) is error


def test_an_unknown_trial_has_none(past: Past) -> None:
    with pytest.raises(NotShownError, match="NCT number NCT50000009 not found"):
        past.versions("NCT50000009")


def test_a_version_that_is_refused_is_one_where_the_list_still_comes(past: Past) -> None:
    with pytest.raises(NotShownError, match=r"listed, and not shown: .* refuses us"):
        past.version(T, 3)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.empty_404(), "answered 404: an empty body"),
        (faults.status(500), "answered 500"),
        (faults.html_wall(), "instead of JSON"),
        (faults.reset(), "could not be reached"),
    ],
)
def test_a_version_that_does_not_come_is_one_where_the_list_still_comes(
    past: Past, registry: SimulatedRegistry, fault: Fault, told: str
) -> None:
    registry.fail(fault)
    with pytest.raises(NotShownError, match=f"listed, and not shown: .*{told}"):
        past.version(T, 0)


def test_a_wall_before_all_of_it_is_a_refusal(past: Past, registry: SimulatedRegistry) -> None:
    registry.fail(faults.html_wall(status=403, times=None))
    with pytest.raises(RefusedError, match="refuses us"):
        past.version(T, 0)


def test_a_version_that_is_cut_off_is_unreadable(past: Past, registry: SimulatedRegistry) -> None:
    registry.fail(faults.cut_json())
    with pytest.raises(UnreadableError):
        past.version(T, 0)
