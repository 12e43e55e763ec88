"""Posted results are asked for by number; whatever else comes is refused in a sentence."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.clinicaltrials_gov import ClinicalTrialsGov
from connectors.errors import RegistryError
from connectors.http import Manners, PoliteClient
from connectors.simulated import SimulatedRegistry, faults
from connectors.simulated.effects import Fault
from tests.records import a_trial, some_results, with_results

POSTED = "NCT00000001"
NOT_POSTED = "NCT00000002"
Section = dict[str, Any]


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    with SimulatedRegistry([with_results(POSTED), a_trial(NOT_POSTED)]) as running:
        yield running


def asked(registry: SimulatedRegistry, trial_id: str, most_bytes: int = 1 << 20) -> Section:
    manners = Manners("trialwatch/9", requests_per_second=1e6, retry_s=0)
    with PoliteClient(registry.url, manners, sleep=lambda _: None, most_bytes=most_bytes) as client:
        section: Section = json.loads(ClinicalTrialsGov(client).results(trial_id))
        return section


def instead(body: str, status: int = 200, kind: str = "application/json") -> Fault:
    return faults.status(status, body=body, headers={"Content-Type": kind}, on="study")


def test_only_the_results_section_is_asked_for(registry: SimulatedRegistry) -> None:
    assert asked(registry, POSTED) == some_results()
    assert registry.requests[-1].params == {"fields": "ResultsSection"}


def test_of_a_whole_record_only_its_results_are_taken(registry: SimulatedRegistry) -> None:
    registry.fail(instead(json.dumps(with_results(POSTED))))
    assert asked(registry, POSTED) == some_results()


def test_results_that_no_json_writer_should_have_sent_are_taken_as_they_are(registry: SimulatedRegistry) -> None:
    registry.fail(instead('{"hasResults": NaN, "resultsSection": {"a": "{"} }'))
    assert asked(registry, POSTED) == {"a": "{"}


@pytest.mark.parametrize(
    ("trial_id", "fault", "told"),
    [
        (NOT_POSTED, None, "shows no results"),
        ("NCT00000009", None, "answered 404: NCT number NCT00000009 not found"),
        (POSTED, instead('{"resultsSection": {}}'), "shows no results"),
        (POSTED, instead('{"resultsSection": []}'), "shows no results"),
        (POSTED, instead('{"resultsSection": {"a": 1}'), "unreadable"),
        (POSTED, instead('{"resultsSection": {"a": 1}} {}'), "unreadable"),
        (POSTED, instead("gone fishing"), "unreadable"),
        (POSTED, instead("<html>", kind="text/html"), "instead of JSON"),
        (POSTED, instead("", status=301), "answered 301"),
        (POSTED, instead(json.dumps(with_results(NOT_POSTED))), f"answered with {NOT_POSTED}"),
    ],
)
def test_what_is_no_result_is_refused_in_a_sentence(
    registry: SimulatedRegistry, trial_id: str, fault: Fault | None, told: str
) -> None:
    if fault:
        registry.fail(fault)
    with pytest.raises(RegistryError, match=told):
        asked(registry, trial_id)


def test_results_without_end_are_not_waited_for(registry: SimulatedRegistry) -> None:
    with pytest.raises(RegistryError, match="more than 1,000 bytes"):
        asked(registry, POSTED, most_bytes=1000)
