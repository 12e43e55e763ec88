"""What our ISRCTN and CTIS answer has the shape of the real bodies: no key and no element is ours alone."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulated.ctis import RETRIEVE, SEARCH, SimulatedCtis
from connectors.simulated.isrctn import QUERY, SimulatedIsrctn
from connectors.simulated.made_up.elsewhere import entries, in_ctis, in_isrctn
from tests.ctisrecords import KETAMINE_TRIAL, a_row, a_whole
from tests.isrctnrecords import MORE_KARE, a_record

NAMED_ELSEWHERE = {
    "/allTrials/fullTrial/trial/trialDesign/overallStatusOverride",
    "/allTrials/fullTrial/trial/trialDesign/reasonAbandoned",
    "authorizedApplication.authorizedPartI.trialDetails.clinicalTrialIdentifiers.secondaryIdentifyingNumbers.isrctnNumber",
    "authorizedApplication.authorizedPartI.trialDetails.pubmedCode[]",
    *(f"events.temporaryHaltList[].{name}" for name in ("id", "mscId", "haltDate", "plannedRestartDate")),
}
"""What others who read these registries know of, and no real body at hand has."""


def elements(body: bytes) -> set[str]:
    """Every element by its way from the root, and every attribute behind an ``@``."""
    return set(_elements(ET.fromstring(body), ""))  # noqa: S314 - ours, or real and harmless


def _elements(element: ET.Element, above: str) -> Iterator[str]:
    way = f"{above}/{_bare(element.tag)}"
    yield way
    yield from (f"{way}@{_bare(name)}" for name in element.attrib)
    for below in element:
        yield from _elements(below, way)


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def keys(value: Any, above: str = "") -> set[str]:
    """Every key by its way from the root; a list is one step, whatever stands in it."""
    match value:
        case dict():
            return {way for key, part in value.items() for way in keys(part, f"{above}.{key}".lstrip("."))}
        case list() if value:
            return {way for part in value for way in keys(part, f"{above}[]")}
    return {above}


def united(found: Iterable[set[str]]) -> set[str]:
    return set().union(*found)


def known(ways: set[str]) -> set[str]:
    """The ways themselves, and those that lead to them: an empty list is one of those."""
    steps = {way[:place] for way in ways for place, letter in enumerate(way) if letter in ".["}
    return ways | steps


@pytest.mark.parametrize("record", [a_record, lambda: in_isrctn(entries("isrctn")["ISRCTN99000001"])])
def test_isrctn_answers_with_elements_of_the_real_one(shared: Path, record: Callable[[], str]) -> None:
    real = united(elements(path.read_bytes()) for path in (shared / "registry/isrctn").glob("query_*.xml"))
    with SimulatedIsrctn({MORE_KARE: record()}) as isrctn:
        ours = elements(httpx.get(isrctn.url + QUERY, params={"q": "", "limit": "10"}).content)
    assert len(ours) > 50
    assert ours - real <= NAMED_ELSEWHERE


@pytest.mark.parametrize(
    "trial",
    [(a_row(), a_whole()), *map(in_ctis, entries("ctis").values())],
    ids=lambda trial: trial[0]["ctNumber"],
)
def test_ctis_answers_with_keys_of_the_real_one(shared: Path, trial: tuple[Any, Any]) -> None:
    folder = shared / "registry/ctis"
    pages = known(united(keys(json.loads(path.read_bytes())) for path in folder.glob("search_*.json")))
    whole = known(united(keys(json.loads(path.read_bytes())) for path in folder.glob("retrieve_2*.json")))
    with SimulatedCtis() as ctis:
        ctis.put(*trial)
        asked = {"pagination": {"page": 1, "size": 100}, "searchCriteria": {}}
        page = httpx.post(ctis.url + SEARCH, json=asked).json()
        record = httpx.get(ctis.url + RETRIEVE + trial[0]["ctNumber"]).json()
    assert keys(page) - pages <= NAMED_ELSEWHERE
    assert len(keys(record)) > 30
    assert keys(record) - whole <= NAMED_ELSEWHERE


def test_an_unknown_number_is_answered_as_there(shared: Path) -> None:
    real = json.loads((shared / "registry/ctis/retrieve_unknown.json").read_bytes())
    with SimulatedCtis() as ctis:
        assert httpx.get(ctis.url + RETRIEVE + KETAMINE_TRIAL).json() == real


def test_what_is_not_found_is_answered_as_there(shared: Path) -> None:
    real = (shared / "registry/isrctn/query_default__empty.xml").read_bytes()
    with SimulatedIsrctn() as isrctn:
        ours = httpx.get(isrctn.url + QUERY, params={"q": "nothing", "limit": "10"}).content
    assert elements(ours) == elements(real)
    assert ET.fromstring(ours).attrib == ET.fromstring(real).attrib  # noqa: S314 - harmless
